"""Filling the tables of `evals/README.md`, so that its figures are never typed by hand."""

from __future__ import annotations

import os
from pathlib import Path

from evals.errors import ReadmeMarkersError, RunWriteError

BEGIN = "<!-- tables: begin -->"
END = "<!-- tables: end -->"


def check_markers(path: Path) -> None:
    """See to it that `path` can be filled, before any work is done for it.

    Raises:
        ReadmeMarkersError: The file or its markers are missing.
    """
    _around(path)


def fill(path: Path, tables: str) -> None:
    """Replace what stands between the markers in `path` by `tables`.

    Raises:
        ReadmeMarkersError: The file or its markers are missing.
        RunWriteError: The file cannot be written; it stays as it was.
    """
    before, after = _around(path)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_text(f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}", encoding="utf-8")
        unfinished.replace(path)
    except OSError as exc:
        unfinished.unlink(missing_ok=True)
        raise RunWriteError(path=path, detail=exc.strerror) from exc


def _around(path: Path) -> tuple[str, str]:
    """What stands before and after the markers."""
    content = path.read_text(encoding="utf-8") if path.is_file() else ""
    before, begin, rest = content.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ReadmeMarkersError(path=path, begin=BEGIN, end=END)
    return before, after
