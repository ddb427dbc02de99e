from __future__ import annotations

import threading
from pathlib import Path, PosixPath
from typing import Any, BinaryIO

import pytest

from ingest.errors import FileUnreadableError
from ingest.limits import Limits
from ingest.reading import load


class WrittenTo(PosixPath):
    """A file to which somebody appends in the middle of each of the first few readings."""

    readings = 0

    def open(self, *arguments: Any, **options: Any) -> Any:
        return _Reading(super().open(*arguments, **options), self)


class _Reading:
    def __init__(self, file: BinaryIO, path: WrittenTo) -> None:
        self._file, self._path = file, path

    def __enter__(self) -> _Reading:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def fileno(self) -> int:
        return self._file.fileno()

    def read(self, size: int) -> bytes:
        first = self._file.read(5)
        if WrittenTo.readings:
            WrittenTo.readings -= 1
            with Path(self._path).open("ab") as writer:
                writer.write(b"more ")
        return first + self._file.read(size - 5)


@pytest.fixture
def path(tmp_path: Path) -> WrittenTo:
    (tmp_path / "a.txt").write_bytes(b"A sentence. ")
    return WrittenTo(tmp_path / "a.txt")


def test_a_file_that_is_being_written_is_left_out_and_said_so(
    path: WrittenTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WrittenTo, "readings", 100)
    with pytest.raises(FileUnreadableError) as caught:
        load(path, Limits())
    assert caught.value.message("vi").endswith("tệp vẫn đang được ghi")
    assert WrittenTo.readings > 90  # it is not waited for for long


def test_a_file_that_was_written_only_for_a_moment_is_read_whole(
    path: WrittenTo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WrittenTo, "readings", 1)
    assert load(path, Limits()).data == b"A sentence. more " == Path(path).read_bytes()


def test_a_file_that_is_removed_before_it_is_read_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadableError) as caught:
        load(tmp_path / "gone.txt", Limits())
    assert caught.value.message("vi").endswith("tệp vừa bị xoá")


def test_a_file_that_is_replaced_while_it_is_read_is_the_old_or_the_new_one(
    tmp_path: Path,
) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(b"A sentence. " * 3_000_000)
    old, new = large.read_bytes(), b"Something else. " * 2_000_000
    other = large.with_suffix(".new")
    other.write_bytes(new)
    thread = threading.Timer(0.005, lambda: other.replace(large))
    thread.start()
    assert load(large, Limits()).data in (old, new)
    thread.join()
