"""How often the checker is right, on claims that nothing was fitted on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.checking.training.examples import Example
from rag.types import Verdict

_SAMPLES = 1000
_VERDICTS: Sequence[Verdict] = ("supported", "unsure", "unsupported")


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with the checker's verdict."""

    example: Example
    verdict: Verdict

    @property
    def flagged(self) -> bool:
        """Not taken as supported."""
        return self.verdict != "supported"


def measures(judged: Sequence[Judged], seed: int) -> dict[str, Any]:
    """Balanced accuracy by set and direction, and the share flagged by what was altered.

    Flagged is what was found unsupported or unsure. Intervals are of 95 %, by bootstrap over the
    passages: claims of one passage go together.
    """
    sets: dict[str, list[Judged]] = defaultdict(list)
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        example = one.example
        sets[f"{example.set} {example.direction}"].append(one)
        if example.kind != "true":
            kinds[f"{example.set} {example.kind} {example.direction}"].append(one)
    return {
        "sets": {name: _of_set(group, seed) for name, group in sorted(sets.items())},
        "kinds": {
            name: {"claims": len(group), "flagged": _interval(group, _flagged, seed)}
            for name, group in sorted(kinds.items())
        },
    }


def _of_set(group: Sequence[Judged], seed: int) -> dict[str, Any]:
    true = [one for one in group if one.example.supported]
    false = [one for one in group if not one.example.supported]
    return {
        "claims": len(group),
        "balanced_accuracy": _interval(group, _balanced_accuracy, seed),
        "true": _shares(true),
        "false": _shares(false),
    }


def _shares(group: Sequence[Judged]) -> Mapping[str, float]:
    count = max(1, len(group))
    return {
        verdict: round(sum(one.verdict == verdict for one in group) / count, 3)
        for verdict in _VERDICTS
    }


def _interval(
    group: Sequence[Judged], of: Callable[[np.ndarray[Any, Any]], float], seed: int
) -> list[float]:
    """The figure, and its 95 % interval."""
    passages: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in group:
        cell = 2 * one.example.supported + one.flagged
        passages[one.example.evidence.sentences][cell] += 1
    counts = np.array(list(passages.values()), float)
    chosen = np.random.default_rng(seed).integers(len(counts), size=(_SAMPLES, len(counts)))
    drawn = np.array([of(counts[sample].sum(axis=0)) for sample in chosen])
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return [round(float(value), 3) for value in (of(counts.sum(axis=0)), low, high)]


def _balanced_accuracy(cells: np.ndarray[Any, Any]) -> float:
    """Of counts: false and passed, false and flagged, true and passed, true and flagged."""
    false, true = cells[0] + cells[1], cells[2] + cells[3]
    if not false or not true:
        return float("nan")
    return float(cells[1] / false + cells[2] / true) / 2


def _flagged(cells: np.ndarray[Any, Any]) -> float:
    return float(cells[1] / (cells[0] + cells[1])) if cells[0] + cells[1] else float("nan")
