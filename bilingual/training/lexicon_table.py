"""The word table, pruned and packed for `bilingual.lexicon`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bilingual.lexicon import PROBABILITY_SCALE
from bilingual.training.alignment import WordTable

# Translations rarer than these are left out, as are all but the likeliest of a word. On the dev
# half of XQuAD-R .03 and .08 do equally well.
_MIN_PROBABILITY = 0.03
_MIN_COUNT = 0.5
_MAX_TRANSLATIONS = 10


def write_lexicon(table: WordTable, path: Path) -> None:
    """Write what `Lexicon.load` reads."""
    vi = _direction(table.row, table.column, table.count, len(table.vietnamese))
    en = _direction(table.column, table.row, table.count, len(table.english))
    used_v = np.unique(np.concatenate([_sources(vi[0]), en[1]]))
    used_e = np.unique(np.concatenate([_sources(en[0]), vi[1]]))
    new_v = np.full(len(table.vietnamese), -1)
    new_v[used_v] = np.arange(len(used_v))
    new_e = np.full(len(table.english), -1)
    new_e[used_e] = np.arange(len(used_e))
    np.savez_compressed(
        path,
        vi=_text([table.vietnamese[k] for k in used_v]),
        en=_text([table.english[k] for k in used_e]),
        vi_start=_kept_bounds(vi[0], used_v),
        vi_to=new_e[vi[1]].astype(np.uint16),
        vi_p=vi[2],
        en_start=_kept_bounds(en[0], used_e),
        en_to=new_v[en[1]].astype(np.uint16),
        en_p=en[2],
        count_vi=vi[3][used_v],
        count_en=en[3][used_e],
    )


def _direction(
    source: NDArray[np.int32], target: NDArray[np.int32], count: NDArray[np.float32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8], NDArray[np.float16]]:
    """Row bounds `[n + 1]`, targets, probabilities, and the largest count of each row `[n]`."""
    probability = count / np.maximum(np.bincount(source, weights=count, minlength=n), 1e-9)[source]
    kept = np.flatnonzero((probability > _MIN_PROBABILITY) & (count >= _MIN_COUNT))
    kept = kept[np.lexsort((-probability[kept], source[kept]))]
    rows = source[kept]
    rank = np.arange(len(kept)) - np.searchsorted(rows, rows)
    kept = kept[rank < _MAX_TRANSLATIONS]
    bounds = np.concatenate([[0], np.cumsum(np.bincount(source[kept], minlength=n))])
    largest = np.zeros(n, np.float32)
    np.maximum.at(largest, source[kept], count[kept])
    packed = np.round(probability[kept] * PROBABILITY_SCALE).astype(np.uint8)
    return bounds, target[kept], packed, np.minimum(largest, 1000).astype(np.float16)


def _sources(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(bounds))


def _kept_bounds(bounds: NDArray[np.int64], used: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Bounds of the rows `used`; the rows between them are empty."""
    return np.append(bounds[used], bounds[-1]).astype(np.uint32)


def _text(words: list[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), np.uint8)
