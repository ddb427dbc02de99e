"""Locks on a disk that is full, and on one that knows of no locks."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vectorstore.errors import LibraryBusyError
from vectorstore.locks import Hold, WriteLock


def test_a_full_disk_costs_the_name_of_the_holder_and_not_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with WriteLock(tmp_path), pytest.raises(LibraryBusyError) as caught, WriteLock(tmp_path):
            pass
    assert caught.value.params["holder"] == "?"
    with WriteLock(tmp_path), pytest.raises(LibraryBusyError) as caught, WriteLock(tmp_path):
        pass
    assert str(os.getpid()) in caught.value.params["holder"]


@pytest.mark.parametrize(
    "take", [lambda at: WriteLock(at).__enter__(), lambda at: Hold(at, create=True)]
)
def test_a_lock_that_the_disk_cannot_give_leaves_no_file_open(
    take: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []

    def none(descriptor: int, _: int) -> None:
        opened.append(descriptor)
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", none)
    with pytest.raises(OSError, match="No locks available"):
        take(tmp_path)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])
