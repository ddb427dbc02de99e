"""The systems that are compared: the product's retriever, and simpler ones in the same call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval.speed import QUESTION_CHARS
from bilingual.tokens import SCALE
from evals.benchmark.metrics import Rank, rank_of
from evals.benchmark.remembering import Remembering, RememberingVectors
from evals.benchmark.shelves import Shelf
from rag.assistant import Assistant
from rag.question import check_question
from rag.retriever import fused
from rag.settings import Settings
from vectorstore import index_terms

PRODUCT = "whole retriever"
NO_LEXICAL = "… without lexical scores"
LATE = "late interaction alone"
DENSE = "taught encoder, vectors alone"
MINILM = "all-MiniLM-L6-v2, vectors"
BM25 = "BM25"
SYSTEMS = (PRODUCT, NO_LEXICAL, LATE, DENSE, MINILM, BM25)

_LEXICAL_PARTS = frozenset({"words", "stems", "translated"})

# All that the indexes propose is ranked: more than any pool of candidates holds.
_EVERYTHING = 1000

# By system, for each question, the rank of each relevant text.
Ranks = dict[str, list[list[Rank]]]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoders:
    """The default encoder and the plain one that it grew from."""

    taught: Remembering
    plain: RememberingVectors


def by_library(
    shelf: Shelf, encoder: Remembering, asked: Sequence[tuple[str, Sequence[int]]]
) -> Ranks:
    """The ranks that come out of a library.

    Args:
        asked: Questions, each with the places of its relevant texts.
    """
    ranks: Ranks = {PRODUCT: [], NO_LEXICAL: [], BM25: []}
    settings = replace(Settings(), passages=_EVERYTHING, question_chars=QUESTION_CHARS)
    assistant = Assistant(shelf.library, encoder, settings=settings)
    for text, gold in asked:
        _, hits = assistant.search(text)
        found = [shelf.places[hit.passage.id] for hit in hits]
        ranks[PRODUCT].append(_ranks(found, gold))
        own = [
            fused({name: part for name, part in hit.parts.items() if name not in _LEXICAL_PARTS})
            for hit in hits
        ]
        order = sorted(range(len(hits)), key=lambda at: -own[at])
        ranks[NO_LEXICAL].append(_ranks([found[at] for at in order], gold))
        terms = dict.fromkeys(index_terms(text), 1.0)
        with shelf.library.snapshot() as snapshot:
            neighbours = snapshot.lexical(terms, _EVERYTHING, "words")
        ranks[BM25].append(_ranks([shelf.places[one.passage] for one in neighbours], gold))
    return ranks


def by_scores(
    scores: Mapping[str, Scores], pool: Sequence[int], gold: Sequence[Sequence[int]]
) -> Ranks:
    """The ranks of the systems that score every text.

    Args:
        scores: By system, `[questions, texts]`.
        pool: Places of the texts to rank.
        gold: For each question, places within the pool.
    """
    chosen = np.asarray(pool)
    return {
        system: [
            [rank_of(row[chosen], one) for one in relevant]
            for row, relevant in zip(table, gold, strict=True)
        ]
        for system, table in scores.items()
    }


def score(questions: Sequence[str], texts: Sequence[str], encoders: Encoders) -> dict[str, Scores]:
    """Every question against every text, by the systems that need no library."""
    marked = [check_question(text, QUESTION_CHARS).marked for text in questions]
    rows, _ = encoders.taught.encode_passages_with_tokens(texts)
    asked = np.stack([encoders.taught.encode_question(text) for text in marked])
    plain = encoders.plain.encode(questions) @ encoders.plain.encode(texts).T
    return {
        LATE: late_scores(marked, texts, encoders.taught),
        DENSE: asked @ rows.T,
        MINILM: plain,
    }


def late_scores(questions: Sequence[str], texts: Sequence[str], encoder: Remembering) -> Scores:
    """float32 `[questions, texts]`: the weighted mean of each token's best cosine."""
    _, tokens = encoder.encode_passages_with_tokens(texts)
    # A row at the end of each text, so that none is empty; its cosine is 0.
    blank = np.zeros((1, encoder.token_dim), np.float32)
    rows = [np.vstack([of.vectors.astype(np.float32) / SCALE, blank]) for of in tokens]
    starts = np.cumsum([0, *(len(row) for row in rows[:-1])])
    together = np.concatenate(rows)
    found = np.empty((len(questions), len(texts)), np.float32)
    for at, question in enumerate(questions):
        asked = encoder.encode_question_with_tokens(question)[1]
        best = np.maximum.reduceat(together @ asked.vectors.T, starts, axis=0)
        found[at] = best @ asked.weights
    return found


def _ranks(found: Sequence[int], gold: Sequence[int]) -> list[Rank]:
    places = {place: rank for rank, place in enumerate(found, 1)}
    return [places.get(one) for one in gold]
