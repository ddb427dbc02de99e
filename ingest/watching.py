"""Following folders: what changes in them is ingested as soon as it is whole."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ingest.errors import FileMissingError
from ingest.files import absolute, find

# A file is taken for whole when nothing has written to it for so long, and nobody has it open for
# writing; whatever the clocks and locks of a file server say, after the longer time.
SETTLED_S = 1.0
_SURELY_SETTLED_S = 30.0

_RETRY_S = 10.0
_LOOK_EVERY_MS = 250


def watch(
    paths: Iterable[Path],
    act: Callable[[], bool],
    *,
    ignored: Path | None = None,
    stop: threading.Event | None = None,
    settled_s: float = SETTLED_S,
) -> None:
    """Call `act` now, and again whenever files at or under `paths` changed and are whole.

    Args:
        paths: Files and folders.
        ignored: A folder among them whose changes do not count: the library's.
        act: Says whether it could do its work; if not, it is called again a little later.
        stop: Ends it; so does Ctrl-C, as `KeyboardInterrupt`.
        settled_s: For how long a file has to be left alone.

    Raises:
        FileMissingError: One of the paths is not there.
    """
    from watchfiles import watch as follow

    given = [absolute(path) for path in paths]
    for path in given:
        if not path.exists():
            raise FileMissingError(path=path)
    # Editors put a new file in the place of an old one, so a file is followed by its folder.
    folders = {path if path.is_dir() else path.parent for path in given}
    waiting = {item for item in find(given) if isinstance(item, Path)}
    due, last, retry_at = True, time.monotonic(), 0.0
    for found in follow(
        *folders,
        debounce=200,
        step=50,
        rust_timeout=_LOOK_EVERY_MS,
        yield_on_timeout=True,
        stop_event=stop,
        ignore_permission_denied=True,
        raise_interrupt=True,
    ):
        changed = {Path(name) for _, name in found if _concerns(Path(name), given, ignored)}
        if changed:
            waiting |= changed
            due, last = True, time.monotonic()
        now = time.monotonic()
        if not due or now < retry_at:
            continue
        if now - last < _SURELY_SETTLED_S and not all(_is_whole(p, settled_s) for p in waiting):
            continue
        if act():
            due = False
            waiting.clear()
        else:
            retry_at = time.monotonic() + _RETRY_S


def _concerns(path: Path, given: Iterable[Path], ignored: Path | None) -> bool:
    """Whether a change at `path` is one of a file that would be ingested."""
    if ignored is not None and path.is_relative_to(absolute(ignored)):
        return False
    return any(
        path == one
        or (
            path.is_relative_to(one)
            and not any(part.startswith(".") for part in path.relative_to(one).parts)
        )
        for one in given
    )


def _is_whole(path: Path, settled_s: float) -> bool:
    """Whether nobody writes to the file, as far as can be told; one that is gone is whole."""
    try:
        if path.is_dir():
            return True
        if 0 <= time.time() - path.stat().st_mtime < settled_s:
            return False
        return not _is_open_for_writing(path)
    except OSError:
        return True


def _is_open_for_writing(path: Path) -> bool:
    """Ask the kernel for a lease on reading, which it refuses while there is a writer."""
    if sys.platform != "linux":
        return False
    import fcntl

    with path.open("rb") as file:
        # Should a writer come in this very moment: a signal that does nothing.
        fcntl.fcntl(file, fcntl.F_SETSIG, signal.SIGURG)
        try:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return True
        except OSError:
            return False  # of another owner, or a file system without leases
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
