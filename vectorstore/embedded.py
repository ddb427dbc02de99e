"""Chroma within this process: a collection in the files of a generation's directory.

What lies in a generation never changes. Chroma writes a counter into its SQLite file at every
open, so whoever opens the index does so on a copy of that file, beside links to the others, which
Chroma only reads: see `vectorstore.opened`.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

from vectorstore.dense import HNSW, DenseIndex
from vectorstore.manifest import CHROMA_DATABASE, DENSE, Base, Manifest, link_tree
from vectorstore.opened import Opened
from vectorstore.translation import index_errors

if TYPE_CHECKING:
    from chromadb.api.client import Client

_COLLECTION = "passages"

# Every operation is written through to the files at once.
_SYNC = 2

Then = Callable[[], None] | None

# Chroma keeps one system a path in a plain dict: opening and closing are not thread-safe.
_opening = threading.Lock()


class EmbeddedChroma:
    """Keeps the dense index of a generation in files of its directory."""

    name = "files"
    may_remove = True

    def create(self, directory: Path) -> DenseIndex:
        """Make an empty index for the generation in `directory`, to be written.

        Raises:
            IndexDamagedError: It cannot be made.
        """
        return _open(directory / DENSE, directory.name, create=True)

    def take_over(self, previous: Path, directory: Path) -> None:
        """Let the generation in `directory` have the index of `previous` as it is.

        Raises:
            IndexDamagedError: A file is missing.
        """
        with index_errors(previous):
            link_tree(previous / DENSE, directory / DENSE)

    def extend(self, previous: Path, directory: Path, manifest: Manifest) -> DenseIndex:
        """Open a copy of the index of `previous`, to be changed.

        Raises:
            IndexDamagedError: It cannot be opened.
        """
        with index_errors(previous):
            shutil.copytree(previous / DENSE, directory / DENSE)
        return _open(directory / DENSE, directory.name)

    def seal(self, directory: Path, index: DenseIndex) -> None:
        """Close a written index; its files change no more.

        A batch smaller than `sync_threshold` stays in Chroma's log, whose replay at every open
        would change the files: two deletions of nothing make any tail long enough to be written.
        What the log held is then given back to the disk.
        """
        with index_errors(directory):
            try:
                if index.count():
                    index.remove([-1, -2])
            finally:
                index.close()
            with closing(sqlite3.connect(directory / DENSE / CHROMA_DATABASE)) as connection:
                connection.execute("VACUUM")

    def open(self, directory: Path, manifest: Manifest) -> DenseIndex:
        """Open the index of a generation for reading, its files checked first.

        Raises:
            IndexDamagedError: A file is not what it should be.
        """
        opened = Opened(directory, DENSE, manifest)
        try:
            return _open(opened.path, manifest.base.collection, then=opened.remove)
        except BaseException:
            opened.remove()
            raise

    def clear(self, keep: set[str]) -> None:
        """Files go with their directory."""

    def is_place_of(self, base: Base) -> bool:
        """Whether an index of this base can be opened here."""
        return base.place == self.name


def _open(directory: Path, name: str, *, create: bool = False, then: Then = None) -> DenseIndex:
    import chromadb
    from chromadb.config import Settings

    # Chroma logs what it is about to raise, and reports usage, unless told not to.
    logging.getLogger("chromadb").setLevel(logging.CRITICAL)
    with index_errors(directory):
        directory.mkdir(exist_ok=True)
        with _opening:
            client = cast(
                "Client",  # the interface it is declared as has no `close`
                chromadb.PersistentClient(
                    str(directory), settings=Settings(anonymized_telemetry=False)
                ),
            )

        def close() -> None:
            with _opening:
                client.close()
            if then is not None:
                then()

        try:
            if create:
                collection = client.create_collection(
                    _COLLECTION,
                    embedding_function=None,
                    configuration={
                        "hnsw": {
                            **HNSW,
                            "batch_size": _SYNC,
                            "sync_threshold": _SYNC,
                        }
                    },
                )
            else:
                collection = client.get_collection(_COLLECTION, embedding_function=None)
            return DenseIndex(
                collection,
                name=name,
                largest_batch=client.get_max_batch_size(),
                errors=lambda: index_errors(directory),
                close=close,
            )
        except BaseException:
            with _opening:
                client.close()
            raise
