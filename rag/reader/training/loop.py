"""The training loop."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from numpy.typing import NDArray
from safetensors.numpy import save_file

from bilingual.body import Embeddings
from bilingual.training.progress import report
from rag.reader.training.network import LAYERS, PARTS, Network, pace
from rag.reader.training.tokens import Read, batch

_BATCH_TOKENS = 4608
_ALIKE_LONG = 4096  # readings that are sorted by length together
_REPORT_EVERY = 50
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be chosen.

    Attributes:
        epochs: How often everything is read.
        rate: Peak learning rate.
        decay: Weight decay, of matrices.
        threads: Of torch.
        seed: Seed of every random choice.
    """

    epochs: float = 1.6
    rate: float = 1.5e-4
    decay: float = 0.01
    threads: int = 2
    seed: int = 0


def fit(network: Network, rows: Sequence[Read], embeddings: Embeddings, recipe: Recipe) -> None:
    """Train `network`, with progress."""
    torch.set_num_threads(recipe.threads)
    matrices = [one for one in network.parameters() if one.ndim > 1]
    others = [one for one in network.parameters() if one.ndim <= 1]
    optimiser = torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": recipe.decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=recipe.rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    steps = max(1, int(len(list(_batches(rows, random.Random(recipe.seed)))) * recipe.epochs))
    losses: list[float] = []
    started = time.monotonic()
    for picked in _all_batches(rows, recipe.seed):
        if len(losses) == steps:
            break
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate * pace(len(losses), steps)
        *given, holds, weights = batch(picked, embeddings)
        each = F.binary_cross_entropy_with_logits(network(*given), holds, reduction="none")
        loss = (each * weights).sum() / weights.sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_GRADIENT)
        optimiser.step()
        losses.append(loss.item())
        if len(losses) % _REPORT_EVERY == 0:
            left = (time.monotonic() - started) / len(losses) * (steps - len(losses)) / 60
            mean = np.mean(losses[-4 * _REPORT_EVERY :])
            report(f"step {len(losses):,} of {steps:,}: {mean:.4f} nats; {left:.0f} min left")


def _all_batches(rows: Sequence[Read], seed: int) -> Iterator[list[Read]]:
    """Epoch after epoch, each in its own order."""
    epoch = 0
    while True:
        yield from _batches(rows, random.Random(seed + epoch))
        epoch += 1


def _batches(rows: Sequence[Read], chosen: random.Random) -> Iterator[list[Read]]:
    """Readings alike in length together, as many as fit, in random order."""
    shuffled = list(rows)
    chosen.shuffle(shuffled)
    for start in range(0, len(shuffled), _ALIKE_LONG):
        made: list[list[Read]] = [[]]
        for row in sorted(shuffled[start : start + _ALIKE_LONG], key=lambda row: row.length):
            if made[-1] and (len(made[-1]) + 1) * row.length > _BATCH_TOKENS:
                made.append([])
            made[-1].append(row)
        chosen.shuffle(made)
        yield from made


def export(network: Network, encoder: str, out: Path) -> None:
    """Write what `rag.reader.model` reads.

    Linear layers as int8 with one scale for each output, the rest as it is or in float16.
    """
    out.mkdir(parents=True, exist_ok=True)
    stored: dict[str, NDArray[np.generic]] = {}
    own = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    for layer in range(LAYERS):
        for part, names in PARTS.items():
            weights = np.split(own[f"layers.{layer}_{part}"], len(names))
            biases = np.split(own[f"layers.{layer}_{part}_bias"], len(names))
            for name, weight, bias in zip(names, weights, biases, strict=True):
                place = f"encoder.layer.{layer}.{name}"
                stored[f"{place}.bias"] = bias
                stored[f"{place}.weight"] = weight
                if weight.ndim > 1:
                    scale = np.maximum(np.abs(weight).max(axis=1) / 127, 1e-12)
                    rounded = np.rint(weight / scale[:, None]).astype(np.int8)
                    stored[f"{place}.weight"] = rounded
                    stored[f"{place}.weight.scale"] = scale.astype(np.float32)
    stored["embeddings.LayerNorm.weight"] = own["first_norm"]
    stored["embeddings.LayerNorm.bias"] = own["first_norm_bias"]
    for name in ("places", "text", "vietnamese", "h1.weight", "h1.bias", "h2.weight", "h2.bias"):
        stored[name] = own[name].astype(np.float16)
    ready = {name: np.ascontiguousarray(array) for name, array in stored.items()}
    save_file(ready, out / "reader.safetensors", {"encoder": encoder})
