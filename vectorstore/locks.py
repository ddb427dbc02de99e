"""Operating-system locks: one writer at a time, and generations that readers still hold.

A lock lives and dies with its file descriptor, so a process that is killed leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from vectorstore.errors import LibraryBusyError

_WRITE_LOCK = "write.lock"
_HOLD = "hold"


class WriteLock:
    """Held by the one process that may change the library."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            LibraryBusyError: Another process, or another writer of this one, has it.
        """
        descriptor = os.open(self._folder / _WRITE_LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = os.pread(descriptor, 500, 0).decode("utf-8", "replace").strip()
                raise LibraryBusyError(path=self._folder, holder=holder or "?") from None
            # A courtesy to whoever comes next: on a full disk the lock is held without a name.
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, _this_process().encode("utf-8", "replace"), 0)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the lock go."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class Hold:
    """Keeps one generation's directory from being removed, by as many readers as like."""

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        """Hold `directory`.

        Raises:
            FileNotFoundError: The directory is not there, or is just being removed.
        """
        path = directory / _HOLD
        flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if create else 0)
        self._descriptor = os.open(path, flags)
        try:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FileNotFoundError(path) from None
            if not os.path.samestat(os.fstat(self._descriptor), path.stat()):
                raise FileNotFoundError(path)
        except BaseException:
            os.close(self._descriptor)
            raise

    def release(self) -> None:
        """Let the directory go."""
        os.close(self._descriptor)


def set_apart(directory: Path, target: Path) -> bool:
    """Rename `directory` to `target` if nobody holds it.

    Returns:
        Whether it was renamed; False means that somebody still reads it.
    """
    descriptor = os.open(directory / _HOLD, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        directory.rename(target)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _this_process() -> str:
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]) if sys.argv else "python"
    return f"pid {os.getpid()}: {command}"[:400]
