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
