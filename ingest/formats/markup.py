"""Elements of HTML, and of what trafilatura makes of it, as headings, paragraphs and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from lxml.html import HtmlElement

from ingest.composing import Composer, clean
from ingest.outline import LONGEST_BOLD_HEADING, SENTENCE_END, UNNUMBERED_LEVEL, part_level
from ingest.tables import Table, is_layout

_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed button select input textarea "
    "canvas audio video dialog title head meta link".split()
)
_BLOCKS = frozenset(
    "html body div section article main header footer nav aside p blockquote quote figure "
    "figcaption caption address details summary fieldset form center ul ol list dl dt dd li item "
    "tbody thead tfoot tr td th row cell hr pre graphic doc comments".split()
)
_LISTS = frozenset("ul ol list dl".split())
_ITEMS = frozenset("li item dd".split())
_TABLES = frozenset(["table"])
_ROWS = frozenset("tr row".split())
_CELLS = frozenset("td th cell".split())
_BOLD = frozenset("b strong".split())
_HEADING = re.compile(r"h([1-6])$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z*†‡])[\])]?|↑")

_LARGEST_SPAN = 100
_MOST_CELLS = 200_000


def parse(markup: str) -> HtmlElement:
    """The tree of a page; broken markup is mended."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    return lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)


def text_of(element: HtmlElement) -> str:
    """All text inside `element`, on one line."""
    return clean(" ".join(element.itertext()) if len(element) else element.text or "")


def drop_unread(tree: HtmlElement) -> None:
    """Take out what a browser does not show, and the marks of footnotes."""
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or _parent(element) is None:
            continue
        hidden = element.get("hidden") is not None and element.get("hidden") != "until-found"
        if hidden or _HIDDEN.search(element.get("style") or "") or _is_note_mark(element):
            element.drop_tree()


def spread_cells(tree: HtmlElement) -> None:
    """Write merged cells once into each place that they cover."""
    for table in tree.iter("table"):
        _spread(table)


def _spread(table: HtmlElement) -> None:
    below: dict[int, tuple[int, HtmlElement]] = {}  # column → rows still covered, and by what
    cells = 0
    for row in _rows(table):
        column = 0
        waiting = [cell for cell in row if cell.tag in _CELLS]
        while waiting or any(place >= column for place in below):
            if column in below:
                left, cell = below.pop(column)
                copy = _copy(cell)
                row.insert(_position(row, column), copy)
                if left > 1:
                    below[column] = (left - 1, cell)
                column += 1
            elif waiting:
                cell = waiting.pop(0)
                wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
                for extra in range(wide):
                    if extra:
                        row.insert(_position(row, column), _copy(cell))
                    if high > 1:
                        below[column] = (high - 1, cell)
                    column += 1
            else:
                column += 1
            cells += 1
            if cells > _MOST_CELLS:
                return


def _copy(cell: HtmlElement) -> HtmlElement:
    copy = lxml_html.fragment_fromstring(f"<{cell.tag}></{cell.tag}>", create_parent="tr")[0]
    copy.text = text_of(cell)
    copy.set("data-merged", "1")
    return copy


def _position(row: HtmlElement, column: int) -> int:
    """Where in `row` the cell of `column` goes, whatever else stands between the cells."""
    cells = [place for place, cell in enumerate(row) if cell.tag in _CELLS]
    return cells[column] if column < len(cells) else len(row)


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.attrib.pop(name, None) or "1").strip()
    return min(max(int(value), 1), _LARGEST_SPAN) if value.isascii() and value.isdigit() else 1


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    """The rows of `table`, without those of tables inside of it."""
    for child in table:
        if child.tag in _ROWS:
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag in _ROWS)


def table_of(element: HtmlElement) -> Table:
    """The cells of a table whose merged cells were spread."""
    rows: list[list[str]] = []
    headers = 0
    for row in _rows(element):
        cells = [cell for cell in row if cell.tag in _CELLS]
        filled = [cell for cell in cells if text_of(cell)]
        parent = _parent(row)
        marked = parent is not None and parent.tag == "thead"
        if filled and headers == len(rows) and (marked or all(map(_is_head, filled))):
            headers += 1
        rows.append([text_of(cell) for cell in cells])
    if headers == 0 and len(rows) > 1:
        first, *others = [
            [cell for cell in row if cell.tag in _CELLS and text_of(cell)] for row in _rows(element)
        ]
        bold = len(first) > 1 and all(map(_is_bold, first))
        headers = int(bold and not any(all(map(_is_bold, row)) for row in others[:1]))
    return Table(rows, headers or None)


def _is_head(cell: HtmlElement) -> bool:
    return bool(cell.tag == "th" or cell.get("role") == "head")


def _is_bold(element: HtmlElement) -> bool:
    """Whether all text in `element` is bold."""
    bold = sum(len(clean(part.text_content())) for part in _outermost_bold(element))
    whole = len(text_of(element))
    return whole > 0 and bold >= whole - 1


def _outermost_bold(element: HtmlElement) -> Iterator[HtmlElement]:
    for child in element:
        if child.tag in _BOLD:
            yield child
        elif isinstance(child.tag, str):
            yield from _outermost_bold(child)


def _parent(element: HtmlElement) -> HtmlElement | None:
    return element.getparent()


class Walker:
    """Goes through a tree and hands what it finds to a composer."""

    def __init__(self, composer: Composer, *, title: str | None = None, bold: bool = False) -> None:
        """Prepare.

        Args:
            composer: Takes what is found.
            title: A heading that says the same is the title, and in no section's path.
            bold: Whether paragraphs in bold are headings.
        """
        self._composer = composer
        self._title = title
        self._bold = bold
        self._inline: list[str] = []
        self._marker = ""

    def walk(self, element: HtmlElement) -> None:
        """Everything in `element`."""
        self._into(element)
        self._flush()

    def _into(self, element: HtmlElement) -> None:
        self._inline.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str):
                self._element(child)
            self._inline.append(child.tail or "")

    def _element(self, element: HtmlElement) -> None:
        tag = element.tag.lower()
        level = _level(element)
        if level:
            self._flush()
            self._heading(level, element)
        elif tag in ("br", "lb"):
            self._inline.append("\n")
        elif tag in _SKIPPED:
            return
        elif tag in _TABLES:
            self._flush()
            self._table(element)
        elif tag == "pre" or (tag in ("code", "quote") and "\n" in (element.text or "").strip()):
            self._flush()
            self._composer.lines("".join(element.itertext()))
        elif tag in _BLOCKS:
            self._flush()
            self._block(element, tag)
            self._flush()
        else:
            self._into(element)

    def _block(self, element: HtmlElement, tag: str) -> None:
        if tag in _ITEMS and not (element.get("rend") or "").startswith("dt"):
            self._marker = "-"
        if self._bold and tag == "p" and (level := _bold_level(element)):
            self._composer.heading(level, text_of(element))
            return
        self._into(element)
        if tag in _ITEMS:
            self._flush()
            self._marker = ""

    def _heading(self, level: int, element: HtmlElement) -> None:
        text = text_of(element)
        if self._title and text.casefold() == self._title.casefold():
            self._composer.title_heading(text)
            self._title = None
        else:
            self._composer.heading(level, text)

    def _table(self, element: HtmlElement) -> None:
        nested = next((inner for inner in element.iter("table") if inner is not element), None)
        table = table_of(element)
        if nested is None and not is_layout(table):
            for caption in element.iter("caption"):
                self._composer.paragraph(text_of(caption))
            self._composer.table(table)
        else:
            for cell in list(element.iter("caption", *_CELLS)):
                if _table_of_cell(cell) is element and cell.get("data-merged") is None:
                    self._into(cell)
                    self._flush()

    def _flush(self) -> None:
        """The text so far is a paragraph; a line break in it ends one unless it reads on."""
        lines: list[str] = []
        for line in map(clean, "".join(self._inline).split("\n") if self._has_breaks() else [""]):
            if lines and line[:1].islower() and not SENTENCE_END.search(lines[-1]):
                lines[-1] += f" {line}"
            elif line:
                lines.append(line)
        self._inline.clear()
        for line in lines:
            if self._marker:
                self._composer.item(line, self._marker)
                self._marker = ""
            else:
                self._composer.paragraph(line)

    def _has_breaks(self) -> bool:
        """Make the white space of the source plain, keeping the breaks that are meant."""
        self._inline = [
            part if part == "\n" else re.sub(r"\s+", " ", part) for part in self._inline if part
        ]
        return bool(self._inline)


def _table_of_cell(cell: HtmlElement) -> HtmlElement | None:
    return next(cell.iterancestors("table"), None)


def _level(element: HtmlElement) -> int:
    """The level of a heading, 0 for anything else."""
    named = element.get("rend") or "" if element.tag == "head" else element.tag.lower()
    found = _HEADING.match(named)
    return int(found[1]) if found else 0


def _bold_level(element: HtmlElement) -> int:
    text = text_of(element)
    if not text or len(text) > LONGEST_BOLD_HEADING or not _is_bold(element):
        return 0
    if level := part_level(text):
        return level
    return 0 if SENTENCE_END.search(text) or len(text) < 3 else UNNUMBERED_LEVEL


def _is_note_mark(element: HtmlElement) -> bool:
    """A raised number that links to a note, or the arrow that leads back."""
    links = element.tag == "a" or (element.tag == "sup" and element.find(".//a") is not None)
    if not links or not _NOTE_MARK.fullmatch(text_of(element)):
        return False
    return element.tag == "sup" or "↑" in text_of(element)
