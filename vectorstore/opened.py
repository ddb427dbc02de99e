"""A process's own files of an index that it has open.

Whatever becomes of the files in the generation meanwhile, a reader goes on: a file that is mapped
into memory and cut short would otherwise end its process.
"""

from __future__ import annotations

import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

from vectorstore.locks import Hold, set_apart
from vectorstore.manifest import CHROMA_DATABASE, DENSE, Manifest, copy_checked, link
from vectorstore.translation import index_errors

_PREFIX = "open-"

# A directory this young may not have been locked by its process yet.
_YOUNG_S = 60.0


class Opened:
    """A directory within the generation's, locked while its process lives."""

    def __init__(self, directory: Path, half: str, manifest: Manifest) -> None:
        """Check the files of one index and bring them into a directory of their own.

        Chroma reads its vectors once and keeps them in memory: links to those files do. The rest
        is copied.

        Raises:
            IndexDamagedError: A file is not what the manifest says.
            LibraryFullError: The disk is full.
        """
        manifest.check(directory, half)
        _clear(directory)
        self.path = directory / f"{_PREFIX}{secrets.token_hex(6)}"
        self._hold: Hold | None = None
        try:
            with index_errors(directory):
                self.path.mkdir()
                self._hold = Hold(self.path, create=True)
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


def _clear(directory: Path) -> None:
    """Remove what processes that died left behind."""
    for left in directory.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if left.stat().st_mtime > time.time() - _YOUNG_S:
                continue
            removed = left.with_suffix(".removed")
            if left.suffix == removed.suffix or set_apart(left, removed):
                shutil.rmtree(removed, ignore_errors=True)
