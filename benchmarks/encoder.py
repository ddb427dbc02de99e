"""The default encoder against `SentenceTransformer.encode` on the same model: speed and loss.

    python -m benchmarks.encoder XQUAD-R.json [--passages N] [--rounds N]

Takes the path of an XQuAD file (SQuAD format, e.g. `xquad-r.en.json`). The two encoders take
turns on the same passages, so that whatever else the machine does slows both; ratios are medians
over the rounds. On a busy machine processor times are the steadier ones, so they stand beside.
nDCG@10 is that of each question against all paragraphs of the file.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe
from bilingual._weights import packaged_folder
from bilingual.minilm import MiniLM

Encode = Callable[[list[str]], NDArray[np.float32]]

_LOAD = """
import time
def now(): return time.perf_counter(), time.process_time()
began = now()
from bilingual.minilm import MiniLM
imported = now()
MiniLM()
loaded = now()
print(*(b - a for a, b in zip(began + imported, imported + loaded)))
"""


class Xquad(NamedTuple):
    """Paragraphs, questions, and the paragraph that answers each question."""

    paragraphs: list[str]
    questions: list[str]
    answers: NDArray[np.int64]


class Taken(NamedTuple):
    """What a call took."""

    wall_s: float
    processor_s: float


def read(path: Path) -> Xquad:
    """Read a file in SQuAD's format."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    pairs = [(qa["question"], at) for at, of in enumerate(paragraphs) for qa in of["qas"]]
    return Xquad(
        [paragraph["context"] for paragraph in paragraphs],
        [question for question, _ in pairs],
        np.array([at for _, at in pairs]),
    )


def taken_by(call: Callable[[], object]) -> Taken:
    """Wall-clock and processor seconds that `call` takes."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return Taken(time.perf_counter() - wall, time.process_time() - processor)


def load_times(runs: int) -> tuple[list[Taken], list[Taken]]:
    """What importing and loading took, in fresh processes; the first is not counted."""
    command = [sys.executable, "-c", _LOAD]
    shown = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for _ in range(runs + 1)
    ]
    rows = [[float(part) for part in line.split()] for line in shown[1:]]
    return [Taken(*row[:2]) for row in rows], [Taken(*row[2:]) for row in rows]


def show_times(name: str, taken: list[Taken], unit: str, per_s: int) -> None:
    """Print median, 95th percentile and processor time."""
    wall = sorted(per_s * each.wall_s for each in taken)
    processor = statistics.median(per_s * each.processor_s for each in taken)
    print(
        f"{name}: median {statistics.median(wall):.2f} {unit}, "
        f"p95 {wall[int(0.95 * len(wall))]:.2f} {unit}, "
        f"processor {processor:.2f} {unit}, n={len(wall)}"
    )


def compare_speed(ours: Encode, reference: Encode, passages: list[str], rounds: int) -> None:
    """Let the two take turns, and print passages a second and the ratios."""
    for encode in (ours, reference):
        encode(passages[:8])
    turns = [
        (taken_by(partial(ours, passages)), taken_by(partial(reference, passages)))
        for _ in range(rounds)
    ]
    for name, taken in zip(("ours", "reference"), zip(*turns, strict=True), strict=True):
        speeds = sorted(len(passages) / each.wall_s for each in taken)
        print(
            f"{name}: median {statistics.median(speeds):.1f} passages/s "
            f"({speeds[0]:.1f}-{speeds[-1]:.1f}, n={rounds})"
        )
    for name, at in (("wall clock", 0), ("processor time", 1)):
        ratios = sorted(theirs[at] / own[at] for own, theirs in turns)
        print(
            f"ratio, {name}: median {statistics.median(ratios):.2f} "
            f"({ratios[0]:.2f}-{ratios[-1]:.2f})"
        )


def ndcg_at_10(
    questions: NDArray[np.float32], passages: NDArray[np.float32], answers: NDArray[np.int64]
) -> float:
    """Mean nDCG@10 with one relevant passage a question."""
    scores = questions @ passages.T
    ranks = (scores > scores[np.arange(len(answers)), answers][:, None]).sum(axis=1)
    return float(np.where(ranks < 10, 1 / np.log2(ranks + 2.0), 0).mean())


def compare_vectors(ours: Encode, reference: Encode, data: Xquad) -> None:
    """Print the cosines and what they cost in retrieval."""
    passages, questions = ours(data.paragraphs), ours(data.questions)
    true_passages, true_questions = reference(data.paragraphs), reference(data.questions)
    for name, rows, true in (
        ("paragraphs", passages, true_passages),
        ("questions", questions, true_questions),
    ):
        cosines = (rows * true).sum(axis=1)
        print(f"cosine to the reference, {name}: {cosines.mean():.5f}, min {cosines.min():.5f}")
    before = ndcg_at_10(true_questions, true_passages, data.answers)
    after = ndcg_at_10(questions, passages, data.answers)
    print(f"nDCG@10: ours {after:.4f}, reference {before:.4f}, difference {after - before:+.4f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("xquad", type=Path)
    parser.add_argument("--passages", type=int, default=96, help="passages a round of timing")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    data = read(options.xquad)
    print(describe())

    imports, loads = load_times(7)
    show_times("import, with numpy and tokenizers", imports, "s", 1)
    show_times("load", loads, "s", 1)
    encoder = MiniLM()
    asked = [partial(encoder.encode_question, text) for text in data.questions[::4]]
    # Before torch is loaded, whose idle threads would be in the way.
    show_times("question", [taken_by(ask) for ask in asked], "ms", 1000)

    os.environ["HF_HUB_OFFLINE"] = "1"
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True)
    reference = partial(model.encode, normalize_embeddings=True)
    # Every nth paragraph: neighbours come from one article and are much the same.
    step = max(1, len(data.paragraphs) // options.passages)
    sample = data.paragraphs[::step][: options.passages]
    compare_speed(encoder.encode_passages, reference, sample, options.rounds)
    compare_vectors(encoder.encode_passages, reference, data)


if __name__ == "__main__":
    main()
