"""Changing a library: one writer at a time, every publish whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from bilingual.errors import EncoderOutputError
from vectorstore import changes, schema
from vectorstore.building import COPY_FROM_PASSAGES, OnStep, build_generation, remove_leftovers
from vectorstore.catalogue import Catalogue
from vectorstore.errors import StoreError
from vectorstore.locks import WriteLock
from vectorstore.places import place_of
from vectorstore.server import ChromaServer
from vectorstore.translation import catalogue_errors
from vectorstore.types import Document, NewDocument, Vectors


class Writer:
    """Holds the library's write lock; use it in a `with` statement.

    Readers go on meanwhile, on what was published before. The library is made if there is none.
    """

    def __init__(
        self,
        folder: Path,
        encoder_name: str,
        dim: int,
        *,
        server: ChromaServer | None = None,
        on_step: OnStep = lambda step: None,
        copy_from_passages: int = COPY_FROM_PASSAGES,
    ) -> None:
        """Prepare to write the library in `folder`; `__enter__` does the rest.

        Args:
            folder: The library's folder.
            encoder_name: Name of the encoder whose vectors will be kept.
            dim: Their width.
            server: The Chroma server that is to keep their index; None keeps it in files.
            on_step: Called at each step of a publish, for fault injection and logging.
            copy_from_passages: See `building.COPY_FROM_PASSAGES`.
        """
        self.folder = folder
        self._encoder, self._dim = encoder_name, dim
        self._server = server
        self._on_step = on_step
        self._copy_from_passages = copy_from_passages
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Take the lock and open the library, making it where there is none.

        Raises:
            LibraryBusyError: Another process writes it.
            EncoderMismatchError: It was built with another encoder.
            StoreError: It cannot be opened.
        """
        with catalogue_errors(self.folder), self._open:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._open.enter_context(WriteLock(self.folder))
            self._connection = schema.connect(self.folder)
            self._open.callback(self._connection.close)
            if not schema.exists(self._connection, self.folder):
                schema.create(self._connection, self._encoder, self._dim)
            schema.migrate(self._connection, self.folder)
            meta = schema.read_meta(self._connection)
            schema.check_encoder(meta, self._encoder, self._dim)
            self._place = place_of(self._server, meta.library)
            self._tidy()
            self._open = self._open.pop_all()  # all went well: stay open
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the library go."""
        self._open.close()

    def documents(self) -> list[Document]:
        """Every document of the library as it stands."""
        with catalogue_errors(self.folder):
            return Catalogue(self._connection).documents()

    def readings(self) -> dict[str, str]:
        """Id of a document → name of the rules by which it was read and cut, where known."""
        with catalogue_errors(self.folder):
            return Catalogue(self._connection).readings()

    def known_vectors(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` (see `embedding_key`) whose vectors are kept already."""
        with catalogue_errors(self.folder):
            return Catalogue(self._connection).known_vectors(keys)

    def keep_vectors(
        self, vectors: Mapping[str, Vectors], tokens: Mapping[str, bytes] | None = None
    ) -> None:
        """Keep vectors `[dim]` under their keys at once, whatever becomes of the rest.

        Args:
            vectors: Key (see `embedding_key`) → vector.
            tokens: Key → token vectors as stored, where the encoder gives them.

        Raises:
            EncoderOutputError: A vector is not finite, not of unit length or not of this width.
            LibraryFullError: The disk is full.
        """
        for vector in vectors.values():
            if vector.shape != (self._dim,):
                detail = f"shape {vector.shape} instead of ({self._dim},)"
                raise EncoderOutputError(name=self._encoder, detail=detail)
            # Not "length > 1.01": a comparison with NaN is false.
            if not abs(float(np.linalg.norm(vector)) - 1.0) < 1e-2:
                detail = f"length {np.linalg.norm(vector)} instead of 1"
                raise EncoderOutputError(name=self._encoder, detail=detail)
        with self._transaction():
            changes.keep_vectors(self._connection, vectors, tokens or {})

    def publish(
        self,
        added: Sequence[NewDocument] = (),
        removed: Collection[str] = (),
        renamed: Mapping[str, str] | None = None,
    ) -> int:
        """Make documents part of the library, all at once.

        Args:
            added: New documents, and new versions of those whose source is known. The vectors of
                their passages must have been kept.
            removed: Ids of documents to take out.
            renamed: Id of a document → its new source.

        Returns:
            The number of the generation that is current now.

        Raises:
            LibraryFullError: The disk is full; the library stays as it was.
            DocumentMissingError: A document to remove or rename is not there.
            StoreError: The library could not be written; it stays as it was.
        """
        try:
            with self._transaction():
                self._on_step("begun")
                change = changes.apply(
                    self._connection, added=added, removed=removed, renamed=renamed or {}
                )
                self._on_step("rows-written")
                if change.removed or change.added:
                    build_generation(
                        self._connection,
                        self.folder,
                        change,
                        place=self._place,
                        on_step=self._on_step,
                        copy_from_passages=self._copy_from_passages,
                    )
            self._on_step("committed")
        finally:
            self._tidy()
        self._on_step("cleaned")
        with catalogue_errors(self.folder):
            return schema.read_meta(self._connection).generation

    def _tidy(self) -> None:
        """Remove what nobody reads, and bring the write-ahead log back into the catalogue.

        Neither is owed to the caller: what cannot be done now is done the next time.
        """
        with suppress(StoreError):
            with self._transaction():
                remove_leftovers(self._connection, self.folder, self._place)
            with catalogue_errors(self.folder):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with catalogue_errors(self.folder), immediate(self._connection):
            yield


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction: committed at the end, rolled back on any error."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def rebuild(folder: Path, damaged: str, *, server: ChromaServer | None = None) -> None:
    """Build what is damaged of the indexes again from the catalogue, without embedding.

    Does nothing if the directory `damaged` is not the current one any more. Takes no write lock:
    a long ingest must not keep readers from a sound index.

    Raises:
        IndexDamagedError: The new indexes are no better.
        IndexUnreachableError: The Chroma server does not answer.
        StoreError: The library cannot be written.
    """
    with catalogue_errors(folder):
        connection = schema.connect(folder)
        try:
            with immediate(connection):
                meta = schema.read_meta(connection)
                place = place_of(server, meta.library)
                if meta.directory == damaged:
                    build_generation(
                        connection, folder, None, place=place, on_step=lambda step: None
                    )
            with immediate(connection):
                remove_leftovers(connection, folder, place)
        finally:
            connection.close()
