"""Writing the catalogue: staged vectors, and the documents of one publish."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np

from bilingual.orthography import fold
from vectorstore.errors import DocumentMissingError
from vectorstore.types import NewDocument, NewPassage, Vectors

# Vectors of an ingest that never went on are dropped after a while.
STAGED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Change:
    """What one publish did to the passages.

    Attributes:
        removed: Ids of the passages that are gone.
        after: Passages with an id above this one are new.
        added: How many are new.
    """

    removed: Sequence[int]
    after: int
    added: int


def embedding_key(embedded_text: str) -> str:
    """What a vector is kept under: the SHA-256 of the text that it was made from."""
    return hashlib.sha256(embedded_text.encode()).hexdigest()


def keep_vectors(
    connection: sqlite3.Connection, vectors: Mapping[str, Vectors], tokens: Mapping[str, bytes]
) -> None:
    """Keep vectors, and token vectors where there are any, for a publish to come."""
    now = time.time()
    connection.executemany(
        "INSERT OR IGNORE INTO vectors (key, staged_at, vector, tokens) VALUES (?, ?, ?, ?)",
        [
            (key, now, np.ascontiguousarray(vector, np.float32).tobytes(), tokens.get(key))
            for key, vector in vectors.items()
        ],
    )


def apply(
    connection: sqlite3.Connection,
    *,
    added: Sequence[NewDocument],
    removed: Collection[str],
    renamed: Mapping[str, str],
) -> Change:
    """Write the rows of one publish within the caller's transaction.

    A document whose source is known takes the place of the old one and its id.

    Raises:
        DocumentMissingError: A document to remove or rename is not in the library.
        ValueError: A passage's vector was not kept, or offsets lie outside the text.
    """
    for one, source in renamed.items():
        _rename(connection, one, source)
    gone: list[int] = []
    freed: set[int] = set()
    for one in removed:
        _remove(connection, one, gone, freed)
    ids = [_place(connection, document, gone, freed) for document in added]
    after = _highest_passage(connection)
    for document_id, document in zip(ids, added, strict=True):
        _insert(connection, document_id, document)
    _drop_vectors(connection, freed)
    return Change(gone, after, sum(len(document.passages) for document in added))


def slug(source: str) -> str:
    """A short readable identifier: the name of the file or page, without marks or suffix."""
    path = unquote(urlsplit(source).path) if "://" in source else source
    name = re.sub(r"[^a-z0-9]+", "-", fold(Path(path).stem).lower()).strip("-")
    return name[:80].strip("-") or "document"


def _rename(connection: sqlite3.Connection, document: str, source: str) -> None:
    found = connection.execute("UPDATE documents SET source = ? WHERE id = ?", (source, document))
    if not found.rowcount:
        raise DocumentMissingError(document=document)


def _remove(
    connection: sqlite3.Connection, document: str, gone: list[int], freed: set[int]
) -> None:
    """Remove a document; its passages' ids and vectors are noted in `gone` and `freed`."""
    for passage, vector in connection.execute(
        "SELECT id, vector FROM passages WHERE document = ?", (document,)
    ):
        gone.append(passage)
        freed.add(vector)
    if not connection.execute("DELETE FROM documents WHERE id = ?", (document,)).rowcount:
        raise DocumentMissingError(document=document)


def _place(
    connection: sqlite3.Connection, document: NewDocument, gone: list[int], freed: set[int]
) -> str:
    """The id for `document`, the old version of it removed; the row reserves the id."""
    row = connection.execute(
        "SELECT id FROM documents WHERE source = ?", (document.source,)
    ).fetchone()
    if row is not None:
        _remove(connection, row[0], gone, freed)
        chosen = str(row[0])
    else:
        chosen = _free_id(connection, slug(document.source))
    connection.execute(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chosen,
            document.title,
            document.language,
            document.source,
            document.version,
            document.pages,
            datetime.now(UTC).isoformat(timespec="seconds"),
            document.text,
        ),
    )
    return chosen


def _free_id(connection: sqlite3.Connection, wanted: str) -> str:
    chosen, number = wanted, 1
    while connection.execute("SELECT 1 FROM documents WHERE id = ?", (chosen,)).fetchone():
        number += 1
        chosen = f"{wanted}-{number}"
    return chosen


def _highest_passage(connection: sqlite3.Connection) -> int:
    """The highest id ever given; AUTOINCREMENT never gives it again."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    return int(row[0]) if row else 0


def _insert(connection: sqlite3.Connection, document_id: str, document: NewDocument) -> None:
    connection.execute("INSERT INTO readings VALUES (?, ?)", (document_id, document.rules))
    connection.executemany(
        "INSERT INTO sentences VALUES (?, ?, ?)",
        [(document_id, sentence.start, sentence.end) for sentence in document.sentences],
    )
    keys = {embedding_key(passage.embedded_text) for passage in document.passages}
    vectors = dict(
        connection.execute(
            "SELECT key, id FROM vectors WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        ).fetchall()
    )
    if missing := len(keys - vectors.keys()):
        raise ValueError(f"{missing} passages of {document.source} have no vector; keep them first")
    connection.executemany(
        'INSERT INTO passages (document, start, "end", section, page, language, vector, text) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [_passage_row(document_id, document, passage, vectors) for passage in document.passages],
    )
    connection.executemany(
        "UPDATE vectors SET staged_at = NULL WHERE id = ?", [(one,) for one in vectors.values()]
    )


def _passage_row(
    document_id: str, document: NewDocument, passage: NewPassage, vectors: Mapping[str, int]
) -> tuple[object, ...]:
    if not 0 <= passage.start < passage.end <= len(document.text):
        raise ValueError(f"{passage.start}-{passage.end} is no place in {document.source}")
    return (
        document_id,
        passage.start,
        passage.end,
        passage.section,
        passage.page,
        passage.language,
        vectors[embedding_key(passage.embedded_text)],
        document.text[passage.start : passage.end],
    )


def _drop_vectors(connection: sqlite3.Connection, freed: Collection[int]) -> None:
    """Delete vectors that no passage uses any more, and those staged too long ago."""
    connection.executemany(
        "DELETE FROM vectors WHERE id = ? AND staged_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM passages WHERE vector = vectors.id)",
        [(vector,) for vector in freed],
    )
    connection.execute(
        "DELETE FROM vectors WHERE staged_at < ?", (time.time() - STAGED_DAYS * 86400,)
    )
