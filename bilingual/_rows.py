"""What every encoder's vectors must be: finite, of the right number, of unit length."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bilingual.errors import EncoderOutputError


def unit_rows(rows: ArrayLike, *, name: str, count: int) -> NDArray[np.float32]:
    """`rows` at unit length.

    Args:
        rows: `[count, dim]`, any floating type.
        name: The encoder's, for the error.
        count: How many texts were encoded.

    Returns:
        float32 `[count, dim]`.

    Raises:
        EncoderOutputError: A row is missing, NaN, infinite or zero. Such a row would be stored
            without complaint and come back as an arbitrary neighbour.
    """
    try:
        found = np.asarray(rows, dtype=np.float32)
    except (TypeError, ValueError) as exc:  # ragged rows, or no numbers
        raise EncoderOutputError(name=name, detail=str(exc)) from exc
    if found.ndim != 2 or len(found) != count:
        raise EncoderOutputError(
            name=name, detail=f"{count} texts gave an array of the shape {list(found.shape)}"
        )
    lengths = np.linalg.norm(found.astype(np.float64), axis=1, keepdims=True)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if bad.size:
        at = int(bad[0])
        raise EncoderOutputError(name=name, detail=f"row {at} has the length {lengths[at, 0]}")
    unit: NDArray[np.float32] = (found / lengths).astype(np.float32)
    return unit


def unit_row(row: ArrayLike, *, name: str) -> NDArray[np.float32]:
    """One vector `[dim]` at unit length, checked like `unit_rows`.

    Raises:
        EncoderOutputError: The row is NaN, infinite or zero.
    """
    unit: NDArray[np.float32] = unit_rows(np.asarray(row)[None], name=name, count=1)[0]
    return unit
