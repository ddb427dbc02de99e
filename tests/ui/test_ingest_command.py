"""`trichdan ingest` and `trichdan documents` as people meet them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import Progress
from tests.fakes import HashEncoder
from tests.ingest.office_files import docx, paragraph, table, xlsx
from tests.ingest.pdf_files import scanned
from ui.cli import main
from ui.ingest_progress import progress_text

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty folder, in Vietnamese, with an encoder that costs nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRICHDAN_LANGUAGE", "vi")
    monkeypatch.setattr("ui.ingest_command.load_encoder", lambda name: HashEncoder())

    def run(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """What lies in a folder of an office."""
    place = tmp_path / "giấy tờ"
    place.mkdir()
    rows = [["Cấp bậc", "Số ngày"], ["Nhân viên", "12"], ["Trưởng phòng", "15"]]
    (place / "quy chế.docx").write_bytes(docx(paragraph("Nghỉ phép", "H1") + table(rows)))
    (place / "bản quét.pdf").write_bytes(scanned(2))
    (place / "báo cáo.xlsx").write_bytes(xlsx())
    (place / "trang.html").write_text("<title>Trang</title><p>Công ty nghỉ tết mười ngày.</p>")
    (place / "ghi chú.txt").write_bytes("Họp vào thứ hai hằng tuần.".encode("utf-16"))
    (place / "cũ.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    return place


def test_a_folder_of_an_office_is_taken_or_said_why_not_in_vietnamese(
    run: Run, papers: Path
) -> None:
    code, out, err = run("ingest", papers)
    assert (code, out) == (1, "")
    lines = err.strip().split("\n")
    assert lines[0].startswith("bỏ qua: ") and "bản quét.pdf: 2 trang chỉ có ảnh" in lines[0]
    assert "cũ.doc: định dạng cũ '.doc'" in lines[1] and "'.docx'" in lines[1]
    assert lines[2].startswith("thêm 4, sửa 0, đổi tên 0, xoá 0, giữ nguyên 0, bỏ qua 2;")
    code, out, err = run("documents", "export")
    assert (code, err) == (0, "")
    documents = [json.loads(line) for line in out.splitlines()]
    assert len(documents) == 4
    for document in documents:
        for passage in document["passages"]:
            assert document["text"][passage["start"] : passage["end"]] == passage["text"]
    (rules,) = [document for document in documents if document["source"].endswith(".docx")]
    assert rules["passages"][0]["text"].startswith("Cấp bậc: Nhân viên; Số ngày: 12")
    assert rules["passages"][0]["section"] is None and rules["title"] == "Nghỉ phép"
    code, out, _ = run("documents", "export", rules["id"])
    assert [json.loads(line)["id"] for line in out.splitlines()] == [rules["id"]]


def test_a_dry_run_prints_the_plan_and_makes_no_library(
    run: Run, papers: Path, tmp_path: Path
) -> None:
    code, out, err = run("ingest", papers, "--dry-run")
    assert code == 1 and out.count("sẽ thêm: ") == 4 and "bỏ qua: " in err
    assert re.search(r"sẽ thêm 4, .* cần mã hoá 5 đoạn", err)
    assert not (tmp_path / "library").exists()
    run("ingest", papers)
    (papers / "trang.html").unlink()
    (papers / "ghi chú.txt").write_text("Họp vào thứ ba.")
    code, out, err = run("ingest", papers, "--dry-run", "--prune")
    assert out.splitlines() == [
        f"sẽ sửa: {papers / 'ghi chú.txt'}",
        f"sẽ xoá: {papers / 'trang.html'}",
    ]
    code, out, err = run("ingest", papers, "--prune", "--json")
    done = json.loads(out)
    assert done["removed"] == [str(papers / "trang.html")] and not done["dry_run"]
    assert [skipped["code"] for skipped in done["skipped"]] == ["file-scanned", "format-old"]


def test_an_empty_folder_is_said_to_hold_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "trống").mkdir()
    code, out, err = run("ingest", tmp_path / "trống")
    assert (code, out) == (0, "")
    assert "không có gì để đọc trong" in err and "trống" in err


def test_web_pages_are_off_until_a_host_is_allowed(run: Run) -> None:
    code, _, err = run("ingest", "https://example.org/page")
    assert code == 1
    assert "https://example.org/page: chưa cho phép tải trang web" in err and "web_hosts" in err


def test_watch_says_what_it_follows_and_refuses_what_is_not_there(run: Run) -> None:
    code, _, err = run("ingest", "nowhere", "--watch")
    assert code == 2 and "không có tệp hoặc thư mục này" in err


def test_ctrl_c_ends_watching_with_130(
    run: Run, papers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("watchfiles.watch", interrupted)
    assert run("ingest", papers, "--watch")[0] == 130


@pytest.mark.parametrize(
    ("progress", "elapsed_s", "said"),
    [
        (
            Progress("reading", 30, 120, "/x/a.pdf", 7, 55),
            10.0,
            "đang đọc 30/120 tệp, 55 đoạn: a.pdf tr. 7 · 3.0/giây, còn 0:30",
        ),
        (
            Progress("embedding", 600, 6600),
            60.0,
            "đang mã hoá đoạn văn 600/6600 · 10.0/giây, còn 10:00",
        ),
        (Progress("embedding", 0, 6600), 0.0, "đang mã hoá đoạn văn 0/6600"),
    ],
)
def test_progress_tells_files_passages_rate_and_time_left(
    progress: Progress, elapsed_s: float, said: str
) -> None:
    assert progress_text(progress, elapsed_s, "vi") == said
