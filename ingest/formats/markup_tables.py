"""Tables of HTML: their cells, or what is only arranged in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement

from bilingual.orthography import fold
from ingest.composing import clean
from ingest.formats.tree import BLOCKS, CELLS, parent_of, rows_of, text_of
from ingest.outline import SENTENCE_END
from ingest.tables import Table, is_header

_BOLD = frozenset("b strong".split())
_STATE = "cong hoa xa hoi chu nghia viet nam"  # heads its letters, without marks
# Below an office in capitals, the one who signs: "Lê Văn Thịnh", "PGS.TS. Trần Thị Mai".
_SIGNER = re.compile(r"(?:[^\W\d_]+\. ?)*[^\W\d_]+(?: [^\W\d_]+){1,4}")
_LONGEST_SIGNATURE = 7
_TALLEST_HEAD = 3  # rows


def table_of(element: HtmlElement) -> Table:
    """The cells of a table whose merged cells were spread."""
    rows: list[list[str]] = []
    headers = 0
    for row in rows_of(element):
        cells = [cell for cell in row if cell.tag in CELLS]
        filled = [cell for cell in cells if text_of(cell)]
        parent = parent_of(row)
        marked = parent is not None and parent.tag == "thead"
        if filled and headers == len(rows) and (marked or all(map(_is_head, filled))):
            headers += 1
        rows.append([text_of(cell) for cell in cells])
    if headers == 0 and len(rows) > 1:
        first, *others = [
            [cell for cell in row if cell.tag in CELLS and text_of(cell)]
            for row in rows_of(element)
        ]
        bold = len(first) > 1 and all(map(is_bold, first))
        headers = int(bold and not any(all(map(is_bold, row)) for row in others[:1]))
    return Table(rows, headers or None)


def _is_head(cell: HtmlElement) -> bool:
    return bool(cell.tag == "th" or cell.get("role") == "head")


def is_bold(element: HtmlElement) -> bool:
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


def is_arranged(element: HtmlElement, table: Table) -> bool:
    """Whether a table without headers sets texts of several lines beside each other.

    So the heads and the signatures of letters are written, and lives.
    """
    rows = [[_lines_of(cell) for cell in row if cell.tag in CELLS] for row in rows_of(element)]
    rows = [row for row in rows if any(row)]
    if rows and len(rows) <= _TALLEST_HEAD and _STATE in fold(" ".join(table.rows[0])).lower():
        return True
    if table.headers is not None or is_header(table.rows[0], table.rows[1:]):
        return False
    tall = max((sum(len(lines) > 1 for lines in row) for row in rows), default=0)
    return tall > 1 or (tall == 1 and len(rows) == 1)


def _lines_of(element: HtmlElement) -> list[str]:
    """The lines of text inside `element`: its paragraphs, items and broken lines."""
    parts: list[str] = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(inner.tag, str):
            continue
        breaks = inner.tag in BLOCKS or inner.tag in ("br", "lb")
        parts.append("\n" if breaks else "")
        if event == "start" or inner is not element:
            said = inner.text if event == "start" else inner.tail
            parts.append(re.sub(r"\s+", " ", said or ""))
    lines = map(clean, "".join(parts).split("\n"))
    return [line for line in lines if any(map(str.isalnum, line))]


def signed(cell: HtmlElement) -> str:
    """The office and the name of a cell that is a signature, as one line; else nothing."""
    *offices, name = _lines_of(cell) or [""]
    if not offices or len(offices) >= _LONGEST_SIGNATURE or not offices[0].isupper():
        return ""
    if any(SENTENCE_END.search(line) or ": " in line for line in offices):
        return ""
    names = name.replace(".", ". ").split()
    named = _SIGNER.fullmatch(name) and not name.isupper() and all(n[0].isupper() for n in names)
    return f"{' '.join(offices)}: {name}" if named else ""
