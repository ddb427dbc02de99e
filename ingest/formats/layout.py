"""From lines with their places on a page to paragraphs, headings and tables in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from ingest.composing import Composer
from ingest.formats.cells import rows_of, told_from_tables
from ingest.formats.lines import Line, Segment
from ingest.formats.reading_order import in_order
from ingest.outline import Parsed
from ingest.tables import Table, is_header, is_value, readable_rows

_ITEM = re.compile(r"(?:[-*+•–—▪◦●○■□➢✓]|\(?\d{1,3}[.)]|\([a-zđ]\)|[a-zđ][.)]|[ivx]{1,4}[.)])\s")
_END = re.compile(r"[.!?…:;]['\"”’»)\]]*$")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:trang|page|tr\.|p\.)\s*)?(?:\d{1,5}|[ivxlc]{1,7})(?:\s*(?:/|of|trên)\s*\d{1,5})?\W*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:phần|chương|mục|điều|part|chapter|section|article|appendix|phụ lục)\s+[\divxlc]+\b"
    r"|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[^\W\d_])",
    re.IGNORECASE,
)

# Running heads and page numbers stand within this share of the page's height from its edges.
_MARGIN = 0.1
# Fewer lines than this on a page, and what stands at its edges may be all it has to say.
_LEAST_LINES = 5

_LARGER = 1.12  # a heading's letters, against those of the body
_LONGEST_HEADING = 200
_FULL = 0.8  # a line that fills this share of its column may go on in the next one
_LOOSE = 1.45  # lines further apart than this, in usual distances, belong to two paragraphs
_APART = 2.6  # and than this, in heights of a line, whatever is usual


class Layout:
    """Takes pages one after another and writes their text into a composer.

    Page 1 waits until the size of the body's letters is known from a few pages.
    """

    _PAGES_AHEAD = 12

    def __init__(self, composer: Composer, title: str) -> None:
        """Prepare; `title` is what the file says of itself, if anything."""
        self._composer = composer
        self._title = title
        composer.title(title)
        self._waiting: list[tuple[list[Line], bool]] = []
        self._sizes: Counter[float] = Counter()
        self._body = 0.0
        self._bold_body = False
        self._started = False
        self._edges: list[set[str]] = []
        self._paragraph: list[Line] = []
        self._names: list[str] = []

    def page(self, lines: Sequence[Line], *, unread: bool = False) -> None:
        """The next page."""
        if self._started:
            self._write_page(list(lines), unread)
            return
        self._waiting.append((list(lines), unread))
        if len(self._waiting) >= self._PAGES_AHEAD:
            self._start()

    def finish(self) -> Parsed:
        """The text of all pages."""
        self._start()
        self._end_paragraph()
        return self._composer.finish()

    # ---- what is usual ---------------------------------------------------------------------------

    def _start(self) -> None:
        """Learn the body's size from the pages that wait, then write them."""
        if self._started:
            return
        self._started = True
        bold = chars = 0
        for lines, _ in self._waiting:
            for segment in (segment for line in lines for segment in line.segments):
                self._sizes[_size(segment)] += len(segment.text)
                chars += len(segment.text)
                bold += len(segment.text) if segment.bold else 0
        self._body = max(self._sizes, key=lambda size: self._sizes[size], default=0.0)
        self._bold_body = 2 * bold > chars
        waiting, self._waiting = self._waiting, []
        for lines, unread in waiting:
            self._write_page(lines, unread)

    # ---- a page ----------------------------------------------------------------------------------

    def _write_page(self, lines: list[Line], unread: bool) -> None:
        lines = self._without_margins(in_order(lines))
        if not lines or not self._continues(lines[0]):
            self._end_paragraph()
        self._composer.page(unread=unread)
        if not lines:
            return
        tops = [line.first.top for line in lines]
        steps = [a - b for a, b in pairwise(tops) if 0 < a - b < 60]
        pitch = median(steps) if steps else 14.0
        right = sorted(line.right for line in lines)[int(0.9 * (len(lines) - 1))]
        left = min(line.left for line in lines)
        for is_table, group in groupby(told_from_tables(lines), key=lambda found: found[0]):
            members = [line for _, line in group]
            if is_table:
                self._end_paragraph()
                self._table(members)
            else:
                for line in members:
                    self._line(line, pitch, left, right)

    def _without_margins(self, lines: list[Line]) -> list[Line]:
        """Leave out page numbers, and heads that the page before had at the same edge."""
        if not lines:
            return lines
        high = max(line.first.top for line in lines)
        low = min(line.first.bottom for line in lines)
        margin = _MARGIN * max(high - low, 300.0)
        edges = {
            line.text: line
            for line in lines
            if line.first.top > high - margin or line.first.bottom < low + margin
        }
        dropped = set()
        if len(lines) >= _LEAST_LINES:
            before = set().union(*self._edges)
            for text in edges:
                masked = re.sub(r"\d+", "#", text)
                if _PAGE_NUMBER.fullmatch(text) or text in before or f"\0{masked}" in before:
                    dropped.add(text)
        seen = set(edges)
        # A head with the page's number in it is known by the rest of it.
        seen |= {
            f"\0{re.sub(r'[0-9]+', '#', text)}"
            for text in edges
            if len(text) < 60 and re.search(r"\d", text) and not _END.search(text)
        }
        self._edges = [*self._edges[-1:], seen]
        return [line for line in lines if not (line.text in dropped and line.text in edges)]

    # ---- paragraphs ------------------------------------------------------------------------------

    def _line(self, line: Line, pitch: float, left: float, right: float) -> None:
        if self._is_heading(line):
            if self._paragraph and not (
                self._is_heading(self._paragraph[-1])
                and _size(self._paragraph[-1].first) == _size(line.first)
                and self._paragraph[-1].first.bold == line.first.bold
                and 0 < self._paragraph[-1].first.top - line.first.top < 2.2 * line.first.height
                and not _NUMBERED.match(line.text)
            ):
                self._end_paragraph()
        elif self._paragraph and self._begins(line, pitch, left, right):
            self._end_paragraph()
        self._paragraph.append(line)

    def _begins(self, line: Line, pitch: float, left: float, right: float) -> bool:
        """Whether a paragraph begins with `line`."""
        before = self._paragraph[-1]
        if self._is_heading(before):
            return True
        if before.hyphenated:
            return False
        if _ITEM.match(line.text) or _size(before.first) != _size(line.first):
            return True
        step = before.first.top - line.first.top
        if step < 0:  # the next column
            return not self._continues(line)
        if step > min(_LOOSE * max(pitch, line.first.height), _APART * line.first.height):
            return True
        ended = bool(_END.search(before.text))
        column = max(line.right, before.right, *(part.right for part in self._paragraph))
        width = max(column - min(before.left, line.left), 1.0)
        short = column - before.right > (1 - _FULL) * width or right - before.right > 0.5 * (
            right - left
        )
        indented = line.left - before.left > 0.8 * line.first.height
        return (ended and (short or indented)) or (short and not line.text[:1].islower())

    def _continues(self, line: Line) -> bool:
        """Whether the paragraph so far goes on with the first line of a page or column."""
        if not self._paragraph:
            return False
        before = self._paragraph[-1]
        if before.hyphenated:
            return True
        if self._is_heading(before) or self._is_heading(line) or _ITEM.match(line.text):
            return False
        return not _END.search(before.text) and line.text[:1].islower()

    def _end_paragraph(self) -> None:
        lines, self._paragraph = self._paragraph, []
        if not lines:
            return
        text = _joined(lines)
        if self._is_heading(lines[0]):
            self._heading(lines[0], text)
        else:
            self._composer.paragraph(text)

    # ---- headings --------------------------------------------------------------------------------

    def _is_heading(self, line: Line) -> bool:
        text = line.text
        if len(line.segments) > 1 or len(text) > _LONGEST_HEADING or not re.search(r"[^\W_]", text):
            return False
        if _size(line.first) >= _LARGER * self._body:
            return len(text) > 1 and not is_value(text)
        if not line.first.bold or self._bold_body or _size(line.first) < 0.95 * self._body:
            return False
        return bool(_NUMBERED.match(text)) or not (_END.search(text) or _ITEM.match(text))

    def _heading(self, line: Line, text: str) -> None:
        size = _size(line.first)
        if size >= _LARGER * self._body:
            level = self._size_level(size)
        else:
            level = 7 + min(text.split()[0].count(".") if _NUMBERED.match(text) else 3, 3)
        first = not self._title and self._composer.pages == 1 and level == 1
        if (first and not _NUMBERED.match(text)) or text.casefold() == self._title.casefold():
            self._title = self._title or text
            self._composer.title_heading(text)
        else:
            self._composer.heading(level, text)

    def _size_level(self, size: float) -> int:
        """Larger letters, higher level."""
        known = [other for other in self._sizes if other >= _LARGER * self._body]
        ranks = sorted({*known, size}, reverse=True)
        return min(ranks.index(size) + 1, 6)

    # ---- tables ----------------------------------------------------------------------------------

    def _table(self, lines: Sequence[Line]) -> None:
        """Lines of cells, as rows; a table that goes on from the page before keeps its names."""
        rows = rows_of(lines)
        if len(rows) > 1 and is_header(rows[0], rows[1:]):
            self._names = rows[0]
            self._composer.table(Table(rows, headers=1))
        elif self._names and len(self._names) == len(rows[0]) and len(rows[0]) > 2:
            self._composer.rows(readable_rows(Table([self._names, *rows], headers=1)))
        else:
            self._names = []
            self._composer.rows(" | ".join(cell for cell in row if cell) for row in rows)


def _size(segment: Segment) -> float:
    return round(2 * segment.height) / 2


def _joined(lines: Sequence[Line]) -> str:
    text = ""
    for line in lines:
        added = line.text
        text += added if not text else added if text.endswith("\0") else f" {added}"
        if line.hyphenated:
            text += "\0"
    # A hyphen at a line's end parts a word; before a capital or a figure it was there already.
    return re.sub(r"\0(?=[^\W\d_A-ZĐ])", "", text).replace("\0", "-")
