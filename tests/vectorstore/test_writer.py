from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bilingual.errors import EncoderOutputError
from tests.vectorstore.documents import (
    DIM,
    ENCODER,
    OpenLibrary,
    OpenWriter,
    document,
    keep,
    publish,
)
from vectorstore import Library, Writer, embedding_key
from vectorstore.building import STEPS, Step
from vectorstore.errors import (
    DocumentMissingError,
    EncoderMismatchError,
    LibraryBusyError,
    LibraryFullError,
    LibraryShortError,
)

A = document("/in/a.txt", "The first sentence.", "The second sentence.")


def words(library: Library, term: str) -> int:
    with library.snapshot() as snapshot:
        return len(snapshot.lexical({term: 1.0}, 10))


def test_an_edit_replaces_the_document_and_keeps_its_id(
    writer: OpenWriter, open_library: OpenLibrary
) -> None:
    with writer() as w:
        publish(w, A)
        old = [p.id for p in _passages(open_library(), "a")]
        publish(w, document("/in/a.txt", "The first sentence.", "Another one."))
    new = _passages(open_library(), "a")
    assert [passage.text for passage in new] == ["The first sentence.", "Another one."]
    assert not set(old) & {passage.id for passage in new}
    assert words(open_library(), "second") == 0
    assert words(open_library(), "another") == 1


def _passages(library: Library, document_id: str) -> list:
    with library, library.snapshot() as snapshot:
        return snapshot.passages_of(document_id)


def test_ids_are_readable_and_never_shared(writer: OpenWriter) -> None:
    with writer() as w:
        publish(
            w,
            document("/in/Tuyên bố chung, Paris 2025.txt", "One."),
            document("/other/Tuyên bố chung, Paris 2025.txt", "Two."),
            document("https://example.org/n/tuyen-bo-chung-paris-2025.html?x=1", "Three."),
            document("/in/….txt", "Four."),
        )
        assert {found.id for found in w.documents()} == {
            "tuyen-bo-chung-paris-2025",
            "tuyen-bo-chung-paris-2025-2",
            "tuyen-bo-chung-paris-2025-3",
            "document",
        }


def test_a_rename_keeps_id_and_generation(writer: OpenWriter, open_library: OpenLibrary) -> None:
    with writer() as w:
        generation = publish(w, A)
        assert w.publish(renamed={"a": "/elsewhere/b.txt"}) == generation
        with pytest.raises(DocumentMissingError):
            w.publish(renamed={"nobody": "/c.txt"})
    with open_library() as library, library.snapshot() as snapshot:
        assert snapshot.document("a").source == "/elsewhere/b.txt"


def test_a_removed_document_cannot_be_found(writer: OpenWriter, open_library: OpenLibrary) -> None:
    with writer() as w:
        publish(w, A, document("/in/b.txt", "Something else."))
        w.publish(removed=["a"])
    with open_library() as library, library.snapshot() as snapshot:
        assert [found.id for found in snapshot.documents()] == ["b"]
        assert snapshot.lexical({"sentence": 1.0}, 10) == []
        found = snapshot.dense(ENCODER.encode_question("The first sentence."), 10)
        assert [p.document for p in snapshot.passages([n.passage for n in found])] == ["b"]


def test_the_last_document_can_be_removed(writer: OpenWriter, open_library: OpenLibrary) -> None:
    with writer() as w:
        publish(w, A)
        w.publish(removed=["a"])
    with open_library() as library, library.snapshot() as snapshot:
        assert snapshot.documents() == []
        assert snapshot.dense(ENCODER.encode_question("first"), 3) == []
        assert snapshot.lexical({"first": 1.0}, 3) == []


def test_the_same_passage_twice_is_no_fault(writer: OpenWriter, open_library: OpenLibrary) -> None:
    with writer() as w:
        publish(w, document("/in/a.txt", *["The same."] * 12), document("/b.txt", "The same."))
    with open_library() as library, library.snapshot() as snapshot:
        assert len(snapshot.dense(ENCODER.encode_question("The same."), 20)) == 13


def test_vectors_are_kept_at_once_and_dropped_with_their_last_passage(writer: OpenWriter) -> None:
    key = embedding_key("The first sentence.")
    with writer() as w:
        keep(w, [A])
    with writer() as w:
        assert w.known_vectors([key, "unknown"]) == {key}
        w.publish(added=[A])
        publish(w, document("/in/b.txt", "The first sentence."))
        w.publish(removed=["a"])
        assert w.known_vectors([key, embedding_key("The second sentence.")]) == {key}
        w.publish(removed=["b"])
        assert w.known_vectors([key]) == set()


def test_a_document_without_vectors_is_refused(writer: OpenWriter) -> None:
    with writer() as w:
        with pytest.raises(ValueError, match="2 passages"):
            w.publish(added=[A])
        assert w.documents() == []


@pytest.mark.parametrize(
    "vector", [np.zeros(DIM), np.full(DIM, np.nan), np.ones(DIM), np.eye(DIM + 1)[0]]
)
def test_unusable_vectors_are_refused(writer: OpenWriter, vector: np.ndarray) -> None:
    with writer() as w, pytest.raises(EncoderOutputError, match="hash-encoder"):
        w.keep_vectors({"key": vector.astype(np.float32)})


def test_another_encoder_is_refused(writer: OpenWriter, folder: Path) -> None:
    with writer() as w:
        publish(w, A)
    with (
        pytest.raises(EncoderMismatchError, match=r"hash-encoder \(32-d\).*other \(7-d\)"),
        Writer(folder, "other", 7),
    ):
        pass
    with writer():  # the refused writer left no lock behind
        pass


def test_a_second_writer_is_told_who_holds_the_lock(writer: OpenWriter, folder: Path) -> None:
    held = (
        "import sys; from pathlib import Path; from vectorstore import Writer\n"
        f"with Writer(Path({str(folder)!r}), {ENCODER.name!r}, {DIM}):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", held],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LibraryBusyError, match=f"pid {other.pid}"), writer():
            pass
        other.kill()
    with writer():  # the lock died with its process
        pass


@pytest.mark.parametrize("at", STEPS)
def test_a_full_disk_leaves_the_library_as_it_was(
    at: Step, writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    def fill(step: Step) -> None:
        if step == at:
            raise OSError(errno.ENOSPC, "No space left on device")

    with writer() as w:
        publish(w, A)
    with writer(on_step=fill) as w:
        expected = OSError if at in ("committed", "cleaned") else LibraryFullError
        with pytest.raises(expected, match=r"disk is full|No space"):
            publish(w, document("/in/b.txt", "New words."))
    with open_library() as library, library.snapshot() as snapshot:
        published = at in ("committed", "cleaned")
        assert len(snapshot.documents()) == (2 if published else 1)
        assert len(snapshot.lexical({"words": 1.0}, 3)) == published
        assert len(snapshot.lexical({"first": 1.0}, 3)) == 1
        snapshot.check()
    assert len(list((folder / "generations").iterdir())) == 1


def test_a_build_that_cannot_fit_is_not_begun(
    writer: OpenWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writer() as w:
        keep(w, [A])
        monkeypatch.setattr("vectorstore.building._SPARE_BYTES", 1 << 60)
        with pytest.raises(LibraryShortError) as caught:
            w.publish(added=[A])
    assert "MB are needed" in caught.value.message("en")
    assert "MB, còn trống" in caught.value.message("vi")
