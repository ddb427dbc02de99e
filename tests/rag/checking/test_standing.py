"""Which of a passage's names and figures a sentence's other words stand beside."""

from __future__ import annotations

import numpy as np
import pytest

from bilingual.texts import InterfaceLanguage
from bilingual.tokens import QuestionTokens
from rag.checking.features import support
from rag.late_interaction import Interaction
from rag.types import Hit
from tests.rag.passages import hit

EN = "The council of the fund has 60 members. It met on 24 March in Lyon where Anna Berg spoke."
VI = "Hội đồng của quỹ có 60 thành viên. Họ họp ngày 24 tháng 3 ở Lyon nơi Anna Berg phát biểu."


def _spans(text: str) -> list[tuple[int, int]]:
    found, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        found.append((start, start + len(word.rstrip("."))))
    return found


def _rows(text: str) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """A direction of its own for every word of the passages."""
    known = sorted({word.strip(".").lower() for word in f"{EN} {VI}".split()})
    return np.array(
        [[float(one == word.strip(".").lower()) for one in known] for word in text.split()],
        np.float32,
    )


def standing(claim: str, language: InterfaceLanguage, text: str) -> float:
    found = hit(text, language)
    nothing = QuestionTokens(
        np.empty((0, 1), np.float32), np.empty(0, np.float32), np.empty((0, 2), np.int32)
    )
    vectors = np.rint(127 * _rows(text)).astype(np.int8)
    spans = np.array(_spans(text), np.int32) + found.passage.start
    met = Interaction(nothing, np.empty((0, len(spans)), np.float32), spans, vectors)
    cited = Hit(found.passage, found.document, 1.0, interaction=met)
    count = len(claim.split())
    tokens = QuestionTokens(
        _rows(claim), np.full(count, 1 / count, np.float32), np.array(_spans(claim), np.int32)
    )
    return support(claim, [cited], language, tokens).features["standing"]


@pytest.mark.parametrize(
    ("true", "false", "language", "text"),
    [
        ("The fund has 60 members.", "The fund has 24 members.", "en", EN),
        ("It met on 24 March.", "It met on 60 March.", "en", EN),
        ("Quỹ có 60 thành viên.", "Quỹ có 24 thành viên.", "vi", VI),
    ],
)
def test_a_figure_among_the_words_of_another_stands_worse(
    true: str, false: str, language: InterfaceLanguage, text: str
) -> None:
    assert standing(true, language, text) > 0.95
    assert standing(false, language, text) < 0.8


def test_a_sentence_without_names_and_figures_has_nothing_to_stand_wrongly() -> None:
    assert standing("The council met.", "en", EN) == 1.0


def test_what_has_no_rival_stands_well() -> None:
    assert standing("Members met in Lyon.", "en", "It met in Lyon where they spoke.") == 1.0
