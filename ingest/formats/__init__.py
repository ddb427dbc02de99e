"""One reader a format. They run in a process of their own, see `ingest/worker.py`."""

from __future__ import annotations

from collections.abc import Callable

from ingest.limits import Limits
from ingest.outline import Parsed

OnPage = Callable[[int], None]
Reader = Callable[[bytes, Limits, OnPage], Parsed]

# Suffix → module of this package, each with a function `read`, and the name of the format.
FORMATS = {
    ".html": ("html", "HTML"),
    ".htm": ("html", "HTML"),
    ".xhtml": ("html", "HTML"),
    ".pdf": ("pdf", "PDF"),
    ".docx": ("docx", "DOCX"),
    ".pptx": ("pptx", "PPTX"),
    ".xlsx": ("xlsx", "XLSX"),
    ".xlsm": ("xlsx", "XLSX"),
    ".csv": ("csv", "CSV"),
    ".tsv": ("csv", "CSV"),
    ".epub": ("epub", "EPUB"),
}

# What is met in offices and has a successor.
OLD_FORMATS = {
    ".doc": ".docx",
    ".rtf": ".docx",
    ".odt": ".docx",
    ".xls": ".xlsx",
    ".xlsb": ".xlsx",
    ".ods": ".xlsx",
    ".ppt": ".pptx",
    ".odp": ".pptx",
    ".mht": ".html",
    ".mhtml": ".html",
    ".mobi": ".epub",
}
