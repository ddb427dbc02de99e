"""The encoder all-MiniLM-L6-v2 as it was published, for English: offline, without torch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from bilingual._graph import Precision
from bilingual._rows import unit_row, unit_rows
from bilingual._runtime import onnxruntime
from bilingual._weights import MODEL, CheckedFile, packaged_folder
from bilingual.body import MAX_TOKENS, WIDTH, Body, mean_pool
from bilingual.errors import EncoderError

_START, _END = 101, 102  # [CLS] and [SEP]
_TEXTS_AT_ONCE = 512  # what is tokenized together: bounds the memory for a large document


class MiniLM:
    """all-MiniLM-L6-v2 behind the `Encoder` protocol.

    Reads the first 256 tokens of a text (254 and two special ones), as the model's authors set
    it; what follows is not seen. Safe to share between threads.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        precision: Precision = "int8",
        threads: int | None = None,
    ) -> None:
        """Check the model's files and load them (about 0.3 s).

        Args:
            folder: Where the model's files lie; by default in the installed package.
            precision: "int8" (cosine to float32 .9994) or "float32" (exact, half as fast).
            threads: Passages encoded at once; by default the cores this process may use.

        Raises:
            EncoderMissingError: The package is not installed.
            EncoderDamagedError: A file is not the published one.
        """
        folder = folder or packaged_folder()
        with ThreadPoolExecutor(1) as pool:  # hashing leaves the interpreter free
            weights = pool.submit(CheckedFile.open, folder / "model.safetensors")
            tokenizer = CheckedFile.open(folder / "tokenizer.json")
            self._tokenizer = Tokenizer.from_buffer(tokenizer.content[:])
            onnxruntime()  # imported while the hashing goes on

        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._body = Body(weights.result().tensors(), precision=precision, threads=threads)

    @property
    def name(self) -> str:
        """`sentence-transformers/all-MiniLM-L6-v2`: the vectors are that model's."""
        return MODEL

    @property
    def dim(self) -> int:
        """384."""
        return WIDTH

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, special tokens not counted; a passage may have 254."""
        return len(self._tokenize([text])[0])

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages; only the first 254 tokens of each are seen.

        Returns:
            float32 `[len(texts), 384]`, rows of unit length. A text's row does not depend on the
            texts beside it.

        Raises:
            EncoderError: A text cannot be read (half a surrogate pair, say).
            EncoderOutputError: The model gave NaN or zero rows.
        """
        rows = np.empty((len(texts), WIDTH), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            ids = self._windows(texts[start : start + _TEXTS_AT_ONCE])
            rows[start : start + len(ids)] = self._body.map(ids, mean_pool)
        return unit_rows(rows, name=self.name, count=len(texts))

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """Encode one question; only its first 254 tokens are seen.

        Returns:
            float32 `[384]`, of unit length.

        Raises:
            EncoderError: The text cannot be read.
            EncoderOutputError: The model gave a NaN or zero row.
        """
        pooled = mean_pool(self._body.hidden_states(self._windows([text])[0]))
        return unit_row(pooled, name=self.name)

    def _windows(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids as the model takes them: at most `MAX_TOKENS`, special tokens included."""
        return [[_START, *ids[: MAX_TOKENS - 2], _END] for ids in self._tokenize(texts)]

    def _tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        try:
            found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        except (TypeError, UnicodeError) as exc:  # how the tokenizer reports a lone surrogate
            raise EncoderError(detail=f"it is not valid Unicode ({exc})") from exc
        return [encoding.ids for encoding in found]
