from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evals.check import check
from evals.cli import DEFAULT_SET
from evals.set_files import load
from rag.assistant import Assistant
from rag.settings import Settings
from tests.evals.conftest import WriteSet
from tests.evals.scripted import DOCUMENTS, LINES, ScriptedAssistant


def test_a_set_that_fits_its_library_has_no_findings(write_set: WriteSet) -> None:
    assert check(load(write_set(LINES)), ScriptedAssistant()) == []


def test_evidence_that_is_gone_is_named_with_its_line(write_set: WriteSet) -> None:
    assistant = ScriptedAssistant()
    assistant.texts["vi1"] = "Có 61 quốc gia ký."
    [finding] = check(load(write_set(LINES)), assistant)
    assert finding.kind == "quote"
    message = finding.message("en")
    assert "small.jsonl:1: q1:" in message and "Có 60 quốc gia" in message


def test_a_document_that_is_gone_is_named(write_set: WriteSet) -> None:
    assistant = ScriptedAssistant(shown=[replace(d, source="/x.md") for d in DOCUMENTS])
    kinds = [finding.kind for finding in check(load(write_set(LINES)), assistant)]
    assert kinds == ["document", "document"]


def test_a_fact_that_its_evidence_does_not_hold_is_named(write_set: WriteSet) -> None:
    line = LINES[0] | {"answers": [["60"], ["sixty-one", "61"]]}
    [finding] = check(load(write_set([line])), ScriptedAssistant())
    assert finding.kind == "answers" and "sixty-one | 61" in finding.message("vi")


def test_what_nobody_could_ask_is_named(write_set: WriteSet) -> None:
    long, bell = LINES[0] | {"question": "a " * 30}, LINES[1] | {"turns": ["Ai\u0007?"]}
    findings = check(load(write_set([long, bell])), ScriptedAssistant(), Settings(question_chars=9))
    asking = [finding for finding in findings if finding.kind == "asking"]
    said = [finding.message("en") for finding in asking]
    assert "small.jsonl:1: q1: question: " in said[0] and "9" in said[0]
    assert "small.jsonl:2: q2: turns: " in said[1] and "U+0007" in said[1]
    assert "U+0007" in asking[1].message("vi") and "character" not in asking[1].message("vi")


def test_near_duplicates_are_named_within_one_language(write_set: WriteSet) -> None:
    again = LINES[0] | {"id": "q9", "question": "bao nhiêu quốc gia ký"}
    unmarked = LINES[0] | {
        "id": "q8",
        "question": "bao nhieu quoc gia ky",
        "language": "vi-nomarks",
    }
    [finding] = check(load(write_set([*LINES, unmarked, again])), ScriptedAssistant())
    assert finding.kind == "duplicate"
    assert "q9" in finding.message("en") and "q1 (line 1" in finding.message("en")


@pytest.mark.parametrize("path", sorted(DEFAULT_SET.parent.glob("*.jsonl")), ids=lambda p: p.stem)
def test_a_shipped_set_fits_the_shipped_documents(path: Path, paris: Assistant) -> None:
    assert [finding.message("en") for finding in check(load(path), paris)] == []


def test_no_fact_of_the_conversations_is_in_both_halves() -> None:
    questions = load(DEFAULT_SET.with_name("conversations.jsonl")).questions
    quotes: dict[str, set[str]] = {"dev": set(), "test": set()}
    for question in questions:
        quotes[question.split] |= {evidence.quote for evidence in question.evidence}
    assert quotes["dev"] and quotes["test"] and not quotes["dev"] & quotes["test"]
    assert all(question.turns for question in questions)
    assert {question.language for question in questions} == {"vi", "en", "vi-nomarks"}
