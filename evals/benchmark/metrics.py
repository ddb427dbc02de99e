"""What a ranking is worth, from the places at which the relevant texts were found.

A rank counts from 1; None means that the text was not found at all, which is worth nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.intervals import wilson

Rank = int | None


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval (Wilson, 1927)."""

    value: float
    low: float
    high: float
    n: int

    @classmethod
    def of(cls, successes: int, n: int) -> Share:
        """The share of `successes` among `n` trials."""
        low, high = wilson(successes, n)
        return cls(successes / n if n else 0.0, low, high, n)


@dataclass(frozen=True, slots=True)
class Summary:
    """A system's figures over questions that have one relevant text each."""

    recall_1: Share
    recall_5: float
    ndcg_10: float
    mrr: float

    @classmethod
    def of(cls, ranks: Sequence[Rank]) -> Summary:
        """The figures of the ranks at which each question's relevant text was found."""
        return cls(
            Share.of(sum(rank == 1 for rank in ranks), len(ranks)),
            recall_at(ranks, 5),
            ndcg_at(ranks, 10),
            mean_reciprocal_rank(ranks),
        )


def recall_at(ranks: Sequence[Rank], k: int) -> float:
    """The share of questions whose relevant text is among the first `k`."""
    return _mean([float(rank is not None and rank <= k) for rank in ranks])


def mean_reciprocal_rank(ranks: Sequence[Rank]) -> float:
    """The mean of 1 / rank."""
    return _mean([1 / rank if rank else 0.0 for rank in ranks])


def ndcg_at(ranks: Sequence[Rank], k: int) -> float:
    """Mean nDCG@k where each question has one relevant text: the ideal is 1."""
    return _mean([1 / math.log2(rank + 1) if rank and rank <= k else 0.0 for rank in ranks])


def average_precision(ranks: Sequence[Rank]) -> float:
    """The mean, over all relevant texts of one question, of the precision at each one's rank."""
    found = sorted(rank for rank in ranks if rank)
    return sum(number / rank for number, rank in enumerate(found, 1)) / len(ranks)


def rank_of(scores: NDArray[np.float32], relevant: int) -> int:
    """The rank of one text by `scores` `[texts]`; among equals the earlier text comes first."""
    own = scores[relevant]
    return 1 + int((scores > own).sum()) + int((scores[:relevant] == own).sum())


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
