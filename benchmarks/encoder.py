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

_LOAD = """
import time
began = time.perf_counter(), time.process_time()
from bilingual.minilm import MiniLM
imported = time.perf_counter(), time.process_time()
MiniLM()
loaded = time.perf_counter(), time.process_time()
print(*(b - a for a, b in zip(began + imported, imported + loaded)))
"""


class Xquad(NamedTuple):
    """Paragraphs, questions, and the paragraph that answers each question."""

    paragraphs: list[str]
    questions: list[str]
    answers: NDArray[np.int64]


def read(path: Path) -> Xquad:
    """Read a file in SQuAD's format."""
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    asked = data.questions[::4]
    show_times(
        "question", [taken_by(partial(ours.encode_question, text)) for text in asked], "ms", 1000
    )

    passages, questions = (ours.encode_passages(t) for t in (data.paragraphs, data.questions))
    true_passages, true_questions = map(reference_rows, (data.paragraphs, data.questions))
    for name, rows, true in (
        ("paragraphs", passages, true_passages),
        ("questions", questions, true_questions),
    ):
        cosines = (rows * true).sum(axis=1)
        print(
            f"cosine to the reference, {name}: mean {cosines.mean():.5f}, min {cosines.min():.5f}"
        )
    before = ndcg_at_10(true_questions, true_passages, data.answers)
    after = ndcg_at_10(questions, passages, data.answers)
    print(f"nDCG@10: ours {after:.4f}, reference {before:.4f}, difference {after - before:+.4f}")


if __name__ == "__main__":
    main()
