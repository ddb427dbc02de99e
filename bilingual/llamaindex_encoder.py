"""Any LlamaIndex embedding in the default encoder's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from bilingual._rows import unit_row, unit_rows
from bilingual.errors import EncoderError

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

T = TypeVar("T")


def estimate_tokens(text: str) -> int:
    """Tokens of `text` where the tokenizer is unknown: one for each three bytes of UTF-8.

    Meant to err high: subword tokenizers take about four bytes a token of English and three of
    Vietnamese.
    """
    return -(-len(text.encode("utf-8", "surrogatepass")) // 3)


class LlamaIndexEncoder:
    """A LlamaIndex `BaseEmbedding` behind the `Encoder` protocol.

    LlamaIndex embeddings state neither their width nor their tokenizer: the width is learned by
    embedding one text when it is first asked for, the tokens are estimated unless a counter is
    given.
    """

    def __init__(
        self,
        embedding: BaseEmbedding,
        *,
        name: str | None = None,
        count_tokens: Callable[[str], int] = estimate_tokens,
    ) -> None:
        """Wrap `embedding`.

        Args:
            embedding: What embeds; used as it is configured.
            name: What the library remembers it by; by default its class and model name.
            count_tokens: The model's tokenizer, special tokens not counted.
        """
        self._embedding = embedding
        self._count_tokens = count_tokens
        self.name = name or f"llama-index/{embedding.class_name()}/{embedding.model_name}"

    @cached_property
    def dim(self) -> int:
        """Width of the vectors.

        Raises:
            EncoderError: The embedding failed.
        """
        return len(self.encode_question("?"))

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, by the given counter or estimated."""
        return self._count_tokens(text)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages.

        Returns:
            float32 `[len(texts), dim]`, rows of unit length.

        Raises:
            EncoderError: The embedding failed.
            EncoderOutputError: It gave NaN, zero or missing rows.
        """
        if not texts:
            return np.empty((0, self.dim), np.float32)
        rows = self._asked(lambda: self._embedding.get_text_embedding_batch(list(texts)))
        return unit_rows(rows, name=self.name, count=len(texts))

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """Embed one question.

        Returns:
            float32 `[dim]`, of unit length.

        Raises:
            EncoderError: The embedding failed.
            EncoderOutputError: It gave a NaN or zero row.
        """
        row = self._asked(lambda: self._embedding.get_query_embedding(text))
        return unit_row(row, name=self.name)

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except Exception as exc:  # each integration raises its client's own errors
            raise EncoderError(detail=f"{self.name}: {exc}") from exc
