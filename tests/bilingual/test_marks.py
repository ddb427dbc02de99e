from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilingual.marks import default_marks, unmarked_score
from bilingual.orthography import fold, nfc


def test_marks_are_restored() -> None:
    restored = default_marks().restore("Chinh phu Viet Nam khuyen khich nang luong tai tao")
    assert restored == "Chính phủ Việt Nam khuyến khích năng lượng tái tạo"


def test_words_with_marks_and_foreign_words_stay() -> None:
    assert default_marks().restore("Apple ra mắt iPhone 15?") == "Apple ra mắt iPhone 15?"


@given(st.text())
def test_only_marks_change(text: str) -> None:
    restored = default_marks().restore(text)
    assert len(restored) == len(nfc(text))
    assert fold(restored).casefold() == fold(nfc(text)).casefold()


@pytest.mark.parametrize(
    "text", ["nuoc nao khong ky tuyen bo", "chinh phu da lam gi", "thu do cua nuoc Phap o dau"]
)
def test_unmarked_vietnamese_scores_above_zero(text: str) -> None:
    assert unmarked_score(text) > 0


@pytest.mark.parametrize("text", ["Who can do that to an old man?", "Which states did not sign it"])
def test_english_scores_below_zero(text: str) -> None:
    assert unmarked_score(text) < 0


def test_a_text_without_words_scores_zero() -> None:
    assert unmarked_score("2031 ?!") == 0.0


def test_counts_of_the_texts_at_hand_decide_where_the_model_wavers() -> None:
    def counts(words: Sequence[str]) -> list[int]:
        return [40 if word == "kỳ" else 0 for word in words]

    assert default_marks().restore("ky") == "ký"
    assert default_marks().restore("ky", counts) == "kỳ"


def test_words_that_follow_one_another_in_the_texts_at_hand_are_preferred() -> None:
    typed = "nuoc nao khong ky tuyen bo"
    together = frozenset({("không", "ký"), ("ký", "tuyên"), ("tuyên", "bố")})
    assert default_marks().restore(typed, pairs=together) == "nước nào không ký tuyên bố"


@pytest.mark.parametrize("end", [" khong", " khong?", " khong a?", " ko"])
@pytest.mark.parametrize(
    ("typed", "restored"),
    [
        ("co duoc mang laptop ve nha", "có được mang laptop về nhà"),
        ("Co bi phat", "Có bị phạt"),
        ("co duoc phep lam them gio", "có được phép làm thêm giờ"),
        ("co the lam viec o nha", "có thể làm việc ở nhà"),
        ("co giao co duoc nghi", "cô giáo có được nghỉ"),
    ],
)
def test_a_question_that_ends_in_not_begins_with_have(typed: str, restored: str, end: str) -> None:
    assert default_marks().restore(typed + end).startswith(restored)


def test_a_word_before_a_modal_is_free_where_its_clause_does_not_end_in_not() -> None:
    def counts(words: Sequence[str]) -> list[int]:
        return [10**6 if word == "cô" else 0 for word in words]

    restored = default_marks().restore("co duoc mang laptop, ai khong?", counts)
    assert restored.startswith("cô được")


def test_the_body_is_no_question() -> None:
    restored = default_marks().restore("co the nguoi co can vitamin khong")
    assert restored == "cơ thể người có cần vitamin không"


@pytest.mark.parametrize(
    ("typed", "pair", "restored"),
    [
        ("lam mat laptop thi sao", ("mất", "laptop"), "mất laptop"),
        ("internet cham", ("internet", "chấm"), "internet chấm"),
    ],
)
def test_a_word_is_known_by_the_foreign_word_beside_it(
    typed: str, pair: tuple[str, str], restored: str
) -> None:
    assert restored not in default_marks().restore(typed)
    assert restored in default_marks().restore(typed, pairs=frozenset({pair}))
