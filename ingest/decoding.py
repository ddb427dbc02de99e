"""Bytes to text: in one encoding that is known for certain, one line ending and one form."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path

from bilingual.orthography import nfc
from ingest.errors import EncodingUnknownError, FileEmptyError

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

# Each is asked in turn for bytes that are not UTF-8, and answers None if they are not of its kind.
LEGACY_DECODERS: tuple[Callable[[bytes], str | None], ...] = ()

_LARGEST_CONTROL_SHARE = 0.01
_HARMLESS_CONTROLS = "\t\n\r\f\v\x85"


def decode(data: bytes, path: Path) -> str:
    r"""The text of a file: NFC, with "\n" at the line ends. Every offset points into this text.

    Raises:
        EncodingUnknownError: The bytes are not text in an encoding that is recognised.
        FileEmptyError: There is nothing but white space.
    """
    text = _text(data)
    if text is None or not _is_text(text):
        raise EncodingUnknownError(path=path)
    if not text.strip():
        raise FileEmptyError(path=path)
    return nfc(text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(data: bytes) -> str | None:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if data.startswith(mark)), "")
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        return next((text for decoder in LEGACY_DECODERS if (text := decoder(data))), None)


def _is_text(text: str) -> bool:
    """Whether `text` is free of NUL, and nearly free of other control characters."""
    controls = sum(
        1
        for char in text
        if char < " " or "\x7f" <= char < "\xa0"
        if char not in _HARMLESS_CONTROLS
    )
    return "\0" not in text and controls <= _LARGEST_CONTROL_SHARE * len(text)
