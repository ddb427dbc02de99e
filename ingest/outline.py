"""What a reader makes of a text: where its body stands, and under which headings."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from bilingual.orthography import fold
from vectorstore.types import SECTION_SEPARATOR

# A line in bold that is a heading in all but name is no longer than this.
LONGEST_BOLD_HEADING = 200
VALUE = re.compile(r":.*\d")  # "Hotline: 1900 1234" says something, and is no heading
SENTENCE_END = re.compile(r"[.!?…:;,][\"'”’»)\]]*$")

# Parts of Vietnamese and English legal texts have an order among themselves, under every real
# heading; without marks.
_NUMBER = (
    r"\s+(?:\d+[a-z]?|[IVXLC]+|[A-Z]|(?i:thu\s+\w+|mot|hai|ba|bon|one|two|three|four|five))(?!\w)"
)
_PARTS = (
    (re.compile(rf"(?i:phan|part){_NUMBER}"), 11),
    (re.compile(rf"(?i:chuong|chapter){_NUMBER}"), 12),
    (re.compile(rf"(?i:muc|section){_NUMBER}"), 13),
    (re.compile(rf"(?i:dieu|article|buoc|step){_NUMBER}"), 14),
)
UNNUMBERED_LEVEL = 15
_LONGEST_LABEL = 40

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of body text, from `start` to `end` of the document's text.

    Sentences never cross its borders. Headings, images and rules lie outside of all blocks.

    Attributes:
        whole: It is one sentence, whatever stops it holds: a row of a table.
    """

    start: int
    end: int
    section: str | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of a document.

    Attributes:
        title: The document's own title, None where it has none.
        blocks: Its body, in order.
    """

    title: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the text, without its line end."""

    start: int
    text: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What was read from a file: its normalised text, and where its body stands.

    Attributes:
        title: The document's own title, None where it has none.
        page_starts: Where in the text each page begins; empty where the format has no pages.
        pages: Number of pages, None where the format has none.
        unread_pages: Pages, counted from 1, that hold pictures and no text.
    """

    title: str | None
    text: str
    blocks: tuple[Block, ...]
    page_starts: tuple[int, ...] = ()
    pages: int | None = None
    unread_pages: tuple[int, ...] = ()

    def page(self, start: int) -> int | None:
        """The page, counted from 1, on which the place `start` of the text stands."""
        return bisect_right(self.page_starts, start) or None


class OutlineBuilder:
    """Collects headings and body lines, in order, into an outline."""

    def __init__(self) -> None:
        self._title: str | None = None
        self._path: list[tuple[int, str]] = []
        self._blocks: list[Block] = []
        self._block: tuple[int, int] | None = None
        self._whole = False

    def title(self, title: str) -> None:
        """The document's title, unless it has one; it is no part of the sections' paths."""
        self._title = self._title or heading_text(title) or None

    def heading(self, level: int, heading: str) -> None:
        """Body from here on stands under `heading`; level 1 is the outermost."""
        self.gap()
        while self._path and self._path[-1][0] >= level:
            self._path.pop()
        if text := heading_text(heading):
            self._path.append((level, text))

    def body(self, start: int, end: int) -> None:
        """Text from `start` to `end` is body, and goes on with what came before it."""
        self._block = (start if self._block is None else self._block[0], end)

    def row(self, start: int, end: int) -> None:
        """Text from `start` to `end` is body, and one sentence: a row of a table."""
        self.gap()
        self._block = (start, end)
        self._whole = True
        self.gap()

    def gap(self) -> None:
        """What comes next does not go on with what came before."""
        if self._block is not None:
            section = SECTION_SEPARATOR.join(heading for _, heading in self._path)
            self._blocks.append(Block(*self._block, section or None, self._whole))
            self._block = None
            self._whole = False

    def finish(self) -> Outline:
        """The outline of what was collected."""
        self.gap()
        return Outline(self._title, tuple(self._blocks))


def lines(text: str) -> list[Line]:
    """The lines of `text`."""
    found: list[Line] = []
    start = 0
    for line in text.split("\n"):
        found.append(Line(start, line))
        start += len(line) + 1
    return found


def part_level(heading: str) -> int:
    """The level of a heading that numbers a part, as "Chương II" or "Điều 5. Gia hạn", else 0.

    With or without Vietnamese marks; above it are the levels of real headings, below it
    `UNNUMBERED_LEVEL`.
    """
    plain = fold(heading[:_LONGEST_LABEL])
    return next((level for part, level in _PARTS if part.match(plain)), 0)


def heading_text(heading: str) -> str:
    """A heading without its markup, on one line."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", heading)).split())
