"""Word alignment: which word of a sentence translates which word of the other.

IBM Model 1 (Brown et al., 1993) with the diagonal prior of fast_align (Dyer, Chahuneau and Smith,
2013), trained in both directions by expectation maximisation. The two posteriors of a link are
multiplied and the root taken, so that only what both directions believe in remains.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 6

# Strength of the prior for words at like places; fast_align finds 4 to 8 for near languages,
# Vietnamese puts adjectives behind nouns.
_DIAGONAL = 3.0

# Mass of the empty word, against link probabilities.
_NULL = 2e-5

# Links with less symmetric probability are dropped.
_MIN_LINK = 0.08

# Words of a longer sentence beyond this many are not aligned.
_MAX_WORDS = 70


@dataclass(frozen=True, slots=True)
class Links:
    """All likely links, sorted by sentence pair; arrays of one length.

    Attributes:
        pair: Number of the sentence pair, int32.
        vietnamese: Position of the Vietnamese word in it, int16.
        english: Position of the English word, int16.
        probability: float32, 0 to 1.
    """

    pair: NDArray[np.int32]
    vietnamese: NDArray[np.int16]
    english: NDArray[np.int16]
    probability: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordTable:
    """How often each word was aligned with each, in effect.

    Attributes:
        vietnamese: The Vietnamese vocabulary.
        english: The English vocabulary.
        row: Index into `vietnamese` of each entry, int32 `[n]`.
        column: Index into `english`, int32 `[n]`.
        count: Weighted number of alignments, float32 `[n]`.
    """

    vietnamese: list[str]
    english: list[str]
    row: NDArray[np.int32]
    column: NDArray[np.int32]
    count: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Every word of a pair against every word of its translation; arrays of one length."""

    pair: NDArray[np.int32]
    position: tuple[NDArray[np.int16], NDArray[np.int16]]
    word: tuple[NDArray[np.int32], NDArray[np.int32]]
    occurrence: tuple[NDArray[np.int32], NDArray[np.int32]]
    prior: NDArray[np.float32]
    weight: NDArray[np.float32]


def align(
    vietnamese: Sequence[Sequence[str]],
    english: Sequence[Sequence[str]],
    weights: Sequence[float],
    progress: Callable[[str], None],
) -> tuple[Links, WordTable]:
    """Align sentence pairs word by word.

    Args:
        vietnamese: Words of each Vietnamese sentence; signs are skipped.
        english: Words of each English sentence.
        weights: How much each pair counts.
        progress: Told of each round.
    """
    vocabularies: tuple[dict[str, int], dict[str, int]] = ({}, {})
    grid = _grid(vietnamese, english, weights, vocabularies)
    progress(f"alignment: {len(grid.pair):,} possible links")
    keys = grid.word[0].astype(np.int64) * len(vocabularies[1]) + grid.word[1]
    types, entry = np.unique(keys, return_inverse=True)
    del keys
    entry = entry.astype(np.int32)
    row = (types // len(vocabularies[1])).astype(np.int32)
    column = (types % len(vocabularies[1])).astype(np.int32)
    to_english = _train(grid, entry, row, grid.occurrence[1], progress)
    to_vietnamese = _train(grid, entry, column, grid.occurrence[0], progress)
    both = np.sqrt(to_english * to_vietnamese)
    count = np.bincount(entry, weights=both * grid.weight, minlength=len(types))
    kept, used = both > _MIN_LINK, count > 0.3
    return (
        Links(grid.pair[kept], grid.position[0][kept], grid.position[1][kept], both[kept]),
        WordTable(
            list(vocabularies[0]),
            list(vocabularies[1]),
            row[used],
            column[used],
            count[used].astype(np.float32),
        ),
    )


def _grid(
    vietnamese: Sequence[Sequence[str]],
    english: Sequence[Sequence[str]],
    weights: Sequence[float],
    vocabularies: tuple[dict[str, int], dict[str, int]],
) -> _Grid:
    parts: list[tuple[NDArray[np.generic], ...]] = []
    seen = [0, 0]
    for number, (source, target, weight) in enumerate(
        zip(vietnamese, english, weights, strict=True)
    ):
        at_v = [place for place, word in enumerate(source) if word[0].isalnum()][:_MAX_WORDS]
        at_e = list(range(min(len(target), _MAX_WORDS)))
        n, m = len(at_v), len(at_e)
        if not n or not m:
            continue
        ids_v = [vocabularies[0].setdefault(source[k], len(vocabularies[0])) for k in at_v]
        ids_e = [vocabularies[1].setdefault(target[k], len(vocabularies[1])) for k in at_e]
        distance = np.abs(
            np.arange(n)[:, None] / max(1, n - 1) - np.arange(m)[None] / max(1, m - 1)
        )
        parts.append(
            (
                np.full(n * m, number, np.int32),
                np.repeat(np.array(at_v, np.int16), m),
                np.tile(np.array(at_e, np.int16), n),
                np.repeat(np.array(ids_v, np.int32), m),
                np.tile(np.array(ids_e, np.int32), n),
                np.repeat(np.arange(seen[0], seen[0] + n, dtype=np.int32), m),
                np.tile(np.arange(seen[1], seen[1] + m, dtype=np.int32), n),
                np.exp(-_DIAGONAL * distance).astype(np.float32).ravel(),
                np.full(n * m, weight, np.float32),
            )
        )
        seen[0] += n
        seen[1] += m
    pair, pv, pe, wv, we, ov, oe, prior, weight_ = map(np.concatenate, zip(*parts, strict=True))
    return _Grid(pair, (pv, pe), (wv, we), (ov, oe), prior, weight_)


def _train(
    grid: _Grid,
    entry: NDArray[np.int32],
    given: NDArray[np.int32],
    explained: NDArray[np.int32],
    progress: Callable[[str], None],
) -> NDArray[np.float32]:
    """Posterior of each link when each `explained` word comes from one word of the other side.

    Args:
        grid: The possible links.
        entry: Word-pair type of each link.
        given: The conditioning word of each type.
        explained: Occurrence that each link explains.
        progress: Told of each round.
    """
    count = np.bincount(entry, weights=grid.weight)
    table = count / np.bincount(given, weights=count)[given]
    shares = np.bincount(explained, weights=grid.prior)[explained]
    prior: NDArray[np.float32] = np.asarray(grid.prior / shares, np.float32)
    posterior: NDArray[np.float32] = prior
    for number in range(_ROUNDS):
        posterior = np.asarray(table[entry] * prior, np.float32)
        mass = np.bincount(explained, weights=posterior)
        posterior = np.asarray(posterior / (mass[explained] + _NULL), np.float32)
        count = np.bincount(entry, weights=posterior * grid.weight)
        table = count / np.maximum(np.bincount(given, weights=count)[given], 1e-9)
        fit = float(np.log(mass + 1e-9).mean())
        progress(f"alignment: round {number + 1} of {_ROUNDS}, log-likelihood a word {fit:.3f}")
    return posterior
