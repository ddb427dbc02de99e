from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evals.cli import DEFAULT_FLOORS
from evals.errors import FloorsError
from evals.floors import Floor, breaches, load_floors
from evals.intervals import Estimate
from evals.questions import Evidence, QuestionSet
from evals.report import Report, SliceReport, report
from evals.results import Result
from evals.run import run_set
from evals.scoring import METRICS, clusters_of, score
from evals.slices import order, slices_of
from evals.tables import amount, breach_line, markdown, metric_label, table
from rag.checking.measured import accuracy
from rag.settings import Settings
from rag.types import Answer, Citation, Claim
from tests.evals.scripted import LINES, Q1, ScriptedAssistant, answered, cite, hit, refused


@pytest.fixture
def assistant() -> ScriptedAssistant:
    return ScriptedAssistant()


def results_of(
    assistant: ScriptedAssistant, questions: QuestionSet, folder: Path
) -> tuple[Report, list[Result]]:
    made = run_set(assistant, questions, Settings(), folder)
    return report(made), list(made.results)


def values_for_q1(answer: Answer, questions: QuestionSet, folder: Path) -> dict[str, float]:
    assistant = ScriptedAssistant()
    assistant.script[LINES[0]["question"]] = answer
    return dict(score(results_of(assistant, questions, folder)[1][0]).values)


def test_a_perfect_run_scores_one_everywhere(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    for metric in METRICS:
        # No model counted tokens, no question is an attack, and sentences are no bare answers.
        if metric.kind == "amount" or metric.name in ("injection-success", "exact-match"):
            continue
        one = made.slices["all"].estimates[metric.name]
        if metric.kind in ("proportion", "mean") and metric.name != "token-f1":
            assert one.value == (1 if metric.higher_is_better else 0), metric.name
            assert one.low <= one.value <= one.high
    assert (made.judged_by_quotes, made.judged_by_answers) == (2, 0)
    assert not made.failures and not made.must_pass_failed


def test_metrics_apply_where_they_mean_something(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    n = {name: one.n for name, one in made.slices["all"].estimates.items()}
    assert (n["hit@3"], n["contains-gold"], n["false-refusal"]) == (2, 2, 2)
    assert (n["abstention-recall"], n["abstention-precision"], n["latency-p50"]) == (1, 1, 3)
    assert "hit@3" not in made.slices["unanswerable"].estimates


def test_one_wrong_one_right_citation(small_set: QuestionSet, tmp_path: Path) -> None:
    right = cite("vi1", "Có 60 quốc gia\nký tuyên bố chung.")
    wrong = cite("vi1", "Hội nghị diễn ra tại Paris.")
    answer = answered("q", "Hội nghị tại Paris, 60 nước", wrong, right)
    values = values_for_q1(answer, small_set, tmp_path / "run")
    assert (values["gold-citations"], values["right-citation"]) == (0.5, 1)
    assert (values["hit@1"], values["hit@3"], values["mrr"]) == (0, 1, 0.5)


def test_an_inexact_citation_is_never_right(small_set: QuestionSet, tmp_path: Path) -> None:
    right = replace(cite("vi1", "Có 60 quốc gia\nký tuyên bố chung."), quote="60 quốc gia")
    answer = replace(Q1, claims=[replace(Q1.claims[0], citations=[right])])
    values = values_for_q1(answer, small_set, tmp_path / "run")
    assert (values["citation-exact"], values["gold-citations"]) == (0, 0)
    assert (values["right-citation"], values["citation-invalid"]) == (0, 0)


def test_a_refusal_of_an_answerable_question(small_set: QuestionSet, tmp_path: Path) -> None:
    answer = replace(refused("q", "vi"), hits=[hit("vi1", "Có 60 quốc gia\nký tuyên bố chung.")])
    values = values_for_q1(answer, small_set, tmp_path / "run")
    assert (values["false-refusal"], values["abstention-precision"]) == (1, 0)
    assert (values["contains-gold"], values["right-citation"], values["hit@1"]) == (0, 0, 1)
    assert "citation-precision" not in values and "uncited" not in values


def test_a_refusal_that_names_the_answer_does_not_contain_it(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    answer = replace(refused("q", "vi"), refusal="Không rõ 60.")
    assert values_for_q1(answer, small_set, tmp_path / "run")["contains-gold"] == 0


def test_an_answer_in_the_other_language_is_seen(small_set: QuestionSet, tmp_path: Path) -> None:
    values = values_for_q1(replace(Q1, language="en"), small_set, tmp_path / "run")
    assert values["language-match"] == 0


def test_the_language_is_that_of_the_words_not_of_the_label(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    def match(
        name: str, text: str, citations: tuple[Citation, ...] = Q1.claims[0].citations
    ) -> float:
        answer = replace(Q1, claims=[Claim(text, citations)])
        return values_for_q1(answer, small_set, tmp_path / name)["language-match"]

    assert match("a", "Sixty of the countries signed the joint statement.") == 0
    assert match("b", "Sixty of the countries signed the joint statement.", ()) == 0
    assert match("c", "Đã có 60 quốc gia ký bản tuyên bố.") == 1
    # A quotation keeps the language of its document; a name is of no language.
    led = cite("en1", "Bui Hoang Phuong led the delegation.")
    assert match("d", led.quote, (led,)) == 1
    assert match("e", "60 (Paris).") == 1


def test_a_refusal_in_the_other_language_is_seen(small_set: QuestionSet, tmp_path: Path) -> None:
    answer = replace(refused("q", "vi"), refusal="The documents do not say anything about this.")
    assert values_for_q1(answer, small_set, tmp_path / "run")["language-match"] == 0


def test_without_the_quotes_the_accepted_answers_judge(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    assistant.shown = [replace(d, source="/originals/" + d.id) for d in assistant.shown]
    made, results = results_of(assistant, small_set, tmp_path / "run")
    assert (made.judged_by_quotes, made.judged_by_answers) == (0, 2)
    first = score(results[0]).values
    assert (first["hit@1"], first["right-citation"], first["recall@1"]) == (1, 1, 1)
    assert "upper bound" in markdown(made, "en")


def test_failures_and_must_pass_are_named_and_no_zeros(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    assistant.script[LINES[0]["question"]] = RuntimeError("boom")
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    assert [r.question.id for r in made.failures] == ["q1"]
    assert [r.question.id for r in made.must_pass_failed] == ["q1"]
    assert made.slices["all"].estimates["contains-gold"].value == 1
    assert "vi→vi" in made.slices and not made.slices["vi→vi"].estimates
    assert "boom" in markdown(made, "en")


def test_an_answer_to_the_unanswerable_lowers_abstention_recall(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    made_up = answered("q3", "384,400 km", language="en")
    assistant.script[LINES[2]["question"]] = made_up
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    figures = made.slices["all"].estimates
    assert figures["abstention-recall"].value == 0
    assert figures["uncited"].value == pytest.approx(1 / 3)
    assert "abstention-precision" not in figures


def test_slices(small_set: QuestionSet) -> None:
    vi, unmarked, moon = small_set.questions
    assert slices_of(vi) == [
        "all", "answerable", "same-language", "vi→vi", "split:dev", "kind:number", "tag:count",
    ]  # fmt: skip
    assert slices_of(unmarked)[:4] == ["all", "answerable", "no-marks", "vi-nomarks→en"]
    assert slices_of(moon)[:3] == ["all", "unanswerable", "en→–"]
    assert "cross-language" in slices_of(replace(vi, document_language="en"))
    both = slices_of(replace(vi, document_language="both"))
    assert "same-language" not in both and "cross-language" not in both


def test_slices_stand_in_reading_order() -> None:
    names = ["tag:a", "kind:b", "unanswerable", "vi→en", "en→en", "split:dev", "all", "no-marks"]
    assert sorted(names, key=order) == [
        "all", "no-marks", "en→en", "vi→en", "unanswerable", "split:dev", "kind:b", "tag:a",
    ]  # fmt: skip


def test_questions_on_the_same_evidence_are_one_cluster(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    _, results = results_of(assistant, small_set, tmp_path / "run")
    same = replace(results[1], question=replace(results[0].question, id="q9"))
    clusters = clusters_of([score(r) for r in [*results, same]])
    assert clusters[0] == clusters[3]
    assert len(set(clusters)) == 3


def test_unanswerable_questions_of_one_group_are_one_cluster(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    _, [*_, refusal] = results_of(assistant, small_set, tmp_path / "run")
    asked = [
        replace(refusal, question=replace(refusal.question, id=name, group=group))
        for name, group in (("a", "moon"), ("b", "moon"), ("moon", ""), ("c", ""))
    ]
    clusters = clusters_of([score(result) for result in asked])
    assert clusters[0] == clusters[1] and len(set(clusters)) == 3


def test_with_many_documents_they_are_the_clusters(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    _, [first, *_] = results_of(assistant, small_set, tmp_path / "run")
    many = [
        replace(
            first,
            question=replace(
                first.question, id=str(i), evidence=(Evidence(f"{i % 20}.md", f"quote {i}"),)
            ),
        )
        for i in range(40)
    ]
    assert len(set(clusters_of([score(r) for r in many]))) == 20


def test_the_json_report_is_the_same_for_the_same_results(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    dumped = []
    for name in ("a", "b"):
        made, _ = results_of(ScriptedAssistant(), small_set, tmp_path / name)
        values = made.to_dict()
        for part in values["slices"].values():
            part["metrics"].pop("latency-p50"), part["metrics"].pop("latency-p95")
        dumped.append(json.dumps(values))
    assert dumped[0] == dumped[1]


def test_markdown_in_both_languages(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    english, vietnamese = markdown(made, "en"), markdown(made, "vi")
    assert "| contains gold " in english and "| same language " in english
    assert "chứa đáp án" in vietnamese and "cùng ngôn ngữ" in vietnamese
    assert "answerable" not in vietnamese
    assert accuracy("en") in english and accuracy("vi") in vietnamese
    for shown in english.split("\n\n"):
        assert len({len(line) for line in shown.splitlines() if line.startswith("|")}) <= 1


def test_a_bar_in_a_name_is_no_column() -> None:
    made = table(["slice", "n"], [["tag: a|b", "1"]])
    assert "| tag: a\\|b | 1 |" in made
    assert len({len(line) for line in made.splitlines()}) == 1


def test_amounts_never_round_to_perfection() -> None:
    assert [amount("mrr", x) for x in (1.0, 0.99999, 0.5, 0.00001, 0.0)] == [
        "100.0 %", "99.9 %", "50.0 %", "0.1 %", "0.0 %",
    ]  # fmt: skip
    assert (amount("latency-p50", 3.14), amount("latency-p50", 31.4)) == ("3.1 ms", "31 ms")


def test_every_metric_has_a_name_in_both_languages() -> None:
    for metric in METRICS:
        assert metric_label(metric.name, "en") and metric_label(metric.name, "vi")


def test_floors_bound_from_below_or_above(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    assistant.script[LINES[0]["question"]] = refused("q", "vi")
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    held = Floor("small", "all", "abstention-recall", 1.0)
    fallen = Floor("small", "all", "contains-gold", 0.9)
    risen = Floor("small", "all", "false-refusal", 0.1)
    silent = Floor("small", "tag:none", "hit@1", 1.0)
    found = breaches([held, fallen, risen, silent], made)
    assert [(b.floor, b.value) for b in found] == [(fallen, 0.5), (risen, 0.5)]
    assert breach_line(found[0], "en").startswith("Below the floor: contains gold, all: 50.0 %")


def test_the_shipped_floors_are_well_formed() -> None:
    assert load_floors(DEFAULT_FLOORS, "paris")
    assert load_floors(DEFAULT_FLOORS, "another") == []


@pytest.mark.parametrize(
    "content",
    [
        "[[floor",
        "floor = 3",
        '[[floor]]\nset = "a"',
        '[[floor]]\nset="a"\nslice="all"\nmetric="hits"\nbound=1',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound="high"',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound="0.9"',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound=true',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound=nan',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound=95',
        '[[floor]]\nset="a"\nslice="all"\nmetric="latency-p50"\nbound=inf',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound=-1',
        '[[floor]]\nset="a"\nslice="all"\nmetric=["mrr"]\nbound=1',
        '[[floor]]\nset="a"\nslice=["all"]\nmetric="mrr"\nbound=1',
        '[[floor]]\nset=5\nslice="all"\nmetric="mrr"\nbound=1',
        '[[floor]]\nset="a"\nslice="all"\nmetric="llm:"\nbound=1',
        '[[floor]]\nset="a"\nslice="all"\nmetric="mrr"\nbound=1\nnote="x"',
        '[[floors]]\nset="a"\nslice="all"\nmetric="mrr"\nbound=1',
    ],
)
def test_malformed_floors_are_an_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(content)
    with pytest.raises(FloorsError):
        load_floors(path, "a")


def test_what_is_wrong_with_a_floor_is_said_in_the_readers_language(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text('[[floor]]\nset = "a"\nmetric = "mrr"\nbound = 1\n')
    with pytest.raises(FloorsError) as caught:
        load_floors(path, "a")
    assert caught.value.message("vi").endswith('mức sàn thứ 1: slice đang là –; cần: "…"')


def test_floors_may_begin_with_a_mark_and_bound_what_a_judge_or_a_clock_says(
    assistant: ScriptedAssistant, small_set: QuestionSet, tmp_path: Path
) -> None:
    path = tmp_path / "floors.toml"
    entry = '[[floor]]\nset="a"\nslice="all"\nmetric="{}"\nbound={}\n'
    content = entry.format("llm:faithfulness", 0.9) + entry.format("latency-p95", 800)
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())
    assert [floor.bound for floor in load_floors(path, "a")] == [0.9, 800]
    estimates = {"llm:faithfulness": Estimate(0.5, 0, 1, 4), "latency-p95": Estimate(90, 1, 99, 4)}
    made, _ = results_of(assistant, small_set, tmp_path / "run")
    made = replace(made, slices={"all": SliceReport(4, estimates)})
    [fallen] = breaches(load_floors(path, "a"), made)
    assert fallen.floor.metric == "llm:faithfulness"
    assert breach_line(fallen, "en").endswith("faithfulness (llm), all: 50.0 % (floor 90.0 %)")
