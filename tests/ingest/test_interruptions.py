"""An ingest that is cut short, and what the next one finds."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bilingual.errors import EncoderError
from ingest import ingest
from tests.fakes import HashEncoder
from vectorstore import Library

_SENTENCES = 150
_BATCH = 64

# Only modules are loaded before the fork: Chroma's threads must not be running by then.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["chromadb", "tantivy", "ingest", "tests.fakes"])


class _InterruptedEncoder(HashEncoder):
    """Sends a signal to its own process in the middle of the second batch."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
        if self.encoded:
            os.kill(os.getpid(), self._number)
        return super().encode_passages(texts)


def _ingest_until(number: int, paths: list[Path], folder: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    ingest(paths, folder, _InterruptedEncoder(number))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    place = tmp_path / "documents"
    place.mkdir()
    for name in "ab":
        sentences = "".join(
            f"# Part {n}\n\nSentence {n} of {name}.\n\n" for n in range(_SENTENCES // 2)
        )
        (place / f"{name}.md").write_text(sentences)
    return place


def held(folder: Path) -> dict[str, list[str]]:
    """Source → texts of its passages, each looked up in the dense index as well."""
    encoder = HashEncoder()
    with Library.open(folder, encoder.name, encoder.dim) as library, library.snapshot() as snapshot:
        found: dict[str, list[str]] = {}
        ids: list[int] = []
        for document in snapshot.documents():
            text = snapshot.text(document.id)
            passages = snapshot.passages_of(document.id)
            assert all(passage.text == text[passage.start : passage.end] for passage in passages)
            found[Path(document.source).name] = [passage.text for passage in passages]
            ids += [passage.id for passage in passages]
        near = snapshot.dense(encoder.encode_question("Sentence"), 10 * len(ids) or 1)
        assert sorted(one.passage for one in near) == sorted(ids)
        return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_embedding_that_was_ended_is_resumed_and_nothing_is_doubled(
    number: signal.Signals, documents: Path, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    child = _processes.Process(target=_ingest_until, args=(number, [documents], folder))
    child.start()
    child.join(120)
    assert child.exitcode == (1 if number == signal.SIGINT else -number)
    assert held(folder) == {}
    encoder = HashEncoder()
    report = ingest([documents], folder, encoder)
    assert (len(report.added), report.passages) == (2, _SENTENCES)
    assert report.passages_embedded == len(encoder.encoded) == _SENTENCES - _BATCH
    found = held(folder)
    assert {name: len(texts) for name, texts in found.items()} == {"a.md": 75, "b.md": 75}
    assert ingest([documents], folder, encoder).generation is None


def test_while_a_document_is_embedded_anew_its_old_version_is_served(
    documents: Path, folder: Path
) -> None:
    ingest([documents], folder, HashEncoder())
    before = held(folder)
    path = documents / "a.md"
    path.write_text(path.read_text().replace("Sentence", "Statement"))

    class Failing(HashEncoder):
        def encode_passages(self, texts: Sequence[str]) -> np.ndarray:
            if self.encoded:
                raise EncoderError(detail="out of memory")
            assert held(folder) == before
            return super().encode_passages(texts)

    with Library.open(folder) as serving:
        with pytest.raises(EncoderError, match="out of memory"):
            ingest([documents], folder, Failing())
        with serving.snapshot() as snapshot:
            assert len(snapshot.lexical({"sentence": 1.0}, 1000)) == _SENTENCES
            assert snapshot.lexical({"statement": 1.0}, 1000) == []
        assert held(folder) == before
        report = ingest([documents], folder, HashEncoder())
        assert (len(report.changed), report.passages_embedded) == (1, _SENTENCES // 2 - _BATCH)
        with serving.snapshot() as snapshot:
            assert len(snapshot.lexical({"sentence": 1.0}, 1000)) == _SENTENCES // 2
            assert len(snapshot.lexical({"statement": 1.0}, 1000)) == _SENTENCES // 2


@pytest.mark.parametrize("at", ["begun", "verified", "switching", "committed"])
def test_a_publish_that_was_killed_is_made_up_for_by_the_next_ingest(
    at: str, documents: Path, folder: Path
) -> None:
    child = _processes.Process(target=_ingest_until_step, args=(at, documents, folder))
    child.start()
    child.join(120)
    assert child.exitcode == -signal.SIGKILL
    assert len(held(folder)) == (2 if at == "committed" else 0)
    encoder = HashEncoder()
    report = ingest([documents], folder, encoder)
    assert encoder.encoded == []
    assert len(report.unchanged if at == "committed" else report.added) == 2
    assert {name: len(texts) for name, texts in held(folder).items()} == {"a.md": 75, "b.md": 75}


def _ingest_until_step(at: str, documents: Path, folder: Path) -> None:
    import ingest.ingestion as ingestion
    from vectorstore import Writer

    def die(step: str) -> None:
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def writer(*arguments, **options) -> Writer:
        return Writer(*arguments, **options, on_step=die)

    ingestion.Writer = writer  # type: ignore[misc, assignment]
    ingest([documents], folder, HashEncoder())
