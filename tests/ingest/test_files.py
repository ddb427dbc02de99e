from __future__ import annotations

import errno
import os
from pathlib import Path

from ingest.errors import FileMissingError, FileUnreadableError, HiddenNotice, ReadError, unreadable
from ingest.files import find, is_gone


def names(found: list[Path | ReadError]) -> list[str]:
    return [item.name if isinstance(item, Path) else type(item).__name__ for item in found]


def test_folders_are_walked_in_order_and_hidden_files_only_counted(tmp_path: Path) -> None:
    for name in (
        "b.txt",
        "a.md",
        "sub/c.txt",
        ".hidden.txt",
        ".git/config",
        "sub/.d.txt",
        "~$a.docx",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = find([tmp_path])
    assert names(found) == ["a.md", "b.txt", "c.txt", "HiddenNotice"]
    assert isinstance(found[-1], HiddenNotice)
    assert "(4): " in found[-1].message("en")  # a hidden folder is one; nobody looks into it


def test_a_file_named_twice_comes_once_and_absolute(tmp_path: Path, monkeypatch: object) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    found = find([path, tmp_path, tmp_path / "." / "a.txt", Path(os.path.relpath(path))])
    assert found == [path]


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").touch()
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert names(find([tmp_path])) == ["FileUnreadableError", "a.txt"]


def test_what_is_not_there_or_not_a_file_is_an_error_in_the_list(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    os.mkfifo(tmp_path / "pipe.txt")
    found = find([tmp_path / "nowhere", tmp_path / "a.txt" / "below", tmp_path])
    assert names(found) == [
        "FileMissingError",
        "FileMissingError",
        "a.txt",
        "FileUnreadableError",
    ]
    assert isinstance(found[0], FileMissingError)
    assert "nowhere" in found[0].message("vi")


def test_a_link_to_nowhere_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere.txt")
    (found,) = find([tmp_path])
    assert isinstance(found, FileUnreadableError)
    assert found.message("vi").endswith("liên kết trỏ tới một nơi không tồn tại")


def test_a_name_that_is_no_text_is_skipped(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).touch()
    found = find([tmp_path])
    assert isinstance(found[0], FileUnreadableError)
    assert "UTF-8" in str(found[0])


def test_the_system_s_refusals_are_told_in_the_language_of_the_reader() -> None:
    refused = unreadable("a.txt", PermissionError(errno.EACCES, "Permission denied"))
    assert refused.message("vi") == "a.txt: không mở được: bạn không có quyền đọc"
    assert "permission" in refused.message("en")
    other = unreadable("a.txt", OSError(errno.EIO, "Input/output error"))
    assert "EIO" in other.message("vi") and "error" not in other.message("vi")


def test_what_is_no_file_is_said_so_in_vietnamese(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (found,) = find([tmp_path / "pipe.txt"])
    assert isinstance(found, FileUnreadableError)
    assert found.message("vi").endswith("không phải là tệp hay thư mục")


def test_what_may_not_be_looked_at_is_not_known_to_be_gone(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    (locked / "a.txt").touch()
    (tmp_path / "link.txt").symlink_to(tmp_path / "nowhere")
    locked.chmod(0)
    me = os.geteuid()
    if me == 0:  # whom no permission stops
        tmp_path.chmod(0o711)
        os.seteuid(65_534)
    try:
        assert not is_gone(str(locked / "a.txt"))
        assert not is_gone(str(locked / "a.txt"), follow_links=True)
    finally:
        os.seteuid(me)
        locked.chmod(0o700)
    assert is_gone(str(tmp_path / "nowhere"))
    assert not is_gone(str(tmp_path / "link.txt"))
    assert is_gone(str(tmp_path / "link.txt"), follow_links=True)
