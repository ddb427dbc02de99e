"""A process's own files of an index that it has open.

Whatever becomes of the files in the generation meanwhile, a reader goes on: a file that is mapped
into memory and cut short would otherwise end its process, and a collection outlives the generation
that it was opened for.
"""

from __future__ import annotations

import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from vectorstore.locks import Hold, set_apart
from vectorstore.manifest import CHROMA_DATABASE, DENSE, Manifest, copy_checked, link
from vectorstore.schema import OPEN
from vectorstore.translation import index_errors

_REMOVED = ".removed"


class Opened:
    """A directory in the library's folder, locked while its process lives."""

    def __init__(self, directory: Path, half: str, manifest: Manifest) -> None:
        """Check the files of one index of a generation and bring them into a directory apart.

        Chroma reads its vectors once and keeps them in memory: links to those files do. The rest
        is copied.

        Args:
            directory: The generation's.
            half: Which index.
            manifest: The generation's.

        Raises:
            IndexDamagedError: A file is not what the manifest says.
            LibraryFullError: The disk is full.
        """
        manifest.check(directory, half)
        with index_errors(directory):
            self.path, self._hold = _made(directory.parent.parent / OPEN)
        try:
            with index_errors(directory):
                for name, (_, crc) in manifest.of(half).items():
                    source = directory / name
                    target = self.path / source.relative_to(directory / half)
                    target.parent.mkdir(exist_ok=True)
                    if half == DENSE and target.name != CHROMA_DATABASE:
                        link(source, target)
                    else:
                        copy_checked(source, target, crc)
        except BaseException:
            self.remove()
            raise

    def remove(self) -> None:
        """Remove the directory; what is mapped stays in memory."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._hold is not None:
            self._hold.release()
            self._hold = None


def clear_opened(folder: Path) -> None:
    """Remove what processes that died left behind in a library's folder."""
    with suppress(OSError):
        for left in (folder / OPEN).iterdir():
            removed = left.with_suffix(_REMOVED)
            with suppress(OSError):
                if left == removed or set_apart(left, removed):
                    shutil.rmtree(removed, ignore_errors=True)


def _made(folder: Path) -> tuple[Path, Hold | None]:
    """A new directory in `folder`, and the lock on it."""
    while True:
        path = folder / secrets.token_hex(6)
        path.mkdir(parents=True)
        # Before it was locked, somebody who clears up may have taken it for left behind.
        with suppress(FileNotFoundError):
            return path, Hold(path, create=True)
