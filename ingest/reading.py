"""From a file to its outline: the one place that knows which reader takes which format."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bilingual.orthography import nfc
from ingest import markdown, plain
from ingest.decoding import decode
from ingest.errors import FileTooLargeError, FileUnreadableError, FormatUnknownError
from ingest.outline import Block, Outline

OUTLINES: dict[str, Callable[[str], Outline]] = {
    ".txt": plain.outline,
    ".md": markdown.outline,
    ".markdown": markdown.outline,
}

LARGEST_FILE_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was when it was read.

    Attributes:
        version: SHA-256 of `data`, hexadecimal.
    """

    path: Path
    data: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's normalised text, its title and where its body stands."""

    title: str
    text: str
    blocks: tuple[Block, ...]


def load(path: Path, largest_bytes: int = LARGEST_FILE_BYTES) -> File:
    """Read the bytes of a file in a known format.

    Raises:
        FormatUnknownError: There is no reader for its suffix.
        FileTooLargeError: It is larger than `largest_bytes`.
        FileUnreadableError: The operating system refuses.
    """
    suffix = path.suffix.lower()
    if suffix not in OUTLINES:
        raise FormatUnknownError(path=path, suffix=suffix, known=", ".join(sorted(OUTLINES)))
    try:
        with path.open("rb") as file:
            # One byte more than allowed tells: a size asked for beforehand may change.
            data = file.read(largest_bytes + 1)
            if len(data) > largest_bytes:
                size_mb = path.stat().st_size / 1e6
                raise FileTooLargeError(path=path, size_mb=size_mb, limit_mb=largest_bytes / 1e6)
    except OSError as exc:
        raise FileUnreadableError(path=path, detail=exc.strerror) from exc
    return File(path, data, hashlib.sha256(data).hexdigest())


def parse(file: File) -> Parsed:
    """Find title and body of a file.

    Raises:
        EncodingUnknownError: It is not text in an encoding that is recognised.
        FileEmptyError: It holds no text.
    """
    text = decode(file.data, file.path)
    outline = OUTLINES[file.path.suffix.lower()](text)
    # A file of headings alone is still worth finding.
    blocks = outline.blocks or (Block(0, len(text), None),)
    return Parsed(outline.title or nfc(file.path.stem), text, blocks)
