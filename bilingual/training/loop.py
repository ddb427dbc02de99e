"""The training loop: one or more processes, each on its own batches, averaged now and then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from numpy.typing import NDArray

from bilingual.training.alignment import Links
from bilingual.training.losses import Batch, Loss, loss_of
from bilingual.training.samples import Sentence
from bilingual.training.student import Student
from bilingual.training.teacher import TOKEN_WIDTH, Lessons, padded
from bilingual.units import FIRST_UNIT, Units

# Share of compounds that are read as their syllables, so that those are learned in them too.
_SPLIT = 0.06

# Samples among which batches of like length are formed, and the fewest samples of a batch.
_POOL, _FEWEST, _MOST = 8_000, 8, 160

# Inverse document frequencies of tokens are held within these.
_IDF_RANGE = (0.3, 8.0)

# Tokens of a text that stand for a question: from the first to below the second.
_QUESTIONERS = (3, 11)

# Steps between averages of the processes' parameters, saves and reports; steps of warming up.
_AVERAGE_EVERY, _SAVE_EVERY, _REPORT_EVERY, _WARM_UP = 8, 200, 50, 100


@dataclass(frozen=True, slots=True)
class Recipe:
    """What can be chosen. Measured ones stand in MODEL_CARD.md.

    Attributes:
        steps: Optimiser steps.
        batch_tokens: Tokens of a batch, of each process.
        rank: Rank of the body's updates.
        unit_rate: Peak learning rate of the unit embeddings.
        update_rate: Peak learning rate of the updates.
        seed: Seed of every random choice.
        workers: Processes.
    """

    steps: int = 2_800
    batch_tokens: int = 2_000
    rank: int = 32
    unit_rate: float = 1.6e-3
    update_rate: float = 8e-4
    seed: int = 1
    workers: int = 2


@dataclass(frozen=True, slots=True)
class Course:
    """Everything a process needs to draw batches.

    Attributes:
        vietnamese: Vietnamese side of each pair.
        english: English side of each pair.
        links: Alignment of all pairs.
        samples: Pair numbers of each sample.
        draw: Probability of each sample.
        lessons: The teacher's vectors.
        units: The inventory.
    """

    vietnamese: Sequence[Sentence]
    english: Sequence[Sentence]
    links: Links
    samples: Sequence[Sequence[int]]
    draw: NDArray[np.float64]
    lessons: Lessons
    units: Units


class Batches:
    """An endless stream of batches of like length."""

    def __init__(self, course: Course, recipe: Recipe, seed: int) -> None:
        """Count document frequencies and prepare the samples' lengths."""
        self._course, self._recipe = course, recipe
        self._random = np.random.default_rng(seed)
        self._queue: list[NDArray[np.int64]] = []
        pairs = np.arange(len(course.vietnamese) + 1)
        self._first_link = np.searchsorted(course.links.pair, pairs)
        self.idf = _idf(course.vietnamese), _idf(course.english)
        self._lengths = np.array(
            [
                [
                    sum(len(side[pair].ids) for pair in sample)
                    for side in (course.vietnamese, course.english)
                ]
                for sample in course.samples
            ]
        )
        numbers = course.units.numbers
        self._syllables = {
            FIRST_UNIT + number: [FIRST_UNIT + numbers[s] for s in unit.split(" ")]
            for unit, number in numbers.items()
            if " " in unit and all(s in numbers for s in unit.split(" "))
        }

    def next(self) -> Batch:
        """The next batch."""
        if not self._queue:
            self._queue = self._draw()
        return self._batch(self._queue.pop())

    def _draw(self) -> list[NDArray[np.int64]]:
        course = self._course
        size = min(_POOL, int((course.draw > 0).sum()))
        pool = self._random.choice(len(course.samples), size, replace=False, p=course.draw)
        pool = pool[np.lexsort((self._lengths[pool, 1], self._lengths[pool, 0]))]
        batches, at = [], 0
        while at < len(pool):
            n = 1
            while at + n < len(pool) and n < _MOST:
                longest = self._lengths[pool[at : at + n + 1]].max() + 2
                if (n + 1) * longest > self._recipe.batch_tokens:
                    break
                n += 1
            if n >= _FEWEST:
                batches.append(pool[at : at + n])
            at += n
        self._random.shuffle(batches)
        return batches

    def _batch(self, samples: NDArray[np.int64]) -> Batch:
        lessons = self._course.lessons
        rows = [self._sample(self._course.samples[k]) for k in samples]
        n, m = max(len(v) for v, _, _ in rows), max(len(e) for _, e, _ in rows)
        links = np.zeros((len(rows), n, m), np.float32)
        english = np.zeros((len(rows), m, TOKEN_WIDTH), np.float32)
        weights = np.zeros((len(rows), n), np.float32), np.zeros((len(rows), m), np.float32)
        for k, (number, (v, e, linked)) in enumerate(zip(samples, rows, strict=True)):
            links[k, : len(v), : len(e)] = linked
            english[k, : len(e)] = lessons.tokens[
                lessons.starts[number] : lessons.starts[number + 1]
            ]
            weights[0][k, : len(v)] = self.idf[0][v]
            weights[1][k, : len(e)] = self.idf[1][e]
        ids, mask = padded([v for v, _, _ in rows])
        return Batch(
            ids,
            mask,
            torch.from_numpy(links),
            torch.from_numpy(english),
            torch.from_numpy(weights[0]),
            torch.from_numpy(weights[1]),
            torch.from_numpy(lessons.sentences[samples].astype(np.float32)),
        )

    def _sample(
        self, sample: Sequence[int]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """Vietnamese ids, English ids, and the links of their tokens."""
        sides = [self._split(self._course.vietnamese[pair]) for pair in sample]
        others = [self._course.english[pair] for pair in sample]
        links = np.zeros(
            (sum(len(v) for v, _ in sides), sum(len(e.ids) for e in others)), np.float32
        )
        row = column = 0
        for pair, (v, word), other in zip(sample, sides, others, strict=True):
            found = slice(self._first_link[pair], self._first_link[pair + 1])
            # English signs have the word -1: the last column, which stays empty.
            words = len(self._course.vietnamese[pair].words), len(other.words) + 1
            table = np.zeros(words, np.float32)
            all_ = self._course.links
            table[all_.vietnamese[found], all_.english[found]] = all_.probability[found]
            if len(v) and len(other.ids):
                links[row : row + len(v), column : column + len(other.ids)] = table[word][
                    :, other.word
                ]
            row, column = row + len(v), column + len(other.ids)
        return np.concatenate([v for v, _ in sides]), np.concatenate([e.ids for e in others]), links

    def _split(self, side: Sentence) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
        """Token ids and their words, some compounds read as syllables."""
        chosen = self._random.random(len(side.ids)) < _SPLIT
        ids: list[int] = []
        words: list[int] = []
        for id_, word, split in zip(side.ids.tolist(), side.word.tolist(), chosen, strict=True):
            parts = self._syllables.get(id_, [id_]) if split else [id_]
            ids += parts
            words += [word] * len(parts)
        return np.array(ids, np.int32), np.array(words, np.int16)


def train(
    student: Student,
    batches: Batches,
    recipe: Recipe,
    rank: int,
    directory: Path,
    progress: Callable[[str], None],
) -> None:
    """Train in place; continue from `directory/student.pt` if it is there.

    Args:
        student: The model; alike in all processes.
        batches: This process's batches.
        recipe: What was chosen.
        rank: Number of this process; 0 saves and reports.
        directory: Where the state is kept.
        progress: Told of the losses.
    """
    groups: list[dict[str, Any]] = [
        {"params": [student.units], "weight_decay": 0.0},
        {"params": student.updates()},
    ]
    optimiser = torch.optim.AdamW(
        groups,
        betas=(0.9, 0.98),
        weight_decay=0.01,
        fused=True,
    )
    state = directory / "student.pt"
    done = 0
    if state.exists():
        stored = torch.load(state)
        student.load_state_dict(stored["student"])
        optimiser.load_state_dict(stored["optimiser"])
        done = int(stored["steps"])
    random_ = np.random.default_rng([recipe.seed, rank, done])
    started, first, log = time.monotonic(), done, list[Loss]()
    while done < recipe.steps:
        pace = min(1.0, (done + 1) / _WARM_UP) * max(0.02, 1 - done / recipe.steps)
        for group, rate in zip(
            optimiser.param_groups, (recipe.unit_rate, recipe.update_rate), strict=True
        ):
            group["lr"] = rate * pace
        batch = batches.next()
        sentences, tokens = student(batch.ids, batch.mask)
        loss = loss_of(batch, sentences, tokens, int(random_.integers(*_QUESTIONERS)))
        optimiser.zero_grad()
        loss.total.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        done += 1
        if recipe.workers > 1 and done % _AVERAGE_EVERY == 0:
            _average([student.units, *student.updates()], recipe.workers)
        log.append(replace(loss, total=loss.total.detach()))  # or each step's graph stays
        if rank == 0 and done % _REPORT_EVERY == 0:
            progress(_report(log[-_REPORT_EVERY:], done, recipe.steps, first, started))
        if rank == 0 and (done % _SAVE_EVERY == 0 or done == recipe.steps):
            saved = {
                "student": student.state_dict(),
                "optimiser": optimiser.state_dict(),
                "steps": done,
            }
            torch.save(saved, state.with_suffix(".new"))
            state.with_suffix(".new").replace(state)


@torch.no_grad()
def _average(parameters: Sequence[torch.nn.Parameter], workers: int) -> None:
    """Give all processes the mean of their parameters (local SGD: Stich, 2019).

    Averaging gradients at every step instead costs a third of the time of small batches.
    """
    flat = torch.cat([parameter.flatten() for parameter in parameters])
    dist.all_reduce(flat)
    at = 0
    for parameter in parameters:
        part = flat[at : at + parameter.numel()] / workers
        parameter.copy_(part.view_as(parameter))
        at += parameter.numel()


def _report(log: Sequence[Loss], done: int, steps: int, first: int, started: float) -> str:
    left_s = (time.monotonic() - started) / (done - first) * (steps - done)
    return (
        f"step {done:,} of {steps:,}: cosine {np.mean([x.cosine for x in log]):.3f}, tokens "
        f"{np.mean([x.token_cosine for x in log]):.3f}, late interaction "
        f"{np.mean([x.interaction for x in log]):.3f} nats; {left_s / 60:.0f} min left"
    )


def _idf(side: Sequence[Sentence]) -> NDArray[np.float32]:
    """Inverse document frequency of each token id, a pair being a document."""
    ids = np.concatenate([np.unique(sentence.ids) for sentence in side])
    idf = np.log((len(side) + 1) / (np.bincount(ids) + 1))
    return np.clip(idf, *_IDF_RANGE).astype(np.float32)
