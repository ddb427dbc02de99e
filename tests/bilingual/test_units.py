from hypothesis import given
from hypothesis import strategies as st

from bilingual.orthography import nfc
from bilingual.units import FIRST_UNIT, Units, default_units, english_figure, raw_words

UNITS = Units({"năng": 0, "lượng": 1, "năng lượng": 2, "mặt": 3, "trời": 4}, {"năng lượng": 1.0})


def test_adjacent_syllables_of_a_compound_become_one_word() -> None:
    assert [word.key for word in UNITS.words("Năng lượng mặt trời")] == [
        "năng lượng", "mặt", "trời",
    ]  # fmt: skip


def test_a_sign_keeps_syllables_apart() -> None:
    assert UNITS.segment([word.key for word in raw_words("năng, lượng")]) == ["năng", ",", "lượng"]


def test_the_segmentation_with_the_highest_sum_is_chosen() -> None:
    units = Units({}, {"a b": 1.0, "b c": 1.5, "c d": 1.0})
    assert units.segment(["a", "b", "c", "d"]) == ["a b", "c d"]


def test_words_that_are_no_units_go_through_word_pieces_without_marks() -> None:
    asked: list[str] = []

    def word_pieces(word: str) -> list[int]:
        asked.append(word)
        return [7, 8]

    tokens = UNITS.tokens(UNITS.words("năng lượng Đức"), word_pieces)
    assert [(token.id, token.word) for token in tokens] == [(FIRST_UNIT + 2, 0), (7, 1), (8, 1)]
    assert asked == ["duc"]


def test_figures_take_the_english_notation() -> None:
    assert english_figure("1.234,5") == "1,234.5"
    assert english_figure("10,5") == "10.5"
    assert english_figure("1.000.000") == "1,000,000"
    assert english_figure("3.14159") == "3.14159"
    assert english_figure("2016") == "2016"


@given(st.text())
def test_words_lie_in_order_inside_the_text(text: str) -> None:
    end = 0
    for word in UNITS.words(text):
        assert end <= word.start < word.end <= len(nfc(text))
        end = word.end


def test_the_shipped_units_know_common_compounds() -> None:
    keys = [
        word.key for word in default_units().words("Chính phủ khuyến khích năng lượng tái tạo.")
    ]
    assert "chính phủ" in keys
    assert "khuyến khích" in keys
