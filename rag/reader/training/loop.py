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
from safetensors.numpy import save_file
from torch import Tensor

from bilingual.tokens import SCALE
from bilingual.training.progress import report
from rag.reader.model import ASKING_TOKENS, PIECE_TOKENS
from rag.reader.training.network import TASKS, Network, pace
from rag.reader.training.pairs import ANSWERS, Pair
from rag.reader.training.tokens import Texts

_BATCH = 128
_ALIKE_LONG = 32  # batches whose pairs are sorted by length together
_REPORT_EVERY = 100
_LARGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be chosen.

    Attributes:
        epochs: How often the pairs are read.
        layers: Of the network.
        rate: Peak learning rate.
        decay: Weight decay.
        threads: Of torch.
        seed: Seed of every random choice.
    """

    epochs: int = 3
    layers: int = 2
    rate: float = 1.5e-3
    decay: float = 0.01
    threads: int = 2
    seed: int = 0


def train(made: Sequence[Pair], texts: Texts, encoder: str, recipe: Recipe, out: Path) -> None:
    """Train and write `reader.safetensors`.

    Args:
        made: Pairs; those that cannot be read whole are left out.
        texts: Everything in them, encoded.
        encoder: Name of what encoded it.
    """
    torch.set_num_threads(recipe.threads)
    torch.manual_seed(recipe.seed)
    token_dim = next(iter(texts.sentences.values())).tokens.shape[1]
    network = Network(token_dim, recipe.layers)
    _fit(network, _short(made, texts), texts, recipe)
    export(network, encoder, out)


def export(network: Network, encoder: str, out: Path) -> None:
    """Write what `rag.reader.model` reads: the network without what is for claims."""
    out.mkdir(parents=True, exist_ok=True)
    weights = {
        name: tensor.detach().numpy().astype(np.float16)
        for name, tensor in network.state_dict().items()
    }
    asked = TASKS.index(ANSWERS)
    weights["cls"], weights["ty"] = weights["cls"][asked], weights["ty"][:, asked]
    for name in ("out.3.weight", "out.3.bias"):
        weights[name] = weights[name][asked : asked + 1]
    ready = {name: np.ascontiguousarray(array) for name, array in weights.items()}
    save_file(ready, out / "reader.safetensors", {"encoder": encoder})


def _short(made: Sequence[Pair], texts: Texts) -> list[Pair]:
    """The pairs that are read whole."""
    return [
        pair
        for pair in made
        if len(texts.of(pair.piece)) <= PIECE_TOKENS
        and len(texts.askings[pair.asking].weights) <= ASKING_TOKENS
    ]


def _fit(network: Network, made: list[Pair], texts: Texts, recipe: Recipe) -> None:
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    steps = recipe.epochs * len(made) / _BATCH
    losses: list[float] = []
    started = time.monotonic()
    for epoch in range(recipe.epochs):
        for rows in _batches(made, texts, random.Random(recipe.seed + epoch)):
            for group in optimiser.param_groups:
                group["lr"] = recipe.rate * pace(len(losses), int(steps))
            *sides, holds = batch(rows, texts)
            loss = F.binary_cross_entropy_with_logits(network(*sides), holds)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), _LARGEST_GRADIENT)
            optimiser.step()
            losses.append(loss.item())
            if len(losses) % _REPORT_EVERY == 0:
                left = (time.monotonic() - started) / len(losses) * (steps - len(losses)) / 60
                mean = np.mean(losses[-_REPORT_EVERY:])
                report(
                    f"step {len(losses):,} of {steps:,.0f}: {mean:.3f} nats; {left:.0f} min left"
                )


def _batches(made: list[Pair], texts: Texts, chosen: random.Random) -> Iterator[list[Pair]]:
    """Pairs alike in length together, in random order."""

    def tokens(pair: Pair) -> int:
        return len(texts.of(pair.piece)) + len(texts.askings[pair.asking].weights)

    shuffled = made[:]
    chosen.shuffle(shuffled)
    for start in range(0, len(shuffled), _BATCH * _ALIKE_LONG):
        alike = sorted(shuffled[start : start + _BATCH * _ALIKE_LONG], key=tokens)
        cut = [alike[at : at + _BATCH] for at in range(0, len(alike), _BATCH)]
        chosen.shuffle(cut)
        yield from cut


def batch(rows: Sequence[Pair], texts: Texts) -> tuple[Tensor, ...]:
    """What `Network` takes, and float `[batch]`: 1 where a pair holds."""
    asked = [texts.askings[pair.asking] for pair in rows]
    told = [texts.of(pair.piece) for pair in rows]
    words, longest = max(len(one.weights) for one in asked), max(map(len, told))
    width = told[0].shape[1]
    asking = np.zeros((len(rows), words, width), np.float32)
    weights = np.zeros((len(rows), words), np.float32)
    text = np.zeros((len(rows), longest, width), np.float32)
    there_asked, there = np.zeros((len(rows), words), bool), np.zeros((len(rows), longest), bool)
    for at, (one, tokens) in enumerate(zip(asked, told, strict=True)):
        asking[at, : len(one.tokens)], weights[at, : len(one.weights)] = one.tokens, one.weights
        text[at, : len(tokens)] = tokens
        there_asked[at, : len(one.weights)], there[at, : len(tokens)] = True, True
    task = np.array([TASKS.index(pair.task) for pair in rows])
    holds = np.array([pair.holds for pair in rows], np.float32)
    arrays = (asking, weights, there_asked, text / np.float32(SCALE), there, task, holds)
    return tuple(map(torch.from_numpy, arrays))
