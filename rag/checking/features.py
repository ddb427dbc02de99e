"""What a sentence and the passages it cites have in common, in figures that a fitted head weighs.

Every feature goes one way: the more of it, the likelier the passages support the sentence. They
are few, because few transfer to texts that the head was not fitted on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bilingual.lexicon import default_lexicon
from bilingual.orthography import fold, has_marks, is_syllable
from bilingual.texts import InterfaceLanguage
from bilingual.tokens import SCALE, QuestionTokens
from rag.checking.figures import figures, values
from rag.checking.figures import held as is_held
from rag.checking.measures import told_otherwise
from rag.checking.standing import standing
from rag.checking.told import told_by_figures
from rag.terms import Term, TermKind, View, terms_of, view_of
from rag.types import Hit, Question
from vectorstore.types import Sentence

Rows = NDArray[np.float32]

# What a term counts where no encoder says how much it tells.
_WEIGHT = {"figure": 2.0, "name": 1.5, "word": 1.0}
_ELSEWHERE = 0.55  # a term in the heading or in another sentence, against one in the sentence
_UNLIKE, _ALIKE = 0.4, 0.75  # cosines of tokens that have nothing, and everything, in common
_LEAST = 2  # terms that "least" looks at
_LOW = 0.25  # share of the weight that "late_low" looks at
_HELD = 0.3  # below this a term counts as missing
_LIKELY = 0.15  # probability of a translation that is more than an accident
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Support:
    """How the passages hold a sentence.

    Attributes:
        features: Name → value, from 0 to 1. `all` is the share of the sentence's weighted terms
            that the passages hold anywhere; `sentence` that of the sentence that holds most, of
            each passage that is cited; `least` how surely these hold the two terms they hold
            least; `named` the same of the name or figure they hold least; `beside` the share of
            the other terms held by the sentences that hold a name or figure, of the one for which
            it is least; `order` the share of neighbouring terms that stand side by side there.
            With token vectors also `late` and `late_low`: the mean similarity of the sentence's
            tokens, and of the least similar ones, to the sentence most like it. And within a
            language `standing`: how well its names and figures stand among its other words, see
            `rag.checking.standing`. What the reader says is `read`, where it was put in.
        missing: Terms that the passages hold nowhere, weightiest first.
        missing_names: Those of them that are names.
        apart: A name or figure that stands elsewhere than most of the sentence's terms, or None.
        closest: Of each passage the sentence that says most like it.
        places: Where these stand among the passage's sentences.
    """

    features: Mapping[str, float]
    missing: Sequence[str]
    missing_names: Sequence[str]
    apart: str | None
    closest: Sequence[str]
    places: Sequence[int]

    def with_reading(self, word: float) -> Support:
        """With the reader's word as the feature `read`, see `rag.checking.claims.borne_out`."""
        return replace(self, features={**self.features, "read": word})


def support(
    claim: str,
    cited: Sequence[Hit],
    language: InterfaceLanguage,
    tokens: QuestionTokens | None = None,
) -> Support:
    """Hold a sentence against passages.

    Args:
        claim: The sentence, in NFC.
        cited: The passages; at least one.
        language: Of the sentence.
        tokens: Its token vectors; used where all passages have theirs.
    """
    question = Question(claim, language, claim)
    terms = terms_of(question, default_lexicon())
    across = all(hit.passage.language != language for hit in cited)
    if across:
        names = {term.text for term in terms if term.kind == "name"}
        told = " ".join(_told(claim, cited)) if names else ""
        terms = [
            _translated(term)
            for term in terms
            if term.kind != "name" or claim.count(term.text) > told.count(term.text)
        ]
    if any(hit.interaction is None for hit in cited):
        tokens = None
    weights = _weights(terms, tokens)
    looked = [_Looked.at(hit, question, terms, tokens) for hit in cited]
    anywhere = np.stack([one.anywhere for one in looked], axis=1).max(axis=1, initial=0.0)
    # Each passage is cited for its part: its best sentence counts.
    chosen = [int((weights @ one.table).argmax()) for one in looked]
    best = np.stack([one.table[:, at] for one, at in zip(looked, chosen, strict=True)], axis=1).max(
        axis=1, initial=0.0
    )
    named = np.array([term.kind != "word" for term in terms], bool)
    beside = _beside(np.concatenate([one.table for one in looked], axis=1), weights)[named]
    least = np.sort(best)[:_LEAST]
    found = {
        "all": float(weights @ anywhere) if len(terms) else 1.0,
        "sentence": float(weights @ best) if len(terms) else 1.0,
        "least": float(least.mean()) if len(least) else 1.0,
        "named": float(best[named].min(initial=1.0)),
        "beside": float(beside.min(initial=1.0)),
        "order": max(float(one.order[at]) for one, at in zip(looked, chosen, strict=True)),
    }
    if tokens is not None:
        chosen = [int((tokens.weights @ one.similar).argmax()) for one in looked]
        similar = np.stack(
            [one.similar[:, at] for one, at in zip(looked, chosen, strict=True)], axis=1
        ).max(axis=1, initial=0.0)
        found["late"] = float(tokens.weights @ similar)
        found["late_low"] = _lowest(similar, tokens.weights)
        if not across:
            cosines = [(hit, one.cosines) for hit, one in zip(cited, looked, strict=True)]
            found["standing"] = standing(claim, language, cosines, tokens)
    features = {name: min(1.0, max(0.0, value)) for name, value in found.items()}
    lacking = [terms[at] for at in np.argsort(-weights, kind="stable") if anywhere[at] < _HELD]
    apart = (
        term.text
        for term, here, held in zip(terms, best, anywhere, strict=True)
        if term.kind != "word" and here < _HELD <= held
    )
    return Support(
        features,
        [term.text for term in lacking],
        [term.text for term in lacking if term.kind == "name"],
        next(apart, None),
        [one.views[at].text for one, at in zip(looked, chosen, strict=True)],
        chosen,
    )


@dataclass(frozen=True, slots=True)
class _Looked:
    """One passage, looked through.

    Attributes:
        table: float32 `[terms, sentences]`, how surely each sentence holds each term.
        anywhere: float32 `[terms]`, how surely the passage or its headings do.
        order: float32 `[sentences]`, share of neighbouring terms that are neighbours there.
        similar: float32 `[tokens, sentences]`, the best cosine of each token.
        views: Its sentences.
        cosines: float32 `[tokens, passage tokens]`.
    """

    table: Rows
    anywhere: Rows
    order: Rows
    similar: Rows
    views: Sequence[View]
    cosines: Rows

    @classmethod
    def at(
        cls, hit: Hit, question: Question, terms: Sequence[Term], tokens: QuestionTokens | None
    ) -> _Looked:
        passage = hit.passage
        sentences = passage.units
        views = [view_of(passage.said(one)) for one in sentences]
        table = np.array(
            [_held(term, view, question) for term in terms for view in views], np.float32
        ).reshape(len(terms), len(views))
        similar = np.empty((0, len(views)), np.float32)
        cosines = np.empty((0, 0), np.float32)
        if tokens is not None and hit.interaction is not None:
            cosines = _cosines(tokens, hit.interaction.vectors)
            similar = _by_sentence(cosines, hit.interaction.spans, sentences)
            sure = _sure(_by_term(similar, tokens, terms))
            # Names and figures are held or not: something similar is something else.
            words = np.array([term.kind == "word" for term in terms], bool)
            table[words] = np.maximum(table[words], sure[words])
        heading = view_of(f"{passage.section or ''} {hit.document.title}")
        around = np.array([_held(term, heading, question) for term in terms], np.float32)
        anywhere = np.maximum(table.max(axis=1), around)
        # What the heading says is said of every sentence, if less surely.
        table = np.maximum(table, _ELSEWHERE * around[:, None])
        order = np.array([_order(view, terms) for view in views], np.float32)
        return cls(table, anywhere, order, similar, views, cosines)


def _told(claim: str, cited: Sequence[Hit]) -> Iterator[str]:
    return told_by_figures(claim, "\n".join(hit.passage.text for hit in cited))


def _translated(term: Term) -> Term:
    """Between languages a lone capitalised word may be translated, like "Science".

    A lone Vietnamese syllable is no more than a word: "Nhà hát Mùa hè" opens with one.
    """
    if term.name is None or len(term.by_word) != 1 or term.name.keys[0].startswith("="):
        return term
    [(word, made)] = term.by_word.items()
    if not any(p >= _LIKELY and fold(other) != fold(word) for other, p in made.items()):
        return term
    kind: TermKind = "word" if is_syllable(word) and has_marks(word) else "name"
    return replace(term, kind=kind, name=None, translations=made)


def _held(term: Term, view: View, question: Question) -> float:
    """How surely a text holds a term, a figure in whatever notation."""
    held = view.holds(term, question)
    if term.kind == "name" or held >= 1.0:
        return held
    if term.kind == "figure" and values(term.text) <= _values(view.text):
        return 1.0
    # "83,7" and "nghìn tỷ" may be those of "83,7 nghìn tỷ", which is 83.700 tỷ.
    there = figures(view.text)
    written = (
        one
        for one in figures(question.marked)
        if one.kind != "doubtful" and one.start <= term.start and term.end <= one.end
    )
    said = question.marked
    if any(is_held(one, said, there) or told_otherwise(one, said, view.text) for one in written):
        return 1.0
    return held


@lru_cache(maxsize=4096)  # an answer's sentences are held against the same few passages
def _values(text: str) -> frozenset[Decimal]:
    """The figures of a text, with their scale and without: "1,5 triệu" is also 1.5."""
    return values(text).union(*map(values, _DIGITS.findall(text)))


def _order(view: View, terms: Sequence[Term]) -> float:
    """The share of neighbouring terms that stand side by side in a sentence; 1 of none."""
    pairs = [f"{one.stem} {two.stem}" for one, two in pairwise(terms)]
    return sum(map(view.has_stem, pairs)) / len(pairs) if pairs else 1.0


def _beside(table: Rows, weights: Rows) -> Rows:
    """float32 `[terms]`: the share of the other terms in the sentence that holds each, at best."""
    others = weights.sum() - weights
    shared = (weights @ table)[None, :] - weights[:, None] * table  # [terms, sentences]
    found: Rows = (shared * table).max(axis=1, initial=0.0) / np.maximum(others, np.float32(1e-6))
    found[others < 1e-6] = 1.0
    return found


def _weights(terms: Sequence[Term], tokens: QuestionTokens | None) -> Rows:
    """float32 `[terms]`: how much each term tells; their sum is 1."""
    weights = np.array([_WEIGHT[term.kind] for term in terms], np.float32)
    if tokens is not None:
        weights = np.array(
            [float(tokens.weights[_within(tokens, term)].sum()) for term in terms], np.float32
        )
    total = float(weights.sum())
    return weights / total if total else weights


def _within(tokens: QuestionTokens, term: Term) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (tokens.spans[:, 0] < term.end) & (tokens.spans[:, 1] > term.start)
    return inside


def _cosines(tokens: QuestionTokens, vectors: NDArray[np.int8]) -> Rows:
    """float32 `[tokens, passage tokens]`."""
    scaled = (tokens.vectors / np.float32(SCALE)).astype(np.float32)
    # On one thread: for so little, waking BLAS's others takes longer, and they slow what follows.
    cosines: Rows = np.einsum("ij,kj->ik", scaled, vectors.astype(np.float32))
    return cosines


def _by_sentence(cosines: Rows, spans: NDArray[np.int32], sentences: Sequence[Sentence]) -> Rows:
    """float32 `[tokens, sentences]`: the best cosine of each token in each sentence."""
    bounds = np.searchsorted(spans[:, 0], [one.start for one in sentences] + [sentences[-1].end])
    found = np.zeros((len(cosines), len(sentences)), np.float32)
    for at, (first, last) in enumerate(pairwise(bounds)):
        if last > first:
            found[:, at] = cosines[:, first:last].max(axis=1)
    return found


def _by_term(rows: Rows, tokens: QuestionTokens, terms: Sequence[Term]) -> Rows:
    """float32 `[terms, columns]`: the mean over each term's tokens."""
    member = np.array([_within(tokens, term) for term in terms], np.float32)
    member = member.reshape(len(terms), len(rows))
    means: Rows = (member / np.maximum(member.sum(axis=1, keepdims=True), np.float32(1))) @ rows
    return means


def _sure(cosines: Rows) -> Rows:
    """Cosines of words as how surely they mean the same, from 0 to 1."""
    sure: Rows = np.clip((cosines - _UNLIKE) / (_ALIKE - _UNLIKE), 0.0, 1.0)
    return sure


def _lowest(values: Rows, weights: Rows) -> float:
    """Weighted mean of the least of `values` that make up `_LOW` of the weight; 1 of none."""
    order = np.argsort(values, kind="stable")
    weight = weights[order]
    total = float(weight.sum())
    if not total:
        return 1.0
    before = np.cumsum(weight) - weight
    taken = np.clip(_LOW * total - before, 0.0, weight)
    return float(taken @ values[order] / taken.sum())
