"""Which sentences of the retrieved passages bear on a question, and what none of them holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bilingual.orthography import fold, has_marks, words
from rag.answer_type import (
    AnswerType,
    answer_type,
    asks_for_time_of_day,
    counted,
    date_spans,
    holds,
    holds_time_of_day,
    numbers,
    topic,
)
from rag.candidates import Candidate, read
from rag.checking.negation import negated, says_not
from rag.checking.reading import names_in
from rag.rarity import Rarity
from rag.reader import Reader
from rag.surroundings import announced_within
from rag.terms import Term, View, view_of
from rag.types import Hit, Question
from vectorstore.types import Sentence

Weigh = Callable[[Term], Rarity]

# What each part of a sentence's score is worth. Fitted on the dev half of XQuAD-R (does the
# sentence hold the answer?) by `python -m benchmarks.evidence`; see evals/README.md.
WEIGHTS: Mapping[str, float] = {
    "coverage": 1.0,
    "own": 0.0,
    "late": 1.0,
    "type": 0.25,
    "denial": 0.35,
    "rank": 0.4,
    "across": 0.15,
}

# What `across` is for a sentence in the other language than the question's.
_ACROSS: Mapping[str, float] = {"vi": 1.0, "en": 0.5}

_TOPIC = 2.5  # "what does the statement say about energy?": energy, before the statement
_NEAR = 0.55  # a term in the neighbouring sentence or the heading, against one in the sentence
_UNLIKE, _ALIKE = 0.4, 0.75  # cosines of tokens that have nothing, and everything, in common
_ACROSS_WORDS = 6  # between a number and what it counts
_HELD = 0.3  # below this a term is missing
_SURELY = 0.9  # from here on a document knows a name
ASKING = re.compile(r"\?[\"'”’»)*_]*$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the retrieved passages hold of a question.

    Attributes:
        counted: What is to be counted, where the question asks how many.
        candidates: Sentences, best first, those that the reader looked at before the others.
        absent: Terms that the whole library does not know, weightiest first.
        missing_share: Share of the question's weight that none of the passages holds.
    """

    question: Question
    kind: AnswerType
    terms: Sequence[Term]
    candidates: Sequence[Candidate]
    absent: Sequence[Term]
    missing_share: float
    counted: Term | None = None

    def figures_in(self, candidate: Candidate) -> list[tuple[int, int]]:
        """Where a candidate's text holds the date or number that is asked for."""
        if self.kind == "when":
            return date_spans(candidate.text)
        if self.kind != "how_many":
            return []
        if self.counted is None:
            return numbers(candidate.text)
        return _beside(candidate.text, self.counted, self.question)


def gather(
    question: Question,
    terms: Sequence[Term],
    hits: Sequence[Hit],
    weigh: Weigh,
    reader: Reader | None = None,
) -> Evidence:
    """Rank the sentences of `hits` by how well they answer the question.

    Args:
        question: As it was checked.
        terms: Its terms.
        hits: What was retrieved for it.
        weigh: Says how much a term tells.
        reader: Reads the best sentences with the question.
    """
    rarities = [weigh(term) for term in terms]
    asked = _asked(question, terms, rarities)
    every = [_Looked(asked, hit) for hit in hits]
    by_document = _held_by_document(every)
    gaps = [
        place
        for place in range(len(terms))
        if all(known[place] < _HELD for known in by_document.values())
    ]
    absent = sorted(
        (place for place in gaps if not rarities[place].known),
        key=lambda place: -rarities[place].weight,
    )
    candidates = _of_the_named(_candidates(every, by_document), terms, by_document)
    return Evidence(
        question,
        asked.kind,
        terms,
        read(question, sorted(candidates, key=lambda one: -one.score), reader),
        [terms[place] for place in absent],
        sum(asked.weights[place] for place in gaps) / asked.total,
        asked.counted,
    )


def _asked(question: Question, terms: Sequence[Term], rarities: Sequence[Rarity]) -> _Asked:
    """A question with what each of its terms tells; the more in what it asks about."""
    about = topic(question)
    weights = [
        rarity.weight * (_TOPIC if about is not None and term.start >= about else 1.0)
        for term, rarity in zip(terms, rarities, strict=True)
    ]
    return _Asked(question, terms, weights, answer_type(question))


def _held_by_document(every: Sequence[_Looked]) -> dict[str, list[float]]:
    """How surely each document holds each term, in the passages that were found."""
    held: dict[str, list[float]] = {}
    for looked in every:
        document, here = looked.hit.document.id, looked.best
        held[document] = [max(pair) for pair in zip(held.get(document, here), here, strict=True)]
    return held


def _candidates(
    every: Sequence[_Looked], by_document: Mapping[str, Sequence[float]]
) -> Collection[Candidate]:
    """Their sentences; passages overlap, and a sentence counts once, where it fares best."""
    scores = [looked.hit.score for looked in every]
    best, worst = max(scores, default=0.0), min(scores, default=0.0)
    found: dict[tuple[str, int], Candidate] = {}
    for looked in every:
        hit = looked.hit
        rank = (hit.score - worst) / (best - worst) if best > worst else 1.0
        for candidate in looked.candidates(rank, by_document[hit.document.id]):
            place = (hit.document.id, candidate.sentence.start)
            if place not in found or found[place].score < candidate.score:
                found[place] = candidate
    return found.values()


def _of_the_named(
    candidates: Collection[Candidate],
    terms: Sequence[Term],
    by_document: Mapping[str, Sequence[float]],
) -> Collection[Candidate]:
    """Candidates of documents that know every name that one of the documents knows.

    What is told of one firm does not answer a question about another. All of them, where no
    document knows all of the names.
    """
    names = [place for place, term in enumerate(terms) if term.kind == "name"]
    surely = [place for place in names if any(of[place] >= _SURELY for of in by_document.values())]
    meant = {
        document
        for document, of in by_document.items()
        if all(of[place] >= _HELD for place in surely)
    }
    return [one for one in candidates if one.hit.document.id in meant] or candidates


class _Asked:
    """A question with all that is the same for every sentence."""

    def __init__(
        self, question: Question, terms: Sequence[Term], weights: Sequence[float], kind: AnswerType
    ) -> None:
        self.question, self.terms, self.weights, self.kind = question, terms, weights, kind
        self.total = sum(weights) or 1.0
        place = counted(question) if kind == "how_many" else None
        after = [
            term
            for term in terms
            if place is not None and term.start >= place and term.kind != "name"
        ]
        self.counted = min(after, key=lambda term: term.start, default=None)
        self.only_names = all(term.kind == "name" for term in terms)  # "Who is Bui Hoang Phuong?"
        self.time_of_day = kind == "when" and asks_for_time_of_day(question)
        self.words = frozenset(words(fold(question.marked)))
        self.denied: Collection[str] = negated(question.marked).keys()

    def names_another(self, text: str) -> bool:
        """Whether `text` has a name no word of which stands in the question."""
        return any(
            self.words.isdisjoint(words(fold(name.text)))
            for name in names_in(text, "vi" if has_marks(text) else "en")
        )

    def share(self, held: Sequence[float]) -> float:
        """The share of the question's weight that is held."""
        return sum(w * h for w, h in zip(self.weights, held, strict=True)) / self.total

    def names_share(self, held: Sequence[float]) -> float:
        """The share of the weight of its names and figures; 1 where it has none."""
        total = sum(weight for weight, _ in self._names(held))
        return sum(weight * sure for weight, sure in self._names(held)) / total if total else 1.0

    def _names(self, held: Sequence[float]) -> list[tuple[float, float]]:
        every = zip(self.terms, self.weights, held, strict=True)
        return [(weight, sure) for term, weight, sure in every if term.kind != "word"]


def _answered_by(asking: Sequence[bool]) -> dict[int, int]:
    """Of the sentences that follow a question in a passage, the place of that question."""
    found: dict[int, int] = {}
    last: int | None = None
    for at, asks in enumerate(asking):
        if asks:
            last = at
        elif last is not None:
            found[at] = last
    return found


class _Looked:
    """One passage, looked through for the question's terms."""

    def __init__(self, asked: _Asked, hit: Hit) -> None:
        self.asked, self.hit = asked, hit
        passage = hit.passage
        self.sentences = passage.units
        self.views = [view_of(passage.said(one)) for one in self.sentences]
        heading = view_of(f"{passage.section or ''} {hit.document.title}")
        terms, question = asked.terms, asked.question
        self.table = [
            [
                max(view.holds(term, question), alike)
                for term, alike in zip(terms, _alike(hit, sentence, terms), strict=True)
            ]
            for view, sentence in zip(self.views, self.sentences, strict=True)
        ]
        # What announces a list is said of each of its items, what asks of what answers it.
        self.asking = [bool(ASKING.search(view.text)) for view in self.views]
        self.lead = _answered_by(self.asking)
        for at in range(len(self.sentences)):
            items = range(at + 1, at + 1 + announced_within(passage, at))
            self.lead |= dict.fromkeys(items, at)
        self.around = [heading.holds(term, question) for term in terms]

    @property
    def best(self) -> list[float]:
        """How surely the passage holds each term."""
        columns = zip(self.around, *self.table, strict=True)
        return [max(column) for column in columns]

    def candidates(self, rank: float, known: Sequence[float]) -> list[Candidate]:
        """Its sentences, scored.

        Args:
            rank: The passage's place in the retrieval, from 0 to 1.
            known: How surely the document holds each term: what it is about, each of its
                sentences is about.
        """
        found = []
        for index, (sentence, view) in enumerate(zip(self.sentences, self.views, strict=True)):
            if self.asking[index] and len(self.sentences) > 1:
                continue  # in a document, too, a question does not answer
            parts = self._parts(index, view, sentence, known) | {"rank": rank}
            score = sum(weight * parts[name] for name, weight in WEIGHTS.items())
            found.append(Candidate(self.hit, sentence, score, parts))
        return found

    def _parts(
        self, index: int, view: View, sentence: Sentence, known: Sequence[float]
    ) -> dict[str, float]:
        asked, own = self.asked, self.table[index]
        near = self.table[max(0, index - 2) : index + 3]
        near += [self.table[self.lead[index]]] if index in self.lead else []
        near.append(
            [
                sure if term.kind == "name" else 0.0
                for term, sure in zip(asked.terms, known, strict=True)
            ]
        )
        held = [
            max(mine, _NEAR * max(column))
            for mine, column in zip(own, zip(self.around, *near, strict=True), strict=True)
        ]
        interaction = self.hit.interaction
        return {
            "coverage": asked.share(held),
            "own": asked.share(own),
            "late": interaction.score_of(sentence) if interaction else 0.0,
            "type": self._fits(view),
            "denial": _denial(asked.denied, view),
            "across": self._across(),
            "names": asked.names_share(held),
        }

    def _across(self) -> float:
        asked = self.asked.question.answer_language
        return 0.0 if self.hit.passage.language == asked else _ACROSS[asked]

    def _fits(self, view: View) -> float:
        """Whether a sentence holds an answer of the kind asked for, from 0 to 1."""
        asked = self.asked
        if asked.kind == "other" or not holds(asked.kind, view.text):
            return 0.0
        if asked.kind == "who" and not (asked.only_names or asked.names_another(view.text)):
            return 0.0
        if asked.time_of_day and not holds_time_of_day(view.text):
            return 0.5  # the day only
        if asked.counted is None:
            return 1.0
        # It may be counted under another name, or further away.
        return 1.0 if _beside(view.text, asked.counted, asked.question) else 0.5


def _beside(text: str, term: Term, question: Question) -> list[tuple[int, int]]:
    """Where `text` holds numbers within a few words of `term`, which is to be counted."""
    found = []
    for start, end in numbers(text):
        before = text[:start].split()[-_ACROSS_WORDS:]
        after = text[end:].split()[:_ACROSS_WORDS]
        if View(" ".join([*before, *after])).holds(term, question) >= _HELD:
            found.append((start, end))
    return found


def _denial(denied: Collection[str], view: View) -> float:
    """1 where the sentence denies something as the question does, -1 where it affirms it."""
    if not denied:
        return 0.0
    if says_not(view.text):
        return 1.0
    return -1.0 if any(view.has_stem(stem) for stem in denied) else 0.0


def _alike(hit: Hit, sentence: Sentence, terms: Sequence[Term]) -> list[float]:
    """How surely a sentence holds each term by the similarity of their tokens, from 0 to 1.

    Names and figures are held or not: something similar is something else.
    """
    if hit.interaction is None:
        return [0.0] * len(terms)
    best = hit.interaction.best_of(sentence)
    spans = hit.interaction.question.spans
    found = []
    for term in terms:
        within = best[(spans[:, 0] < term.end) & (spans[:, 1] > term.start)]
        cosine = float(within.mean()) if len(within) and term.kind == "word" else 0.0
        found.append(min(1.0, max(0.0, (cosine - _UNLIKE) / (_ALIKE - _UNLIKE))))
    return found
