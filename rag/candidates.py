"""Sentences that may answer a question; what the reader says of the best of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from rag.reader import Piece, Reader
from rag.reader.model import LEAST, sure
from rag.surroundings import announced_within
from rag.types import Hit, Question
from vectorstore.types import Sentence

_READ = 8  # sentences that the reader looks at, at most
_WITHIN = 0.65  # … whose score is less than the best one's by no more
_ANSWERS = 1.4  # what the reader's word weighs beside the score, see docs/decisions/0011


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer the question.

    Attributes:
        score: What candidates are ranked by; comparable within one question only.
        parts: What the score is made of (see `rag/evidence.py`), and more. `coverage` is the share
            of the question's weighted terms that the sentence or, for less, its neighbourhood
            holds; `own` that of the sentence alone; `names` as `coverage`, of the names and figures
            alone, 1 where the question has none; `late` its late-interaction score; `type` whether
            it holds an answer of the kind asked for; `denial` whether it denies what the question
            says is not so; `rank` its passage's place in the retrieval; `across` makes up for what
            the others lose between two languages. Of the best few also `answers`, what the reader
            says of the sentence. All from 0 to 1, `denial` from -1.
    """

    hit: Hit
    sentence: Sentence
    score: float
    parts: Mapping[str, float]

    @property
    def worth(self) -> float:
        """The score and what the reader says; comparable among those that it has read."""
        return self.score + _ANSWERS * self.parts.get("answers", 0.0)

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return self.hit.passage.said(self.sentence)


def read(question: Question, candidates: list[Candidate], reader: Reader | None) -> list[Candidate]:
    """Let the reader look at the first of the candidates.

    Args:
        question: As it was checked.
        candidates: By their score, best first.
        reader: None leaves them as they are.

    Returns:
        All of them, best first: those that were read, by their worth, before the others.
    """
    if reader is None or not candidates:
        return candidates
    # Others seldom come first whatever the reader says, and each takes its time.
    near = [one for one in candidates[:_READ] if one.score >= candidates[0].score - _WITHIN]
    looked_at: dict[int, dict[int, Candidate]] = {}
    for one in near:
        at = one.hit.passage.units.index(one.sentence)
        looked_at.setdefault(one.hit.passage.id, {})[at] = one
    groups = [dict(sorted(of.items())) for of in looked_at.values()]
    logits = reader.read(question.marked, [_piece(of) for of in groups])
    found = [
        replace(one, parts={**one.parts, "answers": sure(float(logit), -LEAST)})
        for of, told in zip(groups, logits, strict=True)
        for one, logit in zip(of.values(), told, strict=True)
    ]
    found.sort(key=lambda one: -one.worth)
    return [*found, *candidates[len(near) :]]


def _piece(candidates: Mapping[int, Candidate]) -> Piece:
    """A passage's sentences, which of them are candidates, and what tells what they are about.

    A sentence that announces a list is read with its items.
    """
    hit = next(iter(candidates.values())).hit
    passage = hit.passage
    return Piece(
        [passage.said(one) for one in passage.units],
        passage.language,
        [range(at, at + 1 + announced_within(passage, at)) for at in candidates],
        context_of(hit),
    )


def context_of(hit: Hit) -> list[str]:
    """The document's title, and the headings that the passage stands below."""
    title = hit.document.title
    headings = ". ".join(one for one in hit.passage.headings if one != title)
    return [text for text in (title, headings) if text]
