"""The Vietnamese side: an embedding for each unit, and low-rank updates of the body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor, nn

from bilingual.orthography import fold
from bilingual.training.alignment import WordTable
from bilingual.training.body import WIDTH, Body, sentence_vectors
from bilingual.units import FIRST_UNIT, Units

# WordPiece ids below this are special or unused.
_FIRST_PIECE = 1_000

# Weight of a unit's own spelling in its first embedding, against alignments counted.
_SPELLING = 0.5


class Student(nn.Module):
    """Frozen English pieces, trained units, and the updated body."""

    def __init__(
        self, weights_path: Path, rank: int, units: NDArray[np.float32], projection: Tensor
    ) -> None:
        """Start from embeddings `units` `[units, 384]`; updates start at nothing."""
        super().__init__()
        self.body = Body(weights_path, rank)
        self.units = nn.Parameter(torch.tensor(units))
        self.projection = projection

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Sentence vectors `[B, 384]` and projected token vectors `[B, n, 128]`, unit length."""
        pieces = F.embedding(ids.clamp(max=FIRST_UNIT - 1), self.body.pieces)
        units = F.embedding((ids - FIRST_UNIT).clamp(min=0), self.units)
        hidden = self.body(torch.where((ids >= FIRST_UNIT)[..., None], units, pieces), mask)
        tokens = F.normalize(hidden[:, 1:-1].float() @ self.projection, dim=-1)
        return sentence_vectors(hidden, mask), tokens

    def updates(self) -> list[nn.Parameter]:
        """Parameters of the low-rank updates."""
        return [*self.body.a, *self.body.b]


def first_embeddings(
    units: Units,
    table: WordTable,
    pieces: NDArray[np.float32],
    word_pieces: Callable[[str], Sequence[int]],
) -> NDArray[np.float32]:
    """Each unit's embedding as the mean of its translations' (Artetxe et al., 2020).

    Args:
        units: The inventory.
        table: Which words each was aligned with.
        pieces: The English input embeddings, `[30522, 384]`.
        word_pieces: WordPiece ids of a word.
    """
    whole = pieces[_FIRST_PIECE:].mean(0)

    def of_word(word: str) -> NDArray[np.float32]:
        ids = word_pieces(word)
        vector: NDArray[np.float32] = pieces[list(ids)].mean(0) if len(ids) else whole
        return vector

    english = [of_word(word) for word in table.english]
    total = np.zeros((len(units.numbers), WIDTH), np.float32)
    weight = np.zeros(len(units.numbers), np.float32)
    number_of = [units.numbers.get(word, -1) for word in table.vietnamese]
    for row, column, count in zip(table.row, table.column, table.count, strict=True):
        number = number_of[row]
        if number >= 0:
            total[number] += count * english[column]
            weight[number] += count
    spelt = np.stack([of_word(fold(unit)) for unit in units.numbers])
    first: NDArray[np.float32] = (total + _SPELLING * spelt) / (weight + _SPELLING)[:, None]
    return first
