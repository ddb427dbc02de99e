"""How long retrieval takes, the encoding of the question apart from the rest."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from bilingual.lexicon import default_lexicon
from bilingual.tokens import TokenEncoder
from evals.benchmark.remembering import Timed
from evals.benchmark.shelves import documents
from evals.benchmark.xquad import Text
from evals.intervals import Estimate, quantile
from rag.question import check_question
from rag.retriever import HybridRetriever
from vectorstore import Library, Writer, embedding_key

SEED = 20251121
QUESTION_CHARS = 2000

# What the product's settings ask for by default.
_LIMIT = 8
_WARMING = 10
# Passages of a made document, as of a long report.
_DOCUMENT = 50
# Share of the words of a made passage that come from another one.
_CHANGED = 0.2
_BATCH = 500
# Length of the noise that sets a made vector apart from the one it comes from: a cosine of .89.
_NOISE = 0.5


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds: medians with 95 % intervals, and the 95th percentile of the total.

    Attributes:
        check: Reading the question: its language found, its marks restored.
        encoding: Its vector and token vectors.
        rest: Everything else of `HybridRetriever.find`.
        encoding_processor: The processor time of `encoding`, which a busy machine distorts less.
        rest_processor: That of `rest`.
    """

    passages: int
    check: Estimate
    encoding: Estimate
    encoding_processor: Estimate
    rest: Estimate
    rest_processor: Estimate
    total: Estimate
    total_p95: Estimate


def measure(library: Library, encoder: TokenEncoder, questions: Sequence[str]) -> Speed:
    """Time the checks and the retrieval of each question, after ten that are not counted."""
    timed = Timed(encoder)
    retriever = HybridRetriever(library, timed, default_lexicon(), _LIMIT)
    taken: list[tuple[float, ...]] = []
    for text in [*questions[:_WARMING], *questions]:
        timed.taken_s, timed.processor_s = 0.0, 0.0
        began = time.perf_counter()
        question = check_question(text, QUESTION_CHARS)
        checked, processor = time.perf_counter(), time.process_time()
        retriever.find(question)
        found, done = time.perf_counter() - checked, time.process_time() - processor
        encoded = (timed.taken_s, timed.processor_s)
        rest_s, rest_processor_s = found - encoded[0], done - encoded[1]
        taken.append((checked - began, *encoded, rest_s, rest_processor_s, found))
    columns = [[1000 * part for part in column] for column in zip(*taken[_WARMING:], strict=True)]
    check, encoding, encoding_processor, rest, rest_processor, total = (
        quantile(column, 0.5) for column in columns
    )
    with library.snapshot() as snapshot:
        passages = snapshot.passage_count
    return Speed(
        passages,
        check,
        encoding,
        encoding_processor,
        rest,
        rest_processor,
        total,
        total_p95=quantile(columns[-1], 0.95),
    )


@contextmanager
def made_library(texts: Sequence[Text], encoder: TokenEncoder, passages: int) -> Iterator[Library]:
    """A library of many passages made from few, none of them embedded.

    Every passage is one of `texts` with a fifth of its words exchanged for words of others; its
    vector is that one's with noise, its tokens are that one's.
    """
    rows, tokens = encoder.encode_passages_with_tokens([one.text for one in texts])
    stored = [of.to_bytes() for of in tokens]
    chance, noise = random.Random(SEED), np.random.default_rng(SEED)
    words = [one.text.split() for one in texts]
    made: list[Text] = []
    with TemporaryDirectory(prefix="retrieval-") as name:
        with Writer(Path(name), encoder.name, encoder.dim) as writer:
            for start in range(0, passages, _BATCH):
                vectors: dict[str, NDArray[np.float32]] = {}
                kept: dict[str, bytes] = {}
                for number in range(start, min(start + _BATCH, passages)):
                    base = number % len(texts)
                    near = words[(base + chance.randrange(1, 5)) % len(texts)]
                    text = f"{_changed(words[base], near, chance)} {number}"
                    key = embedding_key(text)
                    vectors[key], kept[key] = _near(rows[base], noise), stored[base]
                    made.append(Text(text, number // _DOCUMENT))
                writer.keep_vectors(vectors, kept)
            writer.publish(documents(made))
        with Library.open(Path(name), encoder.name, encoder.dim) as library:
            library.warm()
            yield library


def _changed(words: Sequence[str], others: Sequence[str], chance: random.Random) -> str:
    changed = [chance.choice(others) if chance.random() < _CHANGED else word for word in words]
    return " ".join(changed)


def _near(row: NDArray[np.float32], noise: np.random.Generator) -> NDArray[np.float32]:
    moved = row + noise.normal(0, _NOISE / len(row) ** 0.5, len(row)).astype(np.float32)
    length = np.linalg.norm(moved)
    found: NDArray[np.float32] = (moved / length).astype(np.float32)
    return found
