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


def is_gone(path: str, *, follow_links: bool = False) -> bool:
    """Whether nothing is at `path`; what may not be looked at is not known to be gone."""
    try:
        Path(path).stat(follow_symlinks=follow_links)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # no permission, a disk or server that does not answer, a link in a circle
        return False
    return False


def find(paths: Iterable[Path]) -> list[Path | ReadError]:
    """The files at `paths` and in the folders among them, each once, as absolute paths.

    Folders are walked in alphabetical order, links followed once. What cannot be looked into stands
    in the list as the error that says why. Hidden files are left out; one `HiddenNotice` at the end
    says how many.
    """
    found: dict[Path, Path | ReadError] = {}
    for path in paths:
        for item in _under(absolute(path), set()):
            place = item if isinstance(item, Path) else Path(str(item.params["path"]))
            found.setdefault(place, item)
    hidden = [place for place, item in found.items() if isinstance(item, HiddenNotice)]
    kept = [item for item in found.values() if not isinstance(item, HiddenNotice)]
    return [*kept, HiddenNotice(path=hidden[0], count=len(hidden))] if hidden else kept


def _under(path: Path, folders: set[str]) -> Iterator[Path | ReadError]:
    """The files at or under `path`; `folders` are those already entered, links resolved."""
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
        yield from _in_folder(path, folders)


def _in_folder(folder: Path, folders: set[str]) -> Iterator[Path | ReadError]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as exc:
        yield unreadable(folder, exc)
        return
    for path in inside:
        if path.name.startswith(_NOT_MEANT):
            yield HiddenNotice(path=path, count=1)
        else:
            yield from _under(path, folders)


def _is_unicode(path: Path) -> bool:
    """Whether the name is text at all; on Linux it may be any bytes."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
