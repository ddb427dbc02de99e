"""How long an answer takes: cold (process start to printed answer) and warm (`Assistant.ask`).

    python -m benchmarks.ask [--library DIR] [--runs N]

Cold runs are whole `trichdan ask` processes; the first is shown apart, since it also fills the
operating system's file cache. Warm answers are timed over the questions of the shipped set.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.machine import describe
from rag import Assistant, Settings

QUESTIONS = Path(__file__).parents[1] / "evals" / "sets" / "paris.jsonl"


def cold_s(library: Path, question: str) -> float:
    """Seconds from process start to the printed answer."""
    command = [sys.executable, "-m", "ui.cli", "--library", str(library), "ask", question]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def warm_ms(library: Path, questions: list[str]) -> list[float]:
    """Milliseconds of each `ask`, after ten that are not counted."""
    taken: list[float] = []
    with Assistant.open(replace(Settings.load(), library=library)) as assistant:
        for question in [*questions[:10], *questions]:
            began = time.perf_counter()
            assistant.ask(question)
            taken.append(1000 * (time.perf_counter() - began))
    return taken[10:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, default=Path("library"))
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    print(describe())
    colds = [cold_s(options.library, questions[0]) for _ in range(options.runs)]
    later = sorted(colds[1:])
    print(f"cold: first {colds[0]:.2f} s, then median {statistics.median(later):.2f} s", end=" ")
    print(f"({later[0]:.2f}-{later[-1]:.2f}, n={len(later)})")
    warms = sorted(warm_ms(options.library, questions))
    p95 = warms[int(0.95 * len(warms))]
    print(f"warm: median {statistics.median(warms):.1f} ms, p95 {p95:.1f} ms, n={len(warms)}")


if __name__ == "__main__":
    main()
