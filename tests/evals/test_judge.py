"""The offline judge, and the judges that can be asked beside it."""

from __future__ import annotations

import asyncio
import gc
import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from evals import judges, run
from evals.errors import JudgeUnknownError, JudgeWithoutModelError
from evals.evidence import ReadOnce, Span
from evals.judge import as_hit, judge
from evals.judges import LlamaIndexJudge, LLMJudge, load_judges, read_reply
from evals.questions import GoldQuestion, QuestionSet
from evals.report import report
from evals.results import Opinion, RecordedAnswer, record
from evals.run import run_set
from evals.scoring import score
from evals.tables import judge_failure_line, judge_notes
from rag.checking.claims import check
from rag.settings import Settings
from rag.types import Answer, Citation, Claim, Timings
from tests.evals.scripted import ScriptedAssistant, cite, hit
from tests.fakes_llm import ScriptedLLM

VI = "Có 60 quốc gia\nký tuyên bố chung."
EN = "Bui Hoang Phuong led the delegation."
LASTED = "The visit lasted four days."
RIGHT = json.dumps({"supported": [True], "correct": [True], "stated": [True]})
WRONG = json.dumps({"supported": [False], "correct": [False], "stated": [False]})


def recorded(claim: str, *citations: Citation) -> RecordedAnswer:
    hits = [hit("vi1", VI), hit("en1", EN), hit("en1", LASTED)]
    answer = Answer("q", "en", [Claim(claim, citations)], False, (), None, hits, Timings())
    return record(answer, ReadOnce(ScriptedAssistant()))


def test_what_its_citation_says_is_supported_and_the_citation_counts() -> None:
    [found] = judge(recorded(EN, cite("en1", EN)))
    assert (found.context, found.together, found.counts) == ("supported", "supported", (True,))


def test_a_citation_that_adds_nothing_does_not_count() -> None:
    [found] = judge(recorded(EN, cite("en1", EN), cite("en1", LASTED)))
    assert found.together == "supported" and found.counts == (True, False)


def test_citations_that_are_needed_together_both_count() -> None:
    both = "Bui Hoang Phuong led the delegation, and the visit lasted four days."
    [found] = judge(recorded(both, cite("en1", EN), cite("en1", LASTED)))
    assert found.together == "supported" and found.counts == (True, True)


def test_the_judge_reads_sentences_and_does_not_only_compare_words() -> None:
    told = "The library was opened in 1998. The museum was opened in 2004."
    whole = Span("en1", 0, len(told))
    answer = recorded(EN, cite("en1", EN))
    [hit_there] = [one for one in answer.hits if one.text == EN]
    verdicts = {}
    for claim in ("The library was opened in 1998.", "The museum opened in 1998."):
        place = replace(answer.claims[0].citations[0], span=whole, quote=told)
        said = replace(answer.claims[0], text=claim, citations=(place,))
        there = replace(hit_there, text=told, span=whole)
        [found] = judge(replace(answer, claims=(said,), hits=(there,)))
        verdicts[claim] = found.together
        passage = [as_hit(there)]
        assert check(claim, passage, "en").verdict == "supported"  # by its words alone
    assert list(verdicts.values()) == ["supported", "unsure"]


def test_a_wrong_number_is_unsupported_with_the_reason() -> None:
    wrong = "Bui Hoang Phuong led the delegation of 75 people."
    [found] = judge(recorded(wrong, cite("en1", EN)))
    assert found.together == "unsupported" and found.counts == (False,)
    assert "75" in (found.reason or "")


def test_without_a_citation_only_the_context_can_support() -> None:
    [found] = judge(recorded(EN))
    assert (found.context, found.together, found.counts) == ("supported", None, ())


def test_a_citation_to_nothing_never_counts() -> None:
    nowhere = Citation("gone", "t", "s", 0, 3, "abc")
    [found] = judge(recorded(EN, nowhere))
    assert found.together == "unsupported" and found.counts == (False,)
    [found] = judge(recorded(EN, cite("en1", EN), nowhere))
    assert found.counts == (True, False)


def test_a_judge_that_fails_on_some_answers_loses_only_its_own_figures(
    small_set: QuestionSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def failing(answer: RecordedAnswer) -> object:
        asked.append(answer.text)
        if len(asked) == 2:
            raise ZeroDivisionError("the judge broke")
        return judge(answer)

    monkeypatch.setattr(run, "judge", failing)
    made = report(run_set(ScriptedAssistant(), small_set, Settings(), tmp_path / "run"))
    assert [result.question.id for result in made.judge_failures] == ["q2"]
    estimates = made.slices["all"].estimates
    assert estimates["faithfulness"].n == 1 and estimates["contains-gold"].n == 2
    assert made.failures == []
    [failing] = made.judges
    assert (failing.failed, failing.asked, failing.mute) == (1, 2, False)
    assert failing.first == "ZeroDivisionError: the judge broke"


def test_an_llm_is_asked_several_times_and_its_spread_is_kept(small_set: QuestionSet) -> None:
    llm = ScriptedLLM(RIGHT, WRONG, RIGHT)
    question = small_set.questions[1]
    opinion = LLMJudge(llm, Settings(), 3).judge(question, recorded(EN, cite("en1", EN)))
    assert opinion.values == {"faithfulness": (1, 0, 1), "answer-correctness": (1, 0, 1)}
    assert opinion.failures == ()
    assert all("Bui Hoang Phuong / Bùi Hoàng Phương" in prompt for prompt in llm.prompts)


def test_the_prompt_is_in_the_questions_language(small_set: QuestionSet) -> None:
    vietnamese, _, english = small_set.questions
    for question, said in ((vietnamese, "Bạn chấm"), (english, "You judge")):
        system, user = judges.prompt(question, recorded(EN, cite("en1", EN)))
        assert said in system and question.question in user and EN in user


@pytest.mark.parametrize(
    "reply",
    [
        "I think so.", "{", "[]", "{}", '{"supported": "yes"}', '{"supported": [1]}',
        '{"supported": [true, true]}', '{"supported": [true], "correct": [true]}',
    ],
)  # fmt: skip
def test_an_unreadable_reply_is_a_state_of_its_own(small_set: QuestionSet, reply: str) -> None:
    llm = ScriptedLLM(reply, RIGHT)
    answer = recorded(EN, cite("en1", EN))
    opinion = LLMJudge(llm, Settings(), 2).judge(small_set.questions[1], answer)
    assert opinion.values["faithfulness"] == (1,) and len(opinion.failures) == 1


def test_a_fenced_reply_is_read_and_correctness_is_an_f1() -> None:
    values = {"supported": [True, False], "correct": [True, False], "stated": [True]}
    read = read_reply(f"```json\n{json.dumps(values)}\n```", 2, 1)
    assert read == {"faithfulness": 0.5, "answer-correctness": pytest.approx(2 / 3)}


def test_an_endpoint_that_fails_every_time_gives_no_figure(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    question: GoldQuestion = small_set.questions[1]
    judge = LLMJudge(ScriptedLLM(OSError("down"), OSError("down")), Settings(), 1)
    single = replace(small_set, questions=(question,))
    made = run_set(ScriptedAssistant(), single, Settings(), tmp_path / "run", judges=[judge])
    [result] = made.results
    assert "llm:faithfulness" not in score(result).values
    assert len(result.opinions[0].failures) == 1
    assert made.header.judge.endswith(", llm scripted ×1")
    [failing] = report(made).judges
    assert (failing.judge, failing.failed, failing.asked) == ("llm", 1, 1) and failing.mute
    english, vietnamese = (judge_failure_line(failing, language) for language in ("en", "vi"))
    assert "The judge llm gave no figure 1 of 1 times" in english and "down" in english
    assert "Bộ chấm llm không cho kết quả 1 trên 1 lần" in vietnamese


def test_what_is_no_number_is_counted_as_a_judge_that_gave_none(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    class Dividing:
        name = "dividing"

        def judge(self, question: GoldQuestion, answer: RecordedAnswer) -> Opinion:
            given = (math.nan, 1.0) if question.id == "q1" else (math.inf,)
            return Opinion("dividing", {"share": given})

    folder = tmp_path / "run"
    made = run_set(ScriptedAssistant(), small_set, Settings(), folder, judges=[Dividing()])
    assert "NaN" not in (folder / "results.jsonl").read_text()
    estimate = report(made).slices["all"].estimates["dividing:share"]
    assert (estimate.value, estimate.n) == (1, 1)
    [failing] = report(made).judges
    assert (failing.failed, failing.asked, failing.first) == (3, 4, "share: nan")


def open_loops() -> list[asyncio.AbstractEventLoop]:
    return [
        one
        for one in gc.get_objects()
        if issubclass(type(one), asyncio.AbstractEventLoop) and not one.is_closed()
    ]


def test_llamaindexs_evaluators_are_judges_too(small_set: QuestionSet) -> None:
    from llama_index.core.evaluation import FaithfulnessEvaluator

    evaluator = FaithfulnessEvaluator(llm=ScriptedLLM("YES", "NO"))
    judge = LlamaIndexJudge("faithfulness", evaluator, "scripted", 2)
    before = open_loops()
    opinion = judge.judge(small_set.questions[1], recorded(EN, cite("en1", EN)))
    assert [one for one in open_loops() if one not in before] == []
    assert opinion.judge == "llamaindex" and opinion.values == {"faithfulness": (1, 0)}


def test_llamaindexs_worst_score_of_correctness_is_no_whole_share(small_set: QuestionSet) -> None:
    from llama_index.core.evaluation import CorrectnessEvaluator

    replies = ("1.0\nNot relevant.", "3.0\nPartly.", "5.0\nRight.")
    llm = ScriptedLLM(*replies)
    judge = LlamaIndexJudge("correctness", CorrectnessEvaluator(llm=llm), "scripted", 3)
    answer = recorded(EN, cite("en1", EN))
    assert judge.judge(small_set.questions[1], answer).values == {"correctness": (0, 0, 1)}
    unanswerable = replace(small_set.questions[1], answerable=False, evidence=(), answers=())
    asked = len(llm.prompts)
    assert judge.judge(unanswerable, answer).values == {}
    assert len(llm.prompts) == asked


def test_the_spread_is_of_answers_that_were_judged_more_than_once(
    small_set: QuestionSet, tmp_path: Path
) -> None:
    llm = ScriptedLLM(RIGHT, WRONG, RIGHT, "no idea")
    judge = LLMJudge(llm, Settings(), 2)
    made = run_set(ScriptedAssistant(), small_set, Settings(), tmp_path / "run", judges=[judge])
    said = "\n".join(judge_notes(report(made), "en"))
    assert "faithfulness (llm): repetitions differ by 100.0 % on average (1 answers)" in said


def test_llamaindexs_evaluators_judge_within_a_running_loop(small_set: QuestionSet) -> None:
    from llama_index.core.evaluation import FaithfulnessEvaluator

    judge = LlamaIndexJudge(
        "faithfulness", FaithfulnessEvaluator(llm=ScriptedLLM("YES")), "scripted", 1
    )

    async def notebook() -> dict[str, Sequence[float]]:
        return dict(judge.judge(small_set.questions[1], recorded(EN, cite("en1", EN))).values)

    with ThreadPoolExecutor(1) as aside:  # another test may have a loop running in this thread
        assert aside.submit(asyncio.run, notebook()).result() == {"faithfulness": (1,)}


def test_judges_are_named_or_refused(tmp_path: Path) -> None:
    assert load_judges([], 1, None, Settings()) == []
    with pytest.raises(JudgeUnknownError, match="llamaindex-relevancy"):
        load_judges(["gpt"], 1, None, Settings())
    with pytest.raises(JudgeWithoutModelError):
        load_judges(["llm"], 1, None, Settings())
