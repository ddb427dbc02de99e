from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evals.errors import (
    NotComparableError,
    RunBusyError,
    RunDamagedError,
    RunExistsError,
    RunHeadlessError,
    RunMissingError,
    RunTooNewError,
    RunWriteError,
    SelectionEmptyError,
    SliceUnknownError,
)
from evals.folder import RunFolder, read_run
from evals.questions import QuestionSet
from evals.results import Result
from evals.run import run_set, select
from evals.shown_settings import shown_settings
from rag.errors import LLMUnreachableError
from rag.settings import Settings
from rag.types import Citation
from tests.evals.scripted import LINES, Q1, ScriptedAssistant, answered

SETTINGS = Settings()


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines()


def test_results_of_nobody_knows_what_are_not_mixed_with_others(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    run_set(ScriptedAssistant(), small_set, Settings(), tmp_path / "run")
    kept = (tmp_path / "run" / "results.jsonl").read_bytes()
    (tmp_path / "run" / "run.json").unlink()
    with pytest.raises(RunHeadlessError, match="--out"):
        run_set(ScriptedAssistant(), small_set, Settings(), tmp_path / "run")
    assert (tmp_path / "run" / "results.jsonl").read_bytes() == kept


def test_a_run_reads_back_as_it_was_made(small_set: QuestionSet, tmp_path: Path) -> None:
    made = run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")
    again = read_run(tmp_path / "run")
    assert again == made
    assert again.complete
    first = again.results[0]
    assert first.question == replace(small_set.questions[0], line=1)
    assert first.answer is not None and first.answer.text == Q1.claims[0].text
    assert first.gold is not None and first.gold[0][0].document == "vi1"
    assert first.timings_ms["total"] == 2
    assert first.timings_ms["wall"] > 0


def test_equal_runs_are_equal_bytes(small_set: QuestionSet, tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / name)
    for file in ("run.json", "results.jsonl"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_every_question_is_asked_once_and_in_order(small_set: QuestionSet, tmp_path: Path) -> None:
    assistant = ScriptedAssistant()
    steps: list[tuple[int, int]] = []
    run_set(
        assistant,
        small_set,
        SETTINGS,
        tmp_path / "run",
        progress=lambda done, total, _: steps.append((done, total)),
    )
    assert assistant.asked == [line["question"] for line in LINES]
    assert steps == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    "error", [LLMUnreachableError(endpoint="http://x", detail="refused"), ZeroDivisionError("bug")]
)
def test_a_question_that_fails_is_recorded_and_the_run_goes_on(
    small_set: QuestionSet, tmp_path: Path, error: Exception
) -> None:
    assistant = ScriptedAssistant()
    assistant.script[LINES[0]["question"]] = error
    made = run_set(assistant, small_set, SETTINGS, tmp_path / "run")
    failure = made.results[0].failure
    assert failure is not None and failure.kind == type(error).__name__
    assert str(error) in failure.message
    assert [result.answer is None for result in made.results] == [True, False, False]


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    assistant = ScriptedAssistant()
    script = {**assistant.script}
    assistant.script[LINES[1]["question"]] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run_set(assistant, small_set, SETTINGS, tmp_path / "run")
    assert not read_run(tmp_path / "run").complete
    resumed = ScriptedAssistant(script)
    whole = run_set(resumed, small_set, SETTINGS, tmp_path / "run")
    assert resumed.asked == [line["question"] for line in LINES[1:]]
    assert whole.complete
    run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "other")
    assert lines(tmp_path / "run/results.jsonl") == lines(tmp_path / "other/results.jsonl")


@pytest.mark.parametrize("file", ["results.jsonl", "timings.jsonl"])
def test_half_a_line_after_a_crash_is_dropped(
    small_set: QuestionSet, tmp_path: Path, file: str
) -> None:
    run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "whole")
    run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")
    results = tmp_path / "run/results.jsonl"
    results.write_bytes(b"\n".join(lines(results)[:2]) + b"\n")
    with (tmp_path / "run" / file).open("ab") as stream:
        stream.write(b'{"question": {"id": "q3", "qu')
    whole = run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")
    assert whole.complete
    assert lines(results) == lines(tmp_path / "whole/results.jsonl")


def test_a_whole_run_is_not_overwritten(small_set: QuestionSet, tmp_path: Path) -> None:
    run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")
    with pytest.raises(RunExistsError):
        run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")


def test_a_run_of_something_else_is_not_continued(small_set: QuestionSet, tmp_path: Path) -> None:
    path = tmp_path / "run"
    run_set(ScriptedAssistant(), small_set, SETTINGS, path, selected=small_set.questions[:1])
    with pytest.raises(NotComparableError, match="the settings"):
        run_set(
            ScriptedAssistant(),
            small_set,
            replace(SETTINGS, passages=3),
            path,
            selected=small_set.questions[:1],
        )
    changed = ScriptedAssistant()
    changed.texts["en1"] += "More."
    with pytest.raises(NotComparableError, match="the documents"):
        run_set(changed, small_set, SETTINGS, path, selected=small_set.questions[:1])


def test_the_library_is_the_same_wherever_it_lies(small_set: QuestionSet, tmp_path: Path) -> None:
    here = run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "a").header
    moved = ScriptedAssistant()
    moved.shown = [replace(d, source="/else" + d.source) for d in moved.shown]
    settings = replace(SETTINGS, library=Path("/else"))
    assert run_set(moved, small_set, settings, tmp_path / "b").header == here


def test_citations_are_held_against_the_documents(small_set: QuestionSet, tmp_path: Path) -> None:
    assistant = ScriptedAssistant()
    question = LINES[0]["question"]
    good = Q1.claims[0].citations[0]
    wrong_quote = replace(good, quote="something else")
    outside = replace(good, start=10_000, end=10_010)
    nowhere = Citation("gone", "t", "s", 0, 3, "abc")
    assistant.script[question] = replace(
        answered(question, "x", good),
        claims=[replace(Q1.claims[0], citations=[good, wrong_quote, outside, nowhere])],
    )
    made = run_set(assistant, small_set, SETTINGS, tmp_path / "run")
    answer = made.results[0].answer
    assert answer is not None
    places = [(place.known, place.exact) for place in answer.claims[0].citations]
    assert places == [(True, True), (True, False), (False, False), (False, False)]


def test_timings_in_a_trace_stay_out_of_the_results(small_set: QuestionSet, tmp_path: Path) -> None:
    assistant = ScriptedAssistant()
    trace = {"weights": {"b": (1, 2), "a": Path("x")}, "took_ms": 3.2}
    assistant.script[LINES[0]["question"]] = replace(Q1, trace=trace)
    made = run_set(assistant, small_set, SETTINGS, tmp_path / "run")
    answer = made.results[0].answer
    assert answer is not None and answer.trace == {"weights": {"a": "x", "b": [1, 2]}}


def test_select_takes_a_split_and_spreads_a_limit(small_set: QuestionSet) -> None:
    assert [q.id for q in select(small_set, "test")] == ["q2", "q3"]
    assert [q.id for q in select(small_set, limit=2)] == ["q1", "q2"]
    assert [q.id for q in select(small_set, limit=99)] == ["q1", "q2", "q3"]
    empty = replace(small_set, questions=small_set.questions[:1])
    with pytest.raises(SelectionEmptyError):
        select(empty, "test")


def test_no_secret_and_no_place_of_this_machine_is_written() -> None:
    settings = Settings(library=Path("/home/me/lib"), llm_base_url="https://me:secret@host:8/v1")
    shown = shown_settings(settings)
    assert shown["llm_base_url"] == "https://host:8/v1"
    assert "secret" not in json.dumps(shown) and "/home" not in json.dumps(shown)


def test_reading_what_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunMissingError):
        read_run(tmp_path / "none")
    with pytest.raises(RunMissingError):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(RunDamagedError):
        read_run(tmp_path)
    (tmp_path / "run.json").write_text('{"format": 99}')
    with pytest.raises(RunTooNewError):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("questions", None), ("questions", []), ("questions", ["q1", "q1"]), ("questions", [1]),
        ("settings", []), ("versions", "1"), ("judge", None), ("split", 1), ("colour", "red"),
        ("set_name", ""), ("set_name", "../small"), ("set_name", ".."), ("documents", None),
    ],
)  # fmt: skip
def test_a_header_edited_by_hand_is_refused(
    small_set: QuestionSet, tmp_path: Path, field: str, value: object
) -> None:
    run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path)
    header = tmp_path / "run.json"
    header.write_text(json.dumps(json.loads(header.read_text()) | {field: value}))
    with pytest.raises(RunDamagedError, match=r"run\.json:1:"):
        read_run(tmp_path)


@pytest.mark.parametrize("line", ["{", "{}", "[]", '{"question": {}, "gold": 1}'])
def test_a_damaged_line_is_named(small_set: QuestionSet, tmp_path: Path, line: str) -> None:
    run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path)
    results = tmp_path / "results.jsonl"
    kept = lines(results)
    results.write_bytes(b"\n".join([kept[0], line.encode(), *kept[1:]]) + b"\n")
    with pytest.raises(RunDamagedError, match=r"results\.jsonl:2:"):
        read_run(tmp_path)


def test_a_folder_takes_one_run_at_a_time(small_set: QuestionSet, tmp_path: Path) -> None:
    refused: list[str] = []

    def at_the_same_time(done: int, total: int, result: Result) -> None:
        with pytest.raises(RunBusyError) as caught:
            run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")
        refused.append(caught.value.message("vi"))

    made = run_set(
        ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run", progress=at_the_same_time
    )
    assert made.complete and len(lines(tmp_path / "run" / "results.jsonl")) == 3
    assert len(refused) == 3 and "lần chạy khác đang ghi" in refused[0]
    with pytest.raises(RunExistsError):
        run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")


def test_a_full_disk_is_an_error_and_leaves_whole_lines(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    made = run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run")
    folder = tmp_path / "full"
    writer = RunFolder(folder)
    writer.start(made.header)
    (folder / "timings.jsonl").symlink_to("/dev/full")
    with pytest.raises(RunWriteError, match="No space left"):
        writer.add(made.results[0])
    assert (folder / "results.jsonl").read_bytes() == b""


def test_a_folder_that_cannot_be_made_is_an_error(small_set: QuestionSet, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunWriteError):
        run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "file" / "run")


def test_workers_change_no_byte(small_set: QuestionSet, tmp_path: Path) -> None:
    many = replace(
        small_set,
        questions=tuple(
            replace(q, id=f"{q.id}-{n}") for n in range(20) for q in small_set.questions
        ),
    )
    for workers in (1, 3):
        run_set(ScriptedAssistant(), many, SETTINGS, tmp_path / str(workers), workers=workers)
    assert lines(tmp_path / "1/results.jsonl") == lines(tmp_path / "3/results.jsonl")
    assert read_run(tmp_path / "3").workers == 3


def test_an_interrupt_stops_the_workers_and_keeps_what_is_done(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    questions = tuple(replace(small_set.questions[0], id=f"q{n}") for n in range(200))
    stopped = replace(questions[50], id="stop", question="stop")
    many = replace(small_set, questions=(*questions[:50], stopped, *questions[50:]))
    asked = ScriptedAssistant()
    asked.script["stop"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        run_set(asked, many, SETTINGS, tmp_path / "run", workers=2)
    assert len(read_run(tmp_path / "run").results) == 50
    assert len(asked.asked) < 100


def test_an_interrupt_between_two_answers_is_told_before_the_others_are_waited_for(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    told: list[str] = []

    def interrupted(done: int, total: int, result: Result) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_set(
            ScriptedAssistant(), small_set, SETTINGS, tmp_path / "run", workers=2,
            progress=interrupted, stopping=lambda: told.append("stopping"),
        )  # fmt: skip
    assert told == ["stopping"]
    assert len(read_run(tmp_path / "run").results) == 1


def test_select_takes_slices_and_what_failed(small_set: QuestionSet, tmp_path: Path) -> None:
    assert [q.id for q in select(small_set, slices=["kind:number"])] == ["q1", "q3"]
    assert [q.id for q in select(small_set, slices=["kind:number", "vi→vi"])] == ["q1"]
    with pytest.raises(SliceUnknownError, match="kind:who"):
        select(small_set, slices=["kind:whom"])
    asked = ScriptedAssistant()
    asked.script[LINES[1]["question"]] = RuntimeError("boom")
    asked.script[LINES[2]["question"]] = answered("q3", "380,000 km", language="en")
    earlier = run_set(asked, small_set, SETTINGS, tmp_path / "run")
    assert [q.id for q in select(small_set, failed_in=earlier)] == ["q2", "q3"]
    whole = run_set(ScriptedAssistant(), small_set, SETTINGS, tmp_path / "whole")
    with pytest.raises(SelectionEmptyError):
        select(small_set, failed_in=whole)


def test_every_stage_is_kept(small_set: QuestionSet, tmp_path: Path) -> None:
    asked = ScriptedAssistant()
    trace = {"prompt_tokens": 12, "reply": "Có 60 quốc gia ký. [1]"}
    asked.script[LINES[0]["question"]] = replace(Q1, trace=trace)
    first = run_set(asked, small_set, SETTINGS, tmp_path / "run").results[0]
    assert first.answer is not None and first.answer.trace == trace
    assert first.answer.hits[0].title == "Hội nghị" and first.answer.hits[0].parts
    assert first.judgement is not None and first.judgement[0].together == "supported"
    assert {"wall", "judge", "retrieve", "answer", "total"} <= set(first.timings_ms)
    header = read_run(tmp_path / "run").header
    assert header.encoder.startswith("default ") and header.checker and header.judge


def test_the_prompt_is_kept_without_its_random_fence(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    made = []
    for name, fence in (("a", "0123456789ab"), ("b", "ba9876543210")):
        asked = ScriptedAssistant()
        user = f"<<<PASSAGE 1 {fence}>>>\nx\n<<<END 1 {fence}>>>"
        trace = {"prompt": {"system": f"Fence: {fence}", "user": user}, "reply": "Có. [1]"}
        asked.script[LINES[0]["question"]] = replace(Q1, trace=trace)
        made.append(run_set(asked, small_set, SETTINGS, tmp_path / name).results[0])
    assert made[0].answer is not None and made[0].answer.trace["reply"] == "Có. [1]"
    assert made[0].answer == made[1].answer
