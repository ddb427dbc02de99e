"""Libraries of older versions are brought forward, after a copy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.vectorstore.documents import ENCODER, OpenLibrary, OpenWriter, document, publish
from vectorstore import Library, schema
from vectorstore.errors import LibraryBusyError

A = document("/in/a.txt", "The first sentence.", "The second sentence.")


def make_old(folder: Path) -> None:
    """What the first version of the schema left: no name, no readings, manifests of other form."""
    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection, connection:
        connection.execute("DELETE FROM meta WHERE key = 'library'")
        connection.execute("DROP TABLE readings")
        connection.execute("PRAGMA user_version = 1")
    for manifest in (folder / "generations").glob("*/manifest.json"):
        manifest.write_text('{"removed": 0, "files": {}}', encoding="utf-8")


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check(library: Library) -> None:
    with library.snapshot() as snapshot:
        assert snapshot.text("a") == A.text
        assert len(snapshot.dense(ENCODER.encode_question("first"), 9)) == 2
        assert len(snapshot.lexical({"first": 1.0}, 9)) == 1


@pytest.mark.parametrize("first", ["reader", "writer"])
def test_an_old_library_is_brought_forward_and_its_copy_kept(
    first: str, writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    make_old(folder)
    if first == "writer":
        with writer():
            pass
    with open_library() as library:
        check(library)
    assert version(folder / "catalogue.sqlite") == schema.SCHEMA_VERSION
    copy = folder / "catalogue.v1.sqlite"
    assert version(copy) == 1
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT text FROM documents").fetchall() == [(A.text,)]
    with writer() as w:
        publish(w, document("/in/b.txt", "More."))
    with open_library() as library, library.snapshot() as snapshot:
        assert len(snapshot.documents()) == 2


def test_an_old_library_that_is_being_written_is_left_alone(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
        make_old(folder)
        with pytest.raises(LibraryBusyError, match="pid"):
            open_library()
    assert version(folder / "catalogue.sqlite") == 1


def test_a_step_that_fails_leaves_the_old_library_as_it_was(
    writer: OpenWriter,
    open_library: OpenLibrary,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM documents")
        raise RuntimeError("no")

    with writer() as w:
        publish(w, A)
    make_old(folder)
    with monkeypatch.context() as patch:
        last = schema.SCHEMA_VERSION - 1
        patch.setattr(schema, "_MIGRATIONS", {**schema._MIGRATIONS, last: fail})
        with pytest.raises(RuntimeError, match="no"):
            open_library()
    assert version(folder / "catalogue.sqlite") == 1
    with open_library() as library:
        check(library)
