"""The encoder that a setting names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bilingual.errors import EncoderUnknownError

if TYPE_CHECKING:
    from bilingual.encoder import Encoder

_SENTENCE_TRANSFORMERS = "sentence-transformers/"


def load_encoder(name: str) -> Encoder:
    """Load "default", or "sentence-transformers/NAME" where NAME may be a local path.

    Raises:
        EncoderUnknownError: The name is neither.
        EncoderMissingError: The model is not on this machine.
    """
    if name == "default":
        from bilingual.minilm import MiniLM

        return MiniLM()
    if name.startswith(_SENTENCE_TRANSFORMERS):
        from bilingual.sentence_transformers_encoder import SentenceTransformersEncoder

        return SentenceTransformersEncoder(name.removeprefix(_SENTENCE_TRANSFORMERS))
    raise EncoderUnknownError(name=name)
