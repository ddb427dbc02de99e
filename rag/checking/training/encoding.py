"""Examples as the checker meets them: passages with their token vectors, claims with theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.checking.training.examples import Example, Text, passages_of
from rag.checking.vectors import with_tokens
from rag.types import Hit


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
            known[example.evidence] = with_tokens(passages_of(example.evidence), encoder)
        _, tokens = encoder.encode_question_with_tokens(example.claim)
        yield Encoded(example, known[example.evidence], tokens)
