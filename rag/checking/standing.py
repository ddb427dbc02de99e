"""Whether a sentence's names and figures stand where its other words do, or others stand there.

"The fund has 24 members" is not what a passage says in which 24 is a date and "60 members" are
those of the fund. Each name and figure of the passage is weighed by how near the sentence's other
words come to it, by their token vectors; those of the sentence are held against the best others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bilingual.name_matching import evidence_keys, is_found
from bilingual.names import Name
from bilingual.texts import InterfaceLanguage
from bilingual.tokens import QuestionTokens
from rag.checking.citations import sentence_spans
from rag.checking.figures import Figure, figures
from rag.checking.reading import names_in
from rag.types import Hit

Rows = NDArray[np.float32]

# Tokens over which nearness falls to 1/e; of 4, 8 and 16 the best on the claims fitted on, the
# articles of one quarter judged by a head fitted on the others.
_NEAR_TOKENS = 8.0
_OTHER_SENTENCE = 0.5  # what nearness counts in another sentence


@dataclass(frozen=True, slots=True)
class _Mark:
    """A name or figure of a text, and what it is found by."""

    what: Name | Figure
    start: int
    end: int
    keys: frozenset[str]


def standing(
    claim: str,
    language: InterfaceLanguage,
    cosines: Sequence[tuple[Hit, Rows]],
    tokens: QuestionTokens,
) -> float:
    """How well the names and figures of `claim` stand among its words, against others there.

    Args:
        claim: The sentence.
        language: Of the sentence.
        cosines: Each passage with float32 `[claim tokens, passage tokens]`.
        tokens: The sentence's.

    Returns:
        The mean, over its names and figures that the passages hold, of their nearness to that of
        the best other one of the kind, at most 1; 1 where there is nothing to compare.
    """
    ours = _marks(claim, language)
    if not ours or not len(tokens.weights):
        return 1.0
    spans = tokens.spans
    inside = np.array([(spans[:, 0] < one.end) & (spans[:, 1] > one.start) for one in ours], bool)
    others = np.where(inside, 0.0, tokens.weights)
    others /= np.maximum(others.sum(axis=1, keepdims=True), 1e-6)
    said = evidence_keys(claim)
    own, best = np.full(len(ours), -1.0), np.full(len(ours), -1.0)
    for hit, found in cosines:
        across = hit.passage.language != language
        for mark, near in _near(hit, found, {type(one.what) for one in ours}):
            scores = others @ near
            known = _is_said(mark, ours, said, across=across)
            for at, one in enumerate(ours):
                if type(one.what) is not type(mark.what):
                    continue
                if _same(one, mark, across=across):
                    own[at] = max(own[at], scores[at])
                elif not known:
                    best[at] = max(best[at], scores[at])
    held = own >= 0
    if not held.any():
        return 1.0
    return float(np.minimum(1.0, own[held] / np.maximum(best[held], 1e-6)).mean())


def _near(hit: Hit, cosines: Rows, kinds: set[type]) -> list[tuple[_Mark, Rows]]:
    """Each mark of a passage with float32 `[claim tokens]`: how near each comes to it."""
    passage, interaction = hit.passage, hit.interaction
    if interaction is None or not cosines.shape[1]:
        return []
    spans = interaction.spans - passage.start
    starts = [sentence.start - passage.start for sentence in passage.sentences] or [0]
    sentence = np.searchsorted(starts, spans[:, 0], side="right")
    similar = np.clip(cosines, 0.0, 1.0)
    at = np.arange(len(spans))
    found = []
    for mark in _marks_there(hit):
        if type(mark.what) not in kinds:
            continue
        first = int(np.searchsorted(spans[:, 1], mark.start, side="right"))
        last = int(np.searchsorted(spans[:, 0], mark.end, side="left"))
        if last <= first:
            continue
        away = np.maximum(np.maximum(first - at, at - last + 1), 0)
        near = np.exp(-away / _NEAR_TOKENS)
        near[sentence != sentence[first]] *= _OTHER_SENTENCE
        near[first:last] = 0.0
        found.append((mark, (similar * near.astype(np.float32)).max(axis=1)))
    return found


def _marks_there(hit: Hit) -> Iterator[_Mark]:
    """The names and figures of a passage, sentence by sentence, with their places in it."""
    for start, end in sentence_spans(hit):
        for mark in _marks(hit.passage.text[start:end], hit.passage.language):
            yield replace(mark, start=mark.start + start, end=mark.end + start)


def _is_said(mark: _Mark, ours: Sequence[_Mark], said: frozenset[str], *, across: bool) -> bool:
    """Whether the sentence has it too, which makes it no rival."""
    if isinstance(mark.what, Name):
        return is_found(mark.what, said, across=across)
    value = mark.what.value
    return any(isinstance(one.what, Figure) and one.what.value == value for one in ours)


def _same(one: _Mark, other: _Mark, *, across: bool) -> bool:
    if isinstance(one.what, Figure) and isinstance(other.what, Figure):
        return one.what.value == other.what.value
    if isinstance(one.what, Name) and isinstance(other.what, Name):
        return is_found(one.what, other.keys, across=across) or is_found(
            other.what, one.keys, across=across
        )
    return False


@lru_cache(maxsize=1024)  # an answer's sentences are held against the same few passages
def _marks(text: str, language: InterfaceLanguage) -> tuple[_Mark, ...]:
    """The names and figures of `text` that are surely such."""
    found = [
        _Mark(figure, figure.start, figure.end, frozenset())
        for figure in figures(text)
        if figure.kind != "doubtful"
    ]
    at = 0
    for name in names_in(text, language):
        start = text.find(name.text, at)
        if start >= 0:
            at = start + len(name.text)
            found.append(_Mark(name, start, at, evidence_keys(name.text)))
    return tuple(found)
