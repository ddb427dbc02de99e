from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from evals import cli
from rag.assistant import Assistant
from rag.settings import Settings
from rag.types import Answer
from tests.evals.conftest import WriteSet
from tests.evals.scripted import LINES, ScriptedAssistant, answered, refused

Q1_TEXT, Q2_TEXT, Q3_TEXT = (line["question"] for line in LINES)


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ScriptedAssistant:
    scripted = ScriptedAssistant()
    monkeypatch.setattr(Assistant, "open", lambda settings: scripted)
    monkeypatch.chdir(tmp_path)
    return scripted


def evaluate(*words: object, language: Any = "en") -> int:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser, language)
    return cli.run(parser.parse_args([str(word) for word in words]), Settings(), language)


@pytest.fixture
def path(write_set: WriteSet) -> Path:
    return write_set(LINES)


def test_a_passing_run_prints_tables_and_exits_0(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate("run", path) == 0
    out, err = capsys.readouterr()
    assert "| Hit@3" in out and "3/3" in err and "Run written to runs/small-" in err
    assert [path.name.endswith(f"-{os.getpid()}") for path in Path("runs").iterdir()] == [True]
    assert assistant.closed


def test_json_alone_stands_on_stdout(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate("--json", "run", path, "--out", "here") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["slices"]["all"]["metrics"]["hit@3"]["n"] == 2
    assert made["below_floor"] == []


def test_a_failed_must_pass_question_exits_1(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assistant.script[Q1_TEXT] = refused("q", "vi")
    assert evaluate("run", path) == 1
    assert "q1" in capsys.readouterr().out


def test_a_figure_below_its_floor_exits_2(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("floors.toml").write_text(
        '[[floor]]\nset="small"\nslice="all"\nmetric="abstention-recall"\nbound=1\n'
    )
    assert evaluate("run", path, "--floors", "floors.toml") == 0
    assistant.script[Q3_TEXT] = answered("q", "380,000 km", language="en")
    assert evaluate("run", path, "--floors", "floors.toml", "--out", "b") == 2
    assert "Below the floor: abstention recall, all: 0.0 %" in capsys.readouterr().err
    assert evaluate("run", path, "--floors", "floors.toml", "--out", "c", "--limit", 2) == 0


def test_continuing_a_run_of_another_set_exits_3(
    assistant: ScriptedAssistant, path: Path, write_set: WriteSet
) -> None:
    assert evaluate("run", path, "--out", "here", "--split", "dev") == 0
    assert evaluate("run", path, "--out", "here") == 3


def test_a_question_without_an_answer_exits_4(assistant: ScriptedAssistant, path: Path) -> None:
    assistant.script[Q2_TEXT] = RuntimeError("boom")
    assert evaluate("run", path) == 4


@pytest.mark.parametrize("content", ["", "{", json.dumps(LINES[0] | {"language": "fr"})])
def test_a_malformed_set_exits_4_before_anything_is_opened(
    assistant: ScriptedAssistant,
    tmp_path: Path,
    content: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(content)
    assert evaluate("run", bad, language="vi") == 4
    assert "bad.jsonl" in capsys.readouterr().err
    assert not assistant.closed and not Path("runs").exists()


def test_an_interrupt_exits_130_and_says_how_to_go_on(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = {**assistant.script}
    assistant.script[Q2_TEXT] = KeyboardInterrupt()
    assert evaluate("run", path, "--out", "here", "--workers", 1) == 130
    assert f"trichdan eval run {path} --out here --workers 1\n" in capsys.readouterr().err
    assistant.script = script
    assert evaluate("run", path, "--out", "here") == 0
    assert assistant.asked == [Q1_TEXT, Q2_TEXT, Q2_TEXT, Q3_TEXT]


def test_an_interrupt_says_what_is_waited_for_and_a_second_one_would_end_it(
    assistant: ScriptedAssistant,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = threading.Event()
    set_handler, ask = signal.signal, assistant.ask
    handlers: list[Any] = []

    def noted(number: int, handler: Any) -> Any:
        handlers.append(handler)
        told.set()
        return set_handler(number, handler)

    def slowly(question: str) -> Answer:
        assert question != Q3_TEXT or told.wait(60)  # under way until the user was told
        return ask(question)

    assistant.script[Q2_TEXT] = KeyboardInterrupt()
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(assistant, "ask", slowly)
    monkeypatch.setattr(signal, "signal", noted)
    assert evaluate("run", path, "--out", "here", "--workers", 2) == 130
    assert handlers == [signal.SIG_DFL, before] and signal.getsignal(signal.SIGINT) is before
    err = capsys.readouterr().err
    assert err.index("Ctrl-C again leaves at once") < err.index("Go on with: ")


def test_the_command_told_after_an_interrupt_goes_on_with_the_same_run(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = {**assistant.script}
    assistant.script[Q2_TEXT] = KeyboardInterrupt()
    assert evaluate("run", path, "--out", "a folder", "--limit", 2, "--slice", "answerable") == 130
    told = shlex.split(capsys.readouterr().err.partition("Go on with: ")[2])
    assert told[:2] == ["trichdan", "eval"] and "--slice" in told
    assistant.script = script
    assert evaluate("run", path, "--out", "a folder", language="vi") == 3
    assert "chạy tiếp bằng đúng lệnh đã bắt đầu nó" in capsys.readouterr().err
    assert evaluate(*told[2:]) == 0


def test_a_run_without_a_result_is_told_and_not_reported(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate("run", path, "--out", "here") == 0
    Path("here/results.jsonl").write_bytes(b"")
    for words in (["report", "here"], ["bless", "here", "--baselines", "b"]):
        capsys.readouterr()
        assert evaluate(*words, language="vi") == 4
        assert "0 trên 3 câu hỏi" in capsys.readouterr().err
    assert not Path("b").exists()


def test_the_report_of_a_run_that_was_cut_short_says_so(
    assistant: ScriptedAssistant, path: Path
) -> None:
    assert evaluate("run", path, "--out", "here") == 0
    assert evaluate("report", "here", "--format", "markdown") == 0
    assert "not whole" not in Path("here/report.md").read_text()
    results = Path("here/results.jsonl")
    results.write_bytes(results.read_bytes().splitlines(keepends=True)[0])
    assert evaluate("report", "here", "--format", "all", "--language", "en") == 0
    for name in ("report.md", "report.html"):
        assert "not whole: 1 of 3 questions have a result" in Path("here", name).read_text()
    written = json.loads(Path("here/report.json").read_text())
    assert (written["results"], written["questions"]) == (1, 3)
    assert evaluate("report", "here", "--format", "markdown", "--language", "vi") == 0
    assert "chưa trọn vẹn: 1 trên 3" in Path("here/report.md").read_text()


def test_all_reports_of_a_name_stand_beside_each_other(
    assistant: ScriptedAssistant, path: Path
) -> None:
    assert evaluate("run", path, "--out", "here") == 0
    assert evaluate("report", "here", "--format", "all", "--file", "mine.html") == 0
    assert Path("mine.html").read_text().startswith("<!doctype html>")
    assert Path("mine.xml").read_text().startswith("<?xml")
    assert Path("mine.json").is_file() and Path("mine.md").is_file()


def test_a_set_of_drafts_alone_says_that_they_wait(
    assistant: ScriptedAssistant, write_set: WriteSet, capsys: pytest.CaptureFixture[str]
) -> None:
    drafts = write_set([line | {"draft": True} for line in LINES])
    assert evaluate("run", drafts) == 4
    assert "3 wait as drafts" in capsys.readouterr().err


def test_split_and_limit_choose_questions(assistant: ScriptedAssistant, path: Path) -> None:
    assert evaluate("run", path, "--split", "test", "--limit", 1) == 0
    assert assistant.asked == [Q2_TEXT]


@pytest.mark.parametrize("words", [["--limit", "0"], ["--split", "train"], ["bless"]])
def test_wrong_usage_exits_2(assistant: ScriptedAssistant, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        evaluate(*words)
    assert caught.value.code == 2


def test_check_lists_what_is_to_mend(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate("check", path) == 0
    assert "nothing to mend" in capsys.readouterr().out
    assistant.texts["en1"] = "Nothing."
    assert evaluate("check", path) == 4
    assert "small.jsonl:2: q2: evidence: not in delegation.md" in capsys.readouterr().out


def test_readme_replaces_what_stands_between_the_markers(
    assistant: ScriptedAssistant, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "DEFAULT_SET", path)
    file = Path("figures.md")
    file.write_text("Before\n<!-- tables: begin -->stale figures<!-- tables: end -->\nAfter\n")
    assert evaluate("readme", "--file", file, "--also", "originals=elsewhere") == 0
    content = file.read_text()
    assert content.startswith("Before\n") and content.endswith("\nAfter\n")
    assert "### Library: default" in content and "### Library: originals" in content
    assert "stale" not in content
    assert not list(Path().glob("*.part"))


def test_a_readme_without_markers_is_refused_before_the_run(
    assistant: ScriptedAssistant, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plain.md").write_text("no markers")
    assert evaluate("readme", "--file", "plain.md") == 4
    assert assistant.asked == []
    assert "plain.md" in capsys.readouterr().err


def test_the_shipped_readme_has_its_markers() -> None:
    from evals.readme import check_markers

    check_markers(cli.README)
