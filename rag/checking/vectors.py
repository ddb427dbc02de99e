"""Token vectors of passages that come from no library: recorded ones, and labelled claims'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.late_interaction import interact
from rag.types import Hit
from vectorstore.types import embedded_text

_BATCH = 64  # texts encoded at once


def with_tokens(hits: Sequence[Hit], encoder: TokenEncoder) -> list[Hit]:
    """Passages as the checker meets them, with token vectors made for them.

    Raises:
        EncoderError: A passage could not be encoded.
    """
    # The checker brings the question's side itself: here it is empty.
    nothing = QuestionTokens(
        np.empty((0, encoder.token_dim), np.float32),
        np.empty(0, np.float32),
        np.empty((0, 2), np.int32),
    )
    found = []
    for start in range(0, len(hits), _BATCH):
        batch = hits[start : start + _BATCH]
        texts = [embedded_text(hit.passage.section, hit.passage.text) for hit in batch]
        made = encoder.encode_passages_with_tokens(texts)[1]
        for hit, tokens in zip(batch, made, strict=True):
            [met] = interact(nothing, [(hit.passage, tokens.to_bytes())]).values()
            found.append(replace(hit, interaction=met))
    return found
