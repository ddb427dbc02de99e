"""Whether an index gives back what was put in. Its count proves nothing: vectors are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vectorstore.catalogue import Catalogue, IndexRow
from vectorstore.dense import DenseIndex
from vectorstore.errors import IndexDamagedError, PassageMissingError
from vectorstore.lexical import LexicalIndex

# Passages asked for when an index is opened; damage to files is found by their checksums first.
PROBES = 8

# Cosine of a stored vector with itself, as HNSW computes it in float32.
_SAME = 1.0 - 1e-4


def check_dense(index: DenseIndex, catalogue: Catalogue, probes: Sequence[IndexRow]) -> None:
    """Ask for stored vectors back.

    Raises:
        IndexDamagedError: The count is wrong, or what is nearest to a stored vector has another.
    """
    _check_count(index, catalogue)
    for row in probes:
        nearest = index.nearest(row.vector, 1)
        if not nearest or not _is_same(catalogue, nearest[0].passage, row):
            raise IndexDamagedError(
                path=index.directory, detail=f"passage {row.passage} is not found again"
            )


def check_lexical(index: LexicalIndex, catalogue: Catalogue, probes: Sequence[IndexRow]) -> None:
    """Ask for passages by their own words.

    Raises:
        IndexDamagedError: The count is wrong, or a passage is not found by its words.
    """
    _check_count(index, catalogue)
    for row in probes:
        if not index.holds(row.passage, row.text):
            raise IndexDamagedError(
                path=index.directory, detail=f"passage {row.passage} is not found again"
            )


def _check_count(index: DenseIndex | LexicalIndex, catalogue: Catalogue) -> None:
    passages = catalogue.passage_count()
    if (count := index.count()) != passages:
        raise IndexDamagedError(
            path=index.directory, detail=f"{count} passages instead of {passages}"
        )


def _is_same(catalogue: Catalogue, passage: int, row: IndexRow) -> bool:
    """Whether `passage` is the one asked for, or its twin: the same text in another place."""
    if passage == row.passage:
        return True
    try:
        vector = catalogue.vectors([passage])[0]
    except PassageMissingError:
        return False
    return float(np.dot(vector, row.vector)) > _SAME
