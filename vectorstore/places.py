"""Where the dense indexes of a library's generations are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from vectorstore.dense import DenseIndex
from vectorstore.embedded import EmbeddedChroma
from vectorstore.manifest import Base, Manifest
from vectorstore.server import ChromaServer, RemoteChroma


class Place(Protocol):
    """In files beside the lexical index, or on a Chroma server."""

    name: str
    may_remove: bool  # from an index that is being extended

    def create(self, directory: Path) -> DenseIndex:
        """Make an empty index for the generation in `directory`, to be written."""
        ...

    def take_over(self, previous: Path, directory: Path) -> None:
        """Let the generation in `directory` have the index of `previous` as it is."""
        ...

    def extend(self, previous: Path, directory: Path, manifest: Manifest) -> DenseIndex:
        """Open the index of `previous`, or a copy of it, to be made that of `directory`."""
        ...

    def seal(self, directory: Path, index: DenseIndex) -> None:
        """Close a written index."""
        ...

    def open(self, directory: Path, manifest: Manifest) -> DenseIndex:
        """Open the index of a generation for reading."""
        ...

    def clear(self, keep: set[str]) -> None:
        """Delete collections whose names are not in `keep`."""
        ...

    def is_place_of(self, base: Base) -> bool:
        """Whether an index of this base can be opened here."""
        ...


def place_of(server: ChromaServer | None, library: str) -> Place:
    """The place for the indexes of a library.

    Args:
        server: None keeps them in the library's folder.
        library: The library's own name.
    """
    return EmbeddedChroma() if server is None else RemoteChroma(server, library)
