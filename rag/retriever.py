"""Finds the passages that can answer a question, in either language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bilingual.encoder import Encoder
from bilingual.lexicon import Lexicon
from bilingual.orthography import fold
from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.counterparts import counterparts
from rag.late_interaction import Interaction, interact
from rag.rarity import idf, own_frequency, translated_frequency
from rag.terms import Term, terms_of
from rag.types import Hit, Question
from vectorstore import LexicalField, Library, Passage, Snapshot, index_terms, unit

# Passages that each index proposes; the fused list is cut to the limit afterwards.
_POOL = 60

# Of these, so many by the vectors and the words are compared token by token.
_RERANKED = 60


# What one point of each score is worth beside the cosine of the vectors. Chosen on the dev half of
# XQuAD-R; see evals/README.md. Without token vectors lexical evidence has to carry more.
_LATE = 2.5
_BEST_SENTENCE = 4.0
_LEXICAL = 0.55
_LEXICAL_ALONE = 1.5

# Tokens of two languages are less alike than those of one that say as much: what a passage in the
# other language than the question's is given for that. See docs/decisions/0003.
_ACROSS: Mapping[str, float] = {"en": 0.1, "vi": 0.3}

# Cosine from which a word of the passage is shown as what a word of the question met.
_MET = 0.6


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
        tokens: QuestionTokens | None = None
        if isinstance(self.encoder, TokenEncoder):
            vector, tokens = self.encoder.encode_question_with_tokens(question.marked)
        else:
            vector = self.encoder.encode_question(question.marked)
        terms = terms_of(question, self.lexicon)
        with self.library.snapshot() as snapshot:
            documents = self._documents(question, snapshot)
            proposed = [n.passage for n in snapshot.dense(vector, _POOL, documents)]
            lexical = self._lexical(terms, snapshot, documents)
            pool = sorted({*proposed, *(id_ for scores in lexical.values() for id_ in scores)})
            if not pool:
                return []
            vectors = dict(zip(pool, snapshot.vectors(pool), strict=True))
            parts = {id_: {"dense": float(row @ vector)} for id_, row in vectors.items()}
            for name, scores in lexical.items():
                for id_, score in scores.items():
                    parts[id_][name] = score
            if tokens is not None:
                most = max(_RERANKED, self.limit)
                pool = sorted(pool, key=lambda id_: (-fused(parts[id_]), id_))[:most]
            passages = {passage.id: passage for passage in snapshot.passages(pool)}
            met = _interactions(tokens, snapshot, passages)
            for id_, interaction in met.items():
                parts[id_]["late"] = interaction.score
                parts[id_]["sentence"] = interaction.best_sentence(passages[id_].sentences)
                if passages[id_].language != question.answer_language:
                    parts[id_]["across"] = _ACROSS[question.answer_language]
            _lift_counterparts(parts, vectors, passages, met, self.limit)
            ranked = sorted(pool, key=lambda id_: (-fused(parts[id_]), id_))[: self.limit]
            found = [passages[id_] for id_ in ranked]
            names = {passage.document for passage in found}
            described = {name: snapshot.document(name) for name in names}
        return [
            Hit(
                passage,
                described[passage.document],
                fused(parts[passage.id]),
                parts[passage.id],
                matches=_matches(terms, passage, met.get(passage.id)),
                interaction=met.get(passage.id),
            )
            for passage in found
        ]

    def _documents(self, question: Question, snapshot: Snapshot) -> Collection[str] | None:
        """The documents to search: those in the language that the question names, if it does."""
        if question.document_language is None:
            return self.documents
        named = {
            document.id
            for document in snapshot.documents()
            if document.language == question.document_language
            and (self.documents is None or document.id in self.documents)
        }
        return named or self.documents

    def _lexical(
        self, terms: Sequence[Term], snapshot: Snapshot, documents: Collection[str] | None
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
            neighbours = snapshot.lexical(query, _POOL, where, documents)
            found[name] = {one.passage: one.score / ideal for one in neighbours}
        return found


def _interactions(
    tokens: QuestionTokens | None, snapshot: Snapshot, passages: Mapping[int, Passage]
) -> dict[int, Interaction]:
    """Passage id → how its tokens, as stored, answer to the question's, if it has any."""
    if tokens is None:
        return {}
    _, stored = snapshot.encoded(list(passages))
    return interact(tokens, [(passages[id_], kept) for id_, kept in stored.items()])


def _lift_counterparts(
    parts: Mapping[int, dict[str, float]],
    vectors: Mapping[int, NDArray[np.float32]],
    passages: Mapping[int, Passage],
    met: Mapping[int, Interaction],
    limit: int,
) -> None:
    """Score a passage like the better one of the other language that says the same."""
    compared = sorted(met)
    if not compared:
        return
    lifted = counterparts(
        np.stack([vectors[id_] for id_ in compared]),
        [passages[id_].language for id_ in compared],
        [met[id_] for id_ in compared],
        [fused(parts[id_]) for id_ in compared],
        limit,
    )
    for place, gain in lifted:
        parts[compared[place]]["counterpart"] = gain


def _matches(
    terms: Sequence[Term], passage: Passage, interaction: Interaction | None
) -> list[tuple[str, str]]:
    """Which word of the question met which word of the passage, where they are not the same."""
    found: list[tuple[str, str]] = []
    for term in terms:
        met = interaction.met_by(term.start, term.end) if interaction else None
        if met is None or met[2] < _MET:
            continue
        word = _whole_word(passage.text, met[0] - passage.start, met[1] - passage.start)
        if word and fold(word).lower() not in fold(term.text).lower():
            found.append((term.text, word))
    return found


def _whole_word(text: str, start: int, end: int) -> str:
    """The word of which `text[start:end]` is a piece; "" where it stands before the passage."""
    if start < 0:
        return ""
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return text[start:end]


def _queries(terms: Sequence[Term]) -> tuple[dict[str, float], dict[str, float]]:
    """Weighted index words of the question's own language, and of the other one."""
    own: dict[str, float] = {}
    translated: dict[str, float] = {}
    for term in terms:
        for word in index_terms(term.key):
            own[word] = 1.0
        made: dict[str, float] = defaultdict(float)
        for translation, probability in term.translations.items():
            made[unit(translation)] += probability  # "country" and "countries" are one word there
        for key, probability in made.items():
            translated[key] = max(translated.get(key, 0.0), min(1.0, probability))
    return own, translated


def fused(parts: Mapping[str, float]) -> float:
    """One score from the parts of it.

    Lexical evidence is the better of the two languages' and, in the question's own, that of the
    words with and without their marks and endings.
    """
    own = 0.7 * parts.get("words", 0.0) + 0.3 * parts.get("stems", 0.0)
    lexical = max(own, parts.get("translated", 0.0))
    if "late" not in parts:
        return parts["dense"] + _LEXICAL_ALONE * lexical
    late = _LATE * parts["late"] + _BEST_SENTENCE * parts["sentence"]
    given = parts.get("across", 0.0) + parts.get("counterpart", 0.0)
    return parts["dense"] + late + _LEXICAL * lexical + given
