"""The figures of a run beside those of the runs before it.

A run's figures are kept in its folder, so that a report need not read every answer of the runs
that lie beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.errors import RunWriteError
from evals.intervals import Estimate
from evals.report import Report

LAST = 12  # runs that are shown


@dataclass(frozen=True, slots=True)
class Past:
    """What a run came to.

    Attributes:
        name: The run's folder.
        began: ISO 8601; runs are ordered by it.
        estimates: Metric → estimate over all its questions.
    """

    name: str
    began: str
    estimates: Mapping[str, Estimate]


def keep_figures(report: Report) -> None:
    """Write the figures of a run into its folder.

    Raises:
        RunWriteError: The folder cannot be written; the run is whole nevertheless.
    """
    file = report.run.path / "figures.json"
    content = json.dumps(report.to_dict() | {"began": report.run.began}, ensure_ascii=False)
    try:
        unfinished = file.with_suffix(".part")
        unfinished.write_text(content + "\n", encoding="utf-8")
        unfinished.replace(file)
    except OSError as exc:
        raise RunWriteError(path=file, detail=exc.strerror) from exc


def history(report: Report) -> list[Past]:
    """The last runs of the same questions beside this one, oldest first, this one at the end."""
    own = report.run
    mine = Past(own.path.name, own.began, report.slices["all"].estimates)
    others = []
    for file in own.path.absolute().parent.glob("*/figures.json"):
        past = _past(file, own.header.set_fingerprint, len(own.header.questions))
        if past is not None and file.parent != own.path.absolute() and past.began <= own.began:
            others.append(past)
    return [*sorted(others, key=lambda past: (past.began, past.name)), mine][-LAST:]


def _past(file: Path, set_fingerprint: str, questions: int) -> Past | None:
    """The figures in a file; None where they are of other questions, or cannot be read.

    A plot of the past is no reason to withhold the report of the present.
    """
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        if values["set"]["fingerprint"] != set_fingerprint or values["questions"] != questions:
            return None
        metrics = values["slices"]["all"]["metrics"]
        estimates = {name: Estimate(**numbers) for name, numbers in metrics.items()}
        return Past(file.parent.name, values["began"], estimates)
    except (OSError, ValueError, KeyError, TypeError):
        return None
