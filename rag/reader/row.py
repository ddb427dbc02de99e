"""What the network reads in one pass, as one row of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bilingual.body import MAX_TOKENS
from bilingual.tokenizer import END, START, Tokens

ASKING = 64  # tokens of a question or claim; what is longer is cut
_CONTEXT = 24  # … of each of the texts before the sentences


@dataclass(frozen=True, slots=True)
class Row:
    """Question, context and sentences, one after the other.

    Attributes:
        ids: With the special tokens.
        vietnamese: Which of them are cut into Vietnamese units.
        question_end: Where the question is over.
        sentences: Where each sentence stands; empty, or cut, where it is beyond the window.
    """

    ids: list[int]
    vietnamese: list[bool]
    question_end: int
    sentences: list[range]


def row_of(question: Tokens, context: Sequence[Tokens], sentences: Sequence[Tokens]) -> Row:
    """Put together what is read in one pass."""
    question = question.first(ASKING)
    ids = [START, *question.ids, END]
    vietnamese = [question.vietnamese] * len(ids)
    question_end, last = len(ids), MAX_TOKENS - 1

    def add(tokens: Tokens) -> range:
        start = len(ids)
        taken = tokens.ids[: last - start]
        ids.extend(taken)
        vietnamese.extend([tokens.vietnamese] * len(taken))
        return range(start, len(ids))

    for one in context:
        add(one.first(_CONTEXT))
    places = [add(sentence) for sentence in sentences]
    return Row([*ids, END], [*vietnamese, vietnamese[-1]], question_end, places)


def room(question: Tokens, context: Sequence[Tokens]) -> int:
    """Tokens that sentences may have beside this question and context."""
    before = sum(len(one.first(_CONTEXT).ids) for one in context)
    return MAX_TOKENS - len(question.first(ASKING).ids) - before - 3
