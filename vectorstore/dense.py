"""The dense index of one generation: a Chroma collection in a directory of its own.

Only our own vectors go in and Chroma's embedder is never attached. Every operation is written
through to the files at once (`sync_threshold`), and `flush` sees to the last one: a collection
that is only read has all its vectors in files that never change again, so they can be checked
before native code reads them.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from vectorstore.translation import index_errors
from vectorstore.types import Neighbour, Vectors

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

_COLLECTION = "passages"

# 5,000 clustered unit vectors of 384 dimensions: recall@10 1.00 at 1.2 ms a query, built in
# 3.7 s; Chroma's defaults (100, 100, 16) are as good there but leave less room for growth.
_HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 128,
    "ef_search": 128,
    "max_neighbors": 24,
    "batch_size": 2,
    "sync_threshold": 2,
}

# `$in` fails somewhere below 40,000 values.
_LARGEST_FILTER = 5_000

# Chroma keeps one system a path in a plain dict: opening and closing are not thread-safe.
_opening = threading.Lock()


class DenseIndex:
    """Nearest passages by cosine similarity. Queries may come from several threads."""

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        """Open the index in `directory`, or make an empty one there.

        Raises:
            IndexDamagedError: It cannot be opened.
        """
        self.directory = directory
        with index_errors(directory):
            self._client = _open(directory)
            try:
                if create:
                    self._collection = self._client.create_collection(
                        _COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW}
                    )
                else:
                    self._collection = self._client.get_collection(
                        _COLLECTION, embedding_function=None
                    )
                hnsw = self._collection.configuration_json.get("hnsw")
                if not hnsw or hnsw.get("space") != "cosine":
                    raise ValueError(f"the collection's space is not cosine: {hnsw}")
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Release files and threads."""
        with _opening:
            self._client.close()

    def count(self) -> int:
        """Number of passages, as Chroma's SQLite file knows it; says nothing of the vectors."""
        with index_errors(self.directory):
            return self._collection.count()

    def add(self, ids: Sequence[int], documents: Sequence[str], vectors: Vectors) -> None:
        """Add passages that are not in the index yet, `vectors` `[len(ids), dim]`."""
        with index_errors(self.directory):
            step = self._client.get_max_batch_size()
            for start in range(0, len(ids), step):
                part = slice(start, start + step)
                self._collection.add(
                    ids=[str(passage) for passage in ids[part]],
                    embeddings=vectors[part],
                    metadatas=[{"document": document} for document in documents[part]],
                )

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages."""
        with index_errors(self.directory):
            step = self._client.get_max_batch_size()
            for start in range(0, len(ids), step):
                self._collection.delete(ids=[str(one) for one in ids[start : start + step]])

    def flush(self) -> None:
        """Bring the files up to date.

        A batch smaller than `sync_threshold` stays in Chroma's log, whose replay at every open
        changes the files; two deletions of nothing make any tail long enough to be written.
        """
        with index_errors(self.directory):
            if self._collection.count():
                self._collection.delete(ids=["nothing-1", "nothing-2"])

    def nearest(
        self, vector: Vectors, limit: int, documents: Collection[str] | None = None
    ) -> list[Neighbour]:
        """The `limit` passages nearest to `vector` `[dim]`, best first, cosine as the score."""
        if documents is None:
            return self._nearest(vector, limit, None)
        found: list[Neighbour] = []
        names = iter(sorted(documents))
        while part := list(islice(names, _LARGEST_FILTER)):
            found += self._nearest(vector, limit, {"document": {"$in": part}})
        return sorted(found, key=_rank)[:limit]

    def _nearest(self, vector: Vectors, limit: int, where: Any) -> list[Neighbour]:
        with index_errors(self.directory):
            answer = self._collection.query(
                query_embeddings=vector[None, :],
                n_results=limit,
                where=where,
                include=["distances"],
            )
            distances = answer["distances"] or [[]]
            return sorted(
                (
                    Neighbour(int(passage), 1.0 - float(distance))
                    for passage, distance in zip(answer["ids"][0], distances[0], strict=True)
                ),
                key=_rank,
            )


def _rank(neighbour: Neighbour) -> tuple[float, int]:
    """Best first; equal scores in the order of the ids, so that results do not vary."""
    return (-neighbour.score, neighbour.passage)


def _open(directory: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    # Chroma logs what it is about to raise, and reports usage, unless told not to.
    logging.getLogger("chromadb").setLevel(logging.CRITICAL)
    with _opening:
        directory.mkdir(exist_ok=True)
        client = chromadb.PersistentClient(
            str(directory), settings=Settings(anonymized_telemetry=False)
        )
    return cast("Client", client)  # the interface it is declared as has no `close`
