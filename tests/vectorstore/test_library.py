from __future__ import annotations

import errno
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.vectorstore.documents import DIM, ENCODER, OpenLibrary, OpenWriter, document, publish
from vectorstore import Library, Snapshot, Writer
from vectorstore.errors import (
    EncoderMismatchError,
    LibraryDamagedError,
    LibraryLockedError,
    LibraryMissingError,
    LibraryTooNewError,
    SnapshotLostError,
    StoreError,
)
from vectorstore.translation import catalogue_errors

A = document("/in/a.txt", "The first sentence.", "The second sentence.")


def test_a_folder_without_a_library_says_how_to_make_one(open_library: OpenLibrary) -> None:
    with pytest.raises(LibraryMissingError, match="ingest"):
        open_library()


def test_a_catalogue_that_was_never_finished_is_no_library(
    folder: Path, open_library: OpenLibrary, writer: OpenWriter
) -> None:
    folder.mkdir()
    (folder / "catalogue.sqlite").touch()
    with pytest.raises(LibraryMissingError):
        open_library()
    with writer() as w:
        publish(w, A)
    open_library().close()


def test_a_library_that_may_not_be_written_says_what_to_do(
    writer: OpenWriter, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    with pytest.raises(LibraryLockedError) as caught, catalogue_errors(folder):
        readable = sqlite3.connect(f"file:{folder / 'catalogue.sqlite'}?mode=ro", uri=True)
        with closing(readable):
            readable.execute("DELETE FROM documents")
    assert (
        "copy it" in caught.value.message("en") and "hãy xin" in caught.value.message("vi").lower()
    )
    with pytest.raises(LibraryLockedError), catalogue_errors(folder):
        raise PermissionError(errno.EACCES, "Permission denied", "write.lock")


def test_another_encoder_or_width_is_refused_by_name(writer: OpenWriter, folder: Path) -> None:
    with writer() as w:
        publish(w, A)
    with pytest.raises(EncoderMismatchError, match=r"hash-encoder.*other"):
        Library.open(folder, "other", DIM)
    with pytest.raises(EncoderMismatchError, match=r"32-d.*384-d"):
        Library.open(folder, ENCODER.name, 384)
    with Library.open(folder) as library, library.snapshot() as snapshot:
        assert len(snapshot.documents()) == 1


def test_a_newer_schema_is_refused(writer: OpenWriter, folder: Path) -> None:
    with writer():
        pass
    connection = sqlite3.connect(folder / "catalogue.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LibraryTooNewError, match="99"):
        Library.open(folder)
    with pytest.raises(LibraryTooNewError, match="99"), writer():
        pass


def test_a_damaged_catalogue_is_named_as_such(folder: Path) -> None:
    folder.mkdir()
    (folder / "catalogue.sqlite").write_bytes(b"not a database, but long enough for one" * 200)
    with pytest.raises(LibraryDamagedError, match="not a database"):
        Library.open(folder)


def test_an_empty_library_finds_nothing(writer: OpenWriter, open_library: OpenLibrary) -> None:
    with writer():
        pass
    with open_library() as library, library.snapshot() as snapshot:
        assert snapshot.generation == snapshot.passage_count == 0
        assert snapshot.dense(ENCODER.encode_question("anything"), 3) == []
        assert snapshot.lexical({"anything": 1.0}, 3) == []
        assert snapshot.document_frequency("anything") == 0


def test_a_snapshot_keeps_its_generation_and_the_next_one_moves_on(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
        with open_library() as library:
            with library.snapshot() as old:
                publish(w, document("/in/a.txt", "Changed."))
                with library.snapshot() as new:
                    assert new.text("a") == "Changed."
                    assert len(new.lexical({"changed": 1.0}, 3)) == 1
                assert old.text("a").startswith("The first")
                assert old.lexical({"changed": 1.0}, 3) == []
                assert len(old.dense(ENCODER.encode_question("first"), 9)) == 2
            publish(w, document("/in/b.txt", "More."))
            assert len(list((folder / "generations").iterdir())) == 2  # one is still open
        publish(w, document("/in/b.txt", "Even more."))
    assert len(list((folder / "generations").iterdir())) == 1


def test_a_collection_outlives_the_generation_it_was_opened_for(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer(copy_from_passages=1) as w, open_library() as library:
        publish(w, A)
        library.warm()
        for number in range(4):
            publish(w, document("/in/b.txt", f"Number {number}."))
            library.warm()
            publish(w, document("/in/c.txt", f"Number {number}."))
            assert len(list((folder / "generations").iterdir())) <= 2
            with library.snapshot() as snapshot:
                assert len(snapshot.dense(ENCODER.encode_question("first"), 9)) == 4


def test_what_a_dead_reader_had_open_is_removed(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    code = (
        "import os, signal; from pathlib import Path; from vectorstore import Library\n"
        f"Library.open(Path({str(folder)!r})).warm(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    with open_library() as library:
        library.warm()
        with writer():
            pass
        assert len(list((folder / "open").glob("*"))) == len(
            list((folder / "open").glob("*/*.sql*"))
        )
    assert not list((folder / "open").glob("*"))


def test_a_library_put_in_the_place_of_another_is_noticed(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    with open_library() as library:
        library.warm()
        shutil.rmtree(folder)
        with pytest.raises(LibraryMissingError):
            library.snapshot()
        with writer() as w:
            publish(w, document("/in/b.txt", "Something else."))
        with library.snapshot() as snapshot:
            assert [found.id for found in snapshot.documents()] == ["b"]
            assert len(snapshot.lexical({"something": 1.0}, 3)) == 1


def test_a_snapshot_of_a_library_that_was_replaced_leaves_nothing_to_the_next(
    folder: Path,
) -> None:
    with Writer(folder, "old", DIM):
        pass
    with Library.open(folder) as library:
        with library.snapshot() as old:
            shutil.rmtree(folder)
            with Writer(folder, "new", DIM):
                pass
            library.snapshot().close()
            assert old.encoder == "old"
        with library.snapshot() as snapshot:
            assert snapshot.encoder == "new"


def test_a_snapshot_of_a_library_that_was_replaced_is_not_given_the_new_index(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    with open_library() as library:
        with library.snapshot() as old:
            shutil.rmtree(folder)
            with writer() as w:
                publish(w, document("/in/b.txt", "Something else.", "And more."))
            with pytest.raises(SnapshotLostError):
                old.lexical({"something": 1.0}, 3)
        with library.snapshot() as snapshot:
            assert len(snapshot.lexical({"something": 1.0}, 3)) == 1


def test_closing_a_library_closes_what_its_last_snapshot_still_used(
    writer: OpenWriter, open_library: OpenLibrary
) -> None:
    with writer() as w:
        publish(w, A)
    with open_library() as library:
        snapshot = library.snapshot()
    assert [found.id for found in snapshot.documents()] == ["a"]
    snapshot.close()
    with pytest.raises(StoreError, match="closed"):
        snapshot.documents()


def test_threads_see_whole_generations_while_a_writer_publishes(
    writer: OpenWriter, open_library: OpenLibrary
) -> None:
    with writer() as w:
        publish(w, _version(0))
        stop, errors, seen = threading.Event(), [], set()

        def read() -> None:
            try:
                while not stop.is_set():
                    with library.snapshot() as snapshot:
                        seen.add(_check_version(snapshot))
            except BaseException as exc:  # noqa: BLE001 a panic is one
                errors.append(exc)

        with open_library() as library:
            threads = [threading.Thread(target=read) for _ in range(4)]
            for thread in threads:
                thread.start()
            for number in range(1, 8):
                publish(w, _version(number))
            stop.set()
            for thread in threads:
                thread.join()
            assert errors == []
            with library.snapshot() as snapshot:
                assert _check_version(snapshot) == 7
    assert len(seen) > 1


def _version(number: int):
    return document("/in/a.txt", *(f"Line {line} of version v{number}." for line in range(5)))


def _check_version(snapshot: Snapshot) -> int:
    """The version that a snapshot shows, the same in catalogue and both indexes."""
    text = snapshot.text("a")
    number = int(text.rsplit("v", 1)[1].rstrip("."))
    near = snapshot.dense(ENCODER.encode_question("Line 3"), 10)
    exact = snapshot.lexical({f"v{number}": 1.0}, 10)
    for found in (near, exact):
        passages = snapshot.passages([neighbour.passage for neighbour in found])
        assert len(passages) == 5
        assert all(passage.text == text[passage.start : passage.end] for passage in passages)
    return number


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, vectorstore; print({'chromadb', 'tantivy'} & set(sys.modules))"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert run.stdout == "set()\n"


def test_a_writer_and_readers_share_one_process(folder: Path, writer: OpenWriter) -> None:
    with Writer(folder, ENCODER.name, DIM) as w, Library.open(folder) as library:
        publish(w, A)
        library.warm()
        publish(w, document("/in/b.txt", "More."))
        with library.snapshot() as snapshot:
            assert snapshot.passage_count == 3
