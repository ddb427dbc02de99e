"""What is read, as tokens: question and sentences one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bilingual.body import MAX_TOKENS, Embeddings
from bilingual.language import QuestionLanguage, identify
from bilingual.tokenizer import END, START, BilingualTokenizer, Tokens
from rag.reader.model import ASKING_TOKENS
from rag.reader.training.network import TASKS
from rag.reader.training.readings import Reading


@dataclass(frozen=True, slots=True)
class Read:
    """A reading in tokens; sentences that do not fit are left out.

    Attributes:
        ids: With the special tokens.
        vietnamese: Which of them are.
        ends: Of the question, and of each sentence.
        holds: Which sentences answer.
        task: Its place in `TASKS`.
    """

    ids: np.ndarray[tuple[int], np.dtype[np.int32]]
    vietnamese: np.ndarray[tuple[int], np.dtype[np.bool_]]
    ends: tuple[int, ...]
    holds: tuple[bool, ...]
    task: int


class Cutting:
    """Cuts readings into tokens, each text once."""

    def __init__(self, tokenizer: BilingualTokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[tuple[str, QuestionLanguage | None], Tokens] = {}

    def read(self, one: Reading) -> Read | None:
        """A reading in tokens; None where no sentence fits."""
        question = self._tokens(one.asking, None).first(ASKING_TOKENS)
        ids, vietnamese = [START, *question.ids, END], [question.vietnamese]
        vietnamese *= len(ids)
        ends = [len(ids)]
        alone = len(one.sentences) == 1
        around = None if alone else identify(" ".join(one.sentences))
        for sentence in one.sentences:
            told = self._tokens(sentence, around)
            if len(ids) + len(told.ids) > MAX_TOKENS - 1:
                break
            ids += told.ids
            vietnamese += [told.vietnamese] * len(told.ids)
            ends.append(len(ids))
        if len(ends) == 1:
            return None
        return Read(
            np.array([*ids, END], np.int32),
            np.array([*vietnamese, vietnamese[-1]]),
            tuple(ends),
            one.holds[: len(ends) - 1],
            TASKS.index(one.task),
        )

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
    count, tokens = len(rows), max(len(row.ids) for row in rows)
    sentences = max(len(row.holds) for row in rows)
    ids = np.zeros((count, tokens), np.int64)
    text, vietnamese = np.zeros((2, count, tokens), np.float32)
    there = np.zeros((count, tokens), bool)
    shares = np.zeros((count, sentences, tokens), np.float32)
    holds, weights = np.zeros((2, count, sentences), np.float32)
    for at, row in enumerate(rows):
        long = len(row.ids)
        ids[at, :long], vietnamese[at, :long], there[at, :long] = row.ids, row.vietnamese, True
        text[at, row.ends[0] : long] = 1.0
        for place, (start, end) in enumerate(zip(row.ends, row.ends[1:], strict=False)):
            shares[at, place, start:end] = 1 / max(1, end - start)
        holds[at, : len(row.holds)] = row.holds
        weights[at, : len(row.holds)] = 1 / math.sqrt(len(row.holds))
    embedded = embeddings.of(ids.reshape(-1)).reshape(count, tokens, -1)
    task = np.array([row.task for row in rows])
    arrays = (embedded, text, vietnamese, there, shares, task, holds, weights)
    return tuple(map(torch.from_numpy, arrays))
