"""Writing the normalised text of a format that is not text, with its outline.

Paragraphs stand on one line each, rows of tables too; headings stand in the text as well, as lines
outside of the body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from bilingual.legacy import repaired
from bilingual.orthography import nfc
from ingest.decoding import SOFT_HYPHEN
from ingest.errors import TextTooLongError
from ingest.limits import Limits
from ingest.outline import OutlineBuilder, Parsed
from ingest.tables import Table, readable_rows

_Kind = Literal["heading", "body", "row"]

# Nothing to see: controls, byte order marks, zero-width signs, halves of characters. Soft hyphens
# go at the end: they are "ư" in TCVN3.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\ufeff\ufff0-\uffff"
    r"\ud800-\udfff]"
)
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)


def clean(text: str) -> str:
    """`text` on one line, in NFC, without what cannot be seen."""
    if not text.isascii():
        text = nfc(text.translate(_LIGATURES))
    seen = _INVISIBLE.sub("", text.replace("\x0b", " ").replace("\x85", " ")).split()
    return " ".join(seen) if any(word.strip(SOFT_HYPHEN) for word in seen) else ""


def _repaired(text: str) -> str:
    return repaired(text).replace(SOFT_HYPHEN, "")


class Composer:
    """Collects headings, paragraphs, rows and page borders, in order, into a `Parsed`."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pieces: list[tuple[_Kind, int, str]] = []
        self._title: str | None = None
        self._pages: list[int] = []
        self._unread: list[int] = []
        self._chars = 0

    @property
    def chars(self) -> int:
        """How much text there is so far."""
        return self._chars

    @property
    def pages(self) -> int:
        """How many pages have begun."""
        return len(self._pages)

    def title(self, title: str) -> None:
        """The document's title, unless it has one already."""
        self._title = self._title or clean(title) or None

    def heading(self, level: int, text: str) -> None:
        """What follows stands under this heading; level 1 is the outermost."""
        self._add("heading", level, text)

    def top(self) -> None:
        """What follows stands under no heading."""
        self._pieces.append(("heading", 1, ""))

    def title_heading(self, text: str) -> None:
        """The title where it stands: a line of the text that is no part of the sections' paths."""
        self.title(text)
        self.top()
        self._add("heading", 0, text)

    def paragraph(self, text: str) -> None:
        """A paragraph."""
        self._add("body", 0, text)

    def item(self, text: str, marker: str = "-") -> None:
        """An item of a list."""
        if text := clean(text):
            self._add("body", 0, f"{marker} {text}")

    def lines(self, text: str) -> None:
        """A text whose lines stand for themselves, such as code."""
        for line in text.splitlines():
            self.paragraph(line)

    def table(self, table: Table) -> None:
        """A table: each row a sentence that names its columns."""
        for row in readable_rows(table):
            self._add("row", 0, row)

    def rows(self, rows: Iterable[str]) -> None:
        """Rows that can be read already."""
        for row in rows:
            self._add("row", 0, row)

    def page(self, *, unread: bool = False) -> None:
        """A page begins."""
        self._pages.append(len(self._pieces))
        if unread:
            self._unread.append(len(self._pages))

    def _add(self, kind: _Kind, level: int, text: str) -> None:
        if text := clean(text):
            self._chars += len(text) + 1
            if self._chars > self._limits.text_chars:
                raise TextTooLongError(limit=self._limits.text_chars)
            self._pieces.append((kind, level, text))

    def finish(self) -> Parsed:
        """The text and its outline."""
        whole = "\n".join(text for _, _, text in self._pieces)
        texts = _repaired(whole).split("\n") if self._pieces else []
        written: list[str] = []
        starts: list[int] = []
        outline = OutlineBuilder()
        place = 0
        before: _Kind | None = None
        for (kind, level, _), text in zip(self._pieces, texts, strict=True):
            if written and text and (kind != "row" or before != "row"):
                written.append("")  # a blank line between paragraphs, none between rows
                place += 1
            starts.append(place)
            end = place + len(text)
            if kind == "heading":
                if level:
                    outline.heading(level, text)
                else:
                    outline.gap()
            elif kind == "row":
                outline.row(place, end)
            else:
                outline.body(place, end)
                outline.gap()
            if text:
                written.append(text)
                place = end + 1
                before = kind
        text = "\n".join(written)
        starts.append(len(text))
        return Parsed(
            title=_repaired(self._title) if self._title else None,
            text=text,
            blocks=outline.finish().blocks,
            page_starts=tuple(starts[piece] for piece in self._pages),
            pages=len(self._pages) or None,
            unread_pages=tuple(self._unread),
        )
