from __future__ import annotations

import numpy as np
import pytest

from bilingual.texts import InterfaceLanguage
from bilingual.tokens import QuestionTokens
from rag.checking.features import Support, support
from rag.late_interaction import Interaction
from rag.types import Hit
from tests.rag.passages import hit

EN = (
    "The summit took place in Paris. Emmanuel Macron chaired the summit. "
    "The budget of the fund is 109 billion euros."
)


def held(claim: str, language: InterfaceLanguage = "en", text: str = EN) -> Support:
    return support(claim, [hit(text)], language)


def test_what_the_passage_says_is_held_in_full() -> None:
    found = held("Emmanuel Macron chaired the summit.")
    assert found.features["all"] == pytest.approx(1.0, abs=0.05)
    assert found.features["sentence"] == pytest.approx(1.0, abs=0.05)
    assert found.features["order"] > held("The summit chaired Emmanuel Macron.").features["order"]
    assert (found.missing, found.apart) == ([], None)


def test_what_it_does_not_say_is_named() -> None:
    found = held("Emmanuel Macron baked seventeen pancakes in Berlin.")
    assert "Berlin" in found.missing_names
    assert "pancakes" in found.missing
    assert found.features["all"] < 0.6


def test_words_from_here_and_there_are_held_by_no_one_sentence() -> None:
    together = held("The budget of the fund is 109 billion euros.")
    apart = held("Emmanuel Macron is the budget of the fund.")
    assert apart.features["all"] > 0.9
    assert apart.features["sentence"] < together.features["sentence"]
    assert apart.features["beside"] < together.features["beside"]
    assert apart.apart == "Emmanuel Macron"


def test_across_languages_words_are_held_by_translation() -> None:
    good = held("Hội nghị diễn ra ở Paris.", "vi").features
    bad = held("Con mèo ngủ ở Hà Nội.", "vi").features
    assert good["all"] > bad["all"]
    assert good["named"] > bad["named"]


@pytest.mark.parametrize("claim", ["It had five rooms.", "Nó có năm phòng.", "It had 5 rooms."])
def test_a_figure_is_held_in_words_and_in_digits(claim: str) -> None:
    language: InterfaceLanguage = "vi" if "năm" in claim else "en"
    for text in ("It has 5 rooms.", "It has five rooms."):
        assert held(claim, language, text).features["named"] == 1.0


def test_a_sentence_without_content_holds_nothing_against_it() -> None:
    found = held("And so it is.")
    assert set(found.features.values()) <= {0.0, 1.0}
    assert found.missing == []


def with_tokens(text: str, vectors: np.ndarray[tuple[int, int], np.dtype[np.int8]]) -> Hit:
    """A passage of one sentence whose words have these token vectors."""
    found = hit(text)
    spans = []
    for word in text.split():
        at = text.index(word) + found.passage.start
        spans.append((at, at + len(word)))
    nothing = QuestionTokens(
        np.empty((0, vectors.shape[1]), np.float32),
        np.empty(0, np.float32),
        np.empty((0, 2), np.int32),
    )
    interaction = Interaction(
        nothing, np.empty((0, len(vectors)), np.float32), np.array(spans, np.int32), vectors
    )
    return Hit(found.passage, found.document, 1.0, interaction=interaction)


def claimed(*rows: tuple[float, float], spans: list[tuple[int, int]]) -> QuestionTokens:
    weights = np.full(len(rows), 1 / len(rows), np.float32)
    return QuestionTokens(np.array(rows, np.float32), weights, np.array(spans, np.int32))


def test_token_vectors_say_which_words_mean_the_same() -> None:
    passage = with_tokens("Delegates gathered.", np.array([[127, 0], [0, 127]], np.int8))
    spans = [(0, 7), (8, 11)]
    same = support("Envoys met", [passage], "en", claimed((1, 0), (0, 1), spans=spans))
    other = support("Envoys met", [passage], "en", claimed((-1, 0), (0, 1), spans=spans))
    assert same.features["late"] == pytest.approx(1.0)
    assert other.features["late"] == pytest.approx(0.5)
    assert other.features["late_low"] == 0.0
    assert same.features["all"] > other.features["all"]


def test_without_the_passages_token_vectors_those_of_the_sentence_are_not_used() -> None:
    tokens = claimed((1, 0), spans=[(0, 5)])
    assert "late" not in support("Paris", [hit(EN)], "en", tokens).features


@pytest.mark.parametrize("claim", ["Macron.", "109", "?", "Paris Paris Paris", "x" * 500])
def test_features_stay_between_0_and_1(claim: str) -> None:
    assert all(0 <= value <= 1 for value in held(claim).features.values())


@pytest.mark.parametrize(
    "claim",
    ["Thiệt hại là 83,7 nghìn tỷ đồng.", "Thiệt hại là khoảng 84 nghìn tỷ đồng."],
)
def test_a_figure_is_held_with_its_scale(claim: str) -> None:
    assert held(claim, "vi", "Thiệt hại là 83.700 tỷ đồng.").missing == []
