"""Documents that wait to be published, on the disk: a folder of thousands needs little memory."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self, overload

from vectorstore import NewDocument


class Spool(Sequence[NewDocument]):
    """A list of documents in a temporary file, which is gone with its process.

    Each access reads the document anew. Use it in a `with` statement.
    """

    def __init__(self) -> None:
        # In memory while it is small: most ingests add a file or two.
        self._file = tempfile.SpooledTemporaryFile(max_size=8 << 20)  # noqa: SIM115
        self._places: list[int] = []
        self._end = 0

    def __enter__(self) -> Self:
        """The spool itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the file back."""
        self._file.close()

    def append(self, document: NewDocument) -> None:
        """Put a document at the end."""
        self._file.seek(self._end)
        pickle.dump(document, self._file, pickle.HIGHEST_PROTOCOL)
        self._places.append(self._end)
        self._end = self._file.tell()

    def __len__(self) -> int:
        """How many there are."""
        return len(self._places)

    def __iter__(self) -> Iterator[NewDocument]:
        """One after another."""
        return (self[number] for number in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> NewDocument: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[NewDocument]: ...

    def __getitem__(self, index: int | slice) -> NewDocument | Sequence[NewDocument]:
        """The document at `index`."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        self._file.seek(self._places[index])
        document = pickle.load(self._file)
        assert isinstance(document, NewDocument)
        return document
