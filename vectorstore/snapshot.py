"""One generation of a library, whole, for as long as a question takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TypeVar

import numpy as np

from vectorstore.catalogue import Catalogue
from vectorstore.errors import IndexDamagedError, LibraryDamagedError, SnapshotLostError
from vectorstore.generation import Generation
from vectorstore.lexical import LexicalField
from vectorstore.schema import Meta
from vectorstore.translation import catalogue_errors
from vectorstore.types import Document, Holding, Neighbour, Passage, Sentence, Vectors

T = TypeVar("T")


class SnapshotOwner(Protocol):
    """What a snapshot needs of the library it came from."""

    folder: Path

    def give_back(self, connection: sqlite3.Connection, era: int) -> None:
        """Take the connection back."""
        ...

    def replace_damaged(self, damaged: Generation, edition: int, era: int) -> Generation:
        """Give a sound generation for a damaged one."""
        ...


class Snapshot:
    """Documents, passages and both indexes of exactly one generation.

    What is published meanwhile is not seen. Use it in a `with` statement, from one thread at a
    time, and not for longer than it takes to retrieve: it keeps old generations on the disk.
    """

    def __init__(
        self,
        owner: SnapshotOwner,
        connection: sqlite3.Connection,
        meta: Meta,
        index: Generation | None,
        era: int,
    ) -> None:
        """Take over `connection` of an `era`, in its read transaction, and a hold on `index`."""
        self._owner = owner
        self._connection = connection
        self._catalogue = Catalogue(connection)
        self._meta = meta
        self._closed = False
        self.index = index
        self.era = era

    def __enter__(self) -> Self:
        """The snapshot itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Let the generation go."""
        if self._closed:
            return
        self._closed = True
        if self.index is not None:
            self.index.release()
        self._owner.give_back(self._connection, self.era)

    @property
    def generation(self) -> int:
        """Number of the generation of indexes; 0 before the first publish."""
        return self._meta.generation

    @property
    def encoder(self) -> str:
        """Name of the encoder that the library was built with."""
        return self._meta.encoder

    @property
    def dim(self) -> int:
        """Width of its vectors."""
        return self._meta.dim

    @property
    def edition(self) -> int:
        """Counts the changes to the passages: what is computed from them holds for one edition."""
        return self._meta.edition

    @property
    def passage_count(self) -> int:
        """How many passages there are."""
        if self.index is not None:
            return self._read(self.index.passage_count)
        return self._read(Catalogue.passage_count)

    def documents(self) -> list[Document]:
        """Every document, in the order of their ids."""
        return self._read(Catalogue.documents)

    def readings(self) -> dict[str, str]:
        """Id of a document → name of the rules by which it was read and cut, where known."""
        return self._read(Catalogue.readings)

    def known_vectors(self, keys: Collection[str]) -> set[str]:
        """Those of `keys` (see `embedding_key`) whose vectors the library has."""
        return self._read(lambda catalogue: catalogue.known_vectors(keys))

    def holdings(self) -> list[Holding]:
        """Every document with the number of its passages, in the order of their ids."""
        return self._read(Catalogue.holdings)

    def document(self, document: str) -> Document:
        """One document.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        return self._read(lambda catalogue: catalogue.document(document))

    def text(self, document: str) -> str:
        """The whole normalised text of a document, which every offset points into.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        return self._read(lambda catalogue: catalogue.text(document))

    def sentences(self, document: str) -> list[Sentence]:
        """The sentences of a document, in order.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        return self._read(lambda catalogue: catalogue.sentences(document))

    def passages(self, ids: Sequence[int], *, sentences: bool = True) -> list[Passage]:
        """The passages of `ids`, in their order, with their sentences unless told not to.

        Sentences cost four times as much as the rest of a passage.

        Raises:
            PassageMissingError: One of them is not in this generation.
        """
        return self._read(lambda catalogue: catalogue.passages(ids, sentences=sentences))

    def encoded(self, ids: Sequence[int]) -> tuple[Vectors, dict[int, bytes]]:
        """What the encoder made of the passages `ids`.

        Returns:
            The vectors as of `vectors`, and passage id → token vectors as stored; ids without any
            are left out.

        Raises:
            PassageMissingError: One of them is not in this generation.
        """
        return self._read(lambda catalogue: catalogue.encoded(ids))

    def passages_of(self, document: str) -> list[Passage]:
        """The passages of a document, in the order of the text.

        Raises:
            DocumentMissingError: There is none of that id.
        """
        return self._read(lambda catalogue: catalogue.passages_of(document))

    def headings(self) -> list[tuple[int, list[str]]]:
        """Ids and headings of the passages that stand below any, in the order of their texts."""
        return self._read(lambda catalogue: catalogue.headings())

    def vectors(self, ids: Sequence[int]) -> Vectors:
        """The vectors of `ids`: float32 `[len(ids), dim]`, in their order, of unit length.

        Raises:
            PassageMissingError: One of them is not in this generation.
        """
        return self._read(lambda catalogue: catalogue.vectors(ids))

    def dense(
        self, vector: Vectors, limit: int, documents: Collection[str] | None = None
    ) -> list[Neighbour]:
        """The passages nearest to `vector`, best first.

        Args:
            vector: float32 `[dim]`, finite, of unit length.
            limit: The largest number to return.
            documents: Ids of the documents to look in; None looks in all.

        Returns:
            At most `limit` neighbours; the score is the cosine similarity.

        Raises:
            IndexDamagedError: The index is damaged and rebuilding it did not help.
            IndexUnreachableError: It is on a Chroma server that does not answer.
        """
        if vector.shape != (self._meta.dim,) or not np.isfinite(vector).all():
            raise ValueError(f"a finite vector of width {self._meta.dim} is needed")
        if limit < 1 or (documents is not None and not documents):
            return []
        found = self._ask(
            lambda index: index.dense(self._catalogue).nearest(
                self._catalogue, vector, limit, documents
            )
        )
        return found or []

    def lexical(
        self,
        terms: Mapping[str, float],
        limit: int,
        field: LexicalField = "words",
        documents: Collection[str] | None = None,
    ) -> list[Neighbour]:
        """The passages that match weighted terms best, by BM25, best first.

        Args:
            terms: Term (as `index_terms` gives it, in `units` as `unit` does) → weight; weights of
                0 and less are left out.
            limit: The largest number to return.
            field: `words` keeps the marks; `stems` has neither marks nor English endings, terms are
                cut to them here; `units` holds what translations meet.
            documents: Ids of the documents to look in; None looks in all.

        Returns:
            At most `limit` neighbours, each of which has at least one of the terms.

        Raises:
            IndexDamagedError: The index is damaged and rebuilding it did not help.
        """
        if limit < 1 or (documents is not None and not documents):
            return []
        found = self._ask(
            lambda index: index.lexical(self._catalogue).find(terms, limit, field, documents)
        )
        return found or []

    def document_frequency(self, term: str, field: LexicalField = "words") -> int:
        """In how many passages `term` stands.

        In an index that was changed often, passages removed a while ago may still be counted.
        """
        found = self._ask(
            lambda index: index.lexical(self._catalogue).document_frequency(term, field)
        )
        return found or 0

    def verify(self) -> None:
        """Read the whole catalogue, and ask both indexes for what was put in.

        Raises:
            LibraryDamagedError: Something in the catalogue is not what was put in.
            IndexDamagedError: An index is damaged and rebuilding it did not help.
        """
        for fault in self._read(lambda catalogue: list(islice(catalogue.faults(), 1))):
            raise LibraryDamagedError(path=self._owner.folder, detail=fault)
        self.check()

    def check(self) -> None:
        """Open and check both indexes; damaged ones are rebuilt.

        Raises:
            IndexDamagedError: Rebuilding did not help.
        """
        self._ask(lambda index: (index.dense(self._catalogue), index.lexical(self._catalogue)))

    def _read(self, read: Callable[[Catalogue], T]) -> T:
        with catalogue_errors(self._owner.folder):
            return read(self._catalogue)

    def _ask(self, ask: Callable[[Generation], T]) -> T | None:
        """Ask the index, a rebuilt one if it is damaged; None where nothing was published yet."""
        if self.index is None:
            if self._meta.generation:  # an earlier call found it damaged and beyond repair
                raise SnapshotLostError(path=self._owner.folder)
            return None
        with catalogue_errors(self._owner.folder):
            try:
                return ask(self.index)
            except IndexDamagedError:
                damaged, self.index = self.index, None
                self.index = self._owner.replace_damaged(damaged, self._meta.edition, self.era)
                return ask(self.index)
