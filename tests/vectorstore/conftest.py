from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vectorstore.chroma_run import ChromaRun
from tests.vectorstore.documents import DIM, ENCODER, OpenLibrary, OpenWriter
from vectorstore import ChromaServer, Library, Writer


@pytest.fixture(autouse=True)
def as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the collection asked: libraries as small as the tests' compare all of their passages."""
    monkeypatch.setattr("vectorstore.generation.EXACT_UP_TO", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture(scope="session")
def chroma_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaRun]:
    """A Chroma server on this machine, for all tests that need one."""
    with ChromaRun(tmp_path_factory.mktemp("chroma")) as running:
        yield running


@pytest.fixture
def server(request: pytest.FixtureRequest) -> ChromaServer | None:
    """Where the vectors' index is kept: in files, unless the module asks for both."""
    if getattr(request, "param", "files") == "files":
        return None
    running: ChromaRun = request.getfixturevalue("chroma_run")
    return running.server


@pytest.fixture
def writer(folder: Path, server: ChromaServer | None) -> OpenWriter:
    """Opens a writer of the test's library."""
    return lambda **options: Writer(folder, ENCODER.name, DIM, **{"server": server, **options})


@pytest.fixture
def open_library(folder: Path, server: ChromaServer | None) -> OpenLibrary:
    return lambda: Library.open(folder, ENCODER.name, DIM, server=server)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What holds of a library holds wherever its vectors' index is kept."""
    contract = {"test_building", "test_library", "test_snapshot", "test_writer"}
    if (
        metafunc.module.__name__.rpartition(".")[2] in contract
        and "server" in metafunc.fixturenames
    ):
        metafunc.parametrize("server", ["files", "chroma-run"], indirect=True)
