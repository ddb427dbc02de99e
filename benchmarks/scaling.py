"""What grows how: memory, disk, build, publish, open and query, by the number of passages.

    python -m benchmarks.scaling [--passages 1000 10000 100000] [--folder DIR] [--no-tokens]

Passages, vectors and token vectors are made, not embedded (see `benchmarks.made`). Each size is
built, changed and asked in a process of its own, so that memory is that size's. Times are given
twice: as the clock says, and as processor time, which a busy machine distorts less.
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
from typing import get_args

import numpy as np

from benchmarks import machine, made
from vectorstore import LexicalField, Library, Snapshot, Writer

_QUESTIONS = 100
_RECALLED = 40
_CHANGES = 5
_POOL = 60
_DOCUMENTS_A_PUBLISH = 500

_FIELDS: tuple[LexicalField, ...] = get_args(LexicalField)

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
            steps = ["change", "ask"] if (folder / "catalogue.sqlite").exists() else []
            for part in steps or ["build", "change", "ask"]:
                command = [sys.executable, "-m", "benchmarks.scaling", "--only", part]
                command += ["--passages", str(size), "--folder", str(folder)]
                command += ["--no-tokens"] if options.no_tokens else []
                found = subprocess.run(command, check=True, stdout=subprocess.PIPE)
                for label, value in json.loads(found.stdout).items():
                    print(f"  {label:<48} {value:>12,.2f}", flush=True)
                print(f"  {'load of the machine after this':<48} {os.getloadavg()[0]:>12.1f}")
    return 0


def build(folder: Path, passages: int, *, tokens: bool) -> Times:
    """Make a library from nothing in one publish."""
    new = list(made.documents(passages))
    times: Times = {}
    with Writer(folder, made.MadeEncoder.name, made.DIM) as writer:
        for start in range(0, len(new), _DOCUMENTS_A_PUBLISH):
            made.keep(writer, new[start : start + _DOCUMENTS_A_PUBLISH], tokens=tokens)
        with timed(times, "build, s"):
            writer.publish(added=new)
    return {**times, "catalogue, MB": megabytes(folder / "catalogue.sqlite"), **sizes(folder)}


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
    return {label: float(np.median([times[label] for times in taken])) for label in taken[0]} | {
        "memory of the writer, MB": memory()
    }


def ask(folder: Path, passages: int) -> Times:
    """Open a library in a process that has just begun, and ask it."""
    times: Times = {}
    encoder = made.MadeEncoder()
    vectors = {text: encoder.encode_question(text) for text in made.questions(_QUESTIONS, passages)}
    with timed(times, "open and check, Chroma's import included, s"):
        library = Library.open(folder, encoder.name, encoder.dim)
        library.warm()
    times["memory after opening, MB"] = memory()
    few = [f"{number}" for number in range(min(20, passages // made.PASSAGES_OF_A_DOCUMENT))]
    asked: dict[str, Callable[[Snapshot, str], object]] = {
        "dense, 60 neighbours": lambda snapshot, text: snapshot.dense(vectors[text], _POOL),
        "dense, in 20 documents": lambda snapshot, text: snapshot.dense(
            vectors[text], _POOL, documents=few
        ),
        "lexical, 60 passages": lambda snapshot, text: snapshot.lexical(
            dict.fromkeys(text.split(), 1.0), _POOL
        ),
        "retrieval, without encoding": lambda snapshot, text: retrieve(
            snapshot, vectors[text], text
        ),
    }
    with library:
        for label, question in asked.items():
            walls, processors = [], []
            for text in [*list(vectors)[:10], *vectors]:
                with library.snapshot() as snapshot:
                    begun, used = time.perf_counter(), time.process_time()
                    question(snapshot, text)
                    walls.append(1000 * (time.perf_counter() - begun))
                    processors.append(1000 * (time.process_time() - used))
            for kind, taken in (("", walls[10:]), ("processor, ", processors[10:])):
                times[f"{label}: {kind}median, ms"] = float(np.median(taken))
                times[f"{label}: {kind}95th percentile, ms"] = float(np.quantile(taken, 0.95))
        times["recall@10 against exact search"] = recall(library, list(vectors.values()))
    times["memory at the end, MB"] = memory()
    return times


def retrieve(snapshot: Snapshot, vector: made.Row, text: str) -> None:
    """What the product asks of a library for one question."""
    terms = dict.fromkeys(text.split(), 1.0)
    found = snapshot.dense(vector, _POOL)
    for field in _FIELDS:
        found += snapshot.lexical(terms, _POOL, field)
    ids = sorted({neighbour.passage for neighbour in found})
    for term in terms:
        for field in _FIELDS:
            snapshot.document_frequency(term, field)
    snapshot.encoded(ids)
    snapshot.passages(ids)


def recall(library: Library, vectors: Sequence[made.Row]) -> float:
    """Share of the ten truly nearest among the ten that are found."""
    shares: list[float] = []
    with library.snapshot() as snapshot:
        ids = [
            passage.id for one in snapshot.documents() for passage in snapshot.passages_of(one.id)
        ]
        every = np.concatenate(
            [snapshot.vectors(ids[at : at + 5000]) for at in range(0, len(ids), 5000)]
        )
        for vector in vectors[:_RECALLED]:
            exact = np.sort(every @ vector)[-10]
            found = snapshot.dense(vector, 10)
            shares.append(float(np.mean([one.score >= exact - 1e-5 for one in found])))
    return float(np.mean(shares))


def sizes(folder: Path) -> Times:
    """Megabytes on disk of each index."""
    newest = max((folder / "generations").iterdir())
    return {
        f"{half} index, MB": sum(map(megabytes, (newest / half).rglob("*")))
        for half in ("chroma", "lexical")
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
