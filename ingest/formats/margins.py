"""Running heads and page numbers: what stands alike at the edges of page after page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from ingest.formats.lines import Line

_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:trang|page|tr\.|p\.)\s*)?(?:\d{1,5}|[ivxlc]{1,7})(?:\s*(?:/|of|trên)\s*\d{1,5})?\W*",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d+")
_END = re.compile(r"[.!?…:;]['\"”’»)\]]*$")

# Heads and page numbers stand within this share of the page's height from its edges.
_MARGIN = 0.1
# Fewer lines than this on a page, and what stands at its edges may be all it has to say.
_LEAST_LINES = 5
_LONGEST_COUNTED = 60  # characters of a head that tells the page's number
_SAME_PLACE = 3.0  # points by which a head's place differs from page to page
_APART = 2.2  # heights of a line: a page number stands so far from the text, or further


class Margins:
    """Takes pages one after another, as a reader turns them."""

    def __init__(self) -> None:
        """Before the first page."""
        self._before: list[list[Line]] = []  # what stood at the edges of the last two pages
        self._page = 0

    def without(self, lines: Sequence[Line]) -> list[Line]:
        """The lines of the next page but for page numbers, and heads that the pages before had.

        A head is told by its words, or by all of them but the page's number, and by its place: rows
        of a table may read alike, too. Only what has nothing but heads outside of it is one. The
        first time it stays: it may be all that names the document.
        """
        self._page += 1
        if not lines:
            return []
        high = max(line.first.top for line in lines)
        low = min(line.first.bottom for line in lines)
        band = _MARGIN * max(high - low, 300.0)
        top = [line for line in lines if line.first.top > high - band]
        bottom = [line for line in lines if line.first.bottom < low + band]
        dropped: set[int] = set()
        if len(lines) >= _LEAST_LINES:
            for edge in (_rows(top), [*reversed(_rows(bottom))]):
                dropped |= self._heads(edge, lines)
        self._before = [*self._before[-1:], [*top, *bottom]]
        return [line for line in lines if id(line) not in dropped]

    def _heads(self, rows: Sequence[Sequence[Line]], lines: Sequence[Line]) -> set[int]:
        """Of rows from the edge inwards, the lines that are heads, by identity."""
        found: set[int] = set()
        for row, inner in zip_longest(rows, rows[1:], fillvalue=()):
            heads = {id(line) for line in row if self._is_head(line, lines)}
            if not heads or 1 < _cells(row) == _cells(inner):  # a table's first row, or its last
                break
            found |= heads
        return found

    def _is_head(self, line: Line, lines: Sequence[Line]) -> bool:
        text = line.text
        there = list(self._there_before(line))
        if _PAGE_NUMBER.fullmatch(text):
            figures = _FIGURES.findall(text)
            return (
                bool(figures and int(figures[0]) == self._page)
                or any(_PAGE_NUMBER.fullmatch(other) for other, _ in there)
                or _stands_apart(line, lines)
            )
        return any(text == other or _counts_on(other, text, by) for other, by in there)

    def _there_before(self, line: Line) -> Iterator[tuple[str, int]]:
        """What stood at the place of `line`, and how many pages ago."""
        for ago, edges in enumerate(reversed(self._before), 1):
            for other in edges:
                if abs(other.first.bottom - line.first.bottom) <= _SAME_PLACE:
                    yield other.text, ago


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines at the same height together, from the top down."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.first.bottom):
        if rows and rows[-1][0].first.bottom - line.first.bottom <= _SAME_PLACE:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _cells(row: Sequence[Line]) -> int:
    return sum(len(line.segments) for line in row)


def _stands_apart(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a wide gap parts a line from what is above and below it."""
    gaps = (
        abs(line.first.bottom - other.first.bottom)
        for other in lines
        if abs(line.first.bottom - other.first.bottom) > _SAME_PLACE
    )
    return min(gaps, default=0.0) > _APART * line.first.height


def _counts_on(before: str, text: str, pages: int) -> bool:
    """Whether two heads differ by the page's number alone."""
    if len(text) >= _LONGEST_COUNTED or _END.search(text):
        return False
    if _FIGURES.sub("#", before) != _FIGURES.sub("#", text):
        return False
    steps = [
        int(now) - int(then)
        for then, now in zip(_FIGURES.findall(before), _FIGURES.findall(text), strict=True)
    ]
    return pages in steps and not set(steps) - {0, pages}
