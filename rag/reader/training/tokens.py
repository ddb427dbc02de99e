"""What is read, as tokens: question and sentences one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import torch
from torch import Tensor

from bilingual.body import Embeddings
from bilingual.language import QuestionLanguage, identify
from bilingual.tokenizer import BilingualTokenizer, Tokens
from rag.reader.model import TASKS
from rag.reader.row import Row, room, row_of
from rag.reader.training.readings import Reading


@dataclass(frozen=True, slots=True)
class Read:
    """A reading in tokens.

    Attributes:
        row: What is read; the sentences that do not fit are left out.
        holds: Which of its sentences answer.
        task: Its place in `TASKS`.
    """

    row: Row
    holds: tuple[bool, ...]
    task: int

    @property
    def length(self) -> int:
        """Tokens."""
        return len(self.row.ids)


class Cutting:
    """Cuts readings into tokens, each text once."""

    def __init__(self, tokenizer: BilingualTokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[tuple[str, QuestionLanguage | None], Tokens] = {}

    def read(self, one: Reading) -> Read | None:
        """A reading in tokens; None where no sentence fits."""
        question = self._tokens(one.asking, None)
        alone = len(one.sentences) == 1 and not one.context
        around = None if alone else identify(" ".join((*one.context, *one.sentences)))
        context = [self._tokens(text, around) for text in one.context]
        told = [self._tokens(sentence, around) for sentence in one.sentences]
        most = room(question, context)
        count = sum(end <= most for end in accumulate(len(tokens.ids) for tokens in told))
        if not count:
            return None
        row = row_of(question, context, told[:count])
        return Read(row, one.holds[:count], TASKS.index(one.task))

    def _tokens(self, text: str, around: QuestionLanguage | None) -> Tokens:
        key = (text, around)
        if key not in self._known:
            self._known[key] = (
                self._tokenizer.each([text], around)[0] if around else self._tokenizer.tokens(text)
            )
        return self._known[key]


def batch(rows: Sequence[Read], embeddings: Embeddings) -> tuple[Tensor, ...]:
    """What `Network` takes, then float `[batch, sentences]`: which hold, and what each counts.

    A sentence counts less among many: one over the root of their number.
    """
    count, tokens = len(rows), max(row.length for row in rows)
    sentences = max(len(row.holds) for row in rows)
    ids = np.zeros((count, tokens), np.int64)
    text, vietnamese = np.zeros((2, count, tokens), np.float32)
    there = np.zeros((count, tokens), bool)
    shares = np.zeros((count, sentences, tokens), np.float32)
    holds, weights = np.zeros((2, count, sentences), np.float32)
    for at, row in enumerate(rows):
        long, read = row.length, row.row
        ids[at, :long], vietnamese[at, :long], there[at, :long] = read.ids, read.vietnamese, True
        text[at, read.question_end : long] = 1.0
        for place, one in enumerate(read.sentences):
            shares[at, place, one.start : one.stop] = 1 / max(1, len(one))
        holds[at, : len(row.holds)] = row.holds
        weights[at, : len(row.holds)] = 1 / math.sqrt(len(row.holds))
    embedded = embeddings.of(ids.reshape(-1)).reshape(count, tokens, -1)
    task = np.array([row.task for row in rows])
    arrays = (embedded, text, vietnamese, there, shares, task, holds, weights)
    return tuple(map(torch.from_numpy, arrays))
