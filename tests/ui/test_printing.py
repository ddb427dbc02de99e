"""A document, or the name of a file, gives no orders to the terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import HashEncoder
from ui.cli import main
from ui.printing import one_line, printable

ROOT = Path(__file__).parents[2]


def test_controls_are_shown_and_text_is_left_alone() -> None:
    text = "Hội nghị\u00a0ở\tParis — 👩\u200d🎓 “xong”.\n"
    assert printable(text) == text
    assert printable("a\x1b[31mb\x07\r\x9b\x7f") == r"a\x1b[31mb\x07\r\x9b\x7f"
    assert printable("invoice\u202efdp.exe") == r"invoice\u202efdp.exe"
    assert one_line("one\ntwo") == r"one\ntwo"


def on_a_terminal(*arguments: str) -> str:
    """What a command shows on one."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ui.cli", *arguments], stdout=theirs, stderr=theirs, cwd=ROOT
    ):
        os.close(theirs)
        shown = bytearray()
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # how a terminal ends
            pass
    os.close(ours)
    return shown.decode()


@pytest.fixture
def library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    place = tmp_path / "in"
    place.mkdir()
    text = (
        "# T\x1b]0;owned\x07itle\n\n" + "The lease \x1b[2J ends in May. " + "It is renewed. " * 60
    )
    (place / "a\x1b[31mred\nfile.md").write_text(text)
    (place / "b\x1b[31m.odg").touch()
    monkeypatch.setenv("TRICHDAN_LANGUAGE", "en")
    monkeypatch.setattr("ui.ingest_command.load_encoder", lambda name: HashEncoder())
    folder = tmp_path / "library"
    assert main(["--library", str(folder), "ingest", str(place), "--dry-run"]) == 1
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert r"a\x1b[31mred\nfile.md" in said.out and len(said.out.splitlines()) == 1
    assert main(["--library", str(folder), "ingest", str(place)]) == 1
    assert "\x1b" not in capsys.readouterr().err
    return folder


def test_what_documents_hold_is_only_shown_on_a_terminal(library: Path) -> None:
    for arguments in (["documents"], ["documents", "show", "a-31mred-file"]):
        shown = on_a_terminal("--library", str(library), *arguments)
        assert "\x1b" not in shown and r"T\x1b]0;owned\x07itle" in shown
    whole = ["documents", "show", "a-31mred-file", "--text"]
    assert r"The lease \x1b[2J ends" in on_a_terminal("--library", str(library), *whole)
    # Elsewhere the text is the text: offsets count its characters.
    exact = subprocess.run(
        [sys.executable, "-m", "ui.cli", "--library", str(library), *whole],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    assert "The lease \x1b[2J ends in May." in exact.stdout
