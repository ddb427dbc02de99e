"""The figures that a run must not fall below, kept in one TOML file."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from evals.errors import FloorsError
from evals.questions import GoldQuestion
from evals.report import Report
from evals.scoring import METRICS_BY_NAME, metric_named
from evals.slices import order, slices_of


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
    return [floor for floor in _all_floors(path) if floor.set == set_name]


def load_chosen_floors(path: Path, set_name: str) -> list[Floor]:
    """The floors for the question set of this name, from a file that was named for it.

    Raises:
        FloorsError: The file is missing or malformed, or its floors are all for other sets.
    """
    known = _all_floors(path)
    floors = [floor for floor in known if floor.set == set_name]
    if known and not floors:
        others = ", ".join(dict.fromkeys(floor.set for floor in known))
        raise FloorsError(problem="none", path=path, set=set_name, known=others)
    return floors


def _all_floors(path: Path) -> list[Floor]:
    try:
        # Some editors begin a file with a byte order mark.
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as exc:
        raise FloorsError(problem="unreadable", path=path, detail=exc.strerror) from exc
    except ValueError as exc:
        raise FloorsError(problem="unreadable", path=path, detail=exc) from exc
    for name in sorted(content.keys() - {"floor"}):
        raise FloorsError(problem="table", path=path, name=name)
    entries = content.get("floor", [])
    if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
        raise FloorsError(problem="table", path=path, name="floor")
    return [_floor(path, number, entry) for number, entry in enumerate(entries, start=1)]


def check_slices(floors: Sequence[Floor], path: Path, questions: Sequence[GoldQuestion]) -> None:
    """Refuse floors that could never fall.

    Raises:
        FloorsError: A floor is on a slice that none of `questions` is in.
    """
    known = {name for question in questions for name in slices_of(question)}
    for floor in floors:
        if floor.slice not in known:
            listed = ", ".join(sorted(known, key=order))
            raise FloorsError(
                problem="slice", path=path, set=floor.set, slice=floor.slice, known=listed
            )


def _floor(path: Path, number: int, entry: Mapping[str, Any]) -> Floor:
    """The floor that an entry of the file describes."""

    def wrong(field: str, expected: str) -> FloorsError:
        value = json.dumps(entry[field], ensure_ascii=False, default=str) if field in entry else "–"
        return FloorsError(
            problem="field", path=path, number=number, field=field, value=value, expected=expected
        )

    known = [field.name for field in fields(Floor)]
    for name in sorted(entry.keys() - set(known)):
        raise wrong(name, ", ".join(known))
    for name in ("set", "slice", "metric"):
        if not isinstance(entry.get(name), str):
            raise wrong(name, '"…"')
    metric: str = entry["metric"]
    bound: Any = entry.get("bound")
    judge, colon, value = metric.partition(":")
    if not (judge and value if colon else metric in METRICS_BY_NAME):
        raise wrong("metric", ", ".join([*METRICS_BY_NAME, "JUDGE:METRIC"]))
    # A share is written as such: 95 for 95 % would never hold, -1 never fall.
    most = 1.0 if metric_named(metric).kind in ("proportion", "mean") else math.inf
    number_given = isinstance(bound, int | float) and not isinstance(bound, bool)
    if not (number_given and math.isfinite(bound) and 0 <= bound <= most):
        raise wrong("bound", "0 … 1" if most == 1 else "0 …")
    return Floor(entry["set"], entry["slice"], metric, float(bound))


def unmeasured(floors: Sequence[Floor], report: Report) -> list[Floor]:
    """Those of `floors` whose metric applies to no answer of the run, so that they hold nothing."""
    return [
        floor
        for floor in floors
        if (part := report.slices.get(floor.slice)) is None or floor.metric not in part.estimates
    ]


def breaches(floors: Sequence[Floor], report: Report) -> list[Breach]:
    """Those of `floors` that the report does not hold; see `unmeasured` for what it cannot say."""
    found = []
    for floor in floors:
        part = report.slices.get(floor.slice)
        estimate = part.estimates.get(floor.metric) if part else None
        if estimate is None:
            continue
        higher = metric_named(floor.metric).higher_is_better
        if estimate.value < floor.bound if higher else estimate.value > floor.bound:
            found.append(Breach(floor, estimate.value))
    return found
