"""What the English side of each sample looks like to all-MiniLM-L6-v2: the vectors to learn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from torch import Tensor

from bilingual.training.body import WIDTH, Body, sentence_vectors
from bilingual.training.samples import Sentence

# Dimensions of the token vectors; see the late-interaction rows of MODEL_CARD.md.
TOKEN_WIDTH = 128

CLS, SEP, PAD = 101, 102, 0

# Tokens a batch; samples from which the projection is computed.
_BATCH_TOKENS = 8_000
_PROJECTION_SAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Lessons:
    """The teacher's vectors of all samples.

    Attributes:
        sentences: Unit-length, float16 `[samples, 384]`.
        tokens: Unit-length projected token vectors of all samples, float16 `[tokens, 128]`,
            memory-mapped.
        starts: First token of each sample, and the end, int64 `[samples + 1]`.
        projection: float32 `[384, 128]`.
    """

    sentences: NDArray[np.float16]
    tokens: NDArray[np.float16]
    starts: NDArray[np.int64]
    projection: NDArray[np.float32]


def make_lessons(
    body: Body,
    english: Sequence[Sentence],
    samples: Sequence[Sequence[int]],
    directory: Path,
    progress: Callable[[str], None],
) -> Lessons:
    """Encode the English side of each sample; read from `directory` if it was done before."""
    ids = [np.concatenate([english[pair].ids for pair in sample]) for sample in samples]
    starts = np.concatenate([[0], np.cumsum([len(x) for x in ids])])
    done = directory / "lessons.npz"
    if not done.exists():
        projection = _projection(body, ids)
        tokens = np.lib.format.open_memmap(
            directory / "tokens.npy", "w+", np.float16, (int(starts[-1]), TOKEN_WIDTH)
        )
        sentences = np.zeros((len(ids), WIDTH), np.float16)
        encoded = 0
        for number, batch in enumerate(_batches([len(x) for x in ids])):
            hidden, mask = _encode(body, [ids[k] for k in batch])
            sentences[batch] = sentence_vectors(hidden, mask).numpy()
            projected = F.normalize(hidden.float() @ projection, dim=-1).half().numpy()
            for row, k in enumerate(batch):
                tokens[starts[k] : starts[k + 1]] = projected[row, 1 : len(ids[k]) + 1]
            encoded += sum(len(ids[k]) for k in batch)
            if number % 50 == 0:
                progress(f"teacher: {encoded / starts[-1]:.0%} of {starts[-1]:,} tokens")
        tokens.flush()
        np.savez(done, sentences=sentences, projection=projection.numpy())
    with np.load(done) as stored:
        return Lessons(
            stored["sentences"],
            np.load(directory / "tokens.npy", mmap_mode="r"),
            starts,
            stored["projection"],
        )


def padded(rows: Sequence[NDArray[np.int32]]) -> tuple[Tensor, Tensor]:
    """Token ids with [CLS] and [SEP] around, int64, and their mask; both `[rows, longest + 2]`."""
    longest = max(len(row) for row in rows) + 2
    ids = torch.full((len(rows), longest), PAD)
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for number, row in enumerate(rows):
        ids[number, : len(row) + 2] = torch.tensor([CLS, *row.tolist(), SEP])
        mask[number, : len(row) + 2] = True
    return ids, mask


@torch.inference_mode()
def _encode(body: Body, rows: Sequence[NDArray[np.int32]]) -> tuple[Tensor, Tensor]:
    ids, mask = padded(rows)
    return body(F.embedding(ids, body.pieces), mask), mask


@torch.inference_mode()
def _projection(body: Body, ids: Sequence[NDArray[np.int32]]) -> Tensor:
    """The directions that hold most of the token vectors' energy: uncentred PCA."""
    chosen = np.random.default_rng(0).choice(len(ids), min(len(ids), _PROJECTION_SAMPLES), False)
    energy = torch.zeros(WIDTH, WIDTH)
    for at in range(0, len(chosen), 32):
        hidden, mask = _encode(body, [ids[k] for k in chosen[at : at + 32]])
        vectors = F.normalize(hidden[mask].float(), dim=1)
        energy += vectors.T @ vectors
    _, directions = torch.linalg.eigh(energy)
    projection: Tensor = directions[:, -TOKEN_WIDTH:].flip(1).contiguous()
    return projection


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Samples of like length together, at most `_BATCH_TOKENS` with padding."""
    batches: list[list[int]] = [[]]
    for k in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batches[-1] and (len(batches[-1]) + 1) * (lengths[k] + 2) > _BATCH_TOKENS:
            batches.append([])
        batches[-1].append(k)
    return batches
