"""The tree of HTML, made ready to be walked through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from lxml.html import HtmlElement

from ingest.composing import clean
from ingest.outline import SENTENCE_END

BLOCKS = frozenset(
    "html body div section article main header footer nav aside p blockquote quote figure "
    "figcaption caption address details summary fieldset form center ul ol list dl dt dd li item "
    "tbody thead tfoot tr td th row cell hr pre graphic doc comments".split()
)
_ROWS = frozenset("tr row".split())
CELLS = frozenset("td th cell".split())
HEADING = re.compile(r"h([1-6])$")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[a-z*†‡])[\])]?|[↑↩]\ufe0e?")
# What a link to a note, or back from it, is called: in EPUB, for readers aloud, by pandoc.
_NOTE_LINK = re.compile(r"\b(?:(?:doc-)?noteref|(?:doc-)?backlink|footnote-(?:ref|back))\b")
_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_RAISABLE = re.compile(r"[+−-]?[\dn]{1,4}|\([\dn]{1,3}\)")

_LARGEST_SPAN = 100
_MOST_CELLS = 200_000


def parse(markup: str) -> HtmlElement:
    """The tree of a page; broken markup is mended."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    return lxml_html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)


def text_of(element: HtmlElement) -> str:
    """All text inside `element`, on one line."""
    return clean(" ".join(element.itertext()) if len(element) else element.text or "")


def prepare(tree: HtmlElement) -> None:
    """Make a tree ready to be walked through.

    What a browser does not show, what was deleted and the marks of footnotes are out; raised
    figures are signs of their own ("10⁶"), what opens on a click has its heading, and merged cells
    stand in each place that they cover.
    """
    _drop_unread(tree)
    for element in list(tree.iter("sup")):
        _raise(element)
    for element in list(tree.iter("summary")):
        element.tag = "h6" if _heads(element) else "p"
    for element in list(tree.iter("figcaption")):
        element.tag = "p"
        if (figure := parent_of(element)) is not None and figure.tag == "figure":
            figure.tag = "div"
    for table in tree.iter("table"):
        _spread(table)


def _drop_unread(tree: HtmlElement) -> None:
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or parent_of(element) is None:
            continue
        hidden = element.get("hidden") is not None and element.get("hidden") != "until-found"
        hidden = hidden or element.tag == "del" or bool(_HIDDEN.search(element.get("style") or ""))
        if hidden or _is_note_mark(element):
            element.drop_tree()


def _raise(element: HtmlElement) -> None:
    """Write raised figures as such; one behind the end of a sentence marks a note."""
    text = text_of(element)
    if not _RAISABLE.fullmatch(text):
        return
    before = element.getprevious()
    stands = (before.tail if before is not None else element.getparent().text) or ""
    marks_note = text.isdigit() and SENTENCE_END.search(stands)
    for child in list(element):
        child.drop_tree()
    element.text = "" if marks_note else text.translate(_RAISED)
    element.drop_tag()


def _heads(summary: HtmlElement) -> bool:
    """Whether nothing but another one of its kind, or a heading, follows what a summary opens."""
    details = parent_of(summary)
    following = None if details is None else details.getnext()
    if following is None or not isinstance(following.tag, str):
        return following is None and not (details is None or (details.tail or "").strip())
    return following.tag == "details" or bool(HEADING.match(following.tag))


def _spread(table: HtmlElement) -> None:
    below: dict[int, tuple[int, HtmlElement]] = {}  # column → rows still covered, and by what
    cells = 0
    for row in rows_of(table):
        column = 0
        waiting = [cell for cell in row if cell.tag in CELLS]
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
    cells = [place for place, cell in enumerate(row) if cell.tag in CELLS]
    return cells[column] if column < len(cells) else len(row)


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.attrib.pop(name, None) or "1").strip()
    return min(max(int(value), 1), _LARGEST_SPAN) if value.isascii() and value.isdigit() else 1


def rows_of(table: HtmlElement) -> Iterator[HtmlElement]:
    """The rows of `table`, without those of tables inside of it."""
    for child in table:
        if child.tag in _ROWS:
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if row.tag in _ROWS)


def parent_of(element: HtmlElement) -> HtmlElement | None:
    """What `element` stands in; typed, which lxml's own is not."""
    return element.getparent()


def _is_note_mark(element: HtmlElement) -> bool:
    """A raised number that links to a note, or the arrow that leads back."""
    link = element if element.tag == "a" else element.find(".//a") if element.tag == "sup" else None
    if link is None or not _NOTE_MARK.fullmatch(text_of(element)):
        return False
    if element.tag == "sup" or link.find(".//sup") is not None or "↑" in text_of(element):
        return True
    return any(_NOTE_LINK.search(value) for name, value in link.items() if name != "href")
