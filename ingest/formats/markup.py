"""Elements of HTML, and of what trafilatura makes of it, as headings, paragraphs and rows."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from ingest.composing import Composer, clean
from ingest.formats.markup_tables import is_arranged, is_bold, signed, table_of
from ingest.formats.tree import BLOCKS, CELLS, HEADING, text_of
from ingest.outline import LONGEST_BOLD_HEADING, SENTENCE_END, UNNUMBERED_LEVEL, part_level
from ingest.tables import is_layout

_SKIPPED = frozenset(
    "script style noscript template svg math iframe object embed button select input textarea "
    "canvas audio video dialog title head meta link".split()
)
_LISTS = frozenset("ul ol list dl".split())
_ITEMS = frozenset("li item dd".split())
_TABLES = frozenset(["table"])
# "Bên A: ông Bảo" says something, "Bài 3: Chợ nổi" is a heading.
_FACT = re.compile(r"(?<!\w)(?!(?:\d+|[IVX]+):)[\w\"”’)]+: +\S")


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
        self._term = ""

    def walk(self, element: HtmlElement) -> None:
        """Everything in `element`."""
        self._into(element)
        self._flush()
        self._leave_term()

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
            self._leave_term()
            self._heading(level, element)
        elif tag in ("br", "lb"):
            self._inline.append("\n")
        elif tag in _SKIPPED:
            return
        elif tag in _TABLES:
            self._flush()
            self._leave_term()
            self._table(element)
        elif tag == "pre" or (tag in ("code", "quote") and "\n" in (element.text or "").strip()):
            self._flush()
            self._composer.lines("".join(element.itertext()))
        elif tag in BLOCKS:
            self._flush()
            self._block(element, tag)
            self._flush()
        else:
            self._into(element)

    def _block(self, element: HtmlElement, tag: str) -> None:
        if tag == "dt" or (element.get("rend") or "").startswith("dt"):
            self._name(element)
            return
        if tag in _ITEMS:
            self._marker = "-"
        if self._bold and tag == "p" and (level := bold_level(element)):
            self._composer.heading(level, text_of(element))
            return
        self._into(element)
        if tag in _ITEMS or (self._term and tag in _LISTS):
            self._flush()
            self._marker = ""
        if tag in _LISTS:
            self._leave_term()

    def _name(self, element: HtmlElement) -> None:
        """A term waits for what is said of it, "Giờ khám: 7:00"; a question stands by itself."""
        text = text_of(element).rstrip(":")
        if text.endswith("?"):
            self._leave_term()
            self._composer.paragraph(text)
        else:
            self._term = f"{self._term}, {text}" if self._term and text else self._term or text

    def _leave_term(self) -> None:
        """Nothing is said of a term."""
        self._composer.paragraph(self._term)
        self._term = ""

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
        if nested is None and not is_layout(table) and not is_arranged(element, table):
            for caption in element.iter("caption"):
                self._composer.paragraph(text_of(caption))
            self._composer.table(table)
        else:
            for cell in list(element.iter("caption", *CELLS)):
                if _table_of_cell(cell) is element and cell.get("data-merged") is None:
                    self._arranged(cell)

    def _arranged(self, cell: HtmlElement) -> None:
        """A cell that has its place for the look of the page; who signs for an office is one row.

        Nothing in bold is a heading there: it is as often the last line.
        """
        if said := signed(cell):
            self._composer.rows([said])
            return
        bold, self._bold = self._bold, False
        self._into(cell)
        self._flush()
        self._bold = bold

    def _flush(self) -> None:
        """The text so far is a paragraph; a line break in it ends one unless it reads on."""
        lines: list[str] = []
        for line in map(clean, "".join(self._inline).split("\n") if self._has_breaks() else [""]):
            if lines and line[:1].islower() and not SENTENCE_END.search(lines[-1]):
                lines[-1] += f" {line}"
            elif line:
                lines.append(line)
        self._inline.clear()
        if lines and self._term:
            lines[0], self._term = f"{self._term}: {lines[0]}", ""
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
    found = HEADING.match(named)
    return int(found[1]) if found else 0


def bold_level(element: HtmlElement) -> int:
    """The level of a paragraph that is a heading by being in bold alone, 0 if it is none."""
    text = text_of(element)
    if not text or len(text) > LONGEST_BOLD_HEADING or not is_bold(element):
        return 0
    if level := part_level(text):
        return level
    if _FACT.search(text):
        return 0
    return 0 if SENTENCE_END.search(text) or len(text) < 3 else UNNUMBERED_LEVEL
