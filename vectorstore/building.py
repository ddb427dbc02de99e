"""Building a generation: from the last one and what changed, or from the catalogue alone.

A new generation shares the files of the last one by hard links. The lexical index writes what is
new into files of its own. The Chroma collection is taken over as it is, and what came since is its
tail (see `vectorstore.generation`); only when the tail has grown long is it put into a copy of the
collection. So a publish costs what it changes, not what the library holds.

All of it happens inside the SQLite transaction that makes the new generation current. That
transaction is also the lock between publishers: it ends with its process.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from vectorstore.analyser import RULES
from vectorstore.catalogue import Catalogue, IndexRow
from vectorstore.changes import Change
from vectorstore.dense import DenseIndex
from vectorstore.errors import (
    IndexDamagedError,
    IndexUnreachableError,
    LibraryShortError,
    StoreError,
)
from vectorstore.generation import open_lexical, open_shared
from vectorstore.lexical import LexicalIndex
from vectorstore.locks import Hold, set_apart
from vectorstore.manifest import DENSE, LEXICAL, Base, Manifest, checksums, link_tree
from vectorstore.opened import clear_opened
from vectorstore.places import Place
from vectorstore.schema import GENERATIONS, read_meta, write_meta
from vectorstore.translation import index_errors

Step = Literal[
    "begun",
    "rows-written",
    "directory-made",
    "copied",
    "dense-built",
    "lexical-built",
    "verified",
    "synced",
    "switching",
    "committed",
    "cleaned",
]
STEPS: tuple[Step, ...] = get_args(Step)
OnStep = Callable[[Step], None]

# Below this many passages an index is always built from nothing: its word statistics and its graph
# then carry no traces of what was removed.
COPY_FROM_PASSAGES = 300

# Passages that no collection holds yet, and that every question is compared with: 5,000 of 384
# dimensions take 1 ms and 8 MB. To put them into a copy of the collection takes less time than
# it took to embed them.
LARGEST_TAIL = 5_000

# An index that is changed on and on keeps traces of removed passages; at this share it is renewed.
_LARGEST_REMOVED_SHARE = 0.2

# Passages that a new index must give back before it is published.
_PROBES = 64

# Bytes on disk a new passage may take in both indexes beside its vector, generously.
_PASSAGE_BYTES = 8_000
_SPARE_BYTES = 8 << 20


def build_generation(
    connection: sqlite3.Connection,
    folder: Path,
    change: Change | None,
    *,
    place: Place,
    on_step: OnStep,
    copy_from_passages: int = COPY_FROM_PASSAGES,
) -> None:
    """Build the indexes of the passages as they stand in the caller's transaction.

    The new generation becomes current when the caller commits.

    Args:
        connection: In the transaction.
        folder: The library's folder.
        change: What changed since the current generation; None makes again what is damaged of it.
        place: Where the Chroma collection is, or is to be.
        on_step: Called at each step.
        copy_from_passages: From this many passages on the current generation is built upon.

    Raises:
        LibraryFullError: There is not enough space.
        IndexDamagedError: The new indexes do not give back what was put in.
        IndexUnreachableError: The Chroma server is needed and does not answer.
    """
    meta = read_meta(connection)
    number = meta.generation + 1
    name = f"{number:06d}-{secrets.token_hex(4)}"
    generations = folder / GENERATIONS
    previous = generations / meta.directory
    build = _Build(Catalogue(connection), generations / name, previous, change, place, on_step)
    before = build.worth_building_upon(copy_from_passages)
    build.check_space(folder, meta.dim, before)
    build.directory.mkdir(parents=True)
    hold = Hold(build.directory, create=True)
    try:
        on_step("directory-made")
        try:
            build.run(before)
        except IndexDamagedError:
            if before is None:
                raise
            build.clear()
            build.run(None)
        _sync(build.directory)
        on_step("synced")
    except BaseException:
        shutil.rmtree(build.directory, ignore_errors=True)
        raise
    finally:
        hold.release()
    edition = meta.edition + (1 if change else 0)
    write_meta(connection, replace(meta, generation=number, directory=name, edition=edition))
    on_step("switching")


def remove_leftovers(connection: sqlite3.Connection, folder: Path, place: Place) -> None:
    """Remove generations that are not current and that nobody reads, within a transaction.

    What cannot be removed now is left for the next time, and keeps no other from being removed.
    """
    current = folder / GENERATIONS / read_meta(connection).directory
    for directory in sorted((folder / GENERATIONS).glob("*")):
        with suppress(OSError):
            if directory.suffix == ".removed":
                shutil.rmtree(directory, ignore_errors=True)
            elif directory != current:
                removed = directory.with_suffix(".removed")
                if set_apart(directory, removed):
                    shutil.rmtree(removed, ignore_errors=True)
    clear_opened(folder)
    with suppress(StoreError):
        left = [path for path in (folder / GENERATIONS).glob("*") if path.is_dir()]
        place.clear({Manifest.read(path).base.collection for path in left})


@dataclass(frozen=True, slots=True)
class _Build:
    """Builds one generation in `directory`, upon `previous` where that is worth it."""

    catalogue: Catalogue
    directory: Path
    previous: Path
    change: Change | None
    place: Place
    on_step: OnStep

    def worth_building_upon(self, at_least: int) -> Manifest | None:
        """What the previous generation holds, unless building from nothing is better."""
        try:
            before = Manifest.read(self.previous)
        except IndexDamagedError:
            return None
        if self.change is None:
            return before
        passages = self.catalogue.passage_count()
        if passages < max(at_least, 2 * self.change.added, 1):
            return None
        removed = before.removed + len(self.change.removed)
        return before if removed <= _LARGEST_REMOVED_SHARE * passages else None

    def check_space(self, folder: Path, dim: int, before: Manifest | None) -> None:
        """Chroma hangs on a full disk, so a build that would fill it is not begun.

        Raises:
            LibraryShortError: The disk has too little space.
        """
        passages, held = self.catalogue.passage_count(), 0
        if before is not None and self.change is not None:
            # Of the lexical index all may be written once more, when its parts are merged.
            passages, written = self.change.added, [LEXICAL]
            if not self._is_short(before.base):
                written.append(DENSE)
            held = sum(size for half in written for size, _ in before.of(half).values())
        needed = held + passages * (dim * 4 * 2 + _PASSAGE_BYTES) + _SPARE_BYTES
        if (free := shutil.disk_usage(folder).free) < needed:
            raise LibraryShortError(path=folder, needed_mb=needed / 1e6, free_mb=free / 1e6)

    def run(self, before: Manifest | None) -> None:
        """Build both indexes, write the manifest, and ask the indexes for what was put in.

        Raises:
            IndexDamagedError: They do not give it back.
        """
        dense = before if before is not None and self._take_over(before, DENSE) else None
        lexical = before if before is not None and self._take_over(before, LEXICAL) else None
        self.on_step("copied")
        base = self._dense(dense)
        self.on_step("dense-built")
        self._lexical(lexical)
        self.on_step("lexical-built")
        files = {
            **checksums(self.directory, DENSE, dense.files if dense else {}),
            **checksums(self.directory, LEXICAL, lexical.files if lexical else {}),
        }
        removed = 0
        if dense or lexical:
            removed = before.removed if before else 0
            removed += len(self.change.removed) if self.change else 0
        manifest = Manifest(base, removed, RULES, files)
        manifest.write(self.directory)
        if dense is None or dense.base != base:
            self._ask(self.directory, manifest, DENSE)
        self._ask(self.directory, manifest, LEXICAL)
        self.on_step("verified")

    def clear(self) -> None:
        """Remove what was built."""
        for half in (DENSE, LEXICAL):
            shutil.rmtree(self.directory / half, ignore_errors=True)

    def _take_over(self, before: Manifest, half: str) -> bool:
        """Begin with one index of the previous generation, if it is what it should be."""
        try:
            before.check(self.previous, half)
            if self.change is None:  # something is wrong, and the checksums may not show what
                with suppress(IndexUnreachableError):  # no reason to build another
                    self._ask(self.previous, before, half)
            if half == LEXICAL:
                with index_errors(self.previous):
                    link_tree(self.previous / half, self.directory / half)
            elif not self.place.is_place_of(before.base):
                return False
            elif self._is_short(before.base):
                self.place.take_over(self.previous, self.directory)
        except IndexDamagedError:
            return False
        return True

    def _is_short(self, base: Base) -> bool:
        """Whether the tail of `base` is."""
        return self.catalogue.tail_count(base.top) <= LARGEST_TAIL

    def _dense(self, before: Manifest | None) -> Base:
        """The collection: the one before, a longer one, or a new one."""
        if before is not None and self._is_short(before.base):
            return before.base
        if before is None:
            return self._fill(self.place.create(self.directory), after=0)
        index = self.place.extend(self.previous, self.directory, before)
        if self.place.may_remove:
            index.remove(np.setdiff1d(index.ids(), self.catalogue.passage_ids()).tolist())
        return self._fill(index, after=before.base.top)

    def _fill(self, index: DenseIndex, after: int) -> Base:
        """Put the passages with an id above `after` into `index`."""
        try:
            for ids, vectors in self.catalogue.vector_batches(after=after):
                index.put(ids.tolist(), vectors)
            base = Base(
                self.place.name, index.name, self.catalogue.highest_passage(), index.count()
            )
        except BaseException:
            index.close()
            raise
        self.place.seal(self.directory, index)
        return base

    def _lexical(self, before: Manifest | None) -> None:
        """The lexical index: the one before with what changed, or a new one."""
        if before is None:
            index = LexicalIndex(self.directory / LEXICAL, create=True)
            index.change(self._rows(after=0), [])
        elif self.change is not None:
            index = LexicalIndex(self.directory / LEXICAL)
            index.change(self._rows(after=self.change.after), self.change.removed)

    def _rows(self, after: int) -> Iterator[IndexRow]:
        for rows in self.catalogue.index_rows(after):
            yield from rows

    def _ask(self, directory: Path, manifest: Manifest, half: str) -> None:
        """Open an index as a reader does, and ask it for what was put in."""
        if half == LEXICAL:
            open_lexical(directory, manifest, self.catalogue, _PROBES)
        else:
            open_shared(self.place, directory, manifest, self.catalogue, _PROBES).release()


def _sync(directory: Path) -> None:
    """Have the operating system write everything down before the catalogue points to it."""
    for path in [*directory.rglob("*"), directory, directory.parent]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
