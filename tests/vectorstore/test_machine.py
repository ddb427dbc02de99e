"""Any order of changes, crashes and questions leaves what a plain dictionary would hold.

`TRICHDAN_MACHINE_EXAMPLES` sets how many runs of up to 60 steps there are, instead of a few short
ones.
"""

from __future__ import annotations

import os
import shutil
import tempfile
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
from vectorstore import Library, NewDocument, Writer
from vectorstore.building import STEPS, Step

_EXAMPLES = int(os.environ.get("TRICHDAN_MACHINE_EXAMPLES", "0"))

_SOURCES = st.integers(0, 5).map(lambda number: f"/in/{number}.txt")
_WORDS = st.sampled_from("peace summit delegates river treaty apple hòa bình 1.000 Paris".split())
_LINES = st.lists(_WORDS, min_size=1, max_size=6).map(lambda words: " ".join(words) + ".")
_TEXTS = st.lists(_LINES, min_size=1, max_size=12)


class Crash(BaseException):
    """The process ends here, as far as the catalogue can tell."""


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
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("vectorstore.building.LARGEST_TAIL", tail)
        self.copy_from = 1 if copying else 2000
        with self._writer():
            pass
        self.library = Library.open(self.folder, ENCODER.name, DIM)

    @rule(source=_SOURCES, lines=_TEXTS)
    def add_or_change(self, source: str, lines: list[str]) -> None:
        self._publish(document(source, *lines))

    @rule(lines=st.lists(_TEXTS, min_size=2, max_size=4))
    def add_many(self, lines: list[list[str]]) -> None:
        self._publish(*(document(f"/many/{number}.txt", *one) for number, one in enumerate(lines)))

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def change_one_line(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.model)))
        lines = self.model[source].text.split("\n")
        lines[data.draw(st.integers(0, len(lines) - 1))] = data.draw(_LINES)
        self._publish(document(source, *lines))

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def rename(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.model)))
        target = f"/renamed/{len(self.model)}-{data.draw(st.integers(0, 9**9))}.txt"
        with self._writer() as writer:
            writer.publish(renamed={self.ids[source]: target})
        self.model[target] = self.model.pop(source)
        self.ids[target] = self.ids.pop(source)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.model)))
        with self._writer() as writer:
            writer.publish(removed=[self.ids[source]])
        del self.model[source], self.ids[source]

    @rule(source=_SOURCES, lines=_TEXTS, at=st.sampled_from(STEPS))
    def crash(self, source: str, lines: list[str], at: Step) -> None:
        new = document(source, *lines)

        def end(step: Step) -> None:
            if step == at:
                raise Crash

        with pytest.raises(Crash), self._writer(on_step=end) as writer:
            keep(writer, [new])
            writer.publish(added=[new])
        if at in ("committed", "cleaned"):
            self.model[source] = new
            self._learn_ids()

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
            assert {found.source for found in snapshot.documents()} == self.model.keys()
            passages = []
            for found in snapshot.documents():
                expected = self.model[found.source]
                text = snapshot.text(found.id)
                assert (text, found.version) == (expected.text, expected.version)
                of_it = snapshot.passages_of(found.id)
                assert [(p.start, p.end) for p in of_it] == [
                    (p.start, p.end) for p in expected.passages
                ]
                assert all(p.text == text[p.start : p.end] for p in of_it)
                assert [(s.start, s.end) for p in of_it for s in p.sentences] == [
                    (s.start, s.end) for s in expected.sentences
                ]
                passages += of_it
            assert snapshot.passage_count == len(passages)
            ids = [passage.id for passage in passages]
            vectors = snapshot.vectors(ids)
            for question in ("peace summit.", "hòa bình Paris"):
                self._check_nearest(
                    question, ids, vectors, snapshot.dense(ENCODER.encode_question(question), 10)
                )
            found = snapshot.lexical({"peace": 1.0}, 1000)
            assert {n.passage for n in found} == {
                passage.id for passage in passages if "peace" in passage.text
            }

    @invariant()
    def leaves_no_orphans(self) -> None:
        if self.library is None:
            return
        with self._writer():
            left = {path.name for path in (self.folder / "generations").glob("*")}
        assert len(left) <= 2  # the current one, and the one that the reader last asked
        for query in (
            "SELECT count(*) FROM sentences WHERE document NOT IN (SELECT id FROM documents)",
            "SELECT count(*) FROM passages WHERE document NOT IN (SELECT id FROM documents)",
            "SELECT count(*) FROM vectors WHERE staged_at IS NULL "
            "AND id NOT IN (SELECT vector FROM passages)",
        ):
            connection = self._writer_connection()
            assert connection.execute(query).fetchone() == (0,)
            connection.close()

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

    def _publish(self, *new: NewDocument) -> None:
        with self._writer() as writer:
            keep(writer, new)
            writer.publish(added=new)
        self.model |= {one.source: one for one in new}
        self._learn_ids()

    def _learn_ids(self) -> None:
        with Library.open(self.folder) as library, library.snapshot() as snapshot:
            self.ids = {found.source: found.id for found in snapshot.documents()}

    def _writer(self, **options) -> Writer:
        return Writer(self.folder, ENCODER.name, DIM, copy_from_passages=self.copy_from, **options)

    def _writer_connection(self):
        import sqlite3

        return sqlite3.connect(self.folder / "catalogue.sqlite")


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
