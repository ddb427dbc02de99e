"""What a reader makes of a text: where its body stands, and under which headings."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTION_SEPARATOR = " › "

_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*+|`+|(?<!\w)_+|_+(?!\w)")


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of body text, from `start` to `end` of the document's text.

    Sentences never cross its borders. Headings, images and rules lie outside of all blocks.
    """

    start: int
    end: int
    section: str | None


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


class OutlineBuilder:
    """Collects headings and body lines, in order, into an outline."""

    def __init__(self) -> None:
        self._title: str | None = None
        self._path: list[tuple[int, str]] = []
        self._blocks: list[Block] = []
        self._block: tuple[int, int] | None = None

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

    def gap(self) -> None:
        """What comes next does not go on with what came before."""
        if self._block is not None:
            section = SECTION_SEPARATOR.join(heading for _, heading in self._path)
            self._blocks.append(Block(*self._block, section or None))
            self._block = None

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


def heading_text(heading: str) -> str:
    """A heading without its markup, on one line."""
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", heading)).split())
