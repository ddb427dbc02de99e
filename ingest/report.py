"""What an ingest says of itself, while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ingest.errors import ReadError

Stage = Literal["reading", "embedding", "publishing"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest has come.

    Attributes:
        stage: What is being done: files are read, then passages embedded, then all is published.
        done: Files read, or passages embedded, so far.
        total: How many there are.
        path: The file being read; None in other stages.
        page: The page of it that was read last; None where that is not known.
        passages: Passages found so far, while files are read.
    """

    stage: Stage
    done: int
    total: int
    path: str | None = None
    page: int | None = None
    passages: int = 0


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did, or would do. Files are named by their absolute paths.

    Attributes:
        recut: Unchanged files that this version cuts into other passages than the one before.
        renamed: Old path, new path.
        removed: What was taken out because its file is gone.
        skipped: Why each file that could not be taken was left out.
        notices: What is to be said of files that were taken.
        passages: Passages of the added and changed documents.
        passages_embedded: Those of them whose vectors were not known yet.
        generation: The library's generation afterwards, None if nothing had to be published.
        dry_run: Nothing was done, only planned.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    skipped: tuple[ReadError, ...]
    passages: int
    passages_embedded: int
    generation: int | None
    seconds: float
    recut: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    notices: tuple[ReadError, ...] = ()
    dry_run: bool = False
