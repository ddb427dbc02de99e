"""Any sentence-transformers model in the default encoder's place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bilingual._rows import unit_row, unit_rows
from bilingual.errors import EncoderError, EncoderMissingError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_INSTALL_PACKAGE = "pip install 'sentence-transformers>=6.2'"


class SentenceTransformersEncoder:
    """A sentence-transformers model behind the `Encoder` protocol.

    The model's own prompts for queries and documents are used where it has them. Texts longer
    than its window are cut by the model.
    """

    def __init__(
        self,
        model: str,
        *,
        allow_download: bool = False,
        device: str | None = None,
        batch_size: int = 32,
    ) -> None:
        """Load the model.

        Args:
            model: A name on the Hugging Face Hub, or a folder.
            allow_download: Fetch a model that is not on this machine.
            device: torch's name of the device; by default the fastest there is.
            batch_size: Texts a forward pass; 32 is the library's own default.

        Raises:
            EncoderMissingError: The package or the model is not on this machine.
        """
        self.name = f"sentence-transformers/{model}"
        self._model = _load(model, self.name, allow_download, device)
        self._batch_size = batch_size
        self.dim = self._model.get_embedding_dimension() or len(self._probe())

    def count_tokens(self, text: str) -> int:
        """Tokens of `text`, special tokens and prompts not counted."""
        ids = self._model.tokenizer.encode(text, add_special_tokens=False, verbose=False)
        return len(ids)

    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode passages with the model's document prompt.

        Returns:
            float32 `[len(texts), dim]`, rows of unit length.

        Raises:
            EncoderError: The model failed.
            EncoderOutputError: It gave NaN or zero rows.
        """
        if not texts:
            return np.empty((0, self.dim), np.float32)
        try:
            rows = self._model.encode_document(
                list(texts), batch_size=self._batch_size, show_progress_bar=False
            )
        except (RuntimeError, ValueError, TypeError) as exc:  # what torch and tokenizers raise
            raise EncoderError(detail=f"{self.name}: {exc}") from exc
        return unit_rows(rows, name=self.name, count=len(texts))

    def encode_question(self, text: str) -> NDArray[np.float32]:
        """Encode one question with the model's query prompt.

        Returns:
            float32 `[dim]`, of unit length.

        Raises:
            EncoderError: The model failed.
            EncoderOutputError: It gave a NaN or zero row.
        """
        try:
            row = self._model.encode_query(text, show_progress_bar=False)
        except (RuntimeError, ValueError, TypeError) as exc:
            raise EncoderError(detail=f"{self.name}: {exc}") from exc
        return unit_row(row, name=self.name)

    def _probe(self) -> NDArray[np.float32]:
        """A vector of a model that does not state its width."""
        return self.encode_question("?")


def _load(model: str, name: str, allow_download: bool, device: str | None) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as exc:
        raise EncoderMissingError(name=name, install=_INSTALL_PACKAGE) from exc
    try:
        return SentenceTransformer(model, device=device, local_files_only=not allow_download)
    except (OSError, ValueError) as exc:  # no such model here, or files that are no model
        raise EncoderMissingError(name=name, install=f"hf download {model}") from exc
