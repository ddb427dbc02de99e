"""The parts of a report: marked differences, plots over time, JUnit, and the forms together."""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evals import cli
from evals.compare import compare
from evals.difference import differing
from evals.folder import Run
from evals.history import history, keep_figures
from evals.junit import junit
from evals.page import page
from evals.page_history import history_plots
from evals.questions import QuestionSet
from evals.report import report
from evals.results import Opinion
from evals.run import run_set
from evals.set_files import load
from rag.settings import Settings
from tests.evals import planted
from tests.evals.conftest import WriteSet
from tests.evals.scripted import LINES, Q1, ScriptedAssistant


@pytest.fixture
def questions(write_set: WriteSet) -> QuestionSet:
    return load(write_set(planted.lines()))


def made(
    questions: QuestionSet,
    folder: Path,
    change: planted.Change = lambda language, i, answer: answer,
) -> Run:
    return run_set(planted.assistant(change), questions, Settings(), folder)


def test_the_words_that_differ_are_marked_on_their_side() -> None:
    old, new = differing(["It has 60 states.", "Yes."], ["It has 61 states."])
    assert old == [[("It has ", False), ("60 states.", True)], [("Yes.", True)]]
    assert new == [[("It has ", False), ("61 states.", True)]]
    old, new = differing(["60 states."], ["61 states."])
    assert old == [[("60 ", True), ("states.", False)]]


def test_equal_texts_have_no_mark() -> None:
    old, new = differing(["Một câu.", "Hai."], ["Một câu.", "Hai."])
    assert old == new == [[("Một câu.", False)], [("Hai.", False)]]


def test_a_flip_shows_both_answers_marked_and_every_stage(
    questions: QuestionSet, tmp_path: Path
) -> None:
    base = made(questions, tmp_path / "base")
    worse = made(questions, tmp_path / "worse", planted.broken_retrieval)
    content = page(report(worse), "en", compare(base, worse))
    first = content[content.index("<details") : content.index("</details>")]
    assert "<del>" in first and "<ins>" in first
    stages = re.findall(r"<li( class=changed)?>([^<]*): (same|changed)</li>", first)
    assert [name for mark, name, _ in stages if mark] == [
        "passages", "rank of the evidence", "answer", "citations",
    ]  # fmt: skip
    assert "refusal: same" in first


def test_what_both_runs_gave_alike_is_shown_once(questions: QuestionSet, tmp_path: Path) -> None:
    base = made(questions, tmp_path / "base")
    content = page(report(base), "en", compare(base, base))
    assert content.count("the same in both runs") == len(base.results)
    assert "<ins>" not in content


def test_what_the_judge_did_not_support_stands_beside_the_sentence(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    asked = ScriptedAssistant()
    wrong = replace(Q1.claims[0], text="Có 75 quốc gia ký tuyên bố chung.")
    asked.script[LINES[0]["question"]] = replace(Q1, claims=[wrong])
    made = report(run_set(asked, small_set, Settings(), tmp_path / "run"))
    assert "judge: not supported" in page(made, "en")
    assert "bộ chấm: không có căn cứ" in page(made, "vi")


def test_figures_are_plotted_over_the_last_runs(questions: QuestionSet, tmp_path: Path) -> None:
    runs = [made(questions, tmp_path / name) for name in ("a", "b", "c")]
    runs = [replace(run, began=f"2026-01-0{at + 1}") for at, run in enumerate(runs)]
    for run in runs:
        keep_figures(report(run))
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "figures.json").write_text("{")
    past = history(report(runs[2]))
    assert [one.name for one in past] == ["a", "b", "c"]
    assert [one.name for one in history(report(runs[1]))] == ["a", "b"]
    plots = history_plots(past, "vi")
    assert plots.count("<figure>") > 10 and plots.count("<circle") >= 3 * 10
    assert "c: 90.0 % (" in plots
    assert history_plots(past[:1], "en") == ""


def test_runs_of_other_questions_are_not_plotted(questions: QuestionSet, tmp_path: Path) -> None:
    whole = made(questions, tmp_path / "whole")
    part = run_set(
        planted.assistant(), questions, Settings(), tmp_path / "part",
        selected=questions.questions[:9],
    )  # fmt: skip
    keep_figures(report(part))
    assert [one.name for one in history(report(whole))] == ["whole"]


def test_junit_fails_where_the_gate_does(questions: QuestionSet, tmp_path: Path) -> None:
    first, second, *others = questions.questions
    must = replace(questions, questions=(replace(first, must_pass=True), second, *others))
    base = made(must, tmp_path / "base")
    worse = made(must, tmp_path / "worse", planted.broken_retrieval)
    root = ElementTree.fromstring(junit(report(worse), "en", compare(base, worse)))
    suites = {suite.get("name"): suite for suite in root}
    # Every tenth question is wrong in both runs; only the must-pass one fails on its own.
    assert suites["questions"].get("failures") == "1" and suites["questions"].get("errors") == "0"
    assert int(suites["verdicts"].get("failures") or 0) == len(
        compare(base, worse).having("regressed")
    )
    assert suites["questions"].get("tests") == str(len(must.questions))


def test_junit_fails_for_a_run_cut_short_and_for_a_judge_without_any_figure(
    questions: QuestionSet, tmp_path: Path
) -> None:
    def errors(run: Run) -> list[str]:
        root = ElementTree.fromstring(junit(report(run), "en"))
        assert root.find("testsuite[@name='run']") is not None
        return [error.get("message") or "" for error in root.iter("error")]

    run = made(questions, tmp_path / "run")
    assert errors(run) == []
    [said] = errors(replace(run, results=run.results[:7]))
    assert said == "This run is not whole: 7 of 120 questions have a result."
    mute = [replace(one, opinions=(Opinion("llm", {}, ("down",)),)) for one in run.results]
    [said] = errors(replace(run, results=mute))
    assert said.startswith("The judge llm gave no figure 120 of 120 times")


def test_junit_holds_whatever_an_answer_says(small_set: QuestionSet, tmp_path: Path) -> None:
    asked = ScriptedAssistant()
    asked.script[LINES[0]["question"]] = RuntimeError("<\x00\x1b[0m & ]]>\uffff")
    run = run_set(asked, small_set, Settings(), tmp_path / "run")
    named = replace(run, header=replace(run.header, set_name="small\x01\ud800 😀"))
    root = ElementTree.fromstring(junit(report(named), "vi"))
    assert root.get("name") == "small 😀"
    assert [case.get("name") for case in root.iter("testcase") if case.find("error") is not None]


def test_the_command_writes_every_form_in_the_language_asked_for(
    questions: QuestionSet, tmp_path: Path
) -> None:
    run = made(questions, tmp_path / "run")
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    words = ["report", str(run.path), "--base", str(run.path), "--format", "all"]
    assert cli.run(parser.parse_args([*words, "--language", "vi"]), Settings()) == 0
    assert '<html lang="vi">' in (run.path / "report.html").read_text()
    assert "| chỉ số" in (run.path / "report.md").read_text()
    assert json.loads((run.path / "report.json").read_text())["comparison"]["verdicts"]
    assert ElementTree.parse(run.path / "report.xml").getroot().tag == "testsuites"
