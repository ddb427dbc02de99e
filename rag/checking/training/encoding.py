"""Examples as the checker meets them: passages with their token vectors, claims with theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.checking.training.examples import Example, Text, passages_of
from rag.late_interaction import interact
from rag.types import Hit

# Texts encoded at once.
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example with its passages as hits, and its claim's token vectors."""

    example: Example
    hits: Sequence[Hit]
    tokens: QuestionTokens


def encoded(examples: Sequence[Example], encoder: TokenEncoder) -> Iterator[Encoded]:
    """`examples` in order, each text encoded once."""
    known: dict[Text, list[Hit]] = {}
    for example in examples:
        if example.evidence not in known:
            known[example.evidence] = _hits(example.evidence, encoder)
        _, tokens = encoder.encode_question_with_tokens(example.claim)
        yield Encoded(example, known[example.evidence], tokens)


def _hits(text: Text, encoder: TokenEncoder) -> list[Hit]:
    hits = passages_of(text)
    stored = []
    for start in range(0, len(hits), _BATCH):
        batch = [hit.passage.text for hit in hits[start : start + _BATCH]]
        stored += [tokens.to_bytes() for tokens in encoder.encode_passages_with_tokens(batch)[1]]
    # The checker brings the question's side itself: here it is empty.
    nothing = QuestionTokens(
        np.empty((0, encoder.token_dim), np.float32),
        np.empty(0, np.float32),
        np.empty((0, 2), np.int32),
    )
    pairs = zip((hit.passage for hit in hits), stored, strict=True)
    met = interact(nothing, list(pairs))
    return [replace(hit, interaction=met[hit.passage.id]) for hit in hits]
