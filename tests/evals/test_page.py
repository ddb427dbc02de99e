from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evals.compare import compare
from evals.folder import Run
from evals.page import page
from evals.questions import QuestionSet
from evals.report import report
from evals.results import Result
from evals.run import run_set
from evals.set_files import load
from rag.settings import Settings
from tests.evals import planted
from tests.evals.conftest import WriteSet
from tests.evals.scripted import LINES, Q1, ScriptedAssistant

VOID = {"meta", "input", "br"}


class Outline(HTMLParser):
    """Checks that elements close in order, and collects what a test looks at."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        given = dict(attrs)
        self.addresses += [given[name] or "" for name in ("src", "href") if name in given]
        if tag == "details":
            self.ids.append(given["data-state"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def questions(write_set: WriteSet) -> QuestionSet:
    return load(write_set(planted.lines()))


@pytest.fixture
def base(questions: QuestionSet, tmp_path: Path) -> Run:
    return run_set(planted.assistant(), questions, Settings(), tmp_path / "base")


def test_the_page_is_whole_and_asks_for_nothing(base: Run) -> None:
    content = page(report(base), "en")
    outline = Outline(content)
    assert outline.open == [] and outline.addresses == []
    assert "http" not in re.sub(r"http-equiv", "", content)
    assert len(outline.ids) == 120


def test_flipped_questions_come_first_regressions_before_improvements(
    questions: QuestionSet, base: Run
) -> None:
    worse = run_set(
        planted.assistant(planted.noise), questions, Settings(), base.path.with_name("worse")
    )
    content = page(report(worse), "en", compare(base, worse))
    states = Outline(content).ids
    assert states[:4] == ["wrong|flipped"] * 2 + ["right|flipped"] * 2
    assert set(states[4:10]) == {"wrong"} and states[-1] == "right"
    assert "right → wrong: retrieval changed" in content


def test_the_page_says_what_the_runs_differ_in_and_what_is_left_out(
    questions: QuestionSet, base: Run
) -> None:
    settings = replace(base.header, settings={**base.header.settings, "passages": 2})
    other = replace(base, header=replace(settings, questions=[*base.header.questions, "new"]))
    asked = replace(base.results[0].question, id="new")
    other = replace(other, results=[*base.results, replace(base.results[0], question=asked)])
    made = compare(base, other, allowed=("settings", "questions"))
    content = page(report(other), "en", made)
    assert "The runs differ in: the questions asked, the settings" in content
    assert "did not ask, or asked otherwise: 1." in content


def test_the_cited_sentence_is_marked_within_its_passage(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    content = page(report(run_set(ScriptedAssistant(), small_set, Settings(), tmp_path)), "en")
    assert "<mark>Bui Hoang Phuong led the delegation.</mark>" in content


def test_text_from_documents_and_answers_stays_text(small_set: QuestionSet, tmp_path: Path) -> None:
    asked = ScriptedAssistant()
    bad = "<img src=x onerror=alert(1)></details><script>"
    asked.script[LINES[0]["question"]] = replace(Q1, claims=[replace(Q1.claims[0], text=bad)])
    asked.script[LINES[1]["question"]] = RuntimeError(bad)
    outline = Outline(page(report(run_set(asked, small_set, Settings(), tmp_path)), "en"))
    assert outline.open == [] and outline.addresses == []


def test_the_vietnamese_page_has_no_english_left(base: Run) -> None:
    content = re.sub(r"<(style|script)>.*?</\1>", "", page(report(base), "vi"), flags=re.S)
    shown = re.sub(r"<[^>]*>", " ", content)
    for word in ("Questions", "answerable", "Expected", "citation", "wrong", "slice"):
        assert word not in shown
    assert '<html lang="vi">' in content


def thousand(base: Run) -> tuple[Run, Run]:
    """Two runs of 1,000 questions, every answer different, passages as long as the library's."""
    sentence = "Số liệu của mục này là một nghìn đơn vị, theo bản thống kê mới nhất. "
    old: list[Result] = []
    new: list[Result] = []
    for i in range(1000):
        result = base.results[i % len(base.results)]
        assert result.answer is not None
        hits = [replace(hit, text=sentence * 14) for hit in result.answer.hits[:1] * 8]
        named = replace(result.question, id=f"{result.question.id}/{i}")
        answer = replace(result.answer, hits=tuple(hits))
        old.append(replace(result, question=named, answer=answer))
        claims = tuple(replace(claim, text=claim.text + " Thêm.") for claim in answer.claims)
        new.append(replace(old[-1], answer=replace(answer, claims=claims, refused=False)))
    header = replace(base.header, questions=[result.question.id for result in old])
    return replace(base, header=header, results=old), replace(base, header=header, results=new)


def test_a_thousand_questions_stay_under_five_megabytes(base: Run) -> None:
    before, after = thousand(base)
    content = page(report(after), "en", compare(before, after))
    assert content.count("<ins>") > 500
    assert len(content.encode()) < 5_000_000
