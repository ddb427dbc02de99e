"""Lines of a page with their places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """Words without a wide gap between them. Places are in points, counted from the bottom left."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    bold: bool

    @property
    def height(self) -> float:
        """Of the line, as its font has it."""
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Line:
    """What stands at one height, in the order of the page's content.

    Attributes:
        segments: One, or several with wide gaps between: cells, or columns.
        hyphenated: Its last word goes on in the next line.
    """

    segments: tuple[Segment, ...]
    hyphenated: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(segment.text for segment in self.segments)

    @property
    def first(self) -> Segment:
        """The leftmost."""
        return self.segments[0]

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.segments[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.segments[-1].right
