"""What every test stands on: no network, no settings of the developer's, one small library."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bilingual.encoder import Encoder
from bilingual.encoders import load_encoder
from ingest import ingest
from rag import Assistant, Settings
from tests.network import refuse_network

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "documents"

# How fast a machine is, and what else it does, is no property of the program.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Started in the background, a shell has its children ignore Ctrl-C, and theirs.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_attempts: list[str] = []
refuse_network(_attempts.append)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """Fails the test that reaches for the network, even if the code under test hid the refusal.

    Gives the attempts so far; a test that expects some clears the list.
    """
    _attempts.clear()
    yield _attempts
    assert not _attempts, _attempts


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the developer's own settings and language away."""
    for name in list(os.environ):
        if name.startswith("TRICHDAN_") and name not in ("TRICHDAN_CHROMIUM", "TRICHDAN_ORIGINALS"):
            monkeypatch.delenv(name)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def default_encoder() -> Encoder:
    """The encoder that is used where none is chosen."""
    return load_encoder("default")


@pytest.fixture(scope="session")
def paris_library(tmp_path_factory: pytest.TempPathFactory, default_encoder: Encoder) -> Path:
    """The folder of a library of the two shipped documents. Only for reading."""
    folder = tmp_path_factory.mktemp("paris") / "library"
    report = ingest([DOCUMENTS], folder, default_encoder)
    assert len(report.added) == 2 and not report.skipped
    return folder


@pytest.fixture(scope="session")
def paris(paris_library: Path) -> Iterator[Assistant]:
    """An assistant over the two shipped documents, without a language model."""
    with Assistant.open(Settings(library=paris_library)) as assistant:
        yield assistant
