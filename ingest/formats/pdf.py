"""PDF through pdfium: the lines of each page with their places; `layout.py` makes them a text."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Callable, Iterator

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.composing import Composer, clean
from ingest.errors import (
    FileDamagedError,
    FileEmptyError,
    FileEncryptedError,
    FileScannedError,
    TooManyPagesError,
)
from ingest.formats.layout import Layout
from ingest.formats.lines import Line, Segment
from ingest.limits import Limits
from ingest.outline import Parsed

_HYPHEN = "\ufffe"  # what pdfium puts for a hyphen at the end of a line, and for the line end
_BREAKS = re.compile(r"[\r\n\ufffe]+")
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f]")

# With more characters than this that fonts do not explain, a page's text is noise.
_LARGEST_UNREADABLE_SHARE = 0.3

# A gap wider than so many times the height of the line parts columns or cells.
_GAP = 1.2

# Letters of a line whose heights are asked for: that of one depends on its marks, on the font that
# it came from where the line's own lacks it, and on whether it is part of a ligature ("fi").
_MEASURED = 7

# What may call a note: figures right behind a word or a sign, so much smaller than its letters and
# above their middle. Behind a length they are a power of it: "340 km2".
_MARKED = re.compile(r"(?:(?<=[^\W\d_]{2})|(?<=[.,;:!?”\"'»)]))\d{1,3}(?=\s|$)")
_SMALLER = 0.8
_POWER = re.compile(r"(?<![^\W\d_])[kcmd]m[23]\Z", re.IGNORECASE)
_POWER_CHARS = 4  # with what stands before the length

_BOLD = re.compile(rb"bold|black|heavy|semib|demi", re.IGNORECASE)
_LONGEST_BOLD = 200
_NO_TITLE = re.compile(
    r"untitled|microsoft (?:word|powerpoint)|^\W*$"
    r"|\.(?:docx?|pptx?|xlsx?|indd|pdf|tex|dvi|qxd|html?)\b"
    r"|^\W*(?:anonymous|unspecified|unnamed|no title)\W*$",
    re.IGNORECASE,
)


def read(data: bytes, limits: Limits, on_page: Callable[[int], None]) -> Parsed:
    """Read a PDF file, page by page.

    Raises:
        FileScannedError: No page has text.
    """
    document = _open(data)
    pages = len(document)
    if pages > limits.pages:
        raise TooManyPagesError(pages=pages, limit=limits.pages)
    composer = Composer(limits)
    layout = Layout(composer, _title(document))
    unread = 0
    for number in range(pages):
        lines, pictures = _page(document, number)
        unread += bool(pictures and not lines)
        layout.page(lines, unread=bool(pictures and not lines))
        on_page(number + 1)
    parsed = layout.finish()
    if not parsed.text:
        raise FileScannedError(pages=pages) if unread else FileEmptyError
    return parsed


def _open(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if getattr(exc, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise FileEncryptedError from exc
        raise FileDamagedError(format="PDF") from exc


def _title(document: pypdfium2.PdfDocument) -> str:
    title = clean(document.get_metadata_value("Title") or "")
    return "" if _NO_TITLE.search(title) or len(title) < 3 else title


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[list[Line], bool]:
    """The lines of a page in the order of its content, and whether it holds more than text."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return [], True
    try:
        text_page = page.get_textpage()
        try:
            lines = list(_lines(text_page))
        finally:
            text_page.close()
        return lines, not lines and next(iter(page.get_objects(max_depth=2)), None) is not None
    finally:
        page.close()


def _lines(text_page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    count = text_page.count_chars()
    if count <= 0:
        return
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    # Code units, not characters, so that places in `text` are pdfium's.
    text = "".join(map(chr, buffer[: max(written - 1, 0)]))
    if len(_UNREADABLE.findall(text)) > _LARGEST_UNREADABLE_SHARE * len(text):
        return
    reader = _Boxes(text_page, exact=len(text) == count)
    text = _without_note_marks(text, reader)
    start = 0
    for found in [*_BREAKS.finditer(text), None]:
        end = found.start() if found else len(text)
        if line := _line(text, start, end, reader):
            yield Line(line, hyphenated=bool(found and found[0].startswith(_HYPHEN)))
        start = found.end() if found else end


def _without_note_marks(text: str, boxes: _Boxes) -> str:
    """Blanks for the raised figures that call a note: "in 2021.3" is no number."""

    def is_raised(at: int) -> bool:
        (_, bottom, _, top), (_, low, _, high) = boxes.box(at), boxes.box(at - 1)
        return top - bottom < _SMALLER * (high - low) and top + bottom > high + low

    for found in _MARKED.finditer(text):
        is_power = _POWER.search(text[max(0, found.end() - _POWER_CHARS) : found.end()])
        if not is_power and is_raised(found.start()):
            text = f"{text[: found.start()]}{' ' * len(found[0])}{text[found.end() :]}"
    return text


class _Boxes:
    """Asks pdfium about single characters."""

    def __init__(self, text_page: pypdfium2.PdfTextPage, *, exact: bool) -> None:
        self._page = text_page
        self._exact = exact
        self._box = pdfium.FS_RECTF()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()

    def box(self, place: int) -> tuple[float, float, float, float]:
        """Left, bottom, right, top."""
        pdfium.FPDFText_GetLooseCharBox(self._page, self._index(place), self._box)
        return self._box.left, self._box.bottom, self._box.right, self._box.top

    def bold(self, place: int) -> bool:
        """Whether the character is set in bold."""
        size = pdfium.FPDFText_GetFontInfo(
            self._page, self._index(place), self._name, len(self._name), self._flags
        )
        return size > 0 and bool(_BOLD.search(self._name.value))

    def _index(self, place: int) -> int:
        if self._exact:
            return place
        return int(pdfium.FPDFText_GetCharIndexFromTextIndex(self._page, place))


def _line(text: str, start: int, end: int, boxes: _Boxes) -> tuple[Segment, ...]:
    """A line, parted where the gaps between its words are wide."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        return ()
    segments: list[Segment] = []
    left = boxes.box(start)[0]
    bottom, top = _measured(text, start, end, boxes)
    height = top - bottom
    first = start
    for found in re.finditer(r"\s+", text[start:end]):
        before, after = start + found.start() - 1, start + found.end()
        ended = boxes.box(before)[2]
        begun = boxes.box(after)[0]
        if begun - ended > _GAP * max(height, 1.0):
            segments.append(_segment(text, first, before + 1, left, ended, bottom, top, boxes))
            first, left = after, begun
    right = boxes.box(end - 1)[2]
    segments.append(_segment(text, first, end, left, right, bottom, top, boxes))
    return tuple(segment for segment in segments if segment.text)


def _measured(text: str, start: int, end: int, boxes: _Boxes) -> tuple[float, float]:
    """Bottom and top of a line, those of most of its plain letters where it has any."""
    there = [at for at in range(start, end) if not text[at].isspace()]
    plain = [at for at in there if text[at].isascii() and text[at].isalnum()]
    chosen = plain or there
    step = max(1, len(chosen) // _MEASURED)
    edges = [boxes.box(at)[1::2] for at in chosen[step // 2 :: step]]
    heights = Counter(round(top - bottom, 1) for bottom, top in edges)
    usual = max(heights, key=lambda height: (heights[height], -height))
    return min(edge for edge in edges if round(edge[1] - edge[0], 1) == usual)


def _segment(
    text: str,
    start: int,
    end: int,
    left: float,
    right: float,
    bottom: float,
    top: float,
    boxes: _Boxes,
) -> Segment:
    units = text[start:end]
    if not units.isascii():
        units = units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    bold = len(units) <= _LONGEST_BOLD and boxes.bold(start) and boxes.bold(end - 1)
    return Segment(clean(units), left, right, bottom, top, bold)
