"""What lies in a generation's directory, with checksums.

Nothing in it ever changes, so that generations share what they have in common by hard links.
Native code that reads damaged files may end the process: the checksums are compared before it is
let near them.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from vectorstore.analyser import RULES
from vectorstore.errors import IndexDamagedError
from vectorstore.translation import index_errors

DENSE, LEXICAL = "chroma", "lexical"
CHROMA_DATABASE = "chroma.sqlite3"

_MANIFEST = "manifest.json"
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Base:
    """The Chroma collection that a generation stands on.

    Passages that came later are no part of it: `vectorstore.generation` searches those exactly.

    Attributes:
        place: "files", or the address of the Chroma server.
        collection: Its name; two bases of the same name hold the same vectors.
        top: Highest passage id in it.
        count: Passages in it, those since removed from the library included.
    """

    place: str
    collection: str
    top: int
    count: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a generation's directory.

    Attributes:
        base: Its Chroma collection.
        removed: How many passages were removed since the indexes were last built from nothing.
        rules: By which `vectorstore.analyser.RULES` the lexical index was made.
        files: Path within the directory → size and CRC-32.
    """

    base: Base
    removed: int
    rules: int
    files: dict[str, tuple[int, int]]

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """Read the manifest of `directory`.

        Raises:
            IndexDamagedError: It is missing or unreadable.
        """
        with index_errors(directory):
            content = (directory / _MANIFEST).read_bytes()
            sealed, _, rest = content.partition(b"\n")
            if int(sealed) != zlib.crc32(rest):
                raise ValueError("the manifest is damaged")
            found = json.loads(rest)
            files = {name: (int(size), int(crc)) for name, (size, crc) in found["files"].items()}
            rules = int(found.get("rules", 1))  # the first did not say
            return cls(Base(**found["base"]), int(found["removed"]), rules, files)

    def write(self, directory: Path) -> None:
        """Write the manifest into `directory`, its own checksum on the first line."""
        content = json.dumps(asdict(self)).encode()
        (directory / _MANIFEST).write_bytes(b"%d\n%s" % (zlib.crc32(content), content))

    def of(self, half: str) -> dict[str, tuple[int, int]]:
        """The files of one index."""
        return {name: at for name, at in self.files.items() if name.startswith(f"{half}/")}

    def check(self, directory: Path, half: str) -> None:
        """Compare the files of one index with the manifest.

        Raises:
            IndexDamagedError: A file is missing, changed or new, or another version made them.
        """
        if half == LEXICAL and self.rules != RULES:
            raise IndexDamagedError(path=directory, detail="made by another version's rules")
        expected = self.of(half)
        with index_errors(directory):
            sizes = {name: path.stat().st_size for name, path in _paths(directory, half)}
            wrong = [
                name
                for name in expected | sizes
                if name not in expected
                or sizes.get(name) != expected[name][0]
                or checksum(directory / name) != expected[name][1]
            ]
        if wrong:
            raise IndexDamagedError(path=directory, detail=f"changed: {', '.join(sorted(wrong))}")


def checksums(
    directory: Path, half: str, known: dict[str, tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Size and checksum of each file of one index.

    Args:
        directory: A generation's.
        half: `DENSE` or `LEXICAL`.
        known: Of files that were linked from a generation before: not read again.
    """
    return {
        name: (path.stat().st_size, checksum(path))
        if name not in known or path.stat().st_nlink == 1
        else known[name]
        for name, path in _paths(directory, half)
    }


def link_tree(source: Path, target: Path) -> None:
    """Make `target` a directory of links to the files of `source`; copies where links cannot be."""
    for path in [source, *sorted(source.rglob("*"))]:
        to = target / path.relative_to(source)
        if path.is_dir():
            to.mkdir()
        elif path.suffix != ".lock":
            link(path, to)


def link(source: Path, target: Path) -> None:
    """Make `target` another name of the file `source`; a copy where that cannot be."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def checksum(path: Path) -> int:
    """CRC-32 of a file."""
    crc = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            crc = zlib.crc32(block, crc)
    return crc


def copy_checked(source: Path, target: Path, crc: int) -> None:
    """Copy a file.

    Raises:
        ValueError: What was copied has another CRC-32.
    """
    found = 0
    with source.open("rb") as original, target.open("wb") as copy:
        while block := original.read(_BLOCK_BYTES):
            found = zlib.crc32(block, found)
            copy.write(block)
    if found != crc:
        raise ValueError(f"{source.name} has changed")


def _paths(directory: Path, half: str) -> Iterator[tuple[str, Path]]:
    """Name within the directory, and path, of each file of one index; lock files are none."""
    for path in sorted((directory / half).rglob("*")):
        if path.is_file() and path.suffix != ".lock":
            yield str(path.relative_to(directory)), path
