from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.errors import FileUnreadableError
from ingest.limits import Limits
from ingest.reading import load


@contextmanager
def written_to(path: Path) -> Iterator[threading.Event]:
    """Somebody appends to the file until the event is set."""
    stop = threading.Event()

    def append() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(b"more ")

    thread = threading.Thread(target=append)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Reading it takes long enough for others to write to it."""
    path = tmp_path / "large.txt"
    path.write_bytes(b"A sentence. " * 3_000_000)
    return path


def test_a_file_that_is_being_written_is_left_out_and_said_so(large: Path) -> None:
    with written_to(large), pytest.raises(FileUnreadableError) as caught:
        load(large, Limits())
    assert caught.value.message("vi").endswith("tệp vẫn đang được ghi")
    assert load(large, Limits()).data == large.read_bytes()


def test_a_file_that_was_written_only_for_a_moment_is_read_whole(large: Path) -> None:
    with written_to(large) as stop:
        threading.Timer(0.1, stop.set).start()
        data = load(large, Limits()).data
    assert data == large.read_bytes()


def test_a_file_that_is_removed_before_it_is_read_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError) as caught:
        load(tmp_path / "gone.txt", Limits())
    assert caught.value.message("vi").endswith("tệp vừa bị xoá")


def test_a_file_that_is_replaced_while_it_is_read_is_the_old_or_the_new_one(large: Path) -> None:
    old, new = large.read_bytes(), b"Something else. " * 2_000_000
    other = large.with_suffix(".new")
    other.write_bytes(new)
    thread = threading.Timer(0.005, lambda: other.replace(large))
    thread.start()
    assert load(large, Limits()).data in (old, new)
    thread.join()
