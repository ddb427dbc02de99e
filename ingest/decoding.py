"""Bytes to text: in an encoding that is known for certain, one line ending and one form."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from bilingual.legacy import decode_legacy, repaired
from bilingual.orthography import nfc
from ingest.errors import EncodingUnknownError, FileEmptyError, ReadError

SOFT_HYPHEN = "\xad"

# Nothing to see within a word: soft hyphens, zero-width spaces, direction marks, byte order marks.
_INVISIBLE = re.compile(r"[\xad\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]")

# So many marks are on no letter; to bring a million of them in order takes hours.
_MARKS = re.compile(r"([\u0300-\u036f]{30})[\u0300-\u036f]+")

# In this order: the mark of UTF-32 begins with that of UTF-16.
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

_LARGEST_CONTROL_SHARE = 0.01
_HARMLESS_CONTROLS = "\t\n\r\f\v\x85"

# Without a mark, UTF-16 shows in the zero bytes of its spaces, digits and plain letters.
_LEAST_ZEROS = 0.2
_SAMPLE_BYTES = 100_000

_DECLARED = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_DECLARATION_BYTES = 4096
_LARGEST_UNKNOWN_SHARE = 0.01  # of the characters of a page, markup included, that are broken


def decode(data: bytes, path: Path) -> str:
    r"""The text of a file: NFC, with "\n" at the line ends, without what cannot be seen.

    Every offset points into this text.

    Unicode with and without a byte order mark is read, and the encodings that Vietnamese was
    written in before: windows-1258, TCVN3, VNI and VISCII; TCVN3 and VNI also where they were
    taken for Western European and saved as Unicode.

    Raises:
        EncodingUnknownError: The bytes are not text in an encoding that is recognised.
        FileEmptyError: There is nothing but white space.
    """
    try:
        return decode_text(data)
    except ReadError as exc:
        raise exc.at(path) from None


def decode_text(data: bytes) -> str:
    """As `decode`, of bytes whose file is known to the caller."""
    text = _text(data)
    if text is None or not _is_text(text):
        raise EncodingUnknownError
    return _INVISIBLE.sub("", repaired(_normal(text)))


def decode_markup(data: bytes) -> str:
    """As `decode_text`, of HTML or XML, which may declare its encoding.

    Raises:
        EncodingUnknownError: Too much of it is lost in the encodings that are recognised.
        FileEmptyError: There is nothing but white space.
    """
    text = _unicode(data)
    if text is None and (found := _DECLARED.search(data[:_DECLARATION_BYTES])):
        name = found[1].decode("ascii").lower()
        # Western European is what editors declare for anything, TCVN3 and VNI included.
        if name not in ("iso-8859-1", "latin1", "windows-1252", "us-ascii", "utf-8", "utf-16"):
            try:
                text = data.decode(name, "replace")
            except LookupError:
                text = None
    if text is None:
        text = decode_legacy(data) or data.decode("utf-8", "replace")
        if text.count("\ufffd") > _LARGEST_UNKNOWN_SHARE * len(text):
            raise EncodingUnknownError
    return _normal(text.replace("\0", ""))


def _normal(text: str) -> str:
    if not text.strip():
        raise FileEmptyError
    return nfc(_MARKS.sub(r"\1", text.replace("\r\n", "\n").replace("\r", "\n")))


def _text(data: bytes) -> str | None:
    text = _unicode(data)
    return decode_legacy(data) if text is None and b"\0" not in data else text


def _unicode(data: bytes) -> str | None:
    marked = (name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark))
    encoding = next(marked, None) or _unmarked_utf16(data) or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 whose byte order shows in where its zero bytes stand."""
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    least = _LEAST_ZEROS * len(sample) / 2
    if len(data) % 2 or max(even, odd) < max(least, 1) or 20 * min(even, odd) > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_text(text: str) -> bool:
    """Whether `text` is free of NUL, and nearly free of other control characters."""
    controls = sum(
        1
        for char in text
        if char < " " or "\x7f" <= char < "\xa0"
        if char not in _HARMLESS_CONTROLS
    )
    return "\0" not in text and controls <= _LARGEST_CONTROL_SHARE * len(text)
