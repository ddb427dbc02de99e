"""Finds the passages that can answer a question, in either language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bilingual.encoder import Encoder
from bilingual.lexicon import Lexicon
from rag.rarity import idf, own_frequency, translated_frequency
from rag.terms import Term, terms_of
from rag.types import Hit, Question
from vectorstore import LexicalField, Library, Neighbour, Snapshot, index_terms, unit

# Passages that each index proposes; the fused list is cut to the limit afterwards.
_POOL = 60


class Retriever(Protocol):
    """Whatever finds passages for a question."""

    def find(self, question: Question) -> list[Hit]:
        """Rank passages for `question`, best first."""
        ...


# Share of dense search in the fused score, by question language; the rest is lexical. Measured on
# the dev half of XQuAD-R and of the question set; see evals/README.md.
_DENSE: Mapping[str, float] = {"en": 0.4, "vi": 0.15, "vi-nomarks": 0.15}


@dataclass(frozen=True, slots=True)
class HybridRetriever:
    """Dense, lexical and cross-lingual lexical search over one library, fused.

    Attributes:
        limit: Number of hits.
        documents: Ids of the documents to search; None searches all.
    """

    library: Library
    encoder: Encoder
    lexicon: Lexicon
    limit: int = 8
    documents: Collection[str] | None = None

    def find(self, question: Question) -> list[Hit]:
        """Rank passages for `question`, best first.

        Returns:
            At most `limit` hits; scores are comparable within one call only.

        Raises:
            EncoderError: The question could not be encoded.
            StoreError: The library cannot be read.
        """
        vector = self.encoder.encode_question(question.marked)
        terms = terms_of(question, self.lexicon)
        with self.library.snapshot() as snapshot:
            dense = snapshot.dense(vector, _POOL, self.documents)
            lexical = self._lexical(question, terms, snapshot)
            scored = fuse(dense, lexical, _DENSE[question.language])[: self.limit]
            passages = {p.id: p for p in snapshot.passages([number for number, _, _ in scored])}
            documents = {d.id: d for d in snapshot.documents()}
        return [
            Hit(passages[number], documents[passages[number].document], score, parts)
            for number, score, parts in scored
        ]

    def _lexical(
        self, question: Question, terms: Sequence[Term], snapshot: Snapshot
    ) -> dict[str, dict[int, float]]:
        """Scores by passage in the question's own words and in their translations.

        BM25 over what it would be if every term were found once: so that passages of both
        languages are comparable, and a word that one of them lacks counts against it.
        """
        count = snapshot.passage_count
        own, translated = _queries(terms)
        ideal_own = sum(idf(own_frequency(term, snapshot), count) for term in terms) or 1.0
        ideal_other = sum(idf(translated_frequency(term, snapshot), count) for term in terms) or 1.0
        found: dict[str, dict[int, float]] = {}
        queries: tuple[tuple[str, dict[str, float], LexicalField, float], ...] = (
            ("words", own, "words", ideal_own),
            ("stems", own, "stems", ideal_own),
            ("translated", translated, "units", ideal_other),
        )
        for name, query, where, ideal in queries:
            neighbours = snapshot.lexical(query, _POOL, where, self.documents)
            found[name] = {one.passage: one.score / ideal for one in neighbours}
        return found


def _queries(terms: Sequence[Term]) -> tuple[dict[str, float], dict[str, float]]:
    """Weighted index words of the question's own language, and of the other one."""
    own: dict[str, float] = {}
    translated: dict[str, float] = {}
    for term in terms:
        for word in index_terms(term.key):
            own[word] = 1.0
        for translation, probability in term.translations.items():
            key = unit(translation)
            translated[key] = max(translated.get(key, 0.0), probability)
    return own, translated


def fuse(
    dense: Sequence[Neighbour], lexical: Mapping[str, Mapping[int, float]], share: float
) -> list[tuple[int, float, dict[str, float]]]:
    """Combine dense and lexical scores into one list, best first, with the parts of each score.

    Lexical evidence is the better of the two languages' and, in the question's own, the mean of
    the words with and without their marks.
    """
    parts: dict[int, dict[str, float]] = {}
    for neighbour in dense:
        parts.setdefault(neighbour.passage, {})["dense"] = neighbour.score
    for name, scores in lexical.items():
        for passage, score in scores.items():
            parts.setdefault(passage, {})[name] = score
    lowest = min((neighbour.score for neighbour in dense), default=0.0)
    fused = []
    for passage, found in parts.items():
        own = 0.7 * found.get("words", 0.0) + 0.3 * found.get("stems", 0.0)
        best = max(own, found.get("translated", 0.0))
        score = share * found.get("dense", lowest) + (1 - share) * best
        fused.append((passage, score, found))
    return sorted(fused, key=lambda row: (-row[1], row[0]))
