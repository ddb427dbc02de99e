"""Two processes ask while a third ingests: no error, no generation mixed of two.

    python -m benchmarks.serving [--minutes 5] [--documents 60]

The third changes, adds and removes documents as fast as it can, the other two ask without a pause.
Every answer is compared with the catalogue of its own generation. Ends with 1 if anything is amiss.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Sequence
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import machine, made
from benchmarks.readers import read
from vectorstore import Writer, building

_READERS = 2
_PASSAGES = 10
# Small enough that the collection is extended every few changes.
_TAIL = 60

_processes = multiprocessing.get_context("spawn")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print what happened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="serving-", dir=options.folder) as name:
        folder = Path(name) / "library"
        with Writer(folder, made.MadeEncoder.name, made.DIM) as writer:
            new = [made.document(one, passages=_PASSAGES) for one in range(options.documents)]
            made.keep(writer, new)
            writer.publish(added=new)
        stop = _processes.Event()
        reports: SimpleQueue[tuple[int, list[str]]] = _processes.SimpleQueue()
        published: SimpleQueue[int] = _processes.SimpleQueue()
        readers = [
            _processes.Process(target=read, args=(folder, stop, reports, number, 0.0))
            for number in range(_READERS)
        ]
        ingesting = _processes.Process(
            target=change, args=(folder, options.documents, stop, published)
        )
        for process in [*readers, ingesting]:
            process.start()
        time.sleep(60 * options.minutes)
        stop.set()
        asked, failures = 0, []
        for _ in readers:
            count, wrong = reports.get()
            asked += count
            failures += wrong
        publishes = published.get()
        for process in [*readers, ingesting]:
            process.join()
        codes = [process.exitcode for process in [*readers, ingesting]]
    print(machine.describe())
    print(f"{options.minutes:g} minutes, {options.documents * _PASSAGES} passages,", end=" ")
    print(f"load {os.getloadavg()[0]:.1f}")
    print(f"publishes: {publishes}; questions of {_READERS} readers: {asked}; exit codes: {codes}")
    print(f"errors and mixed generations: {len(failures)}")
    for failure in failures:
        print(f"  {failure}")
    return 1 if failures or any(codes) else 0


def change(folder: Path, documents: int, stop: Event, published: SimpleQueue[int]) -> None:
    """Change, remove and add documents until `stop`, then say how often."""
    building.LARGEST_TAIL = _TAIL
    chance = random.Random(0)
    version, count = 0, 0
    with Writer(folder, made.MadeEncoder.name, made.DIM, copy_from_passages=1) as writer:
        while not stop.is_set():
            version += 1
            chosen = chance.sample(range(documents), 3)
            held = {found.source: found.id for found in writer.documents()}
            new = [made.document(one, version, passages=_PASSAGES) for one in chosen[:2]]
            gone = held.get(f"/made/{chosen[2]}.txt")
            made.keep(writer, new)
            writer.publish(added=new, removed=[gone] if gone else [])
            count += 1
    published.put(count)


if __name__ == "__main__":
    sys.exit(main())
