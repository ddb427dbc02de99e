"""The encoder that a setting names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bilingual.errors import EncoderUnknownError

if TYPE_CHECKING:
    from bilingual.encoder import Encoder

_SENTENCE_TRANSFORMERS = "sentence-transformers/"


def load_encoder(name: str) -> Encoder:
    """Load the encoder of that name.

    Args:
        name: "default" (both languages), "minilm" (all-MiniLM-L6-v2 as published, English), or
            "sentence-transformers/NAME", where NAME may be a folder.

    Raises:
        EncoderUnknownError: The name is neither.
        EncoderMissingError: The model is not on this machine.
    """
    if name == "default":
        return _default()
    if name == "minilm":
        from bilingual.minilm import MiniLM

        return MiniLM()
    if name.startswith(_SENTENCE_TRANSFORMERS):
        from bilingual.sentence_transformers_encoder import SentenceTransformersEncoder

        return SentenceTransformersEncoder(name.removeprefix(_SENTENCE_TRANSFORMERS))
    raise EncoderUnknownError(name=name)


@cache
def _default() -> Encoder:
    """Made once: several look at the same texts with it, from several threads."""
    from bilingual.taught import TaughtMiniLM

    return TaughtMiniLM()
