"""Which files lie under the paths that were given."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import (
    FileMissingError,
    FileUnreadableError,
    HiddenNotice,
    ReadError,
    unreadable,
)

# Hidden files, and what Word and Excel keep beside a document that is open.
_NOT_MEANT = (".", "~$")


def absolute(path: Path) -> Path:
    """`path` from the root, without "..", links as they were named."""
    return Path(os.path.abspath(path))  # noqa: PTH100 `resolve` would follow links


def find(paths: Iterable[Path]) -> list[Path | ReadError]:
    """The files at `paths` and in the folders among them, each once, as absolute paths.

    Folders are walked in alphabetical order, links followed once. What cannot be looked into stands
    in the list as the error that says why. Hidden files are left out; one `HiddenNotice` at the end
    says how many.
    """
    found: dict[Path, Path | ReadError] = {}
    hidden: dict[Path, None] = {}
    for path in paths:
        for item in _under(absolute(path), set(), hidden):
            place = item if isinstance(item, Path) else Path(str(item.params["path"]))
            found.setdefault(place, item)
    first = next(iter(hidden), None)
    notices = [HiddenNotice(path=first, count=len(hidden))] if first else []
    return [*found.values(), *notices]


def _under(path: Path, folders: set[str], hidden: dict[Path, None]) -> Iterator[Path | ReadError]:
    """The files at or under `path`.

    Args:
        path: A file or folder.
        folders: Those already entered, links resolved.
        hidden: Gets what is left out.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            yield FileUnreadableError(path=path, reason="dangling")
        else:
            yield FileMissingError(path=path)
        return
    except OSError as exc:  # no permission, or a link that leads to itself
        yield unreadable(path, exc)
        return
    if not _is_unicode(path):
        yield FileUnreadableError(path=ascii(str(path)), reason="name")
    elif stat.S_ISREG(mode):
        yield path
    elif not stat.S_ISDIR(mode):
        yield FileUnreadableError(path=path, reason="device")
    elif (real := os.path.realpath(path)) not in folders:
        folders.add(real)
        yield from _in_folder(path, folders, hidden)


def _in_folder(
    folder: Path, folders: set[str], hidden: dict[Path, None]
) -> Iterator[Path | ReadError]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as exc:
        yield unreadable(folder, exc)
        return
    for path in inside:
        if path.name.startswith(_NOT_MEANT):
            hidden[path] = None
        else:
            yield from _under(path, folders, hidden)


def _is_unicode(path: Path) -> bool:
    """Whether the name is text at all; on Linux it may be any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
