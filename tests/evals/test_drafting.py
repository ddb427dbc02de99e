"""Questions proposed from documents and from feedback."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from evals import cli
from evals.check import check
from evals.drafting import draft, draft_with
from evals.errors import FeedbackError, SetMissingError
from evals.evidence import comparable, contains
from evals.feedback import read_feedback
from evals.set_files import load, write
from rag.assistant import Assistant
from rag.settings import Settings
from tests.evals.scripted import ScriptedAssistant
from tests.fakes_llm import ScriptedLLM

THUMB: dict[str, Any] = {
    "format": "trichdan-feedback/1", "id": "7", "at": "2026-11-21T09:30:00Z", "rating": "down",
    "reason": "wrong", "comment": "Sai số.", "right_answer": "60", "question": "Bao nhiêu nước?",
    "language": "vi", "documents": None,
    "history": [{"question": "Hội nghị ở đâu?", "answer": "Paris."}],
    "answer": {"refused": False, "refusal": None, "missing": [], "stage": "done",
               "claims": [{"text": "Có 61 nước.", "citations": []}]},
    "passages": [
        {"document": "vi1", "title": "t", "source": "/docs/hoi-nghi.md", "version": "0",
         "language": "vi", "section": None, "page": None, "start": 15, "end": 40, "score": 1.0,
         "text": "Hội nghị diễn ra tại Paris.",
         "quotes": [{"start": 15, "end": 40, "quote": "Hội nghị diễn ra tại Paris."}]},
    ],
}  # fmt: skip


def record(tmp_path: Path, *thumbs: dict[str, Any]) -> Path:
    path = tmp_path / "feedback.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in thumbs))
    return path


def test_drafts_by_template_are_whole_and_leave_the_answer_out(
    paris: Assistant, tmp_path: Path
) -> None:
    made = draft(paris, 12)
    assert len(made) == 12 and made == draft(paris, 12)
    assert {question.language for question in made} == {"vi", "en"}
    for question in made:
        [[said]] = question.answers
        assert contains(comparable(question.evidence[0].quote), said)
        assert said not in question.question
    for name in ("drafts.jsonl", "drafts.csv"):
        write(tmp_path / name, made)
        read = load(tmp_path / name)
        assert len(read.drafts) == 12 and not read.questions
        assert [f for f in check(read, paris) if f.kind in ("quote", "answers", "document")] == []


def test_a_models_drafts_are_kept_only_where_they_hold() -> None:
    sentence = "Có 60 quốc gia ký tuyên bố chung về trí tuệ nhân tạo tại Paris."
    library = ScriptedAssistant(texts={"vi1": sentence, "en1": "Nothing."})
    good = {"question": "Bao nhiêu quốc gia ký tuyên bố chung?", "answer": "60"}
    for reply, kept in (
        (json.dumps(good), 1),
        (json.dumps(good | {"answer": "61"}), 0),  # not in the sentence
        (json.dumps(good | {"question": "Vì sao 60 nước ký?"}), 0),  # gives itself away
        ("I would ask how many.", 0),
        ('{"question": 7, "answer": null}', 0),
    ):
        llm = ScriptedLLM(reply)
        made = draft_with(llm, library, 1, Settings())
        assert len(made) == kept and sentence in llm.prompts[0]
        if made:
            assert made[0].answers == (("60",),) and made[0].evidence[0].quote == sentence


def test_a_thumb_down_becomes_a_draft_with_its_passages_frozen(tmp_path: Path) -> None:
    [made] = read_feedback(record(tmp_path, THUMB, THUMB | {"id": "8", "rating": "up"}))
    assert (made.id, made.draft, made.language) == ("feedback-7", True, "vi")
    assert made.turns == ("Hội nghị ở đâu?",) and made.tags == ("feedback", "wrong")
    assert made.frozen[0].document == "hoi-nghi.md" and made.evidence == ()
    assert "right_answer: 60" in made.note and "Có 61 nước." in made.note
    write(tmp_path / "set.jsonl", [made])
    read = load(tmp_path / "set.jsonl")
    assert read.drafts[0].frozen == made.frozen
    assert check(read, ScriptedAssistant()) == []


def test_a_thumb_up_brings_its_citations_as_evidence(tmp_path: Path) -> None:
    up = THUMB | {"rating": "up", "reason": None}
    [made] = read_feedback(record(tmp_path, up), also_up=True)
    assert made.evidence[0].quote == "Hội nghị diễn ra tại Paris."


def test_what_should_have_been_refused_is_unanswerable(tmp_path: Path) -> None:
    [made] = read_feedback(record(tmp_path, THUMB | {"reason": "should-refuse"}))
    assert made.answerable is False


@pytest.mark.parametrize(
    "line", ["{", "[]", "{}", json.dumps(THUMB | {"format": "trichdan-feedback/2"}),
             json.dumps(THUMB | {"passages": None}),
             json.dumps(THUMB | {"comment": "half \ud83d"}), "[" * 100_000],
)  # fmt: skip
def test_a_line_that_is_no_feedback_is_named(tmp_path: Path, line: str) -> None:
    path = record(tmp_path, THUMB)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(FeedbackError, match=r"feedback\.jsonl:2:"):
        read_feedback(path)
    with pytest.raises(SetMissingError):
        read_feedback(tmp_path / "none.jsonl")


def test_the_commands_write_sets_and_replace_none(
    tmp_path: Path, paris_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    settings = Settings(library=paris_library)

    def run(*words: object) -> int:
        return cli.run(parser.parse_args([str(word) for word in words]), settings)

    assert run("draft", tmp_path / "a.jsonl", "--count", 3) == 0
    assert "3 drafts" in capsys.readouterr().err
    assert run("draft", tmp_path / "a.jsonl") == 4
    assert run("import-feedback", record(tmp_path, THUMB), tmp_path / "b.jsonl") == 0
    assert run("import-feedback", record(tmp_path, THUMB), tmp_path / "b.csv") == 4
    assert len(load(tmp_path / "b.jsonl").drafts) == 1
