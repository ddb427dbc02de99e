"""A library opened for reading. It follows what writers publish, in this or any other process."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from vectorstore import schema
from vectorstore.errors import LibraryMissingError, SnapshotLostError
from vectorstore.generation import Generation
from vectorstore.locks import WriteLock
from vectorstore.places import Place, place_of
from vectorstore.schema import CATALOGUE, GENERATIONS, Meta
from vectorstore.server import ChromaServer
from vectorstore.snapshot import Snapshot
from vectorstore.translation import catalogue_errors
from vectorstore.writer import rebuild

# Connections kept for the next snapshot; more threads than that at once open their own.
_IDLE_CONNECTIONS = 16


class Library:
    """Hands out snapshots, to any number of threads at once."""

    def __init__(
        self,
        folder: Path,
        encoder_name: str | None,
        dim: int | None,
        server: ChromaServer | None = None,
    ) -> None:
        """Use `open`, which looks whether there is a library."""
        self.folder = folder
        self._server = server
        self._expected = (encoder_name, dim)
        self._lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._current: Generation | None = None
        self._place: tuple[str, Place] | None = None
        self._file: tuple[int, int] | None = None
        # Counted up where another catalogue stands here, and at `close`: connections of an era that
        # is over are not used again.
        self._era = 0

    @classmethod
    def open(
        cls,
        folder: Path,
        encoder_name: str | None = None,
        dim: int | None = None,
        *,
        server: ChromaServer | None = None,
    ) -> Library:
        """Open the library in `folder` for reading.

        A library of an older version of the program is brought forward, after a copy.

        Args:
            folder: The library's folder.
            encoder_name: Name of the encoder that questions will be encoded with. None, with
                `dim`, where nothing will be asked of the dense index.
            dim: Width of its vectors.
            server: The Chroma server that keeps its vectors' index; None where files do.

        Raises:
            LibraryMissingError: There is none.
            LibraryBusyError: It is of an older version, and another process writes it.
            EncoderMismatchError: It was built with another encoder.
            LibraryTooNewError: A newer version of the program wrote it.
            LibraryDamagedError: Its catalogue cannot be read.
        """
        library = cls(folder, encoder_name, dim, server)
        library.snapshot().close()
        return library

    def close(self) -> None:
        """Release everything that no snapshot still uses."""
        with self._lock:
            self._drop()

    def __enter__(self) -> Self:
        """The library itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def warm(self) -> None:
        """Open and check both indexes now, so that the first question need not wait."""
        with self.snapshot() as snapshot:
            snapshot.check()

    def snapshot(self) -> Snapshot:
        """The library as it stands now, until the snapshot is closed.

        Raises:
            StoreError: The library cannot be read, see `open`.
        """
        with catalogue_errors(self.folder):
            missing = ""
            while True:
                connection, era = self._connection()
                try:
                    connection.execute("BEGIN")
                    meta = schema.read_meta(connection)
                    self._check_encoder(meta)
                    if meta.generation == 0:
                        return Snapshot(self, connection, meta, None, era)
                    if index := self._hold(meta):
                        return Snapshot(self, connection, meta, index, era)
                except BaseException:
                    connection.close()
                    raise
                self.give_back(connection, era)
                # What the catalogue named is gone. Mostly a newer generation is current by now;
                # if the catalogue names the same one again, its directory was lost.
                if meta.directory == missing:
                    rebuild(self.folder, damaged=missing, server=self._server)
                missing = meta.directory

    def give_back(self, connection: sqlite3.Connection, era: int) -> None:
        """Take a snapshot's connection back, its transaction over.

        It is kept for the next snapshot, unless the `era` it was opened in is over.
        """
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._lock:
            if era == self._era and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def replace_damaged(self, damaged: Generation, edition: int, era: int) -> Generation:
        """A sound generation of the same passages in the place of `damaged`.

        The caller's hold on `damaged` is released.

        Raises:
            SnapshotLostError: The passages have changed meanwhile, or are another library's.
            IndexDamagedError: Rebuilding did not help.
        """
        with self._lock:
            if self._current is damaged:
                self._current = None
                damaged.release()
        damaged.release()
        rebuild(self.folder, damaged.directory.name, server=self._server)
        with self.snapshot() as now:
            if (now.era, now.edition) != (era, edition) or now.index is None:
                raise SnapshotLostError(path=self.folder)
            return now.index.retain()

    def _hold(self, meta: Meta) -> Generation | None:
        """The generation that `meta` names, held for the caller; None if it is gone."""
        directory = self.folder / GENERATIONS / meta.directory
        with self._lock:
            if self._current is None or self._current.number < meta.generation:
                if self._place is None or self._place[0] != meta.library:
                    self._place = (meta.library, place_of(self._server, meta.library))
                shared = self._current.share() if self._current is not None else None
                try:
                    opened = Generation(meta.generation, directory, self._place[1], shared)
                except FileNotFoundError:
                    return None
                if self._current is not None:
                    self._current.release()
                self._current = opened
            return self._current.retain() if self._current.directory == directory else None

    def _connection(self) -> tuple[sqlite3.Connection, int]:
        """A connection to the catalogue that no other snapshot uses, and its era."""
        path = self.folder / CATALOGUE
        try:
            found = path.stat()
        except FileNotFoundError:
            raise LibraryMissingError(path=self.folder) from None
        with self._lock:
            # Another library may have been put in this one's place.
            if self._file != (found.st_dev, found.st_ino):
                self._drop()
                self._file = (found.st_dev, found.st_ino)
            era = self._era
            if self._idle:
                return self._idle.pop(), era
        connection = schema.connect(self.folder)
        try:
            if not schema.exists(connection, self.folder):
                raise LibraryMissingError(path=self.folder)
            if schema.is_old(connection):
                with WriteLock(self.folder):
                    schema.migrate(connection, self.folder)
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection, era

    def _check_encoder(self, meta: Meta) -> None:
        name, dim = self._expected
        schema.check_encoder(
            meta, meta.encoder if name is None else name, meta.dim if dim is None else dim
        )

    def _drop(self) -> None:
        """Close what is kept for the next snapshot, and begin an era; the lock is held."""
        self._era += 1
        while self._idle:
            self._idle.pop().close()
        if self._current is not None:
            self._current.release()
            self._current = None
