"""From lines with their places on a page to paragraphs, headings and tables in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise
from statistics import median

from ingest.composing import Composer
from ingest.formats.cells import rows_of, told_from_tables, torn
from ingest.formats.lines import Line, Segment
from ingest.formats.margins import Margins
from ingest.formats.reading_order import in_order
from ingest.outline import Parsed
from ingest.tables import Table, is_header, is_value, readable_rows

_ITEM = re.compile(r"(?:[-*+•–—▪◦●○■□➢✓]|\(?\d{1,3}[.)]|\([a-zđ]\)|[a-zđ][.)]|[ivx]{1,4}[.)])\s")
_END = re.compile(r"[.!?…:;]['\"”’»)\]]*$")
_ENDED = re.compile(r"[.!]['\"”’»)]*$")
_CONTENTS = re.compile(r"(?:\s?[.…·]){5,}\s*(?:\d{1,4}|[ivxlc]{1,7})$", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:(?:phần|chương|mục|điều|part|chapter|section|article|appendix|phụ lục)\s+[\divxlc]+\b"
    r"|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[^\W\d_])",
    re.IGNORECASE,
)

_RANGE = re.compile(r"\d[–—]$")  # "2023–", which goes on in the next line

_LARGER = 1.12  # a heading's letters, against those of the body
_ALIKE = 1.06  # letters that differ by no more are of one size
_BODY = 0.25  # letters of a size that so large a share of the text is set in are the body's
_LONGEST_HEADING = 200
_TOLD = 60  # characters from which on what ends in a full stop is no heading
_FULL = 0.8  # a line that fills this share of its column may go on in the next one
_LOOSE = 1.45  # lines further apart than this, in usual distances, belong to two paragraphs
_APART = 2.6  # and than this, in heights of a line, whatever is usual
_COLUMN = 24.0  # points by which lines of one column begin apart


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
        self._margins = Margins()
        self._waiting: list[tuple[list[Line], bool]] = []
        self._sizes: Counter[float] = Counter()
        self._least = self._body = 0.0  # sizes of the body's letters, from the commonest on
        self._bold_body = False
        self._started = False
        self._paragraph: list[Line] = []
        self._names: list[str] = []

    def page(self, lines: Sequence[Line], *, unread: bool = False) -> None:
        """The next page."""
        ordered = in_order(list(lines))
        if self._started:
            self._write_page(self._margins.without(ordered), unread)
            return
        self._waiting.append((ordered, unread))
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
        waiting, self._waiting = self._waiting, []
        told = [(self._margins.without(lines), unread) for lines, unread in waiting]
        bold = chars = 0
        for lines, _ in told:
            for segment in (segment for line in lines for segment in line.segments):
                self._sizes[_size(segment)] += len(segment.text)
                chars += len(segment.text)
                bold += len(segment.text) if segment.bold else 0
        self._least = max(self._sizes, key=lambda size: self._sizes[size], default=0.0)
        common = [size for size, held in self._sizes.items() if held >= _BODY * chars]
        self._body = max([self._least, *common])
        self._bold_body = 2 * bold > chars
        for lines, unread in told:
            self._write_page(lines, unread)

    # ---- a page ----------------------------------------------------------------------------------

    def _write_page(self, lines: list[Line], unread: bool) -> None:
        # What a table of contents names is said where it stands.
        lines = [line for line in lines if not _CONTENTS.search(line.text)]
        if not lines or not self._continues(lines[0]):
            self._end_paragraph()
        self._composer.page(unread=unread)
        if not lines:
            return
        tops = [line.first.top for line in lines]
        steps = [a - b for a, b in pairwise(tops) if 0 < a - b < 60]
        pitch = median(steps) if steps else 14.0
        for is_table, group in groupby(told_from_tables(lines), key=lambda found: found[0]):
            members = [line for _, line in group]
            if is_table:
                self._end_paragraph()
                self._table(members)
            else:
                for line in members:
                    self._line(line, pitch, _column(line, lines))

    # ---- paragraphs ------------------------------------------------------------------------------

    def _line(self, line: Line, pitch: float, column: tuple[float, float]) -> None:
        if self._is_heading(line):
            if self._paragraph and not (
                self._is_heading(self._paragraph[-1])
                and _alike(self._paragraph[-1], line)
                and self._paragraph[-1].first.bold == line.first.bold
                and 0 < self._paragraph[-1].first.top - line.first.top < 2.2 * line.first.height
                and not _NUMBERED.match(line.text)
            ):
                self._end_paragraph()
        elif self._paragraph and self._begins(line, pitch, column):
            self._end_paragraph()
        self._paragraph.append(line)

    def _begins(self, line: Line, pitch: float, column: tuple[float, float]) -> bool:
        """Whether a paragraph begins with `line`."""
        before = self._paragraph[-1]
        if self._is_heading(before):
            return True
        if before.hyphenated:
            return False
        if _ITEM.match(line.text) or not _alike(before, line):
            return True
        step = before.first.top - line.first.top
        if step < 0:  # the next column
            return not self._continues(line)
        if step > min(_LOOSE * max(pitch, line.first.height), _APART * line.first.height):
            return True
        ended = bool(_END.search(before.text))
        edge = max(line.right, before.right, *(part.right for part in self._paragraph))
        width = max(edge - min(before.left, line.left), 1.0)
        left, right = column
        short = edge - before.right > (1 - _FULL) * width or right - before.right > 0.5 * (
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
        counts = line.text[:1].isdigit() and not _NUMBERED.match(line.text)
        return not _END.search(before.text) and (line.text[:1].islower() or counts)

    def _end_paragraph(self) -> None:
        lines, self._paragraph = self._paragraph, []
        if not lines:
            return
        text = _joined(lines)
        # Lines set large may hold more than a heading: a letter above its small print.
        told = len(text) > _LONGEST_HEADING or (len(text) > _TOLD and _ENDED.search(text))
        if self._is_heading(lines[0]) and not told:
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
        if not line.first.bold or self._bold_body or _size(line.first) < 0.95 * self._least:
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
        known = {other for other in self._sizes if other >= _LARGER * self._body}
        ranks: list[float] = []
        for other in sorted({*known, size}, reverse=True):
            if not ranks or ranks[-1] > _ALIKE * other:
                ranks.append(other)
            if other == size:
                break
        return min(len(ranks), 6)

    # ---- tables ----------------------------------------------------------------------------------

    def _table(self, lines: Sequence[Line]) -> None:
        """Lines of cells, as rows; a table that goes on from the page before keeps its names."""
        rows = rows_of(lines)
        named = not torn(lines)  # wrong names are worse than none
        if named and len(rows) > 1 and is_header(rows[0], rows[1:]):
            self._names = rows[0]
            self._composer.table(Table(rows, headers=1))
        elif named and self._names and len(self._names) == len(rows[0]) and len(rows[0]) > 2:
            self._composer.rows(readable_rows(Table([self._names, *rows], headers=1)))
        else:
            self._names = []
            self._composer.rows(" | ".join(cell for cell in row if cell) for row in rows)


def _size(segment: Segment) -> float:
    return round(2 * segment.height) / 2


def _alike(one: Line, other: Line) -> bool:
    """Whether two lines are set in one size."""
    sizes = sorted((_size(one.first), _size(other.first)))
    return sizes[1] <= _ALIKE * sizes[0]


def _column(line: Line, lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the column that a line stands in, by the lines that begin like it."""
    peers = [other for other in lines if abs(other.left - line.left) <= _COLUMN]
    rights = sorted(other.right for other in peers)
    return min(other.left for other in peers), rights[int(0.9 * (len(rights) - 1))]


def _joined(lines: Sequence[Line]) -> str:
    text = ""
    for line in lines:
        added = line.text
        on = text.endswith("\0") or (_RANGE.search(text) and added[:1].isdigit())
        text += added if on or not text else f" {added}"
        if line.hyphenated:
            text += "\0"
    # A hyphen at a line's end parts a word; before a capital or a figure it was there already.
    return re.sub(r"\0(?=[^\W\d_A-ZĐ])", "", text).replace("\0", "-")
