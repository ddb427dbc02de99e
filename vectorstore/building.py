"""Building a generation: from the last one and what changed, or from the catalogue alone.

All of it happens inside the SQLite transaction that makes the new generation current. That
transaction is also the lock between publishers: it ends with its process.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from vectorstore.catalogue import Catalogue, IndexRow
from vectorstore.changes import Change
from vectorstore.dense import DenseIndex
from vectorstore.errors import IndexDamagedError, LibraryFullError
from vectorstore.lexical import LexicalIndex
from vectorstore.locks import Hold, set_apart
from vectorstore.manifest import CHROMA_DATABASE, DENSE, LEXICAL, Manifest
from vectorstore.schema import GENERATIONS, read_meta, write_meta
from vectorstore.translation import index_errors
from vectorstore.verification import check_dense, check_lexical

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

# Below this many passages an index is always built from nothing, in about a second: its word
# statistics and its graph then carry no traces of what was removed.
COPY_FROM_PASSAGES = 2_000

# An index that is copied on and on keeps traces of removed passages; at this share it is renewed.
_LARGEST_REMOVED_SHARE = 0.2

# New passages, and as many old ones, that a new generation must give back before it is published.
_PROBES = 64

# Bytes on disk a new passage may take in both indexes beside its vector, generously.
_PASSAGE_BYTES = 8_000
_SPARE_BYTES = 8 << 20


def build_generation(
    connection: sqlite3.Connection,
    folder: Path,
    change: Change | None,
    *,
    on_step: OnStep,
    copy_from_passages: int = COPY_FROM_PASSAGES,
) -> None:
    """Build the indexes of the passages as they stand in the caller's transaction.

    The new generation becomes current when the caller commits.

    Args:
        connection: In the transaction.
        folder: The library's folder.
        change: What changed since the current generation; None builds from nothing.
        on_step: Called at each step.
        copy_from_passages: From this many passages on the current generation is copied.

    Raises:
        LibraryFullError: There is not enough space.
        IndexDamagedError: The new indexes do not give back what was put in.
    """
    meta = read_meta(connection)
    catalogue = Catalogue(connection)
    number = meta.generation + 1
    previous = folder / GENERATIONS / meta.directory
    _check_space(folder, previous, catalogue.passage_count(), meta.dim)
    directory = folder / GENERATIONS / f"{number:06d}-{secrets.token_hex(4)}"
    directory.mkdir(parents=True)
    hold = Hold(directory, create=True)
    try:
        on_step("directory-made")
        if change and _may_copy(previous, catalogue, change, copy_from_passages):
            _build_on(directory, previous, catalogue, change, on_step)
        else:
            _build(directory, catalogue, on_step)
        _sync(directory)
        on_step("synced")
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    finally:
        hold.release()
    edition = meta.edition + (1 if change else 0)
    now = replace(meta, generation=number, directory=directory.name, edition=edition)
    write_meta(connection, now)
    on_step("switching")


def remove_leftovers(connection: sqlite3.Connection, folder: Path) -> None:
    """Remove generations that are not current and that nobody reads, within a transaction.

    What cannot be removed now is left for the next time.
    """
    current = folder / GENERATIONS / read_meta(connection).directory
    with suppress(OSError):
        for directory in sorted((folder / GENERATIONS).iterdir()):
            if directory.suffix == ".removed":
                shutil.rmtree(directory, ignore_errors=True)
            elif directory != current:
                removed = directory.with_suffix(".removed")
                if set_apart(directory, removed):
                    shutil.rmtree(removed, ignore_errors=True)


def _build(directory: Path, catalogue: Catalogue, on_step: OnStep) -> None:
    """Build both indexes from nothing."""
    on_step("copied")
    with closing(DenseIndex(directory / DENSE, create=True)) as dense:
        _add(dense, catalogue, after=0)
        on_step("dense-built")
        lexical = LexicalIndex(directory / LEXICAL, create=True)
        lexical.change(_rows(catalogue, after=0), [])
        on_step("lexical-built")
        _verify(dense, lexical, catalogue, after=0)
    on_step("verified")
    Manifest.of(directory, removed=0).write(directory)


def _build_on(
    directory: Path, previous: Path, catalogue: Catalogue, change: Change, on_step: OnStep
) -> None:
    """Build both indexes on copies of the previous ones; from nothing if those are damaged."""
    try:
        _change_copy(directory, previous, catalogue, change, on_step)
    except IndexDamagedError:
        for half in (DENSE, LEXICAL):
            shutil.rmtree(directory / half, ignore_errors=True)
        _build(directory, catalogue, on_step)


def _change_copy(
    directory: Path, previous: Path, catalogue: Catalogue, change: Change, on_step: OnStep
) -> None:
    """Copy both indexes and change them.

    Raises:
        IndexDamagedError: The previous indexes are not what they should be.
    """
    manifest = Manifest.read(previous)
    for half in (DENSE, LEXICAL):
        manifest.check(previous, half)
    with index_errors(previous):
        _copy(previous, directory)
    on_step("copied")
    with closing(DenseIndex(directory / DENSE)) as dense:
        dense.remove(change.removed)
        _add(dense, catalogue, after=change.after)
        on_step("dense-built")
        lexical = LexicalIndex(directory / LEXICAL)
        lexical.change(_rows(catalogue, after=change.after), change.removed)
        on_step("lexical-built")
        _verify(dense, lexical, catalogue, after=change.after)
    on_step("verified")
    Manifest.of(directory, removed=manifest.removed + len(change.removed)).write(directory)


def _add(dense: DenseIndex, catalogue: Catalogue, after: int) -> None:
    for rows in catalogue.index_rows(after):
        vectors = np.stack([row.vector for row in rows])
        dense.add([row.passage for row in rows], [row.document for row in rows], vectors)
    dense.flush()


def _rows(catalogue: Catalogue, after: int) -> Iterator[IndexRow]:
    for rows in catalogue.index_rows(after):
        yield from rows


def _verify(dense: DenseIndex, lexical: LexicalIndex, catalogue: Catalogue, after: int) -> None:
    probes = catalogue.probes(_PROBES, after) + (catalogue.probes(_PROBES) if after else [])
    check_dense(dense, catalogue, probes)
    check_lexical(lexical, catalogue, probes)


def _may_copy(previous: Path, catalogue: Catalogue, change: Change, at_least: int) -> bool:
    """Whether changing a copy of `previous` is worth it."""
    passages = catalogue.passage_count()
    if passages < max(at_least, 2 * change.added, 1):
        return False
    try:
        removed = Manifest.read(previous).removed + len(change.removed)
    except IndexDamagedError:
        return False
    return removed <= _LARGEST_REMOVED_SHARE * passages


def _copy(previous: Path, directory: Path) -> None:
    """Copy both indexes; Chroma's database through SQLite, for a reader may just be opening it."""
    for half in (DENSE, LEXICAL):
        shutil.copytree(
            previous / half, directory / half, ignore=shutil.ignore_patterns(f"{CHROMA_DATABASE}*")
        )
    with (
        closing(sqlite3.connect(previous / DENSE / CHROMA_DATABASE)) as source,
        closing(sqlite3.connect(directory / DENSE / CHROMA_DATABASE)) as target,
    ):
        source.backup(target)


def _check_space(folder: Path, previous: Path, passages: int, dim: int) -> None:
    """Chroma hangs on a full disk, so a build that would fill it is not begun.

    Raises:
        LibraryFullError: The disk has too little space.
    """
    held = sum(path.stat().st_size for path in previous.rglob("*") if path.is_file())
    needed = max(held, passages * (dim * 4 * 2 + _PASSAGE_BYTES)) + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        detail = f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free"
        raise LibraryFullError(path=folder, detail=detail)


def _sync(directory: Path) -> None:
    """Have the operating system write everything down before the catalogue points to it."""
    for path in [*directory.rglob("*"), directory, directory.parent]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
