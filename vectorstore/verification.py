"""Whether an index gives back what was put in. Its count proves nothing: vectors are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from vectorstore.catalogue import Catalogue, IndexRow
from vectorstore.dense import DenseIndex
from vectorstore.errors import IndexDamagedError
from vectorstore.lexical import LexicalIndex
from vectorstore.manifest import Base

# Passages asked for when an index is opened; damage to files is found by their checksums first.
PROBES = 8

# Cosine of a stored vector with itself, as HNSW computes it in float32.
_SAME = 1.0 - 1e-4

# So large a share of the probes may be out of the graph's reach: HNSW loses single passages among
# thousands of nearly equal ones. In a damaged graph nothing is where it should be.
_OUT_OF_REACH = 0.25


def check_dense(index: DenseIndex, base: Base, probes: Sequence[IndexRow], directory: Path) -> None:
    """Ask for stored vectors back, by their ids and by themselves.

    Raises:
        IndexDamagedError: There are too few; a passage has another vector; or more than a quarter
            of the vectors are not found as the nearest to themselves.
        IndexUnreachableError: The index is on a server that does not answer.
    """
    if (count := index.count()) < base.count:
        raise IndexDamagedError(path=directory, detail=f"{count} passages instead of {base.count}")
    kept = index.vectors([row.passage for row in probes]) if probes else {}
    lost = []
    for row in probes:
        vector = kept.get(row.passage)
        if vector is None or float(np.dot(vector, row.vector)) <= _SAME:
            raise IndexDamagedError(
                path=directory, detail=f"passage {row.passage} has another vector, or none"
            )
        # What is nearest may be a twin: the same text in another place, or one that was removed.
        nearest = index.nearest(row.vector, 1)
        if not nearest or nearest[0].score < _SAME:
            lost.append(row.passage)
    if len(lost) > _OUT_OF_REACH * len(probes):
        raise IndexDamagedError(path=directory, detail=f"passages {lost} are not found again")


def check_lexical(index: LexicalIndex, catalogue: Catalogue, probes: Sequence[IndexRow]) -> None:
    """Ask for passages by their own words.

    Raises:
        IndexDamagedError: The count is wrong, or a passage is not found by its words.
    """
    passages = catalogue.passage_count()
    if (count := index.count()) != passages:
        raise IndexDamagedError(
            path=index.directory, detail=f"{count} passages instead of {passages}"
        )
    for row in probes:
        if not index.holds(row.passage, row.text):
            raise IndexDamagedError(
                path=index.directory, detail=f"passage {row.passage} is not found again"
            )
