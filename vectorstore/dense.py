"""The dense index: a Chroma collection, in files of ours or on a Chroma server.

Only our own vectors go in and Chroma's embedder is never attached; no metadata is kept there. A
collection may hold more passages than a generation has: `vectorstore.generation` leaves out those
that its catalogue does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.types import Neighbour, Vectors

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

# Among rows of a table and news, 10,000 passages, the nearest 60 are found with .996 recall in
# 1.2 ms a query; searched 128 wide, with .958 in 0.8 ms (docs/decisions/0015).
HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 128,
    "ef_search": 512,
    "max_neighbors": 24,
}

# Ids that are listed at once.
_PAGE = 10_000

Errors = Callable[[], AbstractContextManager[None]]


class DenseIndex:
    """Nearest passages by cosine similarity. Queries may come from several threads."""

    def __init__(
        self,
        collection: Collection,
        *,
        name: str,
        largest_batch: int,
        errors: Errors,
        close: Callable[[], None],
    ) -> None:
        """Take over `collection`.

        Args:
            collection: Chroma's.
            name: Two indexes of the same name hold the same vectors for the same passages.
            largest_batch: How many passages it takes at once.
            errors: Translates what its methods raise.
            close: Releases what it needs; called once.

        Raises:
            StoreError: Its space is not the cosine, or it cannot be read.
        """
        self.name = name
        self._collection = collection
        self._largest_batch = largest_batch
        self._errors = errors
        self._close = close
        with errors():
            hnsw: Any = collection.configuration_json.get("hnsw")
            if not hnsw or hnsw.get("space") != "cosine":
                raise ValueError(f"the collection's space is not cosine: {hnsw}")

    def close(self) -> None:
        """Release it."""
        self._close()

    def count(self) -> int:
        """Number of passages; says nothing of their vectors."""
        with self._errors():
            return self._collection.count()

    def ids(self) -> NDArray[np.int64]:
        """The ids of all passages, in no order."""
        with self._errors():
            found: list[str] = []
            while page := self._collection.get(limit=_PAGE, offset=len(found), include=[])["ids"]:
                found += page
            return np.array([int(passage) for passage in found], np.int64)

    def vectors(self, ids: Sequence[int]) -> dict[int, Vectors]:
        """Passage id → its vector as it is kept; ids that are not there are left out."""
        with self._errors():
            found = self._collection.get(
                ids=[str(passage) for passage in ids], include=["embeddings"]
            )
            rows = found["embeddings"]
            if rows is None:
                return {}
            return {
                int(passage): np.asarray(row, np.float32)
                for passage, row in zip(found["ids"], rows, strict=True)
            }

    def put(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Add passages, `vectors` `[len(ids), dim]`, in the place of any of the same ids."""
        with self._errors():
            for part in self._batches(len(ids)):
                self._collection.upsert(
                    ids=[str(passage) for passage in ids[part]], embeddings=vectors[part]
                )

    def remove(self, ids: Sequence[int]) -> None:
        """Remove passages."""
        with self._errors():
            for part in self._batches(len(ids)):
                self._collection.delete(ids=[str(passage) for passage in ids[part]])

    def nearest(self, vector: Vectors, limit: int) -> list[Neighbour]:
        """The `limit` passages nearest to `vector` `[dim]`, best first, cosine as the score."""
        with self._errors():
            answer = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
            distances = answer["distances"] or [[]]
            return [
                Neighbour(int(passage), 1.0 - float(distance))
                for passage, distance in zip(answer["ids"][0], distances[0], strict=True)
            ]

    def _batches(self, count: int) -> Iterator[slice]:
        for start in range(0, count, self._largest_batch):
            yield slice(start, start + self._largest_batch)
