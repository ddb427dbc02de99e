from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectorstore.documents import DIM, ENCODER, OpenLibrary, OpenWriter
from vectorstore import Library, Writer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def writer(folder: Path) -> OpenWriter:
    """Opens a writer of the test's library."""
    return lambda **options: Writer(folder, ENCODER.name, DIM, **options)


@pytest.fixture
def open_library(folder: Path) -> OpenLibrary:
    return lambda: Library.open(folder, ENCODER.name, DIM)
