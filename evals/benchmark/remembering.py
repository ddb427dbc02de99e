"""An encoder that makes each vector once, however many libraries and systems ask for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bilingual.encoder import Encoder
from bilingual.tokens import QuestionTokens, TokenEncoder, TokenVectors

OnProgress = Callable[[str], None]

# Texts encoded between two lines of progress.
_BATCH = 128


class Remembering:
    """The same vectors as `encoder`, made once, for measuring many rankings."""

    def __init__(self, encoder: TokenEncoder, on_progress: OnProgress = lambda line: None) -> None:
        self._encoder = encoder
        self._on_progress = on_progress
        self._passages: dict[str, tuple[NDArray[np.float32], TokenVectors]] = {}
        self._questions: dict[str, tuple[NDArray[np.float32], QuestionTokens]] = {}

    @property
    def name(self) -> str:
        """The encoder's."""
        return self._encoder.name

    @property
    def dim(self) -> int:
        """The encoder's."""
        return self._encoder.dim

    @property
    def token_dim(self) -> int:
        """The encoder's."""
        return self._encoder.token_dim

    def count_tokens(self, text: str) -> int:
        """The encoder's."""
        return self._encoder.count_tokens(text)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 `[len(texts), dim]`."""
        return self.encode_passages_with_tokens(texts)[0]

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """float32 `[dim]`."""
        return self.encode_question_with_tokens(text)[0]

    def encode_passages_with_tokens(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        """Vectors and token vectors of `texts`."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._passages))
        for start in range(0, len(missing), _BATCH):
            self._on_progress(f"encoding passages: {start} of {len(missing)}")
            part = missing[start : start + _BATCH]
            rows, tokens = self._encoder.encode_passages_with_tokens(part)
            self._passages.update(zip(part, zip(rows, tokens, strict=True), strict=True))
        found = [self._passages[text] for text in texts]
        return np.stack([row for row, _ in found]), [tokens for _, tokens in found]

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], QuestionTokens]:
        """Vector and token vectors of a question."""
        if text not in self._questions:
            self._questions[text] = self._encoder.encode_question_with_tokens(text)
        return self._questions[text]


class RememberingVectors:
    """The vectors of an encoder that has no token vectors, made once."""

    def __init__(self, encoder: Encoder, on_progress: OnProgress = lambda line: None) -> None:
        self._encoder = encoder
        self._on_progress = on_progress
        self._rows: dict[str, NDArray[np.float32]] = {}

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 `[len(texts), dim]`."""
        missing = list(dict.fromkeys(text for text in texts if text not in self._rows))
        if missing:
            self._on_progress(f"encoding {len(missing)} texts with {self._encoder.name}")
            rows = self._encoder.encode_passages(missing)
            self._rows.update(zip(missing, rows, strict=True))
        return np.stack([self._rows[text] for text in texts])


class Timed(Remembering):
    """Remembers no question, and adds up the time that questions take instead."""

    taken_s = 0.0
    processor_s = 0.0

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], QuestionTokens]:
        """Vector and token vectors of a question, always made anew."""
        began, processor = time.perf_counter(), time.process_time()
        made = self._encoder.encode_question_with_tokens(text)
        self.taken_s += time.perf_counter() - began
        self.processor_s += time.process_time() - processor
        return made
