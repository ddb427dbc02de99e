"""What a worksheet hides and which cells are merged; openpyxl tells it of whole workbooks only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

from lxml import etree

_SPACE = "{*}"
_MOST_COLUMNS = 1_000
_MOST_MERGED = 100_000


@dataclass(slots=True)
class Look:
    """How the cells of a sheet look, row after row.

    Attributes:
        hidden_rows: Their numbers, from 1, those that a filter hides too.
        hidden_columns: Their places, from 0.
        merged: By the first row, what is merged: the last row, the first column, and the one
            behind the last.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    _open: list[tuple[int, int, int, str]] = field(default_factory=list)

    def shown(self, number: int, cells: Sequence[str]) -> list[str]:
        """What is seen in the row `number`; merged cells are in each place that they cover.

        A row that only merged cells of rows above reach into stays blank. It must be asked of
        each row in order, of hidden ones too.
        """
        row = list(cells)
        self._open = [one for one in self._open if one[0] >= number]
        reaching = self._open if any(row) else []
        for last, left, right in self.merged.get(number, ()):
            value = row[left] if left < len(row) else ""
            if value:
                row = _filled(row, left, right, value)
                self._open.append((last, left, right, value))
        for last, left, right, value in reaching:
            if last >= number:
                row = _filled(row, left, right, value)
        if self.hidden_columns:
            row = [cell for place, cell in enumerate(row) if place not in self.hidden_columns]
        return row


def _filled(row: list[str], left: int, right: int, value: str) -> list[str]:
    row += [""] * (right - len(row))
    row[left:right] = [value] * (right - left)
    return row


def look_of(source: IO[bytes]) -> Look:
    """Read how the sheet in `source` looks, without keeping its cells."""
    from openpyxl.utils import range_boundaries

    look = Look()
    merged = row = 0
    tags = [f"{_SPACE}{name}" for name in ("row", "col", "mergeCell")]
    for _, element in etree.iterparse(source, tag=tags, resolve_entities=False, no_network=True):
        name = etree.QName(element).localname
        hidden = element.get("hidden") in ("1", "true")
        if name == "row":
            row = int(element.get("r") or row + 1)
            if hidden:
                look.hidden_rows.add(row)
        elif name == "col" and hidden:
            first, last = int(element.get("min") or 1), int(element.get("max") or 1)
            look.hidden_columns.update(range(first - 1, min(last, _MOST_COLUMNS)))
        elif name == "mergeCell" and merged < _MOST_MERGED:
            merged += 1
            left, top, right, bottom = range_boundaries(element.get("ref"))
            if left <= _MOST_COLUMNS:
                reach = (bottom, left - 1, min(right, _MOST_COLUMNS))
                look.merged.setdefault(top, []).append(reach)
        element.clear()
        while name == "row" and element.getprevious() is not None:
            del element.getparent()[0]
    return look
