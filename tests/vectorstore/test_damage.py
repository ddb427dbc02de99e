"""Damaged indexes are found, set aside and rebuilt from the catalogue."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.vectorstore.documents import ENCODER, OpenLibrary, OpenWriter, document, publish
from vectorstore import Library, Neighbour
from vectorstore.analyser import RULES
from vectorstore.errors import (
    IndexDamagedError,
    LibraryDamagedError,
    LibraryMissingError,
    SnapshotLostError,
    StoreError,
)
from vectorstore.manifest import DENSE, LEXICAL, Manifest

A = document("/in/a.txt", *(f"Sentence number {number}, of many." for number in range(40)))


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


def ask(library: Library) -> list[Neighbour]:
    with library.snapshot() as snapshot:
        question = ENCODER.encode_question("Sentence number 7, of many.")
        found = snapshot.dense(question, 5) + snapshot.dense(question, 5, documents=["a"])
        return found + snapshot.lexical({"7": 1.0, "many": 1.0}, 5)


def published(writer: OpenWriter, open_library: OpenLibrary) -> list[Neighbour]:
    """Publish `A`; what is found then."""
    with writer() as w:
        publish(w, A)
    with open_library() as library:
        return ask(library)


def files(folder: Path) -> list[Path]:
    """The files of the newest generation that hold something."""
    newest = max((folder / "generations").iterdir())
    return sorted(p for p in newest.rglob("*") if p.is_file() and p.stat().st_size)


def assert_same(found: list[Neighbour], expected: list[Neighbour]) -> None:
    assert [n.passage for n in found] == [n.passage for n in expected]
    assert [n.score for n in found] == pytest.approx([n.score for n in expected], abs=1e-5)


HARMS = [truncate, zero, flip, remove]


def test_damage_to_any_file_is_found_before_native_code_reads_it(
    writer: OpenWriter, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    directory = next((folder / "generations").iterdir())
    paths = [path for path in files(folder) if path.parent != directory]
    assert len(paths) > 10
    for path in paths:
        sound = path.read_bytes()
        for harm in HARMS:
            harm(path)
            with pytest.raises(IndexDamagedError):
                check(directory)
            path.write_bytes(sound)
    check(directory)


def check(directory: Path) -> None:
    for half in (DENSE, LEXICAL):
        Manifest.read(directory).check(directory, half)


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("name", ["data_level0.bin", "chroma.sqlite3", "meta.json"])
def test_a_damaged_index_is_rebuilt_when_it_is_opened(
    harm: Callable[[Path], None],
    name: str,
    writer: OpenWriter,
    open_library: OpenLibrary,
    folder: Path,
) -> None:
    expected = published(writer, open_library)
    harm(next(path for path in files(folder) if path.name == name))
    with open_library() as library:
        assert_same(ask(library), expected)
    assert len(list((folder / "generations").iterdir())) == 1


def test_a_damaged_manifest_is_made_again(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    truncate(next(path for path in files(folder) if path.name == "manifest.json"))
    with open_library() as library:
        assert len(ask(library)) == 15
        assert len(list((folder / "generations").iterdir())) == 1


def test_a_lexical_index_made_by_older_rules_is_made_again_and_the_dense_one_kept(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    expected = published(writer, open_library)
    [directory] = (folder / "generations").iterdir()
    made = Manifest.read(directory)
    replace(made, rules=RULES - 1).write(directory)
    with open_library() as library:
        assert_same(ask(library), expected)
    [directory] = (folder / "generations").iterdir()
    again = Manifest.read(directory)
    assert again.rules == RULES
    assert again.of(DENSE) == made.of(DENSE)


def test_a_lost_generation_is_rebuilt(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    expected = published(writer, open_library)
    shutil.rmtree(folder / "generations")
    with open_library() as library:
        assert_same(ask(library), expected)
    assert len(list((folder / "generations").iterdir())) == 1


@pytest.mark.parametrize("harm", HARMS)
def test_damage_while_serving_disturbs_nobody_and_is_mended_at_the_next_open(
    harm: Callable[[Path], None], writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    with open_library() as library:
        expected = ask(library)
        for path in files(folder):
            if path.name != "hold":
                harm(path)
        for _ in range(3):
            assert_same(ask(library), expected)
        with open_library() as other:
            assert_same(ask(other), expected)
            assert max((folder / "generations").iterdir()).name.startswith("000002-")
        assert_same(ask(library), expected)
    with writer() as w:
        w.publish()
    assert len(list((folder / "generations").iterdir())) == 1


@pytest.mark.parametrize("harm", [truncate, zero, remove, lambda path: os.truncate(path, 0)])
def test_a_catalogue_that_is_lost_is_said_to_be_and_nothing_is_begun_anew_over_it(
    harm: Callable[[Path], None], writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    catalogue = folder / "catalogue.sqlite"
    assert not Path(f"{catalogue}-wal").exists()
    sound = catalogue.read_bytes()
    harm(catalogue)
    with pytest.raises((LibraryDamagedError, LibraryMissingError)), open_library() as library:
        ask(library)
    with pytest.raises(LibraryDamagedError), writer() as w:
        publish(w, document("/in/b.txt", "One more."))
    catalogue.write_bytes(sound)  # from a copy: the indexes are still there
    with open_library() as library:
        assert len(ask(library)) == 15
        assert max((folder / "generations").iterdir()).name.startswith("000001-")


def test_a_catalogue_whose_structure_is_damaged_gives_an_error_or_the_whole_library(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    expected = published(writer, open_library)
    catalogue = folder / "catalogue.sqlite"
    sound = catalogue.read_bytes()
    errors = 0
    # The headers of the pages, where SQLite keeps what lies where; 4096 bytes are a page.
    for at in [*range(0, 108, 12), *range(4096, len(sound), 4096)]:
        for offset in (0, 3):
            content = bytearray(sound)
            content[at + offset] ^= 0xFF
            for name in ("-wal", "-shm"):
                Path(f"{catalogue}{name}").unlink(missing_ok=True)
            catalogue.write_bytes(content)
            try:
                with open_library() as library:
                    assert_same(ask(library), expected)
            except StoreError:
                errors += 1
    assert errors > 10


def test_a_writer_does_not_copy_damage_on(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer(copy_from_passages=1) as w:
        publish(w, A)
        flip(next(path for path in files(folder) if path.name == "data_level0.bin"))
        publish(w, document("/in/b.txt", "One more."))
    with open_library() as library, library.snapshot() as snapshot:
        for row in (1, 20, 41):
            vector = snapshot.vectors([row])[0]
            assert snapshot.dense(vector, 1)[0].passage == row
        assert snapshot.generation == 2


def test_a_snapshot_whose_damaged_index_was_overtaken_says_so(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
        with open_library() as library, library.snapshot() as old:
            damaged = [path for path in files(folder) if path.name == "data_level0.bin"]
            publish(w, document("/in/b.txt", "One more."))
            for path in damaged:
                zero(path)
            for _ in range(2):
                with pytest.raises(SnapshotLostError):
                    old.dense(ENCODER.encode_question("one"), 1)
            with library.snapshot() as new:
                assert len(new.dense(ENCODER.encode_question("one"), 50)) == 41


def test_damage_that_rebuilding_does_not_mend_is_an_error(
    writer: OpenWriter,
    open_library: OpenLibrary,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with writer() as w:
        publish(w, A)
    flip(next(path for path in files(folder) if path.name == "data_level0.bin"))
    monkeypatch.setattr("vectorstore.verification._SAME", 2.0)
    monkeypatch.setattr("vectorstore.catalogue.Catalogue.passage_count", lambda self: 7)
    with open_library() as library, pytest.raises(IndexDamagedError, match="has another vector"):
        ask(library)


def test_a_letter_that_changed_in_the_catalogue_is_found_by_who_reads_all_of_it(
    writer: OpenWriter, open_library: OpenLibrary, folder: Path
) -> None:
    with writer() as w:
        publish(w, A)
    with open_library() as library, library.snapshot() as snapshot:
        snapshot.verify()
    catalogue = folder / "catalogue.sqlite"
    sound = catalogue.read_bytes()
    word = b"number 17,"
    places = [at for at in range(len(sound)) if sound.startswith(word, at)]
    assert len(places) == 2  # in the document's text and in the passage's
    for at in places:
        content = bytearray(sound)
        content[at] ^= 1
        catalogue.write_bytes(content)
        with (
            open_library() as library,
            library.snapshot() as snapshot,
            pytest.raises(LibraryDamagedError, match="passage 18 of a"),
        ):
            snapshot.verify()
