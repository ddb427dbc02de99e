"""Changing a copy of the last generation gives what building from nothing gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vectorstore.documents import ENCODER, OpenLibrary, OpenWriter, document, publish
from vectorstore import ChromaServer, Snapshot
from vectorstore.building import STEPS
from vectorstore.manifest import DENSE, Manifest


def many(source: str, topic: str, number: int):
    return document(source, *(f"{topic} sentence number {n}, {topic}." for n in range(number)))


def found(snapshot: Snapshot, topic: str) -> list[str]:
    near = snapshot.dense(ENCODER.encode_question(f"{topic} sentence number 3"), 5)
    exact = snapshot.lexical({topic: 1.0, "3": 2.0}, 1)
    return [passage.text for passage in snapshot.passages([n.passage for n in near + exact])]


@pytest.mark.parametrize("copy_from", [1, 10_000])
def test_copied_and_new_indexes_find_the_same(
    copy_from: int, writer: OpenWriter, open_library: OpenLibrary
) -> None:
    with writer(copy_from_passages=copy_from) as w:
        publish(w, many("/in/a.txt", "apple", 60), many("/in/b.txt", "banana", 60))
        publish(w, many("/in/c.txt", "cherry", 1))
        publish(w, many("/in/c.txt", "cherry", 8))
        w.publish(removed=["c"])
        publish(w, many("/in/c.txt", "damson", 9))
    with open_library() as library, library.snapshot() as snapshot:
        assert snapshot.lexical({"cherry": 1.0}, 5) == []
        assert found(snapshot, "damson")[0] == "damson sentence number 3, damson."
        assert found(snapshot, "banana")[-1] == "banana sentence number 3, banana."
        assert snapshot.passage_count == 129
        for passage in range(1, 120, 7):
            vector = snapshot.vectors([passage])[0]
            assert snapshot.dense(vector, 1)[0].passage == passage


def test_an_index_that_has_lost_too_much_is_built_anew(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer(copy_from_passages=1) as w:
        publish(w, many("/in/a.txt", "apple", 40), many("/in/b.txt", "banana", 5))
        w.publish(removed=["b"])
        assert newest(folder).removed == 5
        publish(w, many("/in/b.txt", "banana", 9))
        w.publish(removed=["b"])
    assert newest(folder).removed == 0
    with open_library() as library, library.snapshot() as snapshot:
        assert len(snapshot.dense(ENCODER.encode_question("apple"), 60)) == 40


def test_a_small_change_leaves_the_collection_as_it_is(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path, server: ChromaServer | None
) -> None:
    with writer(copy_from_passages=1) as w:
        publish(w, many("/in/a.txt", "apple", 40), many("/in/b.txt", "banana", 9))
        first = newest(folder)
        with open_library() as library, library.snapshot():
            publish(w, many("/in/b.txt", "cherry", 8))
            assert newest(folder).of(DENSE) == first.of(DENSE)
            files = list((folder / "generations").rglob("data_level0.bin"))
            if server is None:
                assert len({path.stat().st_ino for path in files}) == 1 < len(files)
            assert newest(folder).base == first.base
            with library.snapshot() as snapshot:
                near = snapshot.dense(ENCODER.encode_question("banana"), 48)
                assert {n.passage for n in near} == {*range(1, 41), *range(50, 58)}
                assert found(snapshot, "cherry")[0] == "cherry sentence number 3, cherry."


@pytest.mark.parametrize("longest", [3, 30])
def test_a_long_tail_goes_into_a_longer_collection(
    longest: int,
    writer: OpenWriter,
    open_library: OpenLibrary,
    folder: Path,
    server: ChromaServer | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vectorstore.building.LARGEST_TAIL", longest)
    with writer(copy_from_passages=1) as w:
        publish(w, many("/in/a.txt", "apple", 60), many("/in/b.txt", "banana", 2))
        first = newest(folder)
        publish(w, many("/in/b.txt", "cherry", 8))
    gone = 2 if server is None else 0  # on a server others may still be asking for them
    base = newest(folder).base
    assert (base.top, base.count) == {3: (70, 70 - gone), 30: (62, 62)}[longest]
    assert (newest(folder).base == first.base) == (longest == 30)
    with open_library() as library, library.snapshot() as snapshot:
        near = snapshot.dense(ENCODER.encode_question("cherry"), 100)
        assert {n.passage for n in near} == {*range(1, 61), *range(63, 71)}
        assert found(snapshot, "cherry")[0] == "cherry sentence number 3, cherry."


def newest(folder: Path) -> Manifest:
    return Manifest.read(max((folder / "generations").iterdir()))


def test_more_passages_than_one_batch_of_chroma(
    writer: OpenWriter, open_library: OpenLibrary
) -> None:
    with writer() as w:
        publish(w, many("/in/a.txt", "apple", 2_300))
    with open_library() as library, library.snapshot() as snapshot:
        assert snapshot.passage_count == 2_300
        vector = snapshot.vectors([2_222])[0]
        assert snapshot.dense(vector, 1)[0].score == pytest.approx(1.0, abs=1e-5)


def test_a_stray_file_among_the_generations_keeps_no_old_one(
    writer: OpenWriter, folder: Path
) -> None:
    with writer() as w:
        publish(w, many("/in/a.txt", "apple", 3))
        (folder / "generations" / ".DS_Store").write_text("of a file manager")
        publish(w, many("/in/a.txt", "banana", 3))
        publish(w, many("/in/a.txt", "cherry", 3))
    assert len([path for path in (folder / "generations").iterdir() if path.is_dir()]) == 1


def test_a_publish_goes_through_its_steps_in_order(writer: OpenWriter) -> None:
    steps: list[str] = []
    with writer(on_step=steps.append) as w:
        publish(w, many("/in/a.txt", "apple", 3))
    assert tuple(steps) == STEPS
