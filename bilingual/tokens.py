"""A text's token vectors, kept small, for late interaction.

Each token's vector is projected to fewer dimensions, scaled to unit length and stored as int8
(after ColBERTv2's finding that token vectors bear it; Santhanam et al., 2022).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bilingual.encoder import Encoder

# int8 value that stands for 1.0.
SCALE = 127
_HEADER = struct.Struct("<III")  # tokens, dimensions, characters of the text


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of one text.

    Attributes:
        vectors: int8 `[tokens, token_dim]`, unit vectors times `SCALE`.
        spans: int32 `[tokens, 2]`, where each token's word stands in the text, end exclusive.
        characters: Length of the text.
    """

    vectors: NDArray[np.int8]
    spans: NDArray[np.int32]
    characters: int

    def to_bytes(self) -> bytes:
        """The tokens as they are stored."""
        header = _HEADER.pack(*self.vectors.shape, self.characters)
        return header + self.spans.astype("<i4").tobytes() + self.vectors.tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes) -> TokenVectors:
        """Read what `to_bytes` made, without copying it."""
        tokens, dim, characters = _HEADER.unpack_from(stored)
        spans = np.frombuffer(stored, "<i4", 2 * tokens, _HEADER.size).reshape(tokens, 2)
        vectors = np.frombuffer(stored, np.int8, tokens * dim, _HEADER.size + 8 * tokens)
        return cls(vectors.reshape(tokens, dim), spans, characters)


@dataclass(frozen=True, slots=True)
class QuestionTokens:
    """The tokens of one question.

    Attributes:
        vectors: float32 `[tokens, token_dim]`, rows of unit length.
        weights: float32 `[tokens]`, how much each token tells; their sum is 1.
        spans: int32 `[tokens, 2]`, where each token's word stands in the question.
    """

    vectors: NDArray[np.float32]
    weights: NDArray[np.float32]
    spans: NDArray[np.int32]


@runtime_checkable
class TokenEncoder(Encoder, Protocol):
    """An encoder that gives token vectors from the same pass."""

    @property
    def token_dim(self) -> int:
        """Width of the token vectors."""
        ...

    def encode_passages_with_tokens(
        self, texts: list[str]
    ) -> tuple[NDArray[np.float32], list[TokenVectors]]:
        """What `encode_passages` gives, and each text's tokens."""
        ...

    def encode_question_with_tokens(self, text: str) -> tuple[NDArray[np.float32], QuestionTokens]:
        """What `encode_question` gives, and the question's tokens."""
        ...
