"""Which sentences of the retrieved passages bear on a question, and what none of them holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answer_type import AnswerType, answer_type, holds
from rag.terms import Term, View
from rag.types import Hit, Question
from vectorstore.types import Sentence

# How rare a term is in the library: its weight. See `rag.weights`.
Weigh = Callable[[Term], float]

# Chosen on the dev half of the question set, see evals/README.md.
_NEAR = 0.55  # a term in the neighbouring sentence or the heading, against one in the sentence
_PHRASE = 0.25  # two terms that are neighbours in the question and in the sentence
_TYPE = 0.2  # the sentence holds an answer of the kind asked for
_RANK = 0.25  # the passage's place in the retrieval


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer the question.

    Attributes:
        coverage: Share of the question's weighted terms that the sentence holds, or its
            neighbourhood in the passage for less, from 0 to 1.
        score: What candidates are ranked by; comparable within one question only.
    """

    hit: Hit
    sentence: Sentence
    coverage: float
    own: float
    score: float
    fits_type: bool

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        start = self.hit.passage.start
        return self.hit.passage.text[self.sentence.start - start : self.sentence.end - start]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the retrieved passages hold of a question.

    Attributes:
        candidates: Sentences, best first.
        missing: Terms that none of the passages holds, weightiest first.
    """

    kind: AnswerType
    terms: Sequence[Term]
    candidates: Sequence[Candidate]
    missing: Sequence[Term]


def gather(
    question: Question, terms: Sequence[Term], hits: Sequence[Hit], weigh: Weigh
) -> Evidence:
    """Rank the sentences of `hits` by how much of the question they hold."""
    kind = answer_type(question)
    weights = [weigh(term) for term in terms]
    candidates: list[Candidate] = []
    best_found = [0.0] * len(terms)
    seen: set[tuple[str, int]] = set()
    top = max((hit.score for hit in hits), default=1.0)
    low = min((hit.score for hit in hits), default=0.0)
    for hit in hits:
        rank = (hit.score - low) / (top - low) if top > low else 1.0
        for candidate, found in _in_passage(question, terms, weights, kind, hit, rank):
            best_found = [max(pair) for pair in zip(best_found, found, strict=True)]
            place = (hit.document.id, candidate.sentence.start)
            if place not in seen:  # passages overlap
                seen.add(place)
                candidates.append(candidate)
    candidates.sort(key=lambda candidate: -candidate.score)
    gaps = [
        (weight, term)
        for term, weight, found in zip(terms, weights, best_found, strict=True)
        if found < 0.3
    ]
    missing = [term for _, term in sorted(gaps, key=lambda gap: -gap[0])]
    return Evidence(kind, terms, candidates, missing)


def _in_passage(
    question: Question,
    terms: Sequence[Term],
    weights: Sequence[float],
    kind: AnswerType,
    hit: Hit,
    rank: float,
) -> list[tuple[Candidate, list[float]]]:
    """The sentences of one passage as candidates, each with how surely it holds each term."""
    passage = hit.passage
    sentences = passage.sentences or (Sentence(passage.start, passage.end),)
    texts = [passage.text[s.start - passage.start : s.end - passage.start] for s in sentences]
    views = [View(text) for text in texts]
    heading = View(f"{passage.section or ''} {hit.document.title}")
    table = [[view.holds(term, question) for term in terms] for view in views]
    around = [heading.holds(term, question) for term in terms]
    total = sum(weights) or 1.0
    out: list[tuple[Candidate, list[float]]] = []
    for index, (sentence, text, view) in enumerate(zip(sentences, texts, views, strict=True)):
        own = table[index]
        near = [
            max([around[t], *(row[t] for row in table[max(0, index - 2) : index + 3])])
            for t in range(len(terms))
        ]
        held = [max(o, _NEAR * n) for o, n in zip(own, near, strict=True)]
        coverage = sum(w * h for w, h in zip(weights, held, strict=True)) / total
        fits = holds(kind, text)
        score = (
            coverage
            + _PHRASE * view.phrases(terms)
            + (_TYPE if fits and kind != "other" else 0.0)
            + _RANK * rank
        )
        own_share = sum(w * o for w, o in zip(weights, own, strict=True)) / total
        candidate = Candidate(hit, sentence, coverage, own_share, score, fits)
        out.append((candidate, [max(o, n) for o, n in zip(own, near, strict=True)]))
    return out
