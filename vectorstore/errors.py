"""What can be wrong with a library.

StoreError
├── LibraryMissingError      there is no library in that folder
├── LibraryBusyError         another process is writing it
├── EncoderMismatchError     it was built with another encoder
├── LibraryDamagedError      its catalogue cannot be read
├── LibraryTooNewError       a newer version of Trichdan wrote it
├── LibraryLockedError       there is no permission to write into its folder
├── LibraryFullError         the disk is full
│   └── LibraryShortError    the disk has less room than is needed
├── IndexDamagedError        an index is damaged, and rebuilding it did not help
├── IndexUnreachableError    the Chroma server does not answer
├── SnapshotLostError        an index was damaged just as the library changed
├── DocumentMissingError     it has no such document
└── PassageMissingError      it has no such passage
"""

from __future__ import annotations

from bilingual.errors import TrichdanError


class StoreError(TrichdanError):
    """The library cannot be read or written (params: path, detail)."""

    code = "store"


class LibraryMissingError(StoreError):
    """There is no library in that folder (params: path)."""

    code = "library-missing"


class LibraryBusyError(StoreError):
    """Another process is writing the library (params: path, holder)."""

    code = "library-busy"


class EncoderMismatchError(StoreError):
    """The library was built with another encoder (params: built_with, built_dim, given, dim)."""

    code = "encoder-mismatch"


class LibraryDamagedError(StoreError):
    """The catalogue, the one part that cannot be rebuilt, is damaged (params: path, detail)."""

    code = "library-damaged"


class LibraryTooNewError(StoreError):
    """A newer version of Trichdan wrote the library (params: path, found, known)."""

    code = "library-too-new"


class LibraryLockedError(StoreError):
    """Its folder, or what is in it, may not be written (params: path)."""

    code = "library-locked"


class LibraryFullError(StoreError):
    """The disk, or a quota, is full (params: path, detail)."""

    code = "library-full"


class LibraryShortError(LibraryFullError):
    """The disk has less room than is needed (params: path, needed_mb, free_mb)."""

    code = "library-short"


class IndexDamagedError(StoreError):
    """An index does not give back what was put in (params: path, detail).

    Readers meet it only when rebuilding the index from the catalogue did not help.
    """

    code = "index-damaged"


class IndexUnreachableError(StoreError):
    """The Chroma server does not answer, or refuses (params: url, detail)."""

    code = "index-unreachable"


class SnapshotLostError(StoreError):
    """An index was damaged while the library moved on; a new snapshot is whole (params: path)."""

    code = "snapshot-lost"


class DocumentMissingError(StoreError):
    """The library has no such document (params: document)."""

    code = "document-missing"


class PassageMissingError(StoreError):
    """The library has no such passage, or no longer (params: passage)."""

    code = "passage-missing"
