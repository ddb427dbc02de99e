"""Spelling made comparable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bilingual.orthography import fold, has_marks, is_syllable, nfc, normalise, words


def test_decomposed_text_becomes_composed() -> None:
    assert nfc(unicodedata.normalize("NFD", "Đại hội đồng")) == "Đại hội đồng"


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà bình", "hòa bình"), ("Thuỷ", "thủy"), ("khoẻ", "khỏe"), ("uỷ ban", "ủy ban")],
)
def test_both_tone_placements_are_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize("word", ["quý", "quỹ", "hoàn", "toán", "khoảng", "tuyển"])
def test_tone_stays_where_it_cannot_move(word: str) -> None:
    assert normalise(word) == word


def test_folding_takes_every_mark_and_keeps_case() -> None:
    assert fold("Đường Nguyễn Trãi ỨỪ") == "Duong Nguyen Trai UU"


def test_words_keep_figures_whole_and_leave_punctuation() -> None:
    assert words("Hơn 1.000 người, 10-13/2; “AI” don't!") == [
        "hơn",
        "1.000",
        "người",
        "10",
        "13",
        "2",
        "ai",
        "don't",
    ]


def test_syllables_are_told_from_other_words() -> None:
    assert all(is_syllable(word) for word in ["nghị", "quốc", "ai", "thuyền", "khuya"])
    assert not any(is_syllable(word) for word in ["summit", "macron", "the1", "world"])


def test_marks_are_seen_in_either_normal_form() -> None:
    assert has_marks("ký") and has_marks(unicodedata.normalize("NFD", "ký"))
    assert not has_marks("ky")


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
