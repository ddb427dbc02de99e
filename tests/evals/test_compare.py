from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evals.baseline import baseline_path, bless
from evals.compare import Comparison, compare
from evals.comparison_tables import comparison_markdown, stages_line
from evals.errors import NotComparableError, RunDamagedError, RunUnfinishedError, RunWriteError
from evals.folder import Run, read_run
from evals.questions import QuestionSet
from evals.report import report
from evals.results import Failure, RecordedQuestion
from evals.run import run_set
from evals.set_files import load
from rag.settings import Settings
from rag.types import Answer
from tests.evals import planted
from tests.evals.conftest import WriteSet


@pytest.fixture
def questions(write_set: WriteSet) -> QuestionSet:
    return load(write_set(planted.lines()))


@pytest.fixture
def base(questions: QuestionSet, tmp_path: Path) -> Run:
    return run_set(planted.assistant(), questions, Settings(), tmp_path / "base")


def changed(questions: QuestionSet, base: Run, change: planted.Change) -> Comparison:
    folder = base.path.with_name("candidate")
    return compare(base, run_set(planted.assistant(change), questions, Settings(), folder))


def regressed(made: Comparison) -> set[tuple[str, str]]:
    return {(verdict.metric, verdict.slice) for verdict in made.having("regressed")}


def test_retrieval_broken_in_one_language_is_seen_there(questions: QuestionSet, base: Run) -> None:
    made = changed(questions, base, planted.broken_retrieval)
    found = regressed(made)
    assert {("hit@1", "vi→vi"), ("hit@1", "all"), ("contains-gold", "vi→vi")} <= found
    assert not {(metric, name) for metric, name in found if name == "en→en"}
    assert {flip.stage for flip in made.flips} == {"retrieval"}
    assert not made.having("improved")


def test_dropped_citations_are_seen_and_retrieval_is_cleared(
    questions: QuestionSet, base: Run
) -> None:
    made = changed(questions, base, planted.dropped_citations)
    found = regressed(made)
    assert {("citation-recall", "all"), ("right-citation", "en→en"), ("uncited", "all")} <= found
    assert not {metric for metric, _ in found} & {"hit@1", "mrr", "contains-gold"}
    assert {flip.stage for flip in made.flips} == {"citations"}


def test_answering_the_unanswerable_is_seen(questions: QuestionSet, base: Run) -> None:
    made = changed(questions, base, planted.answered_anyway)
    assert regressed(made) == {("abstention-recall", "all"), ("abstention-recall", "en→–")}
    assert all(not flip.improved for flip in made.flips)


def test_noise_is_no_regression(questions: QuestionSet, base: Run) -> None:
    made = changed(questions, base, planted.noise)
    assert not made.having("regressed") and not made.having("improved")
    assert [flip.improved for flip in made.flips] == [False, False, True, True]
    assert "Right → wrong: 2. Wrong → right: 2." in comparison_markdown(made, "en")


def test_the_other_way_round_it_is_an_improvement(questions: QuestionSet, base: Run) -> None:
    made = changed(questions, base, planted.broken_retrieval)
    back = compare(made.candidate, made.base)
    assert not back.having("regressed")
    assert {(v.metric, v.slice) for v in back.having("improved")} == regressed(made)


def test_a_run_equals_itself(base: Run) -> None:
    made = compare(base, base)
    outcomes = {(v.metric, v.slice): v.outcome for v in made.verdicts}
    assert outcomes["hit@1", "all"] == "no-change"
    assert outcomes["hit@1", "vi→vi"] == "too-few"  # 40 questions: 3 / 40 is over 5 points
    assert not made.flips and made.differing == 0 and made.compared == 120
    assert {round(v.p, 6) for v in made.verdicts} == {1}


def test_the_smallest_visible_difference_shrinks_with_more_questions(base: Run) -> None:
    visible = {v.slice: v.visible for v in compare(base, base).verdicts if v.metric == "hit@1"}
    assert visible["all"] == pytest.approx(6 / 80)
    assert visible["vi→vi"] == pytest.approx(6 / 40)


def test_runs_of_different_things_are_not_compared(
    questions: QuestionSet, base: Run, tmp_path: Path
) -> None:
    def run(name: str, settings: Settings, text: str = "", n: int | None = None) -> Run:
        asked = planted.assistant()
        asked.texts["en1"] += text
        chosen = questions.questions[:n]
        return run_set(asked, questions, settings, tmp_path / name, selected=chosen)

    other_settings = run("a", Settings(passages=3))
    with pytest.raises(NotComparableError, match="the settings"):
        compare(base, other_settings)
    assert compare(base, other_settings, allowed=["settings"]).noted == ["settings"]
    with pytest.raises(NotComparableError, match=r"the documents.*compare --allow library`"):
        compare(base, run("b", Settings(), text=" more"))
    with pytest.raises(NotComparableError, match="the questions"):
        compare(base, run("c", Settings(), n=7))


def test_a_run_cut_short_is_not_compared(base: Run) -> None:
    results = base.path / "results.jsonl"
    results.write_bytes(b"\n".join(results.read_bytes().splitlines()[:5]) + b"\n")
    with pytest.raises(NotComparableError, match="not whole"):
        compare(base, read_run(base.path))


def test_a_failed_question_is_a_flip_of_its_own_kind(questions: QuestionSet, base: Run) -> None:
    asked = planted.assistant()
    asked.script["vi-5"] = RuntimeError("boom")
    candidate = run_set(asked, questions, Settings(), base.path.with_name("candidate"))
    made = compare(base, candidate)
    assert [(f.base.question.id, f.stage) for f in made.flips] == [("vi-5", "failure")]
    assert [result.question.id for result in made.failures] == ["vi-5"]


def with_answer(run: Run, name: str, **changed: Any) -> Run:
    """`run` with parts of one answer replaced."""
    results = []
    for result in run.results:
        if result.question.id == name:
            assert result.answer is not None
            result = replace(result, answer=replace(result.answer, **changed))
        results.append(result)
    return replace(run, results=results)


def model_trace(prompt: str, reply: str) -> dict[str, Any]:
    return {"prompt": {"system": "s", "user": prompt}, "reply": reply}


@pytest.mark.parametrize(
    ("before", "after", "stage"),
    [
        (("a", "x"), ("b", "x"), "prompt"),
        (("a", "x"), ("a", "y"), "reply"),
        (("a", "x"), ("a", "x"), "answer"),
    ],
)
def test_with_a_model_its_prompt_and_its_reply_are_stages(
    base: Run, before: tuple[str, str], after: tuple[str, str], stage: str
) -> None:
    [claim] = base.results[1].answer.claims  # type: ignore[union-attr]
    wrong = replace(claim, text="Không rõ.")
    old = with_answer(base, "vi-1", trace=model_trace(*before))
    new = with_answer(base, "vi-1", trace=model_trace(*after), claims=(wrong,))
    [flip] = compare(old, new).flips
    assert (flip.stage, flip.improved) == (stage, False)
    assert {"prompt", "reply"} <= set(flip.stages) and "answer" in flip.changed


def test_a_baseline_keeps_what_tells_the_stages_apart(base: Run, tmp_path: Path) -> None:
    asked = RecordedQuestion("Vi-1", "vi", "vi 1")
    old = with_answer(base, "vi-1", trace=model_trace("a", "x"), asked=asked)
    blessed = read_run(bless(old, tmp_path / "baselines"))
    kept = blessed.results[1].answer
    assert kept is not None and kept.asked == asked and kept.trace["reply"] == "x"
    assert kept.trace["prompt"] not in ("a", {"system": "s", "user": "a"})
    assert compare(blessed, old).differing == 0
    other = with_answer(old, "vi-1", trace=model_trace("b", "x"), refused=True, claims=())
    [flip] = compare(blessed, other).flips
    assert flip.stage == "prompt" and "question" not in flip.unknown


def test_what_a_run_did_not_keep_is_called_unknown(questions: QuestionSet, base: Run) -> None:
    made = changed(questions, base, planted.broken_retrieval)
    flip = made.flips[0]
    assert list(flip.unknown) == ["question"]
    assert stages_line(flip, "en").startswith("question as looked for: not kept, passages: changed")


def test_a_question_that_its_passages_had_read_again_is_retrievals_doing(base: Run) -> None:
    def asked(first: str, marked: str) -> RecordedQuestion:
        return RecordedQuestion("ho lay gi", "vi-nomarks", marked, first)

    old = with_answer(base, "vi-1", asked=asked("họ lấy gì", "họ lấy gì"))
    hits = base.results[5].answer.hits  # type: ignore[union-attr]
    lost = {"hits": hits, "claims": ()}
    [flip] = compare(
        old, with_answer(base, "vi-1", asked=asked("họ lấy gì", "hồ lấy gì"), **lost)
    ).flips
    assert flip.stage == "retrieval"
    [flip] = compare(
        old, with_answer(base, "vi-1", asked=asked("hồ lấy gì", "hồ lấy gì"), **lost)
    ).flips
    assert flip.stage == "question"


def test_another_text_at_the_same_place_is_another_citation(base: Run) -> None:
    zeroth, first, *others = base.results
    assert first.answer is not None
    [claim] = first.answer.claims
    [place] = claim.citations
    moved = replace(place, quote="Số liệu mục 1 là 9999 đơn vị.", exact=False)
    said = replace(claim, citations=(moved,))
    results = (zeroth, replace(first, answer=replace(first.answer, claims=(said,))), *others)
    [flip] = compare(base, replace(base, results=results)).flips
    assert flip.stage == "citations" and flip.changed == ["citations"]


def test_a_question_that_has_two_results_is_damage(base: Run) -> None:
    results = base.path / "results.jsonl"
    with results.open("ab") as stream:
        stream.write(results.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(RunDamagedError, match=r"results\.jsonl:121: .*vi-0: a second result"):
        read_run(base.path)


def test_questions_without_an_answer_are_in_no_verdict(questions: QuestionSet, base: Run) -> None:
    asked = planted.assistant()
    for name in list(asked.script)[: planted.EACH]:
        asked.script[name] = RuntimeError("boom")
    candidate = run_set(asked, questions, Settings(), base.path.with_name("candidate"))
    made = compare(base, candidate)
    assert len(made.failures) == planted.EACH
    assert not made.having("regressed") and not made.having("improved")
    assert {v.n for v in made.verdicts if v.metric == "hit@1" and v.slice == "all"} == {40}


def test_a_judge_that_fails_on_some_answers_changes_no_verdict(base: Run) -> None:
    failed = [
        replace(result, judgement=None, judge_failure=Failure("OSError", "x")) if n % 10 else result
        for n, result in enumerate(base.results)
    ]
    made = compare(base, replace(base, results=failed))
    assert not made.having("regressed") and not made.having("improved")
    [one] = [v for v in made.verdicts if (v.metric, v.slice) == ("faithfulness", "all")]
    assert one.n == 8 and one.base == one.candidate


def test_a_refusal_where_there_was_an_answer_names_its_stage(
    questions: QuestionSet, base: Run
) -> None:
    def refuse_one(language: str, i: int, answer: Answer) -> Answer:
        if (language, i) != ("en", 4):
            return answer
        return replace(answer, refused=True, claims=(), refusal="No.")

    made = changed(questions, base, refuse_one)
    assert [(f.base.question.id, f.stage) for f in made.flips] == [("en-4", "refusal")]


def test_the_comparison_reads_in_both_languages(questions: QuestionSet, base: Run) -> None:
    made = changed(questions, base, planted.broken_retrieval)
    english, vietnamese = (comparison_markdown(made, language) for language in ("en", "vi"))
    assert english.startswith("Regressed: ")
    assert "Right → wrong: 36. Wrong → right: 0." in english.splitlines()[0]
    assert "right → wrong (retrieval changed): vi-1" in english
    assert "giảm sút" in vietnamese and "regressed" not in vietnamese
    assert json.dumps(made.to_dict(), allow_nan=False)


def test_a_blessed_run_gives_the_same_report_in_less_space(base: Run, tmp_path: Path) -> None:
    folder = bless(base, tmp_path / "baselines")
    assert folder == baseline_path(tmp_path / "baselines", "small")
    blessed = read_run(folder)
    figures = report(blessed).to_dict()["slices"]["all"]["metrics"]
    expected = report(base).to_dict()["slices"]["all"]["metrics"]
    assert figures == {k: v for k, v in expected.items() if not k.startswith("latency")}
    size = (folder / "results.jsonl").stat().st_size
    assert size < (base.path / "results.jsonl").stat().st_size
    assert not compare(blessed, base).having("regressed")


def test_blessing_again_replaces_and_an_unsound_run_does_not(
    questions: QuestionSet, base: Run, tmp_path: Path
) -> None:
    baselines = tmp_path / "baselines"
    bless(base, baselines)
    bless(base, baselines)
    asked = planted.assistant()
    asked.script["vi-5"] = RuntimeError("boom")
    broken = run_set(asked, questions, Settings(), tmp_path / "broken")
    with pytest.raises(RunUnfinishedError, match=r"120 of 120 .* 1 got no answer"):
        bless(broken, baselines)
    assert read_run(baselines / "small").complete
    assert [path.name for path in baselines.iterdir()] == ["small"]


def test_a_baseline_that_cannot_be_put_in_place_leaves_the_old_one(
    base: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bless(base, tmp_path / "baselines")
    rename = Path.replace

    def fail(path: Path, target: Path) -> Path:
        if path.is_dir() and target == folder and path.suffix == ".part":
            raise OSError(errno.EIO, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(RunWriteError, match="Input/output error"):
        bless(base, tmp_path / "baselines")
    assert read_run(folder).complete


def test_another_judge_can_be_overlooked_and_its_figures_are_left_out(base: Run) -> None:
    header = replace(base.header, judge="another")
    with pytest.raises(NotComparableError, match="the judge"):
        compare(base, replace(base, header=header))
    made = compare(base, replace(base, header=header), allowed=["judge"])
    metrics = {verdict.metric for verdict in made.verdicts}
    assert "right-citation" in metrics and "faithfulness" not in metrics
    assert "faithfulness" in {verdict.metric for verdict in compare(base, base).verdicts}


def test_a_part_of_the_questions_can_be_compared_on_purpose(
    questions: QuestionSet, base: Run, tmp_path: Path
) -> None:
    chosen = questions.questions[:50]
    part = run_set(
        planted.assistant(planted.broken_retrieval), questions, Settings(), tmp_path / "part",
        selected=chosen,
    )  # fmt: skip
    made = compare(base, part, allowed=["questions"])
    assert {v.n for v in made.verdicts if v.metric == "hit@1" and v.slice == "all"} == {50}
    assert ("hit@1", "vi→vi") in regressed(made)


def asked_otherwise(run: Run, names: set[str]) -> Run:
    """`run` with other words in these questions, its header as before."""
    results = [
        replace(result, question=replace(result.question, question="reworded"))
        if result.question.id in names
        else result
        for result in run.results
    ]
    return replace(run, results=results)


def test_must_pass_and_failures_count_without_a_pair(
    write_set: WriteSet, base: Run, tmp_path: Path
) -> None:
    lines = planted.lines()
    lines[10] |= {"must_pass": True}
    lines[11] |= {"kind": "reworded"}
    asked = planted.assistant()
    asked.script["vi-11"] = RuntimeError("boom")
    other = run_set(asked, load(write_set(lines)), Settings(), tmp_path / "other")
    made = compare(base, other, allowed=["questions"])
    assert (made.compared, made.unpaired) == (118, 2)
    assert [result.question.id for result in made.must_pass_failed] == ["vi-10"]
    assert [result.question.id for result in made.failures] == ["vi-11"]
    assert "asked otherwise: 2" in comparison_markdown(made, "en")
    assert "hoặc hỏi khác: 2" in comparison_markdown(made, "vi")


def test_questions_that_differ_below_equal_headers_are_not_left_out(base: Run) -> None:
    edited = asked_otherwise(base, {"vi-10"})
    with pytest.raises(NotComparableError, match="the questions"):
        compare(edited, base)
    assert compare(edited, base, allowed=["questions"]).unpaired == 1
    everything = {result.question.id for result in base.results}
    with pytest.raises(NotComparableError, match="no question was asked alike"):
        compare(asked_otherwise(base, everything), base, allowed=["questions"])


def test_a_setting_that_came_later_was_at_its_default_before(base: Run) -> None:
    older = {name: value for name, value in base.header.settings.items() if name != "passages"}
    header = replace(base.header, settings=older)
    assert compare(replace(base, header=header), base).noted == []


def test_what_differs_is_said_in_the_readers_language(base: Run) -> None:
    header = replace(base.header, settings={**base.header.settings, "passages": 3}, judge="x")
    with pytest.raises(NotComparableError) as caught:
        compare(base, replace(base, header=header))
    said = caught.value.message("vi")
    assert "các thiết lập (passages: 8 → 3), bộ chấm" in said
    assert "compare --allow settings --allow judge`" in said
