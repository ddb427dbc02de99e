"""Tables as rows that can be read one by one: "Month: March; Revenue: 1,200"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[-+(]?(?:[₫$€£¥]\s?)?[\d.,\s]*\d[\d.,\s]*\)?\s*(?:%|[^\W\d]{0,4}|[₫$€£¥])?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[ T]\d{1,2}:\d{2}.*)?")
_LONGEST_HEADER = 80
_MOST_HEADERS = 3

# A cell beyond this holds paragraphs: the table is there for the layout of the page.
_LONGEST_CELL = 1_000


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of a table, row by row; merged cells are repeated in each place that they cover.

    Attributes:
        headers: How many rows at the top are marked as column headers; None if nothing says so.
    """

    rows: Sequence[Sequence[str]]
    headers: int | None = None


def readable_rows(table: Table) -> Iterator[str]:
    """Each row of `table` as one line that names its columns.

    A row that is one merged cell, or has one cell, stands as it is: it is a caption or a subtitle.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in table.rows]
    headers = table.headers if table.headers is not None else merged_headers(rows)
    names: list[str] = []
    known = False
    for number, row in enumerate(rows):
        held = distinct(row)
        if len(held) < 2:
            yield from held
            continue
        if headers is not None and number < headers:
            names = joined(names, row)
            known = True
            continue
        if not known:
            known = True
            if headers is None and is_header(row, rows[number + 1 :]):
                names = row
                continue
        yield _row(row, names)
    if known and names and not any(len(distinct(row)) > 1 for row in _body(rows, names, headers)):
        yield " | ".join(distinct(names))  # a table of headers alone


def is_header(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether `row` names the columns of the rows `below` it, told by what stands in them."""
    filled = [cell for cell in row if cell]
    body = [other for other in below if sum(bool(cell) for cell in other) > 1]
    if not body or len(filled) < 2 or len(set(filled)) < len(filled):
        return False
    if any(is_value(cell) or len(cell) > _LONGEST_HEADER for cell in filled):
        return False
    columns = [[other[place] for other in body if place < len(other)] for place in range(len(row))]
    valued = [
        bool(row[place]) and _mostly_values(column)
        for place, column in enumerate(columns)
        if any(column)
    ]
    if len(filled) == 2 and max(len(other) for other in body) == 2:
        # Two columns are as often names with their values: "Name | An", "Age | 30".
        return len(body) > 1 and valued[-1:] == [True]
    return any(valued) or len(filled) >= 3


def merged_headers(rows: Sequence[Sequence[str]]) -> int | None:
    """How many rows at the top are headers, where a merged cell names several columns."""
    first = next((place for place, row in enumerate(rows) if len(distinct(row)) > 1), len(rows))
    if first + 2 >= len(rows) or len(distinct(rows[first])) == sum(map(bool, rows[first])):
        return None
    last = first
    while last < len(rows) and last - first < _MOST_HEADERS and not any(map(is_value, rows[last])):
        last += 1
    body = rows[last:]
    valued = body and any(map(is_value, body[0]))
    return last if valued and last - first > 1 else None


def is_value(cell: str) -> bool:
    """Whether a cell holds a number, an amount or a date."""
    return bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell))


def is_layout(table: Table) -> bool:
    """Whether the cells hold running text, or there is one cell only."""
    cells = [cell for row in table.rows for cell in row]
    return len(cells) < 2 or any(len(cell) > _LONGEST_CELL for cell in cells)


def _mostly_values(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell]
    return 2 * sum(map(is_value, filled)) > len(filled)


def _row(row: Sequence[str], names: Sequence[str]) -> str:
    if not names:
        held = distinct(row)
        return f"{held[0].rstrip(':')}: {held[1]}" if len(held) == 2 else " | ".join(held)
    parts: list[str] = []
    for place, cell in enumerate(row):
        name = names[place].rstrip(":") if place < len(names) else ""
        if cell and not (place and cell == row[place - 1] and name == names[place - 1].rstrip(":")):
            parts.append(f"{name}: {cell}" if name and name != cell else cell)
    return "; ".join(parts)


def distinct(row: Sequence[str]) -> list[str]:
    """The filled cells, those that are merged once."""
    return [
        cell for place, cell in enumerate(row) if cell and not (place and row[place - 1] == cell)
    ]


def joined(names: Sequence[str], row: Sequence[str]) -> list[str]:
    """Column names of several rows: "2024 – Q1"."""
    if not names:
        return list(row)
    wide = max(len(names), len(row))
    above = [*names, *[""] * (wide - len(names))]
    below = [*row, *[""] * (wide - len(row))]
    return [
        a if a == b or not b else b if not a else f"{a} – {b}"
        for a, b in zip(above, below, strict=True)
    ]


def _body(
    rows: Sequence[Sequence[str]], names: Sequence[str], headers: int | None
) -> Sequence[Sequence[str]]:
    if headers is not None:
        return rows[headers:]
    return [row for row in rows if list(row) != list(names)]
