"""A network that reads a question, or a claim, and sentences of a passage together.

Late interaction asks how much of the question a piece of text holds. A near miss holds all of it
and yet does not answer: "Who signed?" over "It was signed in Hanoi." This is a cross-encoder
(Nogueira and Cho, 2019) on the default encoder's body, trained further: question and sentences go
through it in one pass, and each sentence is judged by its tokens' mean and the first token, seen in
the light of the question and of its neighbours.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file

from bilingual.body import Embeddings, Layers, cores
from bilingual.encoder import Encoder
from bilingual.language import QuestionLanguage
from bilingual.taught import TaughtMiniLM
from bilingual.tokenizer import BilingualTokenizer, Tokens
from rag.reader.row import room, row_of
from rag.reader.windows import windows

DATA = Path(__file__).parent / "data"

# What is asked of a sentence: does it answer a question, does it bear out a claim?
Task = Literal["answers", "supports"]
ANSWERS: Task = "answers"
SUPPORTS: Task = "supports"
TASKS = (ANSWERS, SUPPORTS)

# Tokens up to which neighbouring sentences are read together. For a claim it is about one
# sentence and its neighbours where they are short, since each reading takes its time.
_ROOM = {ANSWERS: 160, SUPPORTS: 40}
_KEPT = 1024  # passages, and titles, whose tokens are kept
LEAST = -12.0  # the logit of what is beyond the window

_making = threading.Lock()
_made: WeakKeyDictionary[TaughtMiniLM, Reader] = WeakKeyDictionary()

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """Sentences of one passage that are to be read with a question or claim.

    Attributes:
        sentences: All of the passage, in order.
        language: The passage's, in which sentences of few words are read.
        wanted: Those that are judged, in order; several may belong together as one.
        context: What tells what the passage is about: its document's title, its headings.
    """

    sentences: Sequence[str]
    language: QuestionLanguage
    wanted: Sequence[range]
    context: Sequence[str] = ()


class Reader:
    """The trained network. Safe to share between threads."""

    def __init__(
        self, tokenizer: BilingualTokenizer, embeddings: Embeddings, folder: Path = DATA
    ) -> None:
        """Load `reader.safetensors` (about 0.2 s).

        Args:
            tokenizer: The default encoder's.
            embeddings: The default encoder's.
            folder: Where the file lies.
        """
        weights = _unpacked(load_file(folder / "reader.safetensors"))
        self._tokenizer, self._embeddings = tokenizer, embeddings
        self._places, self._text = weights.pop("places"), weights.pop("text")
        self._vietnamese = weights.pop("vietnamese")
        self._head = {name: weights.pop(name) for name in ("h1.weight", "h1.bias")}
        self._head |= {name: weights.pop(name) for name in ("h2.weight", "h2.bias")}
        self._layers = Layers(weights)
        self._pool = ThreadPoolExecutor(cores(), thread_name_prefix="reader")
        self._cut = lru_cache(_KEPT)(self._cut_anew)

    def read(self, asking: str, pieces: Sequence[Piece], task: Task = ANSWERS) -> list[Rows]:
        """Read a question, or a claim, with sentences of some passages.

        Args:
            asking: The question or claim.
            pieces: What is read with it.
            task: Whether the sentences are to answer it or to bear it out.

        Returns:
            For each piece float32 `[wanted]`, logits: above 0 it rather does than not. Of
            several sentences that belong together that of the best.
        """
        question = self._tokenizer.tokens(asking)
        contexts = [self._cut(tuple(piece.context), piece.language) for piece in pieces]
        cut = [self._cut(tuple(piece.sentences), piece.language) for piece in pieces]
        planned = [
            windows(
                [len(one.ids) for one in tokens],
                piece.wanted,
                min(_ROOM[task], room(question, context)),
            )
            for piece, tokens, context in zip(pieces, cut, contexts, strict=True)
        ]
        every = [(at, stretch) for at, of in enumerate(planned) for stretch in dict.fromkeys(of)]
        told = (map if len(every) == 1 else self._pool.map)(
            lambda one: self._logits(
                question, contexts[one[0]], cut[one[0]][one[1].start : one[1].stop], task
            ),
            every,
        )
        known = dict(zip(every, told, strict=True))
        return [
            np.array(
                [
                    known[at, stretch][one.start - stretch.start : one.stop - stretch.start].max()
                    for one, stretch in zip(piece.wanted, planned[at], strict=True)
                ],
                np.float32,
            )
            for at, piece in enumerate(pieces)
        ]

    def stretches(
        self,
        sentences: Sequence[str],
        language: QuestionLanguage,
        wanted: Sequence[int],
        task: Task = ANSWERS,
    ) -> list[range]:
        """What is read together of a passage where these of its sentences are judged."""
        lengths = [len(one.ids) for one in self._cut(tuple(sentences), language)]
        one_by_one = [range(at, at + 1) for at in wanted]
        return list(dict.fromkeys(windows(lengths, one_by_one, _ROOM[task])))

    def _cut_anew(
        self, sentences: tuple[str, ...], language: QuestionLanguage
    ) -> tuple[Tokens, ...]:
        return tuple(self._tokenizer.each(sentences, language))

    def _logits(
        self,
        question: Tokens,
        context: Sequence[Tokens],
        sentences: Sequence[Tokens],
        task: Task,
    ) -> Rows:
        """float32 `[sentences]`; of what is beyond the window the least."""
        row = row_of(question, context, sentences)
        embedded = self._embeddings.of(row.ids) + self._places[: len(row.ids)]
        embedded[row.question_end :] += self._text
        embedded[row.vietnamese] += self._vietnamese
        states = self._layers.states(embedded)
        means = [
            states[one.start : one.stop].mean(axis=0) if one else np.zeros_like(states[0])
            for one in row.sentences
        ]
        both = np.stack([np.concatenate([states[0], mean]) for mean in means])
        # On one thread: for so little, waking BLAS's others takes longer and slows what follows.
        hidden = np.einsum("ij,kj->ik", both, self._head["h1.weight"]) + self._head["h1.bias"]
        at = TASKS.index(task)
        logits: Rows = np.einsum("ij,j->i", _gelu(hidden), self._head["h2.weight"][at])
        logits += self._head["h2.bias"][at]
        there = np.array([len(one) > 0 for one in row.sentences])
        return np.where(there, logits, np.float32(LEAST))


def reader_for(encoder: Encoder) -> Reader | None:
    """The reader that goes with an encoder, made once; None where there is none."""
    if not isinstance(encoder, TaughtMiniLM) or encoder.name != _trained_for():
        return None
    with _making:
        if encoder not in _made:
            _made[encoder] = Reader(encoder.tokenizer, encoder.embeddings)
        return _made[encoder]


@cache
def _trained_for() -> str:
    """Name of the encoder whose tokens and embeddings the weights go with."""
    with safe_open(DATA / "reader.safetensors", "numpy") as file:
        name: str = file.metadata()["encoder"]
    return name


@cache
def reader_fingerprint() -> str:
    """Changes whenever the weights do."""
    return hashlib.sha256((DATA / "reader.safetensors").read_bytes()).hexdigest()[:8]


def _unpacked(stored: dict[str, NDArray[np.generic]]) -> dict[str, Rows]:
    """float32 of what is stored: int8 with one scale for each output, or float16."""
    return {
        name: array.astype(np.float32) * stored[f"{name}.scale"].astype(np.float32)[:, None]
        if f"{name}.scale" in stored
        else array.astype(np.float32)
        for name, array in stored.items()
        if not name.endswith(".scale")
    }


def sure(logit: float, widest: float) -> float:
    """A logit as a number from 0 to 1, in a line from `-widest` to `widest`."""
    return min(1.0, max(0.0, 0.5 + logit / (2 * widest)))


def _gelu(states: Rows) -> Rows:
    """GELU by its usual approximation through tanh; within .001 of it."""
    inner = np.float32(0.7978846) * (states + np.float32(0.044715) * states**3)
    found: Rows = np.multiply(0.5 * states, 1.0 + np.tanh(inner), dtype=np.float32)
    return found
