"""Fits the heads: logistic regressions whose weights are never negative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.checking.head import UNDECIDED, Head
from rag.checking.training.examples import Example

Column = NDArray[np.float64]

# What the sets weigh beside each other: questions are what the checker is for; sentences are
# nearly verbatim, and most that is wrong with them the rules find.
_SETS = {"questions": 1.0, "begin": 0.5, "wice": 0.3, "sentences": 0.3}
_RIDGE = 1e-3
# Share of the true claims of each set that may fall under the threshold of "unsupported".
_FALSE_ALARMS = 0.02
_AS_GOOD = 0.01  # of two shares together
_SEARCHED = np.linspace(0.02, 0.98, 97)


@dataclass(frozen=True, slots=True)
class Row:
    """A claim that the rules did not decide, with its features.

    Attributes:
        doubted: Whether it cannot count as supported, whatever the features.
    """

    example: Example
    features: Mapping[str, float]
    doubted: bool


def fitted(rows: Sequence[Row], every: Sequence[Example]) -> Head:
    """The head for claims of one kind (see `rag.checking.head.kind_of`).

    Args:
        rows: Those that it decides.
        every: All claims of the kind, also those that the rules decide.
    """
    names = list(rows[0].features)
    values = np.array([[row.features[name] for name in names] for row in rows])
    true = np.array([row.example.supported for row in rows])
    weight = _weights(rows, true)
    solution = _solved(values, true, weight)
    probability = 1 / (1 + np.exp(-(values @ solution[:-1] + solution[-1])))
    weights = {
        name: round(float(value), 4) for name, value in zip(names, solution, strict=False) if value
    }
    head = Head(
        weights,
        round(float(solution[-1]), 4),
        unsupported_below=0.0,
        supported_from=round(_dividing(rows, every, true, probability), 4),
    )
    as_used = np.array([head.probability(_as_used(row, head)) for row in rows])
    return replace(head, unsupported_below=round(_false_alarms(rows, true, as_used), 4))


def _as_used(row: Row, head: Head) -> Mapping[str, float]:
    """The features as the checker has them, which has few claims read."""
    if "read" not in row.features or (not row.doubted and head.turns_on("read", row.features)):
        return row.features
    return {**row.features, "read": UNDECIDED}


def _weights(rows: Sequence[Row], true: NDArray[np.bool_]) -> Column:
    """Each set's share, half of it true claims, half false."""
    sets = np.array([row.example.set for row in rows])
    weight = np.zeros(len(rows))
    for name, share in _SETS.items():
        for label in (True, False):
            chosen = (sets == name) & (true == label)
            if chosen.any():
                weight[chosen] = share / chosen.sum()
    weight /= weight.sum()
    return weight


def _solved(values: Column, true: NDArray[np.bool_], weight: Column) -> Column:
    """The weights, and the bias behind them, of least weighted loss."""
    from scipy.optimize import minimize

    sign = np.where(true, 1.0, -1.0)

    def loss(solution: Column) -> tuple[float, Column]:
        margin = sign * (values @ solution[:-1] + solution[-1])
        slope = -sign * weight / (1 + np.exp(margin))
        ridge = solution[:-1] * _RIDGE
        total = float(weight @ np.logaddexp(0, -margin) + ridge @ solution[:-1] / 2)
        return total, np.append(values.T @ slope + ridge, slope.sum())

    bounds = [(0, None)] * values.shape[1] + [(None, None)]
    start = np.zeros(values.shape[1] + 1)
    found: Column = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def _dividing(
    rows: Sequence[Row],
    every: Sequence[Example],
    true: NDArray[np.bool_],
    probability: Column,
) -> float:
    """The threshold of best balanced accuracy on questions, of rules and head together."""
    asked = [one for one in every if one.set == "questions"]
    of_questions = np.array([row.example.set == "questions" for row in rows])
    doubted = np.array([row.doubted for row in rows])
    right = []
    for at in _SEARCHED:
        passed = (probability >= at) & ~doubted
        right.append(
            (of_questions & true & passed).sum() / sum(one.supported for one in asked)
            + (of_questions & ~true & ~passed).sum() / sum(not one.supported for one in asked)
        )
    # The middle of the best range: less of an accident than its edge.
    best = np.flatnonzero(np.array(right) >= max(right) - _AS_GOOD)
    return float(_SEARCHED[best].mean())


def _false_alarms(rows: Sequence[Row], true: NDArray[np.bool_], probability: Column) -> float:
    """The threshold under which few true claims of any set fall."""
    sets = np.array([row.example.set for row in rows])
    limits = [
        float(np.quantile(probability[(sets == name) & true], _FALSE_ALARMS))
        for name in _SETS
        if ((sets == name) & true).any()
    ]
    return min(limits)
