"""What grows how: memory, disk, build, publish, open and query, by the number of passages.

    python -m benchmarks.scaling [--passages 1000 10000 100000] [--folder DIR] [--no-tokens]

Passages, vectors and token vectors are made, not embedded (see `benchmarks.made`); nothing here
runs a model but the last line. A library is built by publishes of at most 50,000 passages; what was
built in `--folder` is kept, and a build that was interrupted goes on. Each publish, the changes and
the questions run in a process of their own, so that memory is theirs. Times are given twice: as the
clock says, and as processor time, which a busy machine distorts less.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import machine, made
from bilingual.encoders import load_encoder
from bilingual.lexicon import default_lexicon
from rag.question import check_question
from rag.retriever import HybridRetriever
from vectorstore import Library, Snapshot, Writer
from vectorstore.building import Step

_QUESTIONS = 200
_RECALLED = 40
_CHANGES = 5
_POOL = 60
_DOCUMENTS_KEPT_AT_ONCE = 500
_PASSAGES_A_PUBLISH = 50_000
_QUESTION_CHARS = 2000

Times = dict[str, float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every size, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--folder", type=Path, help="where libraries are made, and kept")
    parser.add_argument("--no-tokens", action="store_true", help="without token vectors")
    parser.add_argument("--only", choices=["build", "change", "ask"], help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.only:
        size = options.passages[0]
        parts: dict[str, Callable[[], Times]] = {
            "build": lambda: build(options.folder, size, tokens=not options.no_tokens),
            "change": lambda: change(options.folder, tokens=not options.no_tokens),
            "ask": lambda: ask(options.folder, size),
        }
        print(json.dumps(parts[options.only]()))
        return 0
    print(machine.describe())
    with TemporaryDirectory(prefix="scaling-") as name:
        for size in options.passages:
            folder = (options.folder or Path(name)) / f"{size}"
            print(f"\n{size:,} passages", flush=True)
            while held(folder) < size:
                _part("build", folder, size, options.no_tokens)
            _part("change", folder, size, options.no_tokens)
            _part("ask", folder, size, options.no_tokens)
            _print(sizes(folder))
    return 0


def _part(part: str, folder: Path, size: int, no_tokens: bool) -> None:
    """Measure one part in a process of its own, and print what it found."""
    command = [sys.executable, "-m", "benchmarks.scaling", "--only", part]
    command += ["--passages", str(size), "--folder", str(folder)]
    command += ["--no-tokens"] if no_tokens else []
    found = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    _print(json.loads(found.stdout))
    print(f"  {'load of the machine after this':<56} {os.getloadavg()[0]:>12.1f}", flush=True)


def _print(times: Times) -> None:
    for label, value in times.items():
        print(f"  {label:<56} {value:>12,.2f}", flush=True)


def held(folder: Path) -> int:
    """How many passages the library in `folder` has; 0 where there is none."""
    if not (folder / "catalogue.sqlite").exists():
        return 0
    with Library.open(folder) as library, library.snapshot() as snapshot:
        return snapshot.passage_count


def build(folder: Path, passages: int, *, tokens: bool) -> Times:
    """Make the library, or make it longer, in one publish: a step towards `passages`."""
    begun = held(folder)
    added = min(passages - begun, _PASSAGES_A_PUBLISH)
    new = list(made.documents(added, first=begun // made.PASSAGES_OF_A_DOCUMENT))
    name = f"{added:,} added to {begun:,}"
    times: Times = {}
    steps = Steps()
    with Writer(folder, made.MadeEncoder.name, made.DIM, on_step=steps) as writer:
        with timed(times, f"{name}: vectors made and kept, s"):
            for start in range(0, len(new), _DOCUMENTS_KEPT_AT_ONCE):
                made.keep(writer, new[start : start + _DOCUMENTS_KEPT_AT_ONCE], tokens=tokens)
        with timed(times, f"{name}: publish, s"):
            steps.begin()
            writer.publish(added=new)
    for step in ("rows-written", "copied", "dense-built", "lexical-built", "verified", "synced"):
        times[f"{name}: until {step}, s"] = steps.taken[step]
    return {**times, f"{name}: memory of the writer, MB": memory()}


class Steps:
    """How long each step of the last publish took."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}
        self.begin()

    def begin(self) -> None:
        """From now on."""
        self._last = time.perf_counter()

    def __call__(self, step: Step) -> None:
        """A step is done."""
        now = time.perf_counter()
        self.taken[step] = now - self._last
        self._last = now


def change(folder: Path, *, tokens: bool) -> Times:
    """Publish one changed document, several times over."""
    taken: list[Times] = []
    for number in range(_CHANGES):
        with Writer(folder, made.MadeEncoder.name, made.DIM) as writer:
            new = made.document(number, version=1 + time.time_ns() // 1000)
            made.keep(writer, [new], tokens=tokens)
            times: Times = {}
            with timed(times, "publish of one changed document, s"):
                writer.publish(added=[new])
            taken.append(times)
    found = {label: float(np.median([times[label] for times in taken])) for label in taken[0]}
    longest = max(times["publish of one changed document, s"] for times in taken)
    return found | {
        f"publish of one changed document, longest of {_CHANGES}, s": longest,
        "memory of the writer, MB": memory(),
    }


def ask(folder: Path, passages: int) -> Times:
    """Open a library in a process that has just begun, and ask it."""
    times: Times = {}
    encoder = made.MadeEncoder()
    texts = made.questions(_QUESTIONS, passages)
    vectors = {text: encoder.encode_question(text) for text in texts}
    lexicon = default_lexicon()
    times["memory before opening, MB"] = memory()
    with timed(times, "open and check, Chroma's import included, s"):
        library = Library.open(folder, encoder.name, encoder.dim)
        library.warm()
    times["memory after opening, MB"] = memory()
    few = [f"{number}" for number in range(min(20, passages // made.PASSAGES_OF_A_DOCUMENT))]
    retriever = HybridRetriever(library, encoder, lexicon)
    asked: dict[str, Callable[[Snapshot, str], object]] = {
        "dense, 60 neighbours": lambda snapshot, text: snapshot.dense(vectors[text], _POOL),
        "dense, in 20 documents": lambda snapshot, text: snapshot.dense(
            vectors[text], _POOL, documents=few
        ),
        "lexical, 60 passages": lambda snapshot, text: snapshot.lexical(
            dict.fromkeys(text.split(), 1.0), _POOL
        ),
        "retrieval, all of it": lambda snapshot, text: retriever.find(
            check_question(text, _QUESTION_CHARS)
        ),
    }
    with library:
        for label, question in asked.items():
            walls, processors = [], []
            for text in [*texts[:10], *texts]:
                with library.snapshot() as snapshot:
                    begun, used = time.perf_counter(), time.process_time()
                    question(snapshot, text)
                    walls.append(1000 * (time.perf_counter() - begun))
                    processors.append(1000 * (time.process_time() - used))
            for kind, taken in (("", walls[10:]), ("processor, ", processors[10:])):
                times[f"{label}: {kind}median, ms"] = float(np.median(taken))
                times[f"{label}: {kind}95th percentile, ms"] = float(np.quantile(taken, 0.95))
        times["memory after the questions, MB"] = memory()
        times["recall@10 against exact search"] = recall(library, list(vectors.values()))
        with Writer(folder, made.MadeEncoder.name, made.DIM) as writer:
            new = made.document(0, version=1 + time.time_ns() // 1000)
            made.keep(writer, [new])
            writer.publish(added=[new])
        with timed(times, "first question after a publish, s"):
            retriever.find(check_question(texts[0], _QUESTION_CHARS))
    real, walls = load_encoder("default"), []
    for text in [*texts[:10], *texts]:
        begun = time.perf_counter()
        real.encode_question(text)
        walls.append(1000 * (time.perf_counter() - begun))
    times["a question through the default encoder: median, ms"] = float(np.median(walls[10:]))
    times["a question through the default encoder: 95th percentile, ms"] = float(
        np.quantile(walls[10:], 0.95)
    )
    return times


def recall(library: Library, vectors: Sequence[made.Row]) -> float:
    """Share of the ten truly nearest among the ten that are found."""
    chosen = np.stack(vectors[:_RECALLED])
    with library.snapshot() as snapshot:
        ids = [
            passage.id for one in snapshot.documents() for passage in snapshot.passages_of(one.id)
        ]
        best = np.full((len(chosen), 10), -1.0, np.float32)
        for at in range(0, len(ids), 5000):
            scores = chosen @ snapshot.vectors(ids[at : at + 5000]).T
            best = np.sort(np.concatenate([best, scores], axis=1), axis=1)[:, -10:]
        shares = [
            np.mean([one.score >= tenth - 1e-5 for one in snapshot.dense(vector, 10)])
            for vector, tenth in zip(chosen, best[:, 0], strict=True)
        ]
    return float(np.mean(shares))


def sizes(folder: Path) -> Times:
    """Megabytes on disk."""
    newest = max((folder / "generations").iterdir())
    return {
        "catalogue, MB": megabytes(folder / "catalogue.sqlite"),
        **{
            f"{half} index, MB": sum(map(megabytes, (newest / half).rglob("*")))
            for half in ("chroma", "lexical")
        },
    }


def megabytes(path: Path) -> float:
    """The size of a file; 0 for a directory."""
    return path.stat().st_size / 1e6 if path.is_file() else 0.0


def memory() -> float:
    """The most memory this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


@contextmanager
def timed(times: Times, label: str) -> Iterator[None]:
    """Note how long something takes, by the clock and in processor time."""
    begun, used = time.perf_counter(), time.process_time()
    yield
    times[label] = time.perf_counter() - begun
    times[f"{label.removesuffix(', s')}, processor, s"] = time.process_time() - used


if __name__ == "__main__":
    sys.exit(main())
