from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.errors import FileMissingError
from ingest.watching import watch


class Acts:
    """Counts the calls, and keeps what the folder held at each."""

    def __init__(self, folder: Path, answers: list[bool] | None = None) -> None:
        self.folder = folder
        self.held: list[dict[str, str]] = []
        self.answers = answers or []

    def __call__(self) -> bool:
        self.held.append({path.name: path.read_text() for path in self.folder.glob("*.txt")})
        return self.answers.pop(0) if self.answers else True


@contextmanager
def watching(folder: Path, acts: Acts, ignored: Path | None = None) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=lambda: watch([folder], acts, stop=stop, settled_s=0.3, ignored=ignored),
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_what_changes_is_acted_on_and_nothing_else(tmp_path: Path) -> None:
    acts = Acts(tmp_path)
    with watching(tmp_path, acts):
        until(lambda: len(acts.held) == 1)
        (tmp_path / "a.txt").write_text("one")
        (tmp_path / ".hidden.txt").write_text("not looked at")
        until(lambda: len(acts.held) == 2)
        assert acts.held[1].get("a.txt") == "one"
        (tmp_path / "a.txt").unlink()
        until(lambda: len(acts.held) == 3)
        assert "a.txt" not in acts.held[2]
        (tmp_path / ".hidden.txt").write_text("again")
        time.sleep(1.0)
        assert len(acts.held) == 3


def test_a_file_that_is_still_open_for_writing_is_waited_for(tmp_path: Path) -> None:
    acts = Acts(tmp_path)
    with watching(tmp_path, acts):
        until(lambda: len(acts.held) == 1)
        with (tmp_path / "a.txt").open("w") as file:
            file.write("the first half, ")
            file.flush()
            time.sleep(1.5)
            assert len(acts.held) == 1
            file.write("the second half")
        until(lambda: len(acts.held) == 2)
        assert acts.held[1] == {"a.txt": "the first half, the second half"}


def test_the_library_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    acts = Acts(tmp_path)
    library = tmp_path / "library"
    library.mkdir()
    with watching(tmp_path, acts, ignored=library):
        until(lambda: len(acts.held) == 1)
        (library / "catalogue.sqlite").write_text("written by what follows")
        time.sleep(1.0)
        assert len(acts.held) == 1


def test_a_folder_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileMissingError):
        watch([tmp_path / "nowhere"], lambda: True)
