from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.limits import Limits
from ingest.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One parsing process for all tests that do it no harm."""
    with Sandbox(Limits()) as sandbox:
        yield sandbox
