"""What the rest of the project needs of an encoder, whichever model it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns passages and questions into unit-length vectors of one space.

    A library remembers the `name` and `dim` it was built with and refuses another encoder.
    The language of each text is the encoder's own affair.
    """

    @property
    def name(self) -> str:
        """Identifies the model and its version, e.g. `sentence-transformers/all-MiniLM-L6-v2`."""
        ...

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` in this encoder's own tokenizer, special tokens not counted."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages.

        Returns:
            float32 `[len(texts), dim]`, rows of unit length.

        Raises:
            EncoderError: The model failed or gave unusable rows.
        """
        ...

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """Encode one question.

        Returns:
            float32 `[dim]`, of unit length.

        Raises:
            EncoderError: The model failed or gave an unusable row.
        """
        ...
