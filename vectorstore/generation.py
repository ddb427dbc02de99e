"""One generation: a directory with the two indexes of exactly one state of the passages."""

from __future__ import annotations

import threading
from pathlib import Path

from vectorstore.catalogue import Catalogue
from vectorstore.dense import DenseIndex
from vectorstore.lexical import LexicalIndex
from vectorstore.locks import Hold
from vectorstore.manifest import DENSE, LEXICAL, Manifest
from vectorstore.verification import PROBES, check_dense, check_lexical


class Generation:
    """A generation that is held open for reading, shared by all snapshots of it."""

    def __init__(self, number: int, directory: Path) -> None:
        """Hold the generation in `directory`; its indexes open when asked for.

        Raises:
            FileNotFoundError: It is there no more.
        """
        self.number = number
        self.directory = directory
        self._hold = Hold(self.directory)
        self._holders = 1
        self._lock = threading.Lock()
        self._dense: DenseIndex | None = None
        self._lexical: LexicalIndex | None = None

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
            dense, self._dense, self._lexical = self._dense, None, None
        if dense is not None:
            dense.close()
        self._hold.release()

    def dense(self, catalogue: Catalogue) -> DenseIndex:
        """The dense index, checked when it is opened.

        Raises:
            IndexDamagedError: It does not give back what was put in.
        """
        with self._lock:
            if self._dense is None:
                Manifest.read(self.directory).check(self.directory, DENSE)
                opened = DenseIndex(self.directory / DENSE)
                try:
                    check_dense(opened, catalogue, catalogue.probes(PROBES))
                except BaseException:
                    opened.close()
                    raise
                self._dense = opened
            return self._dense

    def lexical(self, catalogue: Catalogue) -> LexicalIndex:
        """The lexical index, checked when it is opened.

        Raises:
            IndexDamagedError: It does not give back what was put in.
        """
        with self._lock:
            if self._lexical is None:
                Manifest.read(self.directory).check(self.directory, LEXICAL)
                opened = LexicalIndex(self.directory / LEXICAL)
                check_lexical(opened, catalogue, catalogue.probes(PROBES))
                self._lexical = opened
            return self._lexical
