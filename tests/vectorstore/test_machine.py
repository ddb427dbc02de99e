"""Any order of changes, crashes and questions leaves what a plain dictionary would hold.

A crash is a process of its own that kills itself at a step of a publish, so that nothing is tidied
up after it.

`TRICHDAN_MACHINE_EXAMPLES` sets how many runs of up to 60 steps there are, instead of a few short
ones.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.vectorstore.documents import DIM, ENCODER, document, keep
from vectorstore import Library, NewDocument, Writer, building
from vectorstore.building import STEPS, Step

_EXAMPLES = int(os.environ.get("TRICHDAN_MACHINE_EXAMPLES", "0"))

_SOURCES = st.integers(0, 5).map(lambda number: f"/in/{number}.txt")
_WORDS = st.sampled_from("peace summit delegates river treaty apple hòa bình 1.000 Paris".split())
_LINES = st.lists(_WORDS, min_size=1, max_size=6).map(lambda words: " ".join(words) + ".")
_TEXTS = st.lists(_LINES, min_size=1, max_size=12)
_SECTIONS = st.sampled_from([None, "Peace", "Hòa bình"])

# What a publish without a new generation goes through.
_STEPS_OF_A_RENAME = ("begun", "rows-written", "committed", "cleaned")

# Only modules are loaded before the fork: Chroma's threads must not be running by then.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["chromadb", "tantivy", "tests.vectorstore.documents"])


@dataclass(frozen=True)
class Publish:
    """One publish, with documents named as the library names them."""

    added: Sequence[NewDocument] = ()
    removed: Sequence[str] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)


def _publish_and_die(
    folder: Path, publish: Publish, at: Step, copy_from: int, tail: int, tidy: bool
) -> None:
    """Kill this process when it comes to the step `at`, or in the midst of tidying up."""
    building.LARGEST_TAIL = tail

    def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def stop(step: str) -> None:
        if step == at == "committed" and tidy:
            shutil.rmtree = die  # type: ignore[assignment]
        elif step == at:
            die()

    with Writer(folder, ENCODER.name, DIM, on_step=stop, copy_from_passages=copy_from) as writer:
        keep(writer, publish.added)
        writer.publish(publish.added, publish.removed, publish.renamed)
        die()  # a rename leaves nothing to tidy up


class LibraryMachine(RuleBasedStateMachine):
    """A library, and what it should hold: source → document."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="machine-"))
        self.folder = self.root / "library"
        self.model: dict[str, NewDocument] = {}
        self.ids: dict[str, str] = {}
        self.library: Library | None = None

    @initialize(copying=st.booleans(), tail=st.sampled_from([0, 6, 5000]))
    def choose(self, copying: bool, tail: int) -> None:
        """Build upon the last generation from the first passage on, or always anew."""
        self.tail = tail
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("vectorstore.building.LARGEST_TAIL", tail)
        self.copy_from = 1 if copying else 2000
        with self._writer():
            pass
        self.library = Library.open(self.folder, ENCODER.name, DIM)

    @rule(source=_SOURCES, lines=_TEXTS, section=_SECTIONS)
    def add_or_change(self, source: str, lines: list[str], section: str | None) -> None:
        self._publish(Publish(added=[document(source, *lines, section=section)]))

    @rule(lines=st.lists(_TEXTS, min_size=2, max_size=4))
    def add_many(self, lines: list[list[str]]) -> None:
        self._publish(
            Publish(
                added=[document(f"/many/{number}.txt", *one) for number, one in enumerate(lines)]
            )
        )

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def change_one_line(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.model)))
        lines = self.model[source].text.split("\n")
        lines[data.draw(st.integers(0, len(lines) - 1))] = data.draw(_LINES)
        self._publish(Publish(added=[document(source, *lines)]))

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def rename(self, data: st.DataObject) -> None:
        self._publish(self._some_rename(data))

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.model)))
        self._publish(Publish(removed=[self.ids[source]]))

    @rule(data=st.data(), lines=_TEXTS, at=st.sampled_from(STEPS), tidy=st.booleans())
    def crash(self, data: st.DataObject, lines: list[str], at: Step, tidy: bool) -> None:
        """Die at a step of a publish that adds or changes, and perhaps removes or renames."""
        kinds = ["add", "change and remove", "rename"] if self.model else ["add"]
        kind = data.draw(st.sampled_from(kinds))
        publish = Publish(added=[document(data.draw(_SOURCES), *lines)])
        if kind == "change and remove":
            changed, *rest = data.draw(st.permutations(sorted(self.model)))
            removed = [self.ids[source] for source in rest[:1]]
            publish = Publish([document(changed, *lines)], removed)
        elif kind == "rename":
            publish = self._some_rename(data)
            at = at if at in _STEPS_OF_A_RENAME else "rows-written"
        child = _processes.Process(
            target=_publish_and_die,
            args=(self.folder, publish, at, self.copy_from, self.tail, tidy),
        )
        child.start()
        child.join()
        assert child.exitcode == -signal.SIGKILL
        if at in ("committed", "cleaned"):
            self._did(publish)

    @precondition(lambda self: self.model)
    @rule(name=st.sampled_from(["data_level0.bin", "chroma.sqlite3", "meta.json"]))
    def damage(self, name: str) -> None:
        for path in (self.folder / "generations").glob(f"*/*/**/{name}"):
            content = bytearray(path.read_bytes())
            if content:
                content[len(content) // 2] ^= 0xFF
                path.unlink()  # the reader's own is another link to the same file
                path.write_bytes(content)
        self.reopen()

    @rule()
    def reopen(self) -> None:
        assert self.library is not None
        self.library.close()
        self.library = Library.open(self.folder, ENCODER.name, DIM)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        if self.library is None:
            return
        with self.library.snapshot() as snapshot:
            assert {found.source: found.id for found in snapshot.documents()} == self.ids
            assert self.ids.keys() == self.model.keys()
            passages = []
            for found in snapshot.documents():
                expected = self.model[found.source]
                text = snapshot.text(found.id)
                assert (text, found.version) == (expected.text, expected.version)
                of_it = snapshot.passages_of(found.id)
                assert [(p.start, p.end, p.section, p.language) for p in of_it] == [
                    (p.start, p.end, p.section, p.language) for p in expected.passages
                ]
                assert all(p.text == text[p.start : p.end] for p in of_it)
                assert [(s.start, s.end) for p in of_it for s in p.sentences] == [
                    (s.start, s.end) for s in expected.sentences
                ]
                passages += of_it
            assert snapshot.passage_count == len(passages)
            ids = [passage.id for passage in passages]
            vectors = snapshot.vectors(ids)
            for question in ("peace summit.", "hòa bình Paris", *[p.text for p in passages[-1:]]):
                self._check_nearest(
                    question, ids, vectors, snapshot.dense(ENCODER.encode_question(question), 10)
                )
            every = snapshot.dense(ENCODER.encode_question("treaty"), 10 * len(ids) or 1)
            assert sorted(one.passage for one in every) == sorted(ids)
            for word in ("peace", "bình"):
                found = snapshot.lexical({word: 1.0}, 1000)
                assert sorted(n.passage for n in found) == sorted(
                    p.id for p in passages if word in f"{p.section or ''} {p.text}".lower()
                )

    @invariant()
    def leaves_no_orphans(self) -> None:
        if self.library is None:
            return
        with self._writer():
            left = {path.name for path in (self.folder / "generations").glob("*")}
        assert len(left) <= 2  # the current one, and the one that the reader last asked
        assert len(list((self.folder / "open").glob("*"))) <= 1  # the reader's collection
        for query in (
            "SELECT count(*) FROM sentences WHERE document NOT IN (SELECT id FROM documents)",
            "SELECT count(*) FROM passages WHERE document NOT IN (SELECT id FROM documents)",
            "SELECT count(*) FROM readings WHERE document NOT IN (SELECT id FROM documents)",
            "SELECT count(*) FROM vectors WHERE staged_at IS NULL "
            "AND id NOT IN (SELECT vector FROM passages)",
            "SELECT count(*) FROM pragma_foreign_key_check",
        ):
            with closing(sqlite3.connect(self.folder / "catalogue.sqlite")) as connection:
                assert connection.execute(query).fetchone() == (0,), query

    def teardown(self) -> None:
        if self.library is not None:
            self.library.close()
            self.patch.undo()
        shutil.rmtree(self.root)

    def _check_nearest(self, question: str, ids: list[int], vectors, found) -> None:
        """At least .99 of the ten nearest are found, any of those that are equally near."""
        assert len(found) == min(10, len(ids))
        if not ids:
            return
        exact = np.sort(vectors @ ENCODER.encode_question(question))[::-1][: len(found)]
        scores = np.array([neighbour.score for neighbour in found])
        assert {neighbour.passage for neighbour in found} <= set(ids)
        assert np.mean(scores >= exact[-1] - 1e-5) >= 0.99
        assert np.abs(scores - exact).max() < 1e-4

    def _some_rename(self, data: st.DataObject) -> Publish:
        source = data.draw(st.sampled_from(sorted(self.model)))
        target = f"/renamed/{len(self.model)}-{data.draw(st.integers(0, 9**9))}.txt"
        return Publish(renamed={self.ids[source]: target})

    def _publish(self, publish: Publish) -> None:
        with self._writer() as writer:
            keep(writer, publish.added)
            writer.publish(publish.added, publish.removed, publish.renamed)
        self._did(publish)

    def _did(self, publish: Publish) -> None:
        """What a dictionary would do; ids of new documents are learned from the library."""
        sources = {id_: source for source, id_ in self.ids.items()}
        for id_, target in publish.renamed.items():
            self.model[target] = replace(self.model.pop(sources[id_]), source=target)
            self.ids[target] = self.ids.pop(sources[id_])
        for id_ in publish.removed:
            del self.model[sources[id_]], self.ids[sources[id_]]
        self.model |= {one.source: one for one in publish.added}
        new = [one.source for one in publish.added if one.source not in self.ids]
        if new:
            with Library.open(self.folder) as library, library.snapshot() as snapshot:
                found = {one.source: one.id for one in snapshot.documents()}
            self.ids |= {source: found[source] for source in new}

    def _writer(self, **options) -> Writer:
        return Writer(self.folder, ENCODER.name, DIM, copy_from_passages=self.copy_from, **options)


def test_any_order_of_changes_leaves_what_a_dictionary_would_hold() -> None:
    run_state_machine_as_test(
        LibraryMachine,
        settings=settings(
            max_examples=_EXAMPLES or 4,
            stateful_step_count=60 if _EXAMPLES else 12,
            deadline=None,
            derandomize=not _EXAMPLES,
            suppress_health_check=list(HealthCheck),
        ),
    )
