"""What lies in a generation's directory, with checksums.

Native code that reads damaged files may end the process, so the checksums are compared before it
is let near them. Chroma's SQLite file is the exception: Chroma writes a counter into it at every
open, so SQLite checks that one itself.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from dataclasses import dataclass
from pathlib import Path

from vectorstore.errors import IndexDamagedError
from vectorstore.translation import index_errors

DENSE, LEXICAL = "chroma", "lexical"
CHROMA_DATABASE = "chroma.sqlite3"

_MANIFEST = "manifest.json"

# SQLite reads the whole file for its check: .1 s for 64 MB, which 100,000 passages stay below.
_LARGEST_CHECKED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a generation's directory.

    Attributes:
        removed: How many were removed since the indexes were last built from nothing; their
            traces stay in an index that is copied on and on.
        files: Path within the directory → size and CRC-32.
    """

    removed: int
    files: dict[str, tuple[int, int]]

    @classmethod
    def of(cls, directory: Path, *, removed: int) -> Manifest:
        """List the files that lie in `directory` now."""
        return cls(removed, _files(directory, DENSE) | _files(directory, LEXICAL))

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """Read the manifest of `directory`.

        Raises:
            IndexDamagedError: It is missing or unreadable.
        """
        with index_errors(directory):
            found = json.loads((directory / _MANIFEST).read_bytes())
            files = {name: (int(size), int(crc)) for name, (size, crc) in found["files"].items()}
            return cls(int(found["removed"]), files)

    def write(self, directory: Path) -> None:
        """Write the manifest into `directory`."""
        content = {"removed": self.removed, "files": self.files}
        (directory / _MANIFEST).write_text(json.dumps(content), encoding="utf-8")

    def check(self, directory: Path, half: str) -> None:
        """Compare the files of one index with the manifest.

        Raises:
            IndexDamagedError: A file is missing, changed or new.
        """
        with index_errors(directory):
            expected = {name: at for name, at in self.files.items() if name.startswith(half)}
            found = _files(directory, half)
            wrong = [name for name in expected | found if expected.get(name) != found.get(name)]
            if half == DENSE and not _is_sound(directory / DENSE / CHROMA_DATABASE):
                wrong.append(CHROMA_DATABASE)
        if wrong:
            raise IndexDamagedError(path=directory, detail=f"changed: {', '.join(sorted(wrong))}")


def _files(directory: Path, half: str) -> dict[str, tuple[int, int]]:
    """Size and checksum of each file that never changes again."""
    return {
        str(path.relative_to(directory)): (path.stat().st_size, _checksum(path))
        for path in sorted((directory / half).rglob("*"))
        if path.is_file() and not path.name.startswith(CHROMA_DATABASE)
    }


def _checksum(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            crc = zlib.crc32(block, crc)
    return crc


def _is_sound(path: Path) -> bool:
    """Whether SQLite finds nothing wrong with the structure of a file of its own."""
    if path.stat().st_size > _LARGEST_CHECKED_BYTES:
        return True
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
