"""The figures that a run must not fall below, kept in one TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from evals.errors import FloorsError
from evals.report import Report
from evals.scoring import METRICS_BY_NAME


@dataclass(frozen=True, slots=True)
class Floor:
    """A bound on one metric in one slice of one question set.

    Attributes:
        bound: The least value allowed; the most, where lower is better.
    """

    set: str
    slice: str
    metric: str
    bound: float


@dataclass(frozen=True, slots=True)
class Breach:
    """A floor that was not held, with the value that fell short."""

    floor: Floor
    value: float

    def to_dict(self) -> dict[str, str | float]:
        """The breach as JSON."""
        floor = self.floor
        return {
            "slice": floor.slice,
            "metric": floor.metric,
            "bound": floor.bound,
            "value": round(self.value, 6),
        }


def load_floors(path: Path, set_name: str) -> list[Floor]:
    """The floors for the question set of this name.

    Raises:
        FloorsError: The file is missing or malformed.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("floor", [])
        floors = [Floor(**{**entry, "bound": float(entry["bound"])}) for entry in entries]
    except (OSError, ValueError, TypeError, KeyError) as exc:
        raise FloorsError(path=path, detail=f"{type(exc).__name__}: {exc}") from exc
    for floor in floors:
        if floor.metric not in METRICS_BY_NAME:
            raise FloorsError(path=path, detail=floor.metric)
    return [floor for floor in floors if floor.set == set_name]


def unmeasured(floors: list[Floor], report: Report) -> list[Floor]:
    """Those of `floors` whose metric applies to no answer of the run, so that they hold nothing.

    Raises:
        FloorsError: A floor is on a slice that no question of the set is in; it could never fall.
    """
    for floor in floors:
        if floor.slice not in report.slices:
            known = ", ".join(report.slices)
            raise FloorsError(path=floor.set, detail=f"slice {floor.slice!r} ({known})")
    return [one for one in floors if one.metric not in report.slices[one.slice].estimates]


def breaches(floors: list[Floor], report: Report) -> list[Breach]:
    """Those of `floors` that the report does not hold; see `unmeasured` for what it cannot say."""
    found = []
    for floor in floors:
        part = report.slices.get(floor.slice)
        estimate = part.estimates.get(floor.metric) if part else None
        if estimate is None:
            continue
        higher = METRICS_BY_NAME[floor.metric].higher_is_better
        if estimate.value < floor.bound if higher else estimate.value > floor.bound:
            found.append(Breach(floor, estimate.value))
    return found
