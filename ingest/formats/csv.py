"""Comma-separated values, whatever the separator."""

from __future__ import annotations

import csv
import io

from ingest.composing import Composer
from ingest.decoding import decode_text
from ingest.formats.sheet import Sheet
from ingest.limits import Limits
from ingest.outline import Parsed

_SEPARATORS = ",;\t|"
_SAMPLE_CHARS = 20_000
_SAMPLE_LINES = 50


def read(data: bytes, limits: Limits, on_page: object) -> Parsed:
    """Read a table; the first row names the columns unless it holds figures."""
    text = decode_text(data)
    csv.field_size_limit(limits.text_chars)
    composer = Composer(limits)
    sheet = Sheet(composer, named=True)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)):
        sheet.row(row)
    sheet.finish()
    return composer.finish()


def _separator(text: str) -> str:
    """The separator that gives the first lines the same number of cells, more than one."""
    sample = text[:_SAMPLE_CHARS].splitlines()[:_SAMPLE_LINES]
    best, most = ",", 0.0
    for separator in _SEPARATORS:
        wide = [len(row) for row in csv.reader(sample, delimiter=separator) if row]
        usual = max(set(wide), key=wide.count, default=1)
        if usual > 1 and (score := wide.count(usual) * (1 + usual / 1000)) > most:
            best, most = separator, score
    return best
