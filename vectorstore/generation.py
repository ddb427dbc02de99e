"""One generation: the two indexes of exactly one state of the passages.

Its Chroma collection may be older than it, and is then shared with the generations before. Of
what that collection gives, passages that were removed since are left out; passages that came since
(the tail) are compared with the question one by one, which is exact. A library of few passages is
all tail: its collection is kept and checked, and asked once the library has grown.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vectorstore.catalogue import Catalogue
from vectorstore.dense import DenseIndex
from vectorstore.errors import IndexDamagedError
from vectorstore.lexical import LexicalIndex
from vectorstore.locks import Hold
from vectorstore.manifest import LEXICAL, Base, Manifest
from vectorstore.opened import Opened
from vectorstore.places import Place
from vectorstore.types import Neighbour, Vectors
from vectorstore.verification import PROBES, check_dense, check_lexical

# In so few passages the nearest are found by comparing all of them: that is as fast as asking the
# collection for so many neighbours that enough of them are among those.
_FEW = 1_000

# Up to so many passages all are compared with every question: that takes less time than asking the
# collection, and HNSW loses passages that stand beside many nearly equal ones, the rows of a long
# table (docs/decisions/0015). Their vectors take 1.5 KB each.
EXACT_UP_TO = 20_000

# The largest number of neighbours that the collection is asked for.
_MANY = 4_000

# Choices of documents whose passages are remembered.
_CHOICES = 8


class SharedIndex:
    """A collection that is open for reading, shared by the generations that stand on it."""

    def __init__(self, index: DenseIndex, base: Base) -> None:
        """Take over `index`, for one holder."""
        self.index = index
        self.base = base
        self._holders = 1
        self._lock = threading.Lock()

    def retain(self) -> SharedIndex:
        """One more holder, who must `release` it."""
        with self._lock:
            self._holders += 1
        return self

    def release(self) -> None:
        """One holder fewer; the last closes it."""
        with self._lock:
            self._holders -= 1
            last = not self._holders
        if last:
            self.index.close()


class Generation:
    """A generation that is held open for reading, shared by all snapshots of it."""

    def __init__(
        self, number: int, directory: Path, place: Place, shared: SharedIndex | None = None
    ) -> None:
        """Hold the generation in `directory`; its indexes open when asked for.

        Args:
            number: Its number.
            directory: Its directory.
            place: Where its collection is.
            shared: What the generation before has open; it may be the same. Taken over.

        Raises:
            FileNotFoundError: The generation is there no more.
        """
        self.number = number
        self.directory = directory
        self._place = place
        self._shared = shared
        try:
            self._hold = Hold(self.directory)
        except BaseException:
            if shared is not None:
                shared.release()
            raise
        self._holders = 1
        self._lock = threading.Lock()
        self._dense: Dense | None = None
        self._lexical: LexicalIndex | None = None
        self._passage_count: int | None = None

    def retain(self) -> Generation:
        """One more holder, who must `release` it."""
        with self._lock:
            self._holders += 1
        return self

    def release(self) -> None:
        """One holder fewer; the last closes the indexes."""
        with self._lock:
            self._holders -= 1
            if self._holders:
                return
            shared, self._shared = self._shared, None
            self._dense = self._lexical = None
        if shared is not None:
            shared.release()
        self._hold.release()

    def share(self) -> SharedIndex | None:
        """The collection that is open, for one more holder."""
        with self._lock:
            return self._shared.retain() if self._shared is not None else None

    def passage_count(self, catalogue: Catalogue) -> int:
        """How many passages there are, counted once."""
        if self._passage_count is None:
            self._passage_count = catalogue.passage_count()
        return self._passage_count

    def dense(self, catalogue: Catalogue) -> Dense:
        """The dense index, checked when it is opened.

        Raises:
            IndexDamagedError: It does not give back what was put in.
            IndexUnreachableError: It is on a server that does not answer.
        """
        with self._lock:
            if self._dense is None:
                manifest = Manifest.read(self.directory)
                base = manifest.base
                if self._shared is not None and self._shared.base.collection != base.collection:
                    self._shared.release()
                    self._shared = None
                if self._shared is None:
                    self._shared = open_shared(self._place, self.directory, manifest, catalogue)
                exact = self.passage_count(catalogue) <= EXACT_UP_TO
                tail = catalogue.tail(0 if exact else base.top)
                self._dense = Dense(None if exact else self._shared.index, base, *tail)
            return self._dense

    def lexical(self, catalogue: Catalogue) -> LexicalIndex:
        """The lexical index, checked when it is opened.

        Raises:
            IndexDamagedError: It does not give back what was put in.
        """
        with self._lock:
            if self._lexical is None:
                self._lexical = open_lexical(
                    self.directory, Manifest.read(self.directory), catalogue
                )
            return self._lexical


class Dense:
    """The passages of one generation by their vectors."""

    def __init__(
        self, index: DenseIndex | None, base: Base, tail: NDArray[np.int64], vectors: Vectors
    ) -> None:
        """Join what the collection holds with the tail: ids, and vectors `[len(tail), dim]`.

        Without an index the tail is all of the passages.
        """
        self._index = index
        self._base = base
        self._tail = tail
        self._vectors = vectors
        self._wanted: dict[frozenset[str], NDArray[np.int64]] = {}

    def nearest(
        self,
        catalogue: Catalogue,
        vector: Vectors,
        limit: int,
        documents: Collection[str] | None = None,
    ) -> list[Neighbour]:
        """The `limit` passages nearest to `vector` `[dim]`, best first, cosine as the score."""
        found: list[Neighbour] = []
        wanted, tail, vectors = None, self._tail, self._vectors
        if documents is not None:
            wanted = self._passages_of(catalogue, frozenset(documents))
            mine = np.isin(tail, wanted)
            tail, vectors = tail[mine], vectors[mine]
        if self._index is None:
            pass
        elif wanted is None:
            found = self._of_collection(self._index, catalogue, vector, limit, limit, None)
        elif len(wanted) <= _FEW:
            tail, vectors = wanted, catalogue.vectors(wanted.tolist())
        else:
            first = 2 * limit * (self._base.count + len(self._tail)) // len(wanted)
            found = self._of_collection(self._index, catalogue, vector, limit, first, wanted)
        return sorted([*found, *_nearest(tail, vectors, vector, limit)], key=_rank)[:limit]

    def _passages_of(self, catalogue: Catalogue, documents: frozenset[str]) -> NDArray[np.int64]:
        """The passages of `documents`; those of the last few choices are remembered."""
        found = self._wanted.get(documents)
        if found is None:
            found = catalogue.passage_ids(documents)
            kept = list(self._wanted.items())[1 - _CHOICES :]
            self._wanted = {**dict(kept), documents: found}
        return found

    def _of_collection(
        self,
        index: DenseIndex,
        catalogue: Catalogue,
        vector: Vectors,
        limit: int,
        first: int,
        wanted: NDArray[np.int64] | None,
    ) -> list[Neighbour]:
        """The nearest of the collection, without what is not of this generation, or not wanted."""
        asked = max(limit, min(first, _MANY))
        while self._base.count and asked <= _MANY:
            answer = index.nearest(vector, asked)
            ids = np.array([one.passage for one in answer], np.int64)
            ids = ids[ids <= self._base.top]
            if wanted is None:
                known = catalogue.existing(ids.tolist())
            else:
                known = set(np.intersect1d(ids, wanted).tolist())
            found = [one for one in answer if one.passage in known]
            if len(found) >= limit:
                return sorted(found, key=_rank)[:limit]
            if len(answer) < asked:
                break
            asked *= 4
        return self._exactly(catalogue, vector, limit, wanted)

    def _exactly(
        self,
        catalogue: Catalogue,
        vector: Vectors,
        limit: int,
        wanted: NDArray[np.int64] | None,
    ) -> list[Neighbour]:
        """The nearest of the collection's passages, each of them compared."""
        best: list[Neighbour] = []
        for ids, vectors in catalogue.vector_batches(self._base.top):
            if wanted is not None:
                chosen = np.isin(ids, wanted)
                ids, vectors = ids[chosen], vectors[chosen]
            best = sorted([*best, *_nearest(ids, vectors, vector, limit)], key=_rank)[:limit]
        return best


def open_shared(
    place: Place, directory: Path, manifest: Manifest, catalogue: Catalogue, probes: int = PROBES
) -> SharedIndex:
    """Open the collection of a generation and ask it for vectors that were put in.

    Raises:
        IndexDamagedError: It does not give them back, or is kept in another place.
        IndexUnreachableError: It is on a server that does not answer.
    """
    base = manifest.base
    if not place.is_place_of(base):
        raise IndexDamagedError(path=directory, detail=f"its vectors are in {base.place}")
    opened = place.open(directory, manifest)
    try:
        check_dense(opened, base, catalogue.probes(probes, up_to=base.top), directory)
    except BaseException:
        opened.close()
        raise
    return SharedIndex(opened, base)


def open_lexical(
    directory: Path, manifest: Manifest, catalogue: Catalogue, probes: int = PROBES
) -> LexicalIndex:
    """Open the lexical index of a generation and ask it for passages that were put in.

    Raises:
        IndexDamagedError: It does not give them back.
    """
    files = Opened(directory, LEXICAL, manifest)
    try:
        index = LexicalIndex(files.path)
        check_lexical(index, catalogue, catalogue.probes(probes))
    finally:
        files.remove()  # all of it is mapped into memory by now
    return index


def _nearest(
    ids: NDArray[np.int64], vectors: Vectors, vector: Vectors, limit: int
) -> list[Neighbour]:
    """The nearest of these passages, in no order, found exactly."""
    if not len(ids):
        return []
    # Not `@`: BLAS wakes its threads for this, and waits for them where the machine is busy.
    scores = np.vecdot(vectors, vector)
    best = np.argpartition(-scores, min(limit, len(ids)) - 1)[:limit]
    return [Neighbour(int(ids[one]), float(scores[one])) for one in best]


def _rank(neighbour: Neighbour) -> tuple[float, int]:
    """Best first; equal scores in the order of the ids, so that results do not vary."""
    return (-neighbour.score, neighbour.passage)
