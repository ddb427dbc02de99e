"""What SQLite, Chroma, tantivy and the disk raise, translated into errors of ours."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bilingual.errors import TrichdanError
from vectorstore.errors import (
    IndexDamagedError,
    LibraryBusyError,
    LibraryDamagedError,
    LibraryFullError,
    LibraryLockedError,
    LibraryMissingError,
    StoreError,
)
from vectorstore.schema import CATALOGUE


@contextmanager
def catalogue_errors(folder: Path) -> Iterator[None]:
    """Translate what SQLite and the disk raise into errors of ours.

    Raises:
        LibraryFullError: The disk is full.
        LibraryLockedError: There is no permission to write.
        LibraryDamagedError: The catalogue is not a sound SQLite file.
        LibraryBusyError: Another process kept it locked for too long.
        LibraryMissingError: There is no such file.
        StoreError: Anything else that SQLite or the operating system refuses.
    """
    try:
        yield
    except sqlite3.Error as exc:
        raise _translated(exc, folder) from exc
    except OSError as exc:
        if _is_full(exc):
            raise LibraryFullError(path=folder, detail=exc.strerror) from exc
        if exc.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise LibraryLockedError(path=folder) from exc
        raise StoreError(path=folder, detail=str(exc)) from exc


@contextmanager
def index_errors(directory: Path) -> Iterator[None]:
    """Translate whatever an index library raises.

    Damaged files make Rust code panic, and a panic arrives as a `BaseException`.

    Raises:
        LibraryFullError: The disk is full.
        IndexDamagedError: Anything else.
    """
    try:
        yield
    except TrichdanError:
        raise
    except BaseException as exc:
        if not isinstance(exc, Exception) and type(exc).__name__ != "PanicException":
            raise
        # Chroma does not always say why it failed.
        if _is_full(exc) or _has_no_space(directory):
            raise LibraryFullError(path=directory, detail=str(exc)) from exc
        detail = f"{type(exc).__name__}: {exc}"
        raise IndexDamagedError(path=directory, detail=detail) from exc


def _is_full(exc: BaseException) -> bool:
    """Whether `exc` says, in any library's words, that there is no space left."""
    if isinstance(exc, OSError) and exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    wording = str(exc).lower()
    return "no space left" in wording or "disk is full" in wording or "quota exceeded" in wording


def _translated(exc: sqlite3.Error, folder: Path) -> StoreError:
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF  # the rest is the extended code
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _has_no_space(folder)):
        return LibraryFullError(path=folder, detail=str(exc))
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return LibraryLockedError(path=folder)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LibraryDamagedError(path=folder, detail=str(exc))
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusyError(path=folder, holder=str(exc))
    if code == sqlite3.SQLITE_CANTOPEN and not (folder / CATALOGUE).exists():
        return LibraryMissingError(path=folder)
    return StoreError(path=folder, detail=str(exc))


def _has_no_space(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < 1 << 20
    except OSError:
        return False
