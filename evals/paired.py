"""Paired statistics of two runs over the same questions, for many figures at once.

Everything works on whole clusters of questions, because questions on one piece of evidence flip
together. A figure is a ratio (a mean over the questions it applies to), and the two runs may
refuse different questions, so a figure's denominator can differ between them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evals.intervals import CONFIDENCE

Matrix = NDArray[np.float64]

# Random swaps; the smallest p is 1e-4, and at p = .05 its standard error is .002.
SWAPS = 9_999
RESAMPLES = 2_000
SEED = 20250210
# Normal quantiles for a two-sided test at 5 % and for 80 % power.
_VISIBLE = 1.959964 + 0.841621
# Six clusters that all change the same way are the fewest that can give p <= .05: 2 / 2**6.
_FEWEST_FLIPS = 6
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of values and numbers of questions by cluster and figure, float [clusters, figures]."""

    values: Matrix
    counts: Matrix


@dataclass(frozen=True, slots=True)
class Differences:
    """Candidate less base, by figure; each a float array [figures].

    Attributes:
        p: Of each figure alone (swap test; for single yes-or-no questions exact McNemar's, up to
            simulation error).
        adjusted_p: Of each figure when all of them are looked at (Westfall and Young's min-p).
        low: Lower bound of the difference (95 % bootstrap over clusters).
        high: Upper bound.
        visible: The smallest difference that this many clusters show four times out of five.
    """

    base: Matrix
    candidate: Matrix
    p: Matrix
    adjusted_p: Matrix
    low: Matrix
    high: Matrix
    visible: Matrix


def differences(base: Sums, candidate: Sums, *, swaps: int = SWAPS) -> Differences:
    """Compare two runs; every figure must apply to a question in both of them."""
    values, counts = base.values, base.counts
    dv = candidate.values - values
    before = values.sum(0) / counts.sum(0)
    after = candidate.values.sum(0) / candidate.counts.sum(0)
    p, adjusted = _swap_test(base, candidate, after - before, swaps)
    low, high, spread = _bootstrap(base, candidate, after - before)
    groups = ((counts > 0) | (candidate.counts > 0)).sum(0)
    # Resampling shows no spread: at 95 %, fewer than 3 in `groups` move otherwise than all of
    # those seen did (the rule of three).
    still = spread < _TINY
    reach = np.minimum(1, 3 / groups)
    low = np.where(still, np.maximum(-1, after - before - reach), low)
    high = np.where(still, np.minimum(1, after - before + reach), high)
    # Shares move by whole questions, means by any part of one.
    whole = (np.abs(dv - np.round(dv)) < _TINY).all(axis=0)
    fewest = np.where(whole | still, np.minimum(1, _FEWEST_FLIPS / groups), 0)
    visible = np.maximum(_VISIBLE * spread, fewest)
    return Differences(before, after, p, adjusted, low, high, visible)


def _swap_test(base: Sums, candidate: Sums, observed: Matrix, swaps: int) -> tuple[Matrix, Matrix]:
    """Two-sided p by swapping the runs' labels cluster by cluster, alone and over all figures.

    Without a difference between the runs each cluster could as well have come the other way
    round. The same swaps serve all figures, so their correlation is kept and the chance of any
    false alarm at all stays at the level (Westfall and Young 1993, single-step min-p).
    """
    moves = _moves(base, candidate)
    if not moves.all():
        # What no swap can move never gives the smallest p, unless nothing moves at all.
        p, adjusted = np.ones(observed.shape), np.ones(observed.shape)
        if moves.any():
            old, new = _only(base, moves), _only(candidate, moves)
            p[moves], adjusted[moves] = _swap_test(old, new, observed[moves], swaps)
        return p, adjusted
    dv, dc = candidate.values - base.values, candidate.counts - base.counts
    active = (np.abs(dv) > _TINY).any(axis=1) | (dc != 0).any(axis=1)
    flips = np.random.default_rng(SEED).integers(0, 2, (swaps, int(active.sum())))
    moved_v = flips.astype(np.float64) @ dv[active]
    moved_c = flips.astype(np.float64) @ dc[active]
    before = _ratio(base.values.sum(0) + moved_v, base.counts.sum(0) + moved_c)
    after = _ratio(candidate.values.sum(0) - moved_v, candidate.counts.sum(0) - moved_c)
    swapped = np.abs(after - before)
    # A swap can leave a figure without questions: held against a low p, and no alarm itself.
    undefined = np.isnan(swapped)
    p = (1 + (undefined | (swapped >= np.abs(observed) - _TINY)).sum(0)) / (swaps + 1)
    swapped[undefined] = 0
    smallest = np.min(np.column_stack([_own_p(column) for column in swapped.T]), axis=1)
    below = np.searchsorted(np.sort(smallest), p + _TINY, side="right")
    return p, np.maximum(p, (1 + below) / (swaps + 1))


def _moves(base: Sums, candidate: Sums) -> NDArray[np.bool_]:
    """Which figures differ between the runs in any cluster."""
    differs = (candidate.values != base.values) | (candidate.counts != base.counts)
    return np.asarray(differs.any(axis=0))


def _only(sums: Sums, figures: NDArray[np.bool_]) -> Sums:
    return Sums(sums.values[:, figures], sums.counts[:, figures])


def _own_p(swapped: Matrix) -> Matrix:
    """For each swap the share of swaps (itself included) that differ at least as much."""
    ordered = np.sort(swapped)
    at_least = len(ordered) - np.searchsorted(ordered, swapped - _TINY, side="left")
    return np.asarray(at_least / len(ordered), dtype=np.float64)


def _bootstrap(base: Sums, candidate: Sums, observed: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """95 % bounds and standard error of the difference, both runs resampled alike."""
    moves = _moves(base, candidate)
    if not moves.all():
        # What is the same in both runs is the same in every resample.
        low, high, spread = (np.zeros(observed.shape) for _ in range(3))
        if moves.any():
            old, new = _only(base, moves), _only(candidate, moves)
            low[moves], high[moves], spread[moves] = _bootstrap(old, new, observed[moves])
        return low, high, spread
    groups = len(base.values)
    shares = np.full(groups, 1 / groups)
    times = np.random.default_rng(SEED).multinomial(groups, shares, RESAMPLES).astype(np.float64)
    before = _ratio(times @ base.values, times @ base.counts)
    after = _ratio(times @ candidate.values, times @ candidate.counts)
    drawn = after - before
    # A small slice can be missing from a resample; that draw then says nothing about it.
    drawn = np.where(np.isnan(drawn), observed, drawn)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return low, high, drawn.std(axis=0)


def _ratio(values: Matrix, counts: Matrix) -> Matrix:
    """`values` ÷ `counts`, NaN where nothing was counted."""
    # Swapping subtracts what it added, which can leave a trace of rounding near nothing.
    counted = counts > 0.5
    return np.divide(values, counts, out=np.full_like(values, np.nan), where=counted)
