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
from ingest.formats.number_format import number
from ingest.formats.sheet import Sheet
from ingest.formats.sheet_look import look_of
from ingest.limits import Limits
from ingest.outline import Parsed

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')

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
            for place, sheet in enumerate(workbook.worksheets, 1):
                if sheet.sheet_state == "visible":
                    _sheet(sheet, composer, on_page)
                on_page(place)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, TypeError) as exc:
        raise FileDamagedError(format="XLSX") from exc
    return composer.finish()


def _sheet(sheet: Any, composer: Composer, on_page: Callable[[int], None]) -> None:
    composer.heading(1, sheet.title)
    with sheet._get_source() as source:
        look = look_of(source)
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    rows = Sheet(composer)
    blank = 0
    for place, row in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1):
        cells = [shown(cell.value, cell.number_format) if cell.value is not None else ""
                 for cell in row]  # fmt: skip
        while cells and not cells[-1]:  # each row is filled up to the last column
            cells.pop()
        cells = look.shown(place, cells)
        if place in look.hidden_rows:
            continue
        blank = 0 if any(cells) else blank + 1
        if blank > _BLANK_ROWS:
            break
        rows.row(cells)
        if place % 1000 == 1:
            on_page(place)
    rows.finish()


def shown(value: Any, number_format: str) -> str:
    """A cell's value about as the spreadsheet shows it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value, number_format)
    if isinstance(value, datetime):
        at, day = value.time(), _date(value.date(), number_format)
        return day if at == time() else f"{day} {at:%H:%M}"
    if isinstance(value, date):
        return _date(value, number_format)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _date(day: date, number_format: str) -> str:
    """A date in one order, whatever the sheet's, without a day or month that it does not show."""
    shape = _QUOTED.sub("", number_format or "").split(";")[0].lower()
    if "y" in shape and "d" not in shape:
        return f"{day.month:02d}/{day.year}" if "m" in shape else str(day.year)
    return f"{day.day:02d}/{day.month:02d}/{day.year}"
