"""A disk that is really full: a small file system of its own, filled to the last byte."""

from __future__ import annotations

import multiprocessing
import subprocess
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.vectorstore.documents import DIM, ENCODER, document, publish
from vectorstore import Library, Writer
from vectorstore.building import Step
from vectorstore.errors import LibraryFullError

_SIZE = 40 << 20
_DEADLINE_S = 120

A = document("/in/a.txt", *(f"Old sentence number {number}." for number in range(300)))
B = document("/in/b.txt", *(f"New sentence number {number}." for number in range(300)))

_processes = multiprocessing.get_context("forkserver")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MB."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(mounted)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as exc:
        pytest.skip(f"no file system may be mounted here: {exc}")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", "--lazy", str(mounted)], check=True)


def _fill(disk: Path) -> None:
    with (disk / "ballast").open("ab", buffering=0) as file:
        for block in (1 << 20, 1 << 12, 1):
            try:
                while file.write(bytes(block)):
                    pass
            except OSError:
                continue


def _publish_as_it_fills(folder: Path, at: Step | None, copy_from: int, tell: Connection) -> None:
    def fill(step: Step) -> None:
        if step == at:
            _fill(folder.parent)

    if at is None:
        _fill(folder.parent)
    try:
        with Writer(
            folder, ENCODER.name, DIM, on_step=fill, copy_from_passages=copy_from
        ) as writer:
            publish(writer, B)
    except LibraryFullError:
        tell.send("full")
    except BaseException as exc:
        tell.send(repr(exc))
        raise
    else:
        tell.send("published")


@pytest.mark.parametrize("copy_from", [1, 2000])
@pytest.mark.parametrize("at", [None, "directory-made", "dense-built"])
def test_a_full_disk_is_said_in_time_and_the_old_generation_serves(
    at: Step | None, copy_from: int, disk: Path
) -> None:
    folder = disk / "library"
    with Writer(folder, ENCODER.name, DIM) as writer:
        publish(writer, A)
    ours, theirs = _processes.Pipe()
    with Library.open(folder, ENCODER.name, DIM) as library:
        library.warm()
        child = _processes.Process(
            target=_publish_as_it_fills, args=(folder, at, copy_from, theirs)
        )
        child.start()
        child.join(_DEADLINE_S)
        hangs = child.is_alive()
        child.kill()
        assert not hangs
        assert ours.recv() == "full"
        _check(library)
        (disk / "ballast").unlink()
        with Library.open(folder, ENCODER.name, DIM) as opened_later:
            _check(opened_later)
    with Writer(folder, ENCODER.name, DIM) as writer:
        publish(writer, B)
    with Library.open(folder, ENCODER.name, DIM) as library, library.snapshot() as snapshot:
        assert len(snapshot.dense(ENCODER.encode_question("sentence"), 1000)) == 600
    assert len(list((folder / "generations").iterdir())) == 1


def _check(library: Library) -> None:
    """All of the library is what was published before."""
    with library.snapshot() as snapshot:
        assert [found.id for found in snapshot.documents()] == ["a"]
        assert len(snapshot.dense(ENCODER.encode_question("sentence"), 1000)) == 300
        assert len(snapshot.lexical({"old": 1.0}, 1000)) == 300
