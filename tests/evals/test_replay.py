"""Questions of a run asked again, over the shipped documents."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bilingual.texts import InterfaceLanguage
from evals import cli
from evals.errors import FrozenMissingError, ReplayUnknownError
from evals.evidence import ReadOnce
from evals.folder import Run, RunFolder, read_run
from evals.questions import Evidence, GoldQuestion
from evals.replay import STAGES, Stage, replay
from evals.results import RecordedAnswer
from evals.run import ask, run_set, select
from evals.set_files import load
from rag import Assistant, Settings
from rag.checking.case import Check
from rag.checking.claims import ClaimChecker
from rag.types import Hit


@pytest.fixture(scope="module")
def made(paris: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Run:
    questions = load(cli.DEFAULT_SET)
    chosen = select(questions, limit=6)
    folder = tmp_path_factory.mktemp("runs") / "run"
    return run_set(paris, questions, paris.settings, folder, selected=chosen)


@pytest.mark.parametrize("stage", STAGES)
def test_an_unchanged_program_gives_the_same_from_every_stage(
    made: Run, paris: Assistant, stage: Stage
) -> None:
    assert len(made.results) == 6
    for result in made.results:
        found = replay(made, result.question.id, paris, stage)
        assert found.first_difference is None, found.to_dict()
        assert found.passed_now == found.passed_then
        assert [step.again for step in found.steps].index(True) == STAGES.index(stage)


def answered(made: Run) -> str:
    return next(r.question.id for r in made.results if r.answer and r.answer.claims)


def test_a_change_of_retrieval_shows_from_there_and_not_from_the_answer(
    made: Run, paris: Assistant
) -> None:
    fewer = Assistant(paris.library, paris.encoder, settings=replace(paris.settings, passages=2))
    name = answered(made)
    assert replay(made, name, fewer, "question").first_difference == "retrieve"
    assert replay(made, name, fewer, "retrieve").first_difference == "retrieve"
    assert replay(made, name, fewer, "answer").first_difference is None


def changed(made: Run, name: str, change: Callable[[RecordedAnswer], RecordedAnswer]) -> Run:
    """The run with another answer to the question `name`."""
    return replace(
        made,
        results=[
            replace(one, answer=change(one.answer))
            if one.question.id == name and one.answer
            else one
            for one in made.results
        ],
    )


def saying(answer: RecordedAnswer, words: str) -> RecordedAnswer:
    """The answer with other words for its first sentence, which was found supported."""
    first, *others = answer.claims
    return replace(answer, claims=(replace(first, text=words, verdict="supported"), *others))


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Hit]:
    """The passages that claims are checked against."""
    seen: list[Hit] = []

    class Watching(ClaimChecker):
        def __call__(self, claim: str, cited: Sequence[Hit], language: InterfaceLanguage) -> Check:
            seen.extend(cited)
            return super().__call__(claim, cited, language)

    monkeypatch.setattr("evals.replay.ClaimChecker", Watching)
    return seen


def test_a_verdict_that_was_changed_shows_at_the_check(made: Run, paris: Assistant) -> None:
    name = answered(made)
    run = changed(made, name, lambda answer: saying(answer, "Có 7.777 nước."))
    found = replay(run, name, paris, "check")
    assert found.first_difference == "check"
    assert "7.777" in next(step.now for step in found.steps if step.stage == "check")


def test_a_claim_of_a_model_is_checked_with_the_reader_again(
    made: Run, paris: Assistant, compared: list[Hit]
) -> None:
    name = answered(made)
    replay(
        changed(made, name, lambda answer: saying(answer, "It is said so.")), name, paris, "check"
    )
    assert compared
    assert all(hit.interaction is not None for hit in compared)


def test_a_passage_that_is_cut_otherwise_now_is_checked_as_it_was_recorded(
    made: Run, paris: Assistant, compared: list[Hit]
) -> None:
    def cut(answer: RecordedAnswer) -> RecordedAnswer:
        hits = [
            replace(
                hit,
                span=replace(hit.span, end=hit.span.end - 1),
                text=hit.text[:-1],
                section="As recorded",
            )
            for hit in answer.hits
        ]
        return replace(saying(answer, "It is said so."), hits=tuple(hits))

    name = answered(made)
    replay(changed(made, name, cut), name, paris, "check")
    assert {hit.passage.section for hit in compared} == {"As recorded"}


def test_what_is_not_in_the_run_cannot_be_replayed(made: Run, paris: Assistant) -> None:
    with pytest.raises(ReplayUnknownError, match="'nobody'; it has ") as caught:
        replay(made, "nobody", paris, "question")
    assert "không có câu hỏi 'nobody'" in caught.value.message("vi")


def test_the_command_prints_the_stages(
    made: Run, paris_library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    words = ["replay", str(made.path), answered(made), "--from", "answer"]
    settings = Settings(library=paris_library)
    assert cli.run(parser.parse_args(words), settings) == 0
    assert "Nothing differs from the run." in capsys.readouterr().out
    assert cli.run(parser.parse_args([*words, "--json"]), settings) == 0
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert [stage["again"] for stage in stages] == [False, False, True, True, True]
    assert cli.run(parser.parse_args(["replay", str(made.path), "nobody"]), settings) == 4


def test_frozen_passages_are_answered_from_and_nothing_is_looked_for(
    made: Run, paris: Assistant
) -> None:
    result = next(r for r in made.results if r.answer and r.answer.claims)
    assert result.answer is not None
    last = result.answer.hits[-1]
    frozen = replace(result.question, frozen=(Evidence(last.source, last.text),))
    found = ask(paris, frozen, ReadOnce(paris))
    assert found.answer is not None
    assert [hit.span for hit in found.answer.hits] == [last.span]
    assert found.answer.hits[0].parts == last.parts


def test_a_frozen_passage_that_is_gone_is_a_failure_with_its_document(
    made: Run, paris: Assistant
) -> None:
    question: GoldQuestion = made.results[0].question
    gone = replace(question, frozen=(Evidence("gone.md", "nothing"),))
    failure = ask(paris, gone, ReadOnce(paris)).failure
    assert failure is not None and failure.kind == FrozenMissingError.__name__
    assert "gone.md" in failure.message


def test_two_runs_over_the_library_give_the_same_bytes(
    made: Run, paris: Assistant, tmp_path: Path
) -> None:
    questions = load(cli.DEFAULT_SET)
    chosen = select(questions, limit=6)
    again = run_set(paris, questions, paris.settings, tmp_path / "run", selected=chosen, workers=2)
    for file in ("run.json", "results.jsonl"):
        assert (again.path / file).read_bytes() == (made.path / file).read_bytes()
    assert read_run(RunFolder(again.path).path).results == again.results


def test_earlier_turns_are_asked_before_the_question(made: Run, paris: Assistant) -> None:
    question = replace(
        made.results[0].question,
        id="turns",
        question="When was he in Paris?",
        language="en",
        turns=("Who headed Vietnam's delegation?",),
    )
    result = ask(paris, question, ReadOnce(paris))
    assert result.failure is None and result.answer is not None
    assert result.answer.asked is not None
    assert "Phuong" in result.answer.asked.text
