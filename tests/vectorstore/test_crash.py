"""A process killed at any step of a publish leaves the old or the new library, whole."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from tests.vectorstore.documents import (
    DIM,
    ENCODER,
    OpenLibrary,
    OpenWriter,
    document,
    keep,
    publish,
)
from vectorstore import Library, NewDocument, Writer, embedding_key
from vectorstore.building import STEPS, Step

OLD = document("/in/a.txt", "Old words here.", "They stay the same.")
NEW = document("/in/a.txt", "New words here.", "They stay the same.", "And one more.")

# Only modules are loaded before the fork: Chroma's threads must not be running by then.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["chromadb", "tantivy", "tests.vectorstore.documents"])


def _publish_until(folder: Path, at: Step) -> None:
    def die(step: Step) -> None:
        if step == at:
            os.kill(os.getpid(), signal.SIGKILL)

    with Writer(folder, ENCODER.name, DIM, on_step=die, copy_from_passages=1) as writer:
        publish(writer, NEW)


@pytest.mark.parametrize("at", STEPS)
def test_a_kill_leaves_the_old_or_the_new_library(
    at: Step,
    folder: Path,
    writer: OpenWriter,
    open_library: OpenLibrary,
) -> None:
    with writer() as w:
        publish(w, OLD)
    with open_library() as serving:
        serving.warm()
        child = _processes.Process(target=_publish_until, args=(folder, at))
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        expected = NEW if at in ("committed", "cleaned") else OLD
        _check(serving, expected)
        with open_library() as opened_later:
            _check(opened_later, expected)
    with writer() as w:  # no lock is left, and nothing has to be embedded again
        assert w.known_vectors([embedding_key("New words here.")])
        w.publish(added=[NEW])
    with open_library() as library, library.snapshot() as snapshot:
        assert snapshot.text("a") == NEW.text
        assert len(snapshot.dense(ENCODER.encode_question("words"), 9)) == 3
    assert len(list((folder / "generations").iterdir())) == 1


def _check(library: Library, expected: NewDocument) -> None:
    """All of the library is `expected`."""
    with library.snapshot() as snapshot:
        assert snapshot.text("a") == expected.text
        assert snapshot.passage_count == len(expected.passages)
        assert len(snapshot.lexical({"words": 1.0}, 9)) == 1
        near = snapshot.dense(ENCODER.encode_question(expected.text[:15]), 1)[0]
        assert snapshot.passages([near.passage])[0].text == expected.text[:15]


def _check(library: Library, expected: NewDocument) -> None:
    """All of the library is `expected`."""
    with library.snapshot() as snapshot:
        assert snapshot.text("a") == expected.text
        assert snapshot.passage_count == len(expected.passages)
        assert len(snapshot.lexical({"words": 1.0}, 9)) == 1
        near = snapshot.dense(ENCODER.encode_question(expected.text[:15]), 1)[0]
        assert snapshot.passages([near.passage])[0].text == expected.text[:15]


def test_vectors_kept_before_a_kill_are_known_afterwards(folder: Path, writer: OpenWriter) -> None:
    child = _processes.Process(target=_keep_and_die, args=(folder,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with writer() as w:
        keys = [embedding_key(passage.embedded_text) for passage in NEW.passages]
        assert w.known_vectors(keys) == set(keys)


def _keep_and_die(folder: Path) -> None:
    with Writer(folder, ENCODER.name, DIM) as writer:
        keep(writer, [NEW])
        os.kill(os.getpid(), signal.SIGKILL)
