"""Spreadsheets: each sheet a section, each row a sentence that names its columns."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zipfile import BadZipFile

from ingest.composing import Composer
from ingest.errors import FileDamagedError
from ingest.formats.archive import open_archive
from ingest.formats.sheet import Sheet
from ingest.limits import Limits
from ingest.outline import Parsed

_PERCENT = re.compile(r"0(?:\.(0+))?%")
_DECIMALS = re.compile(r"0\.(0+)")

# Beyond this many columns there are only formats and no content.
_MOST_COLUMNS = 1_000
_BLANK_ROWS = 10_000


def read(data: bytes, limits: Limits, on_page: Callable[[int], None]) -> Parsed:
    """Read a workbook: what its cells show, formulas by their last result."""
    import warnings

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    open_archive(data, limits, "XLSX").close()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that hold no cells
            workbook = load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            composer = Composer(limits)
            composer.title(workbook.properties.title or "")
            for number, sheet in enumerate(workbook.worksheets, 1):
                if sheet.sheet_state == "visible":
                    _sheet(sheet, composer, on_page)
                on_page(number)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError) as exc:
        raise FileDamagedError(format="XLSX") from exc
    return composer.finish()


def _sheet(sheet: Any, composer: Composer, on_page: Callable[[int], None]) -> None:
    composer.heading(1, sheet.title)
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    rows = Sheet(composer)
    blank = 0
    for number, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS)):
        cells = [shown(cell.value, cell.number_format) if cell.value is not None else ""
                 for cell in row]  # fmt: skip
        blank = 0 if any(cells) else blank + 1
        if blank > _BLANK_ROWS:
            break
        rows.row(cells)
        if number % 1000 == 0:
            on_page(number)
    rows.finish()


def shown(value: Any, number_format: str) -> str:
    """A cell's value about as the spreadsheet shows it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        at = value.time()
        return _date(value.date()) if at == time() else f"{_date(value.date())} {at:%H:%M}"
    if isinstance(value, date):
        return _date(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _date(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _number(value: float, number_format: str) -> str:
    shape = (number_format or "").split(";")[0]
    if found := _PERCENT.search(shape):
        return f"{value * 100:.{len(found[1] or '')}f}%"
    grouped = "#,##" in shape
    if grouped or shape.startswith("0"):
        decimals = _DECIMALS.search(shape)
        places = len(decimals[1]) if decimals else 0
        return f"{value:,.{places}f}" if grouped else f"{value:.{places}f}"
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.10g}"
