"""A process that asks a library of made documents, and looks whether what it sees is whole."""

from __future__ import annotations

import random
import time
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks import made
from vectorstore import Library, Snapshot

Report = tuple[int, list[str]]


def read(
    folder: Path, stop: Event, reports: SimpleQueue[Report], seed: int, pause_s: float
) -> None:
    """Ask until `stop`, then report how often, and what was wrong.

    Args:
        folder: The library's.
        stop: Set when it is over.
        reports: Where the report goes.
        seed: What the questions are drawn with.
        pause_s: Between two questions.
    """
    chance = random.Random(seed)
    asked, wrong = 0, []
    with Library.open(folder, made.MadeEncoder.name, made.DIM) as library:
        while not stop.is_set():
            try:
                with library.snapshot() as snapshot:
                    wrong += look(snapshot, chance)
            except Exception as exc:  # noqa: BLE001 whatever it is, it is reported
                wrong.append(f"{type(exc).__name__}: {exc}")
            asked += 1
            time.sleep(pause_s)
    reports.put((asked, wrong))


def look(snapshot: Snapshot, chance: random.Random) -> list[str]:
    """What is wrong in one generation: catalogue and both indexes must show the same."""
    documents = snapshot.documents()
    if not documents:
        return []
    wrong: list[str] = []
    one = chance.choice(documents)
    text = snapshot.text(one.id)
    passages = snapshot.passages_of(one.id)
    if any(passage.text != text[passage.start : passage.end] for passage in passages):
        wrong.append(f"{one.id}: a passage is not the text at its place")
    asked = chance.choice(passages)
    vector = made.MadeEncoder().encode_question(asked.text)
    near = [found.passage for found in snapshot.dense(vector, 5)]
    exact = [found.passage for found in snapshot.lexical({asked.text.split()[1]: 1.0}, 5)]
    if near[:1] != [asked.id]:
        wrong.append(f"{one.id}: not the nearest to itself in generation {snapshot.generation}")
    if exact != [asked.id]:
        wrong.append(f"{one.id}: found {len(exact)} times in generation {snapshot.generation}")
    snapshot.passages([*near, *exact])  # raises if an index gives what the catalogue has not
    return wrong
