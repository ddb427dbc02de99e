"""A thousand questions asked, compared and reported by `trichdan eval`, timed from outside.

    python -m benchmarks.evaluation [--questions 1000] [--workers N] [--keep DIR]

The shipped set is asked again and again over the shipped documents, each time with other words
before the question, so that no two questions are the same text. The same set is run twice; the
runs must agree byte for byte, and comparing them must find nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import machine

_ROOT = Path(__file__).parents[1]
_SET = _ROOT / "evals" / "sets" / "paris.jsonl"
# What may stand before a question without asking for anything else.
_OPENERS = {
    "en": ("", "Please tell me: ", "I would like to know: ", "One more question: ", "Hello! ",
           "Good morning. ", "Could you help me? "),
    "vi": ("", "Cho tôi hỏi: ", "Xin cho biết: ", "Tôi muốn biết: ", "Chào bạn! ",
           "Câu hỏi nữa: ", "Làm ơn cho hay: "),
    "vi-nomarks": ("", "Cho toi hoi: ", "Xin cho biet: ", "Toi muon biet: ", "Chao ban! ",
                   "Cau hoi nua: ", "Lam on cho hay: "),
}  # fmt: skip
_EVERY_S = 0.25


@dataclass(slots=True)
class Timed:
    """A command from its start to its end.

    Attributes:
        seconds: Of the clock.
        memory_mib: What the process held, at each look.
        processor_s: Of all its threads.
    """

    seconds: float
    processor_s: float
    memory_mib: list[float] = field(default_factory=list)


def questions(wanted: int) -> Iterator[str]:
    """Lines of a set of that many questions."""
    lines = [json.loads(line) for line in _SET.read_text(encoding="utf-8").splitlines()]
    made = ((turn, line) for turn in count() for line in lines)
    for turn, line in islice(made, wanted):
        openers = _OPENERS[line["language"]]
        again = "" if turn < len(openers) else f"({turn}) "
        asked = again + openers[turn % len(openers)] + line["question"]
        named = line | {"id": f"{line['id']}/{turn}", "question": asked, "must_pass": False}
        yield json.dumps(named, ensure_ascii=False)


def timed(*words: str | Path) -> Timed:
    """Run `trichdan` with `words`, and look at its memory meanwhile.

    Raises:
        RuntimeError: It did not end with 0.
    """
    command = [sys.executable, "-m", "ui.cli", *map(str, words)]
    before = os.times()
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    held = []
    while process.poll() is None:
        held.append(_resident_mib(process.pid))
        time.sleep(_EVERY_S)
    seconds = time.perf_counter() - began
    after = os.times()
    assert process.stderr is not None
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {process.returncode}\n{process.stderr.read()}")
    used = after.children_user + after.children_system
    return Timed(seconds, used - before.children_user - before.children_system, held)


def _resident_mib(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(one.split()[1]) / 1024 for one in lines if one.startswith("VmRSS")), 0.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluation", description=__doc__)
    parser.add_argument("--questions", type=int, default=1000)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--keep", type=Path, help="an empty folder for the runs and the report")
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="evaluation-") as name:
        measure(options.keep or Path(name), options.questions, options.workers)
    return 0


def measure(folder: Path, wanted: int, workers: int | None) -> None:
    """Ask, ask again, compare and report in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    library, asked = folder / "library", folder / "many.jsonl"
    asked.write_text("".join(f"{line}\n" for line in questions(wanted)), encoding="utf-8")
    timed("--library", library, "ingest", _ROOT / "documents")
    print(machine.describe())
    print(f"{wanted} questions, load {os.getloadavg()[0]:.1f}")
    at_once = [] if workers is None else ["--workers", str(workers)]
    for name in ("first", "second"):
        run = timed("--library", library, "eval", "run", asked, "--out", folder / name, *at_once)
        tenths = [run.memory_mib[len(run.memory_mib) * tenth // 10] for tenth in (2, 4, 6, 8)]
        shown = ", ".join(f"{held:.0f}" for held in tenths)
        print(
            f"{name} run: {run.seconds:.1f} s of clock, {run.processor_s:.1f} s of processor; "
            f"MiB at 20, 40, 60, 80 % of it: {shown}; most {max(run.memory_mib):.0f}"
        )
    same = [(folder / one / "results.jsonl").read_bytes() for one in ("first", "second")]
    print(f"the same bytes: {'yes' if same[0] == same[1] else 'NO'}")
    both = (folder / "first", folder / "second")
    for name, words in (
        ("compare", ("eval", "compare", *both)),
        ("report of one run", ("eval", "report", both[1])),
        ("report of both", ("eval", "report", both[1], "--base", both[0])),
    ):
        done = timed(*words)
        print(f"{name}: {done.seconds:.1f} s of clock, {done.processor_s:.1f} s of processor")
        page = folder / "second" / "report.html"
        if page.exists():
            print(f"  report.html: {page.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    sys.exit(main())
