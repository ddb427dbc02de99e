"""Token vectors of everything that is read, each sentence and question encoded once."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bilingual.tokens import TokenEncoder
from bilingual.training.progress import report
from rag.reader.training.pairs import ANSWERS, Pair, held_back
from rag.reader.training.written import Written

_BATCH = 64
_REPORT_EVERY = 100  # batches

# Of a question's nearest sentences in other passages, how many are read with it.
_NEAREST, _READ = 8, 2


@dataclass(frozen=True, slots=True)
class Asking:
    """A question or claim: float16 `[dim]`, `[tokens, token_dim]` and `[tokens]`."""

    vector: NDArray[np.float16]
    tokens: NDArray[np.float16]
    weights: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence: float16 `[dim]` and int8 `[tokens, token_dim]`."""

    vector: NDArray[np.float16]
    tokens: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything encoded, by its text."""

    askings: dict[str, Asking]
    sentences: dict[str, Told]

    def of(self, piece: Sequence[str]) -> NDArray[np.int8]:
        """A piece's tokens: in a passage, too, each sentence is encoded by itself."""
        return np.concatenate([self.sentences[sentence].tokens for sentence in piece])


def encode(
    askings: Iterable[str], sentences: Iterable[str], encoder: TokenEncoder, found: Texts
) -> None:
    """Encode what is not in `found` yet, with progress."""
    unknown = sorted(set(askings) - found.askings.keys())
    for number, text in enumerate(unknown):
        vector, tokens = encoder.encode_question_with_tokens(text)
        found.askings[text] = Asking(
            vector.astype(np.float16),
            tokens.vectors.astype(np.float16),
            tokens.weights.astype(np.float16),
        )
        if number % (_REPORT_EVERY * _BATCH) == 0:
            report(f"questions and claims: {number:,} of {len(unknown):,}")
    new = set(sentences) - found.sentences.keys()
    by_length = sorted(new, key=lambda text: (len(text), text))
    for start in range(0, len(by_length), _BATCH):
        batch = by_length[start : start + _BATCH]
        rows, stored = encoder.encode_passages_with_tokens(batch)
        for text, row, tokens_of in zip(batch, rows, stored, strict=True):
            found.sentences[text] = Told(row.astype(np.float16), tokens_of.vectors)
        if start % (_REPORT_EVERY * _BATCH) == 0:
            report(f"sentences: {start:,} of {len(by_length):,}")


def retrieved(passages: Sequence[Written], texts: Texts, chosen: random.Random) -> Iterator[Pair]:
    """Questions with what comes nearest to them in other passages, which does not answer them.

    Half of these sentences are read alone, half with their neighbours.
    """
    trained = [
        (number, passage) for number, passage in enumerate(passages) if not held_back(number)
    ]
    places = [
        (number, passage.sentences, at)
        for number, passage in trained
        for at in range(len(passage.sentences))
    ]
    owners = np.array([number for number, _, _ in places])
    rows = np.stack([texts.sentences[text[at]].vector for _, text, at in places])
    rows32 = rows.astype(np.float32)
    for number, passage in trained:
        for question in passage.questions:
            cosines = rows32 @ texts.askings[question].vector.astype(np.float32)
            cosines[owners == number] = -1.0
            nearest = np.argpartition(-cosines, _NEAREST)[:_NEAREST]
            for place in chosen.sample(sorted(nearest.tolist()), _READ):
                _, text, at = places[place]
                alone = chosen.random() < 0.5
                piece = text[at : at + 1] if alone else text[max(0, at - 1) : at + 2]
                yield Pair(ANSWERS, question, tuple(piece), False, "retrieved")
