"""Rows of a spreadsheet, one after another, without keeping more than the head of a table."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.composing import Composer
from ingest.tables import (
    Table,
    distinct,
    is_header,
    is_value,
    joined,
    merged_headers,
    readable_rows,
)

# So many rows are looked at to tell whether the first one names the columns.
_LOOKED_AT = 30


class Sheet:
    """Takes the rows of a sheet; blank rows part one table from the next."""

    def __init__(self, composer: Composer, *, named: bool = False) -> None:
        """Prepare; `named` says that the first row is there to name the columns."""
        self._composer = composer
        self._named = named
        self._waiting: list[list[str]] = []
        self._names: list[str] | None = None
        self._ended = False

    def row(self, cells: Sequence[str]) -> None:
        """The next row."""
        row = [" ".join(cell.split()) for cell in cells]
        if not any(row):
            self._ended = True
            return
        if self._ended and self._names is not None and not self._goes_on(row):
            self._names = None
        if self._ended:
            self._settle()
            self._ended = False
        held = distinct(row)
        if self._names is not None and len(held) == 1:
            self._composer.rows(held)
        elif len(held) == 1 and not self._waiting:
            self._composer.paragraph(held[0])
        elif self._names is not None:
            self._write([row])
        else:
            self._waiting.append(row)
            if len(self._waiting) >= _LOOKED_AT:
                self._settle()

    def finish(self) -> None:
        """No row is left."""
        self._settle()

    def _goes_on(self, row: Sequence[str]) -> bool:
        """Whether a row after a blank one still belongs to the table above."""
        return len(distinct(row)) > 1 and not is_header(_once(row), [self._like(row)])

    def _like(self, row: Sequence[str]) -> list[str]:
        return ["0" if cell else "" for cell in row]

    def _settle(self) -> None:
        """The head of a table is complete: find its columns' names."""
        rows, self._waiting = self._waiting, []
        if not rows:
            return
        named, self._named = self._named and not any(map(is_value, rows[0])), False
        headers = None if named else merged_headers(rows)
        if headers:
            self._names = []
            for row in rows[:headers]:
                self._names = joined(self._names, row)
            rows = rows[headers:]
        elif is_header(_once(rows[0]), rows[1:]) or (named and sum(map(bool, rows[0])) > 1):
            self._names = rows[0]
            rows = rows[1:]
        elif self._names is None:
            self._names = []
        self._write(rows)

    def _write(self, rows: Sequence[Sequence[str]]) -> None:
        names = self._names or []
        table = Table([names, *rows], headers=1) if names else Table(rows, headers=0)
        self._composer.rows(readable_rows(table))


def _once(row: Sequence[str]) -> list[str]:
    """A row with its merged cells in one place each."""
    return ["" if place and cell == row[place - 1] else cell for place, cell in enumerate(row)]
