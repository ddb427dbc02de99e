"""From a file to its text: the one place that knows which reader takes which format."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bilingual.orthography import nfc
from ingest import markdown, plain
from ingest.decoding import decode
from ingest.errors import (
    FileEmptyError,
    FileTooLargeError,
    FileUnreadableError,
    FormatOldError,
    FormatUnknownError,
    FormatUnnamedError,
    ReadError,
    TextTooLongError,
    unreadable,
)
from ingest.formats import FORMATS, OLD_FORMATS
from ingest.limits import Limits
from ingest.outline import Block, Outline, Parsed
from ingest.sandbox import Sandbox

# Text is read in this process: nothing in it is executed or unpacked.
OUTLINES: dict[str, Callable[[str], Outline]] = {
    ".txt": plain.outline,
    ".md": markdown.outline,
    ".markdown": markdown.outline,
}
KNOWN_SUFFIXES = (*OUTLINES, *FORMATS)

# A file that is written to while it is read is read again, this often and after this long.
_TRIES = 3
_TRY_AGAIN_S = 0.2


@dataclass(frozen=True, slots=True)
class File:
    """A file or web page as it was when it was read.

    Attributes:
        source: Its absolute path, or its URL.
        suffix: What its format is called, in lower case, with the stop.
        version: SHA-256 of `data`, hexadecimal.
    """

    source: str
    suffix: str
    data: bytes
    version: str


def file_of(source: str, suffix: str, data: bytes) -> File:
    """A file whose bytes are there."""
    return File(source, suffix, data, hashlib.sha256(data).hexdigest())


def load(path: Path, limits: Limits) -> File:
    """Read the bytes of a file in a known format.

    Raises:
        FormatUnknownError: There is no reader for its suffix.
        FormatOldError: There is none, but one for the format that came after.
        FileTooLargeError: It is larger than the limit.
        FileUnreadableError: The operating system refuses, or the file is being written.
    """
    suffix = path.suffix.lower()
    if suffix not in KNOWN_SUFFIXES:
        if better := OLD_FORMATS.get(suffix):
            raise FormatOldError(path=path, suffix=suffix, better=better)
        if not suffix:
            raise FormatUnnamedError(path=path, known=", ".join(KNOWN_SUFFIXES))
        raise FormatUnknownError(path=path, suffix=suffix, known=", ".join(KNOWN_SUFFIXES))
    try:
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(_TRY_AGAIN_S)
            data = _read_whole(path, limits.file_bytes)
            if data is not None:
                return file_of(str(path), suffix, data)
    except OSError as exc:
        raise unreadable(path, exc) from exc
    raise FileUnreadableError(path=path, reason="changing")


def _read_whole(path: Path, largest: int) -> bytes | None:
    """The bytes of a file; None if it changed while they were read."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        # One byte more than allowed tells: a size asked for beforehand may change.
        data = file.read(largest + 1)
        after = os.fstat(file.fileno())
    if len(data) > largest:
        raise FileTooLargeError(path=path, size_mb=after.st_size / 1e6, limit_mb=largest / 1e6)
    same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    return data if same else None


def parse(
    file: File,
    sandbox: Sandbox,
    limits: Limits,
    on_page: Callable[[int], None] = lambda page: None,
) -> Parsed:
    """Find title, text and body of a file.

    Raises:
        ReadError: It holds no text, is damaged or locked, or costs more than the limits allow.
    """
    if not file.data:
        raise FileEmptyError(path=file.source)
    try:
        if outline := OUTLINES.get(file.suffix):
            parsed = _text(file, outline, limits)
        else:
            parsed = sandbox.parse(file.data, file.suffix, on_page)
    except ReadError as exc:
        raise exc.at(file.source) from None
    if not parsed.text.strip():
        raise FileEmptyError(path=file.source)
    # A file of headings alone is still worth finding.
    blocks = parsed.blocks or (Block(0, len(parsed.text), None),)
    return replace(parsed, title=parsed.title or _name(file.source), blocks=blocks)


def _text(file: File, outline_of: Callable[[str], Outline], limits: Limits) -> Parsed:
    text = decode(file.data, Path(file.source))
    if not any(line.strip() and not markdown.IMAGES.match(line) for line in text.split("\n")):
        raise FileEmptyError  # the outline leaves images out: nothing but them is no text
    if outline_of is markdown.outline:
        text = markdown.with_readable_tables(text)
    if len(text) > limits.text_chars:
        raise TextTooLongError(limit=limits.text_chars)
    outline = outline_of(text)
    return Parsed(outline.title, text, outline.blocks)


def _name(source: str) -> str:
    return nfc(Path(source.rstrip("/")).stem) or source
