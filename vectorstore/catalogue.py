"""Reading the catalogue: documents, passages and vectors, as of one transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import DocumentMissingError, PassageMissingError
from vectorstore.types import (
    SECTION_SEPARATOR,
    Document,
    DocumentLanguage,
    Holding,
    Passage,
    Sentence,
    Vectors,
)

_DOCUMENT = "id, title, language, source, version, pages"
_LARGEST_ID = 2**63 - 1  # of SQLite
_PASSAGE = 'id, document, text, start, "end", section, page, language'


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What the indexes are told of one passage."""

    passage: int
    document: str
    section: str | None
    text: str
    language: DocumentLanguage
    vector: Vectors


class Catalogue:
    """The read side of the catalogue, over a connection that the caller owns."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def documents(self) -> list[Document]:
        """Every document, in the order of their ids."""
        rows = self._connection.execute(f"SELECT {_DOCUMENT} FROM documents ORDER BY id")
        return [Document(*row) for row in rows]

    def readings(self) -> dict[str, str]:
        """Id of a document → name of the rules by which it was read and cut, where known."""
        return dict(self._connection.execute("SELECT document, rules FROM readings"))

    def known_vectors(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` (see `embedding_key`) whose vectors are kept."""
        rows = self._connection.execute(
            "SELECT key FROM vectors WHERE key IN (SELECT value FROM json_each(?))",
            (json.dumps(list(keys)),),
        )
        return {row[0] for row in rows}

    def holdings(self) -> list[Holding]:
        """Every document with the number of its passages, in the order of their ids."""
        rows = self._connection.execute(
            f"SELECT {_DOCUMENT}, added_at,"
            " (SELECT COUNT(*) FROM passages WHERE document = documents.id)"
            " FROM documents ORDER BY id"
        )
        return [Holding(Document(*row), passages, added_at) for *row, added_at, passages in rows]

    def document(self, document: str) -> Document:
        """One document.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        row = self._connection.execute(
            f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (document,)
        ).fetchone()
        if row is None:
            raise DocumentMissingError(document=document)
        return Document(*row)

    def text(self, document: str) -> str:
        """The whole normalised text of a document, which every offset points into.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        row = self._connection.execute(
            "SELECT text FROM documents WHERE id = ?", (document,)
        ).fetchone()
        if row is None:
            raise DocumentMissingError(document=document)
        return str(row[0])

    def sentences(self, document: str) -> list[Sentence]:
        """The sentences of a document, in order.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        self.document(document)
        rows = self._connection.execute(
            'SELECT start, "end" FROM sentences WHERE document = ? ORDER BY start', (document,)
        )
        return [Sentence(*row) for row in rows]

    def passages(self, ids: Sequence[int], *, sentences: bool = True) -> list[Passage]:
        """The passages of `ids`, in their order, with their sentences unless told not to.

        Raises:
            PassageMissingError: One of them is not in the library.
        """
        found = {passage.id: passage for passage in self._passages("id", ids, sentences)}
        for passage in ids:
            if passage not in found:
                raise PassageMissingError(passage=passage)
        return [found[passage] for passage in ids]

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of a document, in the order of the text.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        self.document(document)
        return sorted(self._passages("document", [document], True), key=lambda found: found.start)

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of `ids`: the first half of `encoded`, at a quarter of its price."""
        rows = self._connection.execute(
            "SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.id = p.vector "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        found: dict[int, bytes] = dict(rows)
        for passage in ids:
            if passage not in found:
                raise PassageMissingError(passage=passage)
        return _columns([(passage, found[passage]) for passage in ids])[1]

    def encoded(self, ids: Sequence[int]) -> tuple[Vectors, dict[int, bytes]]:
        """What the encoder made of the passages `ids`.

        Both lie in one row, so reading them together costs little more than either.

        Returns:
            The vectors, float32 `[len(ids), dim]`, rows of unit length in the order of `ids`; and
            passage id → token vectors as stored, where the encoder gave any.

        Raises:
            PassageMissingError: One of them is not in the library.
        """
        rows = self._connection.execute(
            "SELECT p.id, v.vector, v.tokens FROM passages p JOIN vectors v ON v.id = p.vector "
            "WHERE p.id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        vectors: dict[int, Vectors] = {}
        tokens: dict[int, bytes] = {}
        for passage, vector, stored in rows:
            vectors[passage] = np.frombuffer(vector, np.float32)
            if stored is not None:
                tokens[passage] = stored
        for passage in ids:
            if passage not in vectors:
                raise PassageMissingError(passage=passage)
        if not ids:
            return np.empty((0, 0), np.float32), tokens
        return np.stack([vectors[passage] for passage in ids]), tokens

    def faults(self) -> Iterator[str]:
        """What is wrong with the catalogue, read from one end to the other.

        SQLite finds damage to its pages, not to what they hold; but each passage is there twice:
        in its own row and in its document's text.
        """
        for (found,) in self._connection.execute("PRAGMA quick_check(1)"):
            if found != "ok":
                yield str(found)
        for document in self.documents():
            text = self.text(document.id)
            for passage in self._passages("document", [document.id], False):
                if passage.text != text[passage.start : passage.end]:
                    yield f"passage {passage.id} of {document.id} is not the text at its place"

    def headings(self) -> list[tuple[int, list[str]]]:
        """Ids and headings of the passages that stand below any, in the order of their texts."""
        rows = self._connection.execute(
            "SELECT id, section FROM passages WHERE section IS NOT NULL ORDER BY document, start"
        )
        return [(passage, section.split(SECTION_SEPARATOR)) for passage, section in rows]

    def existing(self, ids: Sequence[int]) -> set[int]:
        """Those of `ids` that are passages."""
        rows = self._connection.execute(
            "SELECT id FROM passages WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row[0] for row in rows}

    def passage_ids(self, documents: Collection[str] | None = None) -> NDArray[np.int64]:
        """The ids of the passages of `documents`, or of all, in ascending order."""
        if documents is None:
            rows = self._connection.execute("SELECT id FROM passages ORDER BY id")
        else:
            rows = self._connection.execute(
                "SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?)) "
                "ORDER BY id",
                (json.dumps(list(documents)),),
            )
        return np.fromiter((row[0] for row in rows), np.int64)

    def tail(self, after: int) -> tuple[NDArray[np.int64], Vectors]:
        """Passages with an id above `after`: ids, and vectors float32 `[passages, dim]`."""
        return _columns(self._vector_rows(after, None, -1))

    def tail_count(self, after: int) -> int:
        """How many passages have an id above `after`."""
        return int(
            self._connection.execute(
                "SELECT count(*) FROM passages WHERE id > ?", (after,)
            ).fetchone()[0]
        )

    def vector_batches(
        self, up_to: int | None = None, after: int = 0, batch: int = 5000
    ) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Ids and vectors of passages with an id above `after` and not above `up_to`."""
        while rows := self._vector_rows(after, up_to, batch):
            yield _columns(rows)
            after = rows[-1][0]

    def highest_passage(self) -> int:
        """The highest id of a passage; 0 where there is none."""
        return int(
            self._connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0]
        )

    def passage_count(self) -> int:
        """How many passages there are."""
        return int(self._connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def index_rows(self, after: int = 0, batch: int = 1000) -> Iterator[list[IndexRow]]:
        """What the indexes are built from: passages with an id above `after`, in batches."""
        while rows := self._connection.execute(
            "SELECT p.id, p.document, p.section, p.text, p.language, v.vector "
            "FROM passages p JOIN vectors v ON v.id = p.vector "
            "WHERE p.id > ? ORDER BY p.id LIMIT ?",
            (after, batch),
        ).fetchall():
            yield [IndexRow(*(*row[:5], np.frombuffer(row[5], np.float32))) for row in rows]
            after = rows[-1][0]

    def probes(self, number: int, after: int = 0, up_to: int | None = None) -> list[IndexRow]:
        """At most `number` passages with an id above `after`, spread evenly over them.

        An index is asked for these to see whether it gives back what was put in.
        """
        low, high = self._connection.execute(
            "SELECT min(id), max(id) FROM passages WHERE id > ? AND id <= ?",
            (after, _LARGEST_ID if up_to is None else up_to),
        ).fetchone()
        if low is None:
            return []
        places = {int(place) for place in np.linspace(low, high, number)}
        rows = (next(self.index_rows(place - 1, batch=1))[0] for place in sorted(places))
        return list({row.passage: row for row in rows}.values())

    def _vector_rows(self, after: int, up_to: int | None, limit: int) -> list[tuple[int, bytes]]:
        return self._connection.execute(
            "SELECT p.id, v.vector FROM passages p JOIN vectors v ON v.id = p.vector "
            "WHERE p.id > ? AND p.id <= ? ORDER BY p.id LIMIT ?",
            (after, _LARGEST_ID if up_to is None else up_to, limit),
        ).fetchall()

    def _passages(
        self, column: str, values: Iterable[int | str], with_sentences: bool
    ) -> list[Passage]:
        chosen = f"{column} IN (SELECT value FROM json_each(?))"
        wanted = (json.dumps(list(values)),)
        rows = self._connection.execute(f"SELECT {_PASSAGE} FROM passages WHERE {chosen}", wanted)
        if not with_sentences:
            return [Passage(*row) for row in rows]
        sentences = self._connection.execute(
            'SELECT p.id, s.start, s."end" FROM passages p JOIN sentences s '
            'ON s.document = p.document AND s.start >= p.start AND s.start < p."end" '
            f"WHERE p.{chosen} ORDER BY p.id, s.start",
            wanted,
        )
        inside: dict[int, list[Sentence]] = {}
        for passage, start, end in sentences:
            inside.setdefault(passage, []).append(Sentence(start, end))
        return [Passage(*(*row, tuple(inside.get(row[0], ())))) for row in rows]


def _columns(rows: Sequence[tuple[int, bytes]]) -> tuple[NDArray[np.int64], Vectors]:
    ids = np.array([row[0] for row in rows], np.int64)
    vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float32)
    return ids, vectors.reshape(len(ids), -1) if len(ids) else np.empty((0, 0), np.float32)
