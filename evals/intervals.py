"""Intervals for means over questions that are not all independent.

Questions on one document, or on one piece of evidence in two languages, succeed and fail
together; taken as independent they would give intervals that are too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
_Z = 1.959963984540054  # the normal quantile at (1 + CONFIDENCE) / 2
# Percentile bounds over 2,000 resamples move by less than half a point between seeds at n = 80.
RESAMPLES = 2000
_TINY = 1e-12
SEED = 20250210


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval and the number of questions behind it."""

    value: float
    low: float
    high: float
    n: int


def wilson(successes: float, n: float) -> tuple[float, float]:
    """Wilson's score interval for a proportion (Wilson 1927); `n` may be an effective size."""
    if n <= 0:
        return 0.0, 1.0
    p = successes / n
    centre = p + _Z * _Z / (2 * n)
    half = _Z * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
    scale = 1 + _Z * _Z / n
    low = 0.0 if successes <= 0 else max(0.0, (centre - half) / scale)
    high = 1.0 if successes >= n else min(1.0, (centre + half) / scale)
    return low, high


def effective_size(values: Sequence[float], clusters: Sequence[str]) -> float:
    """How many independent questions these 0-or-1 `values` are worth (Kish's design effect).

    The design effect is the variance of the clustered mean over that of a simple sample, never
    below 1. Where all values agree it cannot be estimated and each cluster counts once.
    """
    n = len(values)
    sums = _cluster_sums(values, clusters)
    p = sum(values) / n
    if p in (0.0, 1.0):
        return float(len(sums))
    if len(sums) < 2:
        return 1.0
    simple = p * (1 - p) / (n - 1)
    return n / max(1.0, _variance(p, sums, n) / simple)


def proportion(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """The mean of 0-or-1 `values` with Wilson's interval at the effective sample size."""
    n = len(values)
    p = sum(values) / n
    size = effective_size(values, clusters)
    low, high = wilson(p * size, size)
    return Estimate(p, low, high, n)


def mean(values: Sequence[float], clusters: Sequence[str]) -> Estimate:
    """The mean of `values` with an interval that takes clusters for what is independent.

    Of shares, from 0 to 1, it is Wilson's over as many yes-or-no questions as spread as much; where
    all clusters agree, over the clusters. Of amounts it is a percentile bootstrap over clusters,
    which for shares near 0 or 1 is too narrow: simulated with 8 to 40 clusters and means of .7 to
    .97 it held the truth in 91 % (at worst 79 %), Wilson's as wide in 93 % (84 %).
    """
    sums = _cluster_sums(values, clusters)
    value = float(np.mean(values))
    if min(values) >= 0 and max(values) <= 1 + _TINY:
        variance = _variance(value, sums, len(values)) if len(sums) > 1 else 0.0
        size = value * (1 - value) / variance if variance > _TINY else float(len(sums))
        return Estimate(value, *wilson(value * size, size), len(values))
    drawn = _times_drawn(len(sums)) @ np.array(sums, dtype=np.float64)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [tail, 1 - tail])
    return Estimate(value, float(low), float(high), len(values))


def quantile(values: Sequence[float], share: float) -> Estimate:
    """The `share` quantile of `values` with the interval that its order statistics give.

    How many of `values` lie below the true quantile is binomial, here by its normal
    approximation. Used for latencies, which vary by question and not by cluster. Of few values none
    lies beyond the true quantile for certain; the outermost is the bound then, and is too near.
    """
    ordered = sorted(values)
    n = len(ordered)
    half = _Z * math.sqrt(n * share * (1 - share))
    low = ordered[max(0, math.floor(n * share - half) - 1)]
    high = ordered[min(n - 1, math.ceil(n * share + half))]
    return Estimate(float(np.quantile(ordered, share)), low, high, n)


def _variance(mean: float, sums: Sequence[tuple[float, int]], n: int) -> float:
    """Of the mean of `n` values, from how the clusters' `sums`, two or more, lie about it."""
    residuals = sum((total - mean * count) ** 2 for total, count in sums)
    return residuals * len(sums) / (len(sums) - 1) / n**2


def _cluster_sums(values: Sequence[float], clusters: Sequence[str]) -> list[tuple[float, int]]:
    """(sum, count) of each cluster, in order of first appearance."""
    sums: dict[str, tuple[float, int]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        total, count = sums.get(cluster, (0.0, 0))
        sums[cluster] = (total + value, count + 1)
    return list(sums.values())


# A slice's metrics mostly have as many clusters, one after the other.
@lru_cache(maxsize=4)
def _times_drawn(n: int) -> NDArray[np.float64]:
    """How often each of `n` clusters is drawn, float [RESAMPLES, n]; the same for the same `n`."""
    drawn = np.random.default_rng(SEED).multinomial(n, np.full(n, 1 / n), RESAMPLES)
    return drawn.astype(np.float64)
