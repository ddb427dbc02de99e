"""Kills a writing process again and again, and looks whether anything was lost.

    python -m benchmarks.kills [--kills 300] [--seed 0] [--folder DIR]

A process adds, changes, renames and removes documents; it is killed (SIGKILL) at a moment drawn at
random, from its first preparation to after its last clean-up. Two others ask questions throughout.
After each kill the library must hold what was acknowledged, with or without the one change that
was under way: every document with its exact text, every passage once in the catalogue and once in
each index, every vector that was kept. Ends with 1 if anything is amiss.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import machine, made
from benchmarks.readers import read
from vectorstore import Library, NewDocument, Writer, building, embedding_key

_PASSAGES = 4
_DOCUMENTS = 24
_READERS = 2
_PAUSE_S = 0.3
# Passages in the tail of the collection, and from how many on a generation is built upon the one
# before: small, so that a few changes go through every way of building.
_TAIL = 12
_COPY_FROM = (1, 1, 2000)
_CHANGES_BEFORE_A_KILL = 3
# Kills come within this many seconds after a change began; changes take less on an idle machine.
_LATEST_KILL_S = 2.5

# Chroma's threads must not run when a process is forked: modules are loaded, nothing else.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["benchmarks.preloaded"])

State = dict[int, tuple[int, str]]
"""Number of a document → its version and its source."""


@dataclass(frozen=True, slots=True)
class Change:
    """One publish: document → version and source; None takes it out."""

    documents: dict[int, tuple[int, str] | None]

    def of(self, state: State) -> State:
        """`state` after it."""
        merged = {**state, **self.documents}
        return {number: held for number, held in merged.items() if held is not None}


@dataclass(slots=True)
class Tally:
    """What was seen."""

    kills: int = 0
    acknowledged: int = 0
    kept: int = 0
    during: Counter[str] = field(default_factory=Counter)
    outcome: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print what happened."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with TemporaryDirectory(prefix="kills-", dir=options.folder) as name:
        tally, asked, failures = stress(Path(name) / "library", options.kills, options.seed)
    print(machine.describe())
    print(f"seed {options.seed}, {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    print(f"kills:                  {tally.kills}")
    for step, count in sorted(tally.during.items()):
        print(f"  last step seen before: {step:<16} {count}")
    print(f"changes acknowledged:   {tally.acknowledged}")
    print(f"vectors acknowledged:   {tally.kept}")
    print(f"the change under way:   {dict(tally.outcome)}")
    print(f"questions of {_READERS} readers: {asked}, failed: {len(failures)}")
    print(f"lost, partial, doubled: {len(tally.wrong)}")
    for wrong in [*tally.wrong, *failures]:
        print(f"  {wrong}")
    return 1 if tally.wrong or failures else 0


def stress(folder: Path, kills: int, seed: int) -> tuple[Tally, int, list[str]]:
    """Kill so many writers of the library in `folder`.

    Returns:
        The tally, how many questions the readers asked, and what went wrong with those.
    """
    chance = random.Random(seed)
    tally = Tally()
    state: State = {}
    with Writer(folder, made.MadeEncoder.name, made.DIM):
        pass
    stop = _processes.Event()
    reports = _processes.SimpleQueue()
    readers = [
        _processes.Process(target=read, args=(folder, stop, reports, number, _PAUSE_S))
        for number in range(_READERS)
    ]
    for reader in readers:
        reader.start()
    try:
        while tally.kills < kills:
            state = _one_kill(folder, state, chance, tally)
            if tally.kills % 25 == 0:
                print(f"{tally.kills} kills, {len(tally.wrong)} wrong", file=sys.stderr, flush=True)
    except KeyboardInterrupt:  # what was seen so far is reported
        pass
    finally:
        stop.set()
    asked, failures = 0, []
    for reader in readers:
        count, failed = reports.get()
        asked += count
        failures += failed
        reader.join()
    return tally, asked, failures


def _one_kill(folder: Path, state: State, chance: random.Random, tally: Tally) -> State:
    """Let a process change the library, kill it, and look.

    Returns:
        What the library holds now.
    """
    ours, theirs = _processes.Pipe()
    started = _processes.Event()
    seed = chance.getrandbits(32)
    child = _processes.Process(target=_change, args=(folder, state, seed, theirs, started))
    child.start()
    theirs.close()
    started.wait()
    # A while after the nth change began; the first ones often go through.
    changes = chance.randrange(1, _CHANGES_BEFORE_A_KILL + 1)
    delay = chance.random() ** 2 * _LATEST_KILL_S
    pending: Change | None = None
    kept: set[str] = set()
    step, seen, deadline = "nothing", 0, None
    while deadline is None or time.monotonic() < deadline:
        wait = 60.0 if deadline is None else max(0.0, deadline - time.monotonic())
        if not ours.poll(wait):
            break
        try:
            kind, told = ours.recv()
        except EOFError:
            break
        state, pending, step = _heard(kind, told, state, pending, step, kept, tally)
        if kind == "begun":
            seen += 1
            if seen == changes:
                deadline = time.monotonic() + delay
    os.kill(child.pid or 0, signal.SIGKILL)
    child.join()
    while True:  # what it said before it died counts
        try:
            if not ours.poll(0):
                break
            kind, told = ours.recv()
        except EOFError:
            break
        state, pending, step = _heard(kind, told, state, pending, step, kept, tally)
    ours.close()
    tally.kills += 1
    tally.during[step] += 1
    return _look(folder, state, pending, kept, tally)


def _heard(
    kind: str,
    told: object,
    state: State,
    pending: Change | None,
    step: str,
    kept: set[str],
    tally: Tally,
) -> tuple[State, Change | None, str]:
    """The state after a message of the writing process, the change under way, and its last step."""
    if kind == "begun" and isinstance(told, Change):
        return state, told, "prepared"
    if kind == "kept" and isinstance(told, set):
        kept |= told
        tally.kept += len(told)
        return state, pending, "vectors-kept"
    if kind == "done" and isinstance(told, Change):
        tally.acknowledged += 1
        kept.clear()
        return told.of(state), None, "acknowledged"
    return state, pending, str(told)


def _change(folder: Path, state: State, seed: int, tell: Connection, started: Event) -> None:
    """Change the library until killed."""
    chance = random.Random(seed)
    building.LARGEST_TAIL = _TAIL
    started.set()
    with Writer(
        folder,
        made.MadeEncoder.name,
        made.DIM,
        on_step=lambda step: tell.send(("step", step)),
        copy_from_passages=chance.choice(_COPY_FROM),
    ) as writer:
        while True:
            change = _draw(state, chance)
            tell.send(("begun", change))
            held = {found.source: found.id for found in writer.documents()}
            added, removed, renamed = [], [], {}
            for number, now in change.documents.items():
                before = state.get(number)
                if now is None:
                    removed.append(held[before[1]] if before else "")
                elif before is not None and before[0] == now[0]:
                    renamed[held[before[1]]] = now[1]
                else:
                    added.append(_document(number, *now))
            made.keep(writer, added, tokens=False)
            keys = {embedding_key(p.embedded_text) for one in added for p in one.passages}
            tell.send(("kept", keys))
            writer.publish(added=added, removed=removed, renamed=renamed)
            tell.send(("done", change))
            state = change.of(state)


def _draw(state: State, chance: random.Random) -> Change:
    """A change of one to three documents."""
    documents: dict[int, tuple[int, str] | None] = {}
    for number in chance.sample(range(_DOCUMENTS), chance.randrange(1, 4)):
        before = state.get(number)
        if before is None:
            documents[number] = (0, f"/made/{number}.txt")
        else:
            version, source = before
            documents[number] = chance.choice(
                [None, (version + 1, source), (version + 1, source), (version, f"{source}~")]
            )
    return Change(documents)


def _document(number: int, version: int, source: str) -> NewDocument:
    one = made.document(number, version, passages=_PASSAGES)
    return NewDocument(
        title=one.title,
        language=one.language,
        source=source,
        version=one.version,
        text=one.text,
        sentences=one.sentences,
        passages=one.passages,
    )


def _look(
    folder: Path, state: State, pending: Change | None, kept: set[str], tally: Tally
) -> State:
    """Compare the library with what it should hold, with or without the change under way."""
    allowed = {"lost": state} if pending is None else {"lost": state, "made": pending.of(state)}
    with Library.open(folder, made.MadeEncoder.name, made.DIM) as library:
        with library.snapshot() as snapshot:
            sources = {found.source: found.version for found in snapshot.documents()}
        expected = {
            outcome: {
                source: _document(number, version, source)
                for number, (version, source) in held.items()
            }
            for outcome, held in allowed.items()
        }
        for outcome, documents in expected.items():
            if sources == {source: one.version for source, one in documents.items()}:
                tally.wrong += [
                    f"kill {tally.kills}: {wrong}" for wrong in check(library, documents)
                ]
                tally.outcome[outcome if pending is not None else "none"] += 1
                break
        else:
            tally.wrong.append(f"kill {tally.kills}: documents {sorted(sources)}")
            outcome = "lost"
    if outcome == "lost" and kept:
        with Writer(folder, made.MadeEncoder.name, made.DIM) as writer:
            if lost := kept - writer.known_vectors(kept):
                tally.wrong.append(f"kill {tally.kills}: {len(lost)} kept vectors lost")
    return allowed[outcome]


def check(library: Library, documents: dict[str, NewDocument]) -> list[str]:
    """What is wrong with a library that should hold `documents`."""
    wrong: list[str] = []
    encoder = made.MadeEncoder()
    with library.snapshot() as snapshot:
        all_ids: list[int] = []
        for found in snapshot.documents():
            expected = documents[found.source]
            if snapshot.text(found.id) != expected.text:
                wrong.append(f"{found.source}: other text")
            passages = snapshot.passages_of(found.id)
            all_ids += [passage.id for passage in passages]
            texts = [passage.embedded_text for passage in expected.passages]
            if [passage.text for passage in passages] != texts:
                wrong.append(f"{found.source}: other passages")
                continue
            vectors = encoder.encode_passages(texts)
            for passage, vector in zip(passages, vectors, strict=True):
                lead = passage.text.split()[1]
                nearest = snapshot.dense(vector, 1)
                by_word = snapshot.lexical({lead: 1.0}, 5)
                if [one.passage for one in nearest] != [passage.id]:
                    wrong.append(f"{found.source}: {lead} is not the nearest to itself")
                if [one.passage for one in by_word] != [passage.id]:
                    wrong.append(f"{found.source}: {lead} is found {len(by_word)} times")
        if all_ids:
            every = snapshot.dense(encoder.encode_question("t0"), 10 * len(all_ids))
            if sorted(one.passage for one in every) != sorted(all_ids):
                wrong.append(f"{len(every)} passages in the dense index, not {len(all_ids)}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
