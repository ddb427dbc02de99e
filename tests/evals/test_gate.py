from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from evals import cli
from evals import run as running
from evals.baseline import bless
from evals.run import run_set
from evals.set_files import load
from rag.assistant import Assistant
from rag.settings import Settings
from tests.evals import planted
from tests.evals.conftest import WriteSet
from tests.evals.scripted import ScriptedAssistant


@pytest.fixture
def path(write_set: WriteSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = write_set(planted.lines())
    bless(run_set(planted.assistant(), load(path), Settings(), Path("base")), Path("baselines"))
    Path("floors.toml").write_text(
        '[[floor]]\nset="small"\nslice="same-language"\nmetric="hit@1"\nbound=0.85\n'
    )
    return path


def gate(path: Path, asked: ScriptedAssistant, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(Assistant, "open", lambda settings: asked)
    return evaluate(
        "gate", str(path), "--baselines", "baselines", "--floors", "floors.toml", *words
    )


def evaluate(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    return cli.run(parser.parse_args(words), Settings())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda language, i, answer: answer, 0),
        (planted.noise, 0),
        (planted.broken_retrieval, 1),
        (planted.dropped_citations, 1),
        (planted.answered_anyway, 1),
    ],
    ids=["same", "noise", "retrieval", "citations", "unanswerable"],
)
def test_a_planted_change_gets_its_exit_code(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: planted.Change, code: int
) -> None:
    assert gate(path, planted.assistant(change), monkeypatch) == code


def test_below_a_floor_without_a_regression_exits_2(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    floors = Path("floors.toml")
    floors.write_text(floors.read_text().replace("0.85", "0.95"))
    assert gate(path, planted.assistant(), monkeypatch, "--json") == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["below_floor"][0]["value"] == 0.9
    assert "Below the floor" in err


def test_another_library_exits_3(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = planted.assistant()
    asked.texts["en1"] += " More."
    assert gate(path, asked, monkeypatch, "--out", "other") == 3
    assert not asked.asked and not Path("other").exists()  # found before anything is asked


def test_a_failure_or_a_missing_baseline_exits_4(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = planted.assistant()
    asked.script["vi-5"] = RuntimeError("boom")
    assert gate(path, asked, monkeypatch, "--out", "a") == 4
    assert gate(path, asked, monkeypatch, "--baselines", "none") == 4
    err = capsys.readouterr().err
    assert "none/small" in err and "trichdan eval bless RUN --baselines none" in err


def test_a_floor_that_could_never_fall_exits_4_and_one_without_answers_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    floors = Path("floors.toml")
    held = floors.read_text()
    floors.write_text(held.replace("same-language", "same-langauge"))
    asked = planted.assistant()
    assert gate(path, asked, monkeypatch, "--out", "a") == 4
    err = capsys.readouterr().err
    assert "floors.toml: " in err and "same-langauge" in err
    assert not asked.asked and not Path("a").exists()  # found before anything is asked
    floors.write_text(held + held.replace("same-language", "en→–"))
    assert gate(path, planted.assistant(), monkeypatch, "--out", "b") == 0
    err = capsys.readouterr().err
    assert "Floor on Hit@1, en→–: nothing in this run" in err and "Floors that hold: 1." in err


@pytest.mark.parametrize("name", ["Small", "small.jsonl"])
def test_a_chosen_file_without_a_floor_for_the_set_exits_4(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    floors = Path("floors.toml")
    floors.write_text(floors.read_text().replace('"small"', f'"{name}"'))
    assert gate(path, planted.assistant(), monkeypatch) == 4
    said = f"floors.toml: no floor in this file is for the set small; they are for {name}"
    assert said in capsys.readouterr().err
    floors.write_text("")  # none on purpose
    assert gate(path, planted.assistant(), monkeypatch, "--out", "none") == 0
    assert "floors.toml: no floor stands in this file" in capsys.readouterr().err
    monkeypatch.setattr(Assistant, "open", lambda settings: planted.assistant())
    assert evaluate("gate", str(path), "--baselines", "baselines") == 0  # none is chosen


def test_floors_are_not_held_against_a_part(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Assistant, "open", lambda settings: planted.assistant())
    assert evaluate("run", str(path), "--limit", "4", "--out", "part") == 0
    assert evaluate("bless", "part", "--baselines", "parts") == 0
    floors = Path("floors.toml")
    floors.write_text(floors.read_text().replace("0.85", "1"))
    words = ("gate", str(path), "--baselines", "parts", "--floors", "floors.toml")
    assert evaluate(*words, "--limit", "4") == evaluate(*words, "--run", "part") == 0
    err = capsys.readouterr().err
    assert err.count("Floors are not checked on part of a set") == 2
    assert evaluate(*words, "--run", "part", "--limit", "2") == 0
    assert "without effect beside it: --limit" in capsys.readouterr().err


def test_a_made_run_is_gated_by_the_set_that_it_asked(
    path: Path, write_set: WriteSet, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate("gate", str(path), "--baselines", "baselines", "--run", "base") == 0
    write_set([line | {"must_pass": True} for line in planted.lines()])
    assert evaluate("gate", str(path), "--baselines", "baselines", "--run", "base") == 3
    assert "the question set" in capsys.readouterr().err
    path.unlink()
    assert evaluate("gate", str(path), "--baselines", "baselines", "--run", "base") == 4


def test_a_must_pass_question_gates_on_its_own(
    write_set: WriteSet, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = planted.lines()
    lines[3]["must_pass"] = True
    path = write_set(lines)
    bless(run_set(planted.assistant(), load(path), Settings(), Path("b2")), Path("baselines"))
    assert gate(path, planted.assistant(), monkeypatch, "--out", "c") == 0
    assert gate(path, planted.assistant(planted.noise), monkeypatch, "--out", "d") == 1


def test_a_judge_without_any_figure_exits_4_and_is_named(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(answer: object) -> object:
        raise OSError("no model")

    monkeypatch.setattr(running, "judge", broken)
    assert gate(path, planted.assistant(), monkeypatch, "--out", "mute") == 4
    out = capsys.readouterr().out
    assert "Without any figure in the candidate: faithfulness, citation precision" in out
    assert "The offline judge gave no figure 80 of 80 times" in out and "OSError: no model" in out
    assert gate(path, planted.assistant(), monkeypatch, "--run", "mute", "--json") == 4
    [said] = json.loads(capsys.readouterr().out)["judges_failing"]
    assert (said["judge"], said["failed"], said["asked"]) == ("offline", 80, 80)
    monkeypatch.setattr(Assistant, "open", lambda settings: planted.assistant())
    assert evaluate("run", str(path), "--floors", "floors.toml", "--out", "again") == 4
    assert evaluate("bless", "again", "--baselines", "baselines") == 4
    assert "the judge offline gave no figure at all (OSError: no model)" in capsys.readouterr().err


def test_bless_compare_and_gate_of_made_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = load(path)
    run_set(planted.assistant(planted.broken_retrieval), questions, Settings(), Path("worse"))
    assert evaluate("compare", "base", "worse") == 1
    assert "Regressed" in capsys.readouterr().out
    assert evaluate("compare", "worse", "base", "--json") == 0
    assert json.loads(capsys.readouterr().out)["flips"][0]["improved"]
    assert evaluate("compare", "base", "nowhere") == 4
    assert gate(path, planted.assistant(), monkeypatch, "--run", "worse") == 1
    assert evaluate("bless", "worse", "--baselines", "baselines") == 0
    assert gate(path, planted.assistant(), monkeypatch, "--run", "worse") == 2


def test_a_baseline_of_other_questions_is_replaced_with_a_word(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Assistant, "open", lambda settings: planted.assistant())
    assert evaluate("bless", "base", "--baselines", "baselines") == 0
    assert "it replaces" not in capsys.readouterr().err
    assert evaluate("run", str(path), "--limit", "4", "--out", "part") == 0
    capsys.readouterr()
    assert evaluate("bless", "part", "--baselines", "baselines") == 0
    said = capsys.readouterr().err
    assert "differs in: the questions asked (questions before: 120, now: 4)" in said


def test_comparing_with_other_settings_needs_leave(path: Path) -> None:
    run_set(planted.assistant(), load(path), Settings(passages=3), Path("fewer"))
    assert evaluate("compare", "base", "fewer") == 3
    assert evaluate("compare", "base", "fewer", "--allow", "settings") == 0
