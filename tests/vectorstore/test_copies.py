"""A library is followed by readers who have a copy of it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.vectorstore.documents import DIM, ENCODER, OpenWriter, document, publish
from vectorstore import Library

A = document("/in/a.txt", "The first sentence.", "The second sentence.")


@pytest.mark.parametrize("with_indexes", [True, False])
def test_copies_made_while_a_writer_goes_on_are_followed_by_readers_elsewhere(
    with_indexes: bool, writer: OpenWriter, folder: Path, tmp_path: Path
) -> None:
    def copy(name: str) -> None:
        """As docs/scaling.md says: a copy in a folder of its own, then the link is turned."""
        (tmp_path / name).mkdir()
        with closing(sqlite3.connect(folder / "catalogue.sqlite")) as connection:
            connection.execute("VACUUM INTO ?", (str(tmp_path / name / "catalogue.sqlite"),))
        if with_indexes:
            shutil.copytree(folder / "generations", tmp_path / name / "generations")
        (tmp_path / "next").symlink_to(tmp_path / name)
        (tmp_path / "next").replace(tmp_path / "elsewhere")

    with writer() as w:
        publish(w, A)
        copy("first")
        with Library.open(tmp_path / "elsewhere", ENCODER.name, DIM) as library:
            library.warm()
            publish(w, document("/in/b.txt", "More."))
            copy("second")
            with library.snapshot() as snapshot:
                assert [found.id for found in snapshot.documents()] == ["a", "b"]
                assert len(snapshot.dense(ENCODER.encode_question("more"), 9)) == 3
                assert len(snapshot.lexical({"more": 1.0}, 9)) == 1
            # What is damaged in the copy is mended there, while a snapshot is being read.
            for path in (tmp_path / "second" / "generations").rglob("data_level0.bin"):
                path.write_bytes(b"")
            with Library.open(tmp_path / "elsewhere", ENCODER.name, DIM) as other:
                other.warm()
