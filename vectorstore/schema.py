"""The catalogue's file: its tables, and how it is opened.

`catalogue.sqlite` is the truth. Everything else in a library's folder can be made again from it.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vectorstore.errors import EncoderMismatchError, LibraryDamagedError, LibraryTooNewError

SCHEMA_VERSION = 3
CATALOGUE = "catalogue.sqlite"
GENERATIONS = "generations"
OPEN = "open"

# A repair in another process holds SQLite's write lock while it rebuilds an index: 100,000
# passages take minutes, and a writer would rather wait than lose its work.
_WAIT_FOR_LOCK_S = 600.0

# `readings` says by which rules a document was read and cut; older documents have none.
# Text comes last in its row, so that listing documents does not read it. Vectors have a table of
# their own, keyed by what was embedded: an unchanged passage, or one embedded before an
# interruption, finds its vector again. `tokens` is for the token vectors of late interaction.
_TABLES = """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    source TEXT NOT NULL UNIQUE,
    version TEXT NOT NULL,
    pages INTEGER,
    added_at TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE readings (
    document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    rules TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sentences (
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (document, start)
) WITHOUT ROWID;
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    staged_at REAL,
    vector BLOB NOT NULL,
    tokens BLOB
);
CREATE INDEX vectors_staged ON vectors (staged_at) WHERE staged_at IS NOT NULL;
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    section TEXT,
    page INTEGER,
    language TEXT NOT NULL,
    vector INTEGER NOT NULL REFERENCES vectors (id),
    text TEXT NOT NULL
);
CREATE INDEX passages_document ON passages (document, start);
CREATE INDEX passages_vector ON passages (vector);
"""


@dataclass(frozen=True, slots=True)
class Meta:
    """What the catalogue says of itself.

    Attributes:
        encoder: Name of the encoder that made the vectors.
        dim: Width of the vectors.
        generation: Number of the current generation of indexes; 0 before the first.
        directory: Name of its directory, never used twice: Chroma keeps what it has open by path,
            and would go on with the old files where a new library took the place of another.
        edition: Counts the changes to the passages; a rebuilt index is of the same edition.
        library: The library's own name, drawn when it was made: what is kept for it outside of
            its folder is kept under this name.
    """

    encoder: str
    dim: int
    generation: int
    directory: str
    edition: int
    library: str


def connect(folder: Path) -> sqlite3.Connection:
    """Open the catalogue in `folder`, making an empty file where there is none.

    Transactions are begun and ended by the caller.
    """
    connection = sqlite3.connect(
        folder / CATALOGUE,
        timeout=_WAIT_FOR_LOCK_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def create(connection: sqlite3.Connection, encoder: str, dim: int) -> None:
    """Make the tables of a new library, all or none."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.split(";\n"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    new = Meta(encoder, dim, generation=0, directory="", edition=0, library=_new_name())
    write_meta(connection, new)
    connection.execute("COMMIT")


def exists(connection: sqlite3.Connection, folder: Path) -> bool:
    """Whether the catalogue has its tables; a crash at the very start leaves it without.

    Raises:
        LibraryTooNewError: A newer version of the program wrote it.
        LibraryDamagedError: It is empty, but there are indexes of what it held: to begin anew
            would hide that documents were lost.
    """
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > SCHEMA_VERSION:
        raise LibraryTooNewError(path=folder, found=found, known=SCHEMA_VERSION)
    if not found:
        if any((folder / GENERATIONS).glob("*/")):
            raise LibraryDamagedError(path=folder, detail=f"{CATALOGUE} is empty or was removed")
        return False
    # A copy made by SQLite may have come without its write-ahead log, and without it a reader
    # and whoever mends the index would wait for each other.
    connection.execute("PRAGMA journal_mode = WAL")
    return True


def is_old(connection: sqlite3.Connection) -> bool:
    """Whether an older version of the program wrote the catalogue."""
    return 0 < int(connection.execute("PRAGMA user_version").fetchone()[0]) < SCHEMA_VERSION


def migrate(connection: sqlite3.Connection, folder: Path) -> None:
    """Bring an older catalogue forward, step by step and all or nothing, after a copy of it.

    The copy stays beside it under the name of the old version. The caller holds the write lock.
    """
    if not is_old(connection):
        return
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    copy = folder / f"catalogue.v{found}.sqlite"
    unfinished = copy.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as target:
        connection.backup(target)
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.replace(copy)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(found, SCHEMA_VERSION):
            _MIGRATIONS[version](connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _name_library(connection: sqlite3.Connection) -> None:
    """1 → 2: a library has a name of its own."""
    connection.execute("INSERT INTO meta VALUES ('library', ?)", (_new_name(),))


def _add_readings(connection: sqlite3.Connection) -> None:
    """2 → 3: by which rules a document was read and cut."""
    connection.execute(
        "CREATE TABLE readings ("
        "document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE, "
        "rules TEXT NOT NULL) WITHOUT ROWID"
    )


def _new_name() -> str:
    return secrets.token_hex(8)


# Version → what brings a catalogue of that version to the next one, in the caller's transaction.
_MIGRATIONS: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    1: _name_library,
    2: _add_readings,
}


def read_meta(connection: sqlite3.Connection) -> Meta:
    """What the catalogue says of itself, within the current transaction."""
    found = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    return Meta(
        encoder=found["encoder"],
        dim=int(found["dim"]),
        generation=int(found["generation"]),
        directory=found["directory"],
        edition=int(found["edition"]),
        library=found["library"],
    )


def write_meta(connection: sqlite3.Connection, meta: Meta) -> None:
    """Put `meta` in the place of what was there."""
    values = {name: str(getattr(meta, name)) for name in Meta.__slots__}
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())


def check_encoder(meta: Meta, encoder: str, dim: int) -> None:
    """Refuse another encoder than the one the library was built with.

    Raises:
        EncoderMismatchError: Its name or its dimension differs.
    """
    if (meta.encoder, meta.dim) != (encoder, dim):
        raise EncoderMismatchError(
            built_with=meta.encoder, built_dim=meta.dim, given=encoder, dim=dim
        )
