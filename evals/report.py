"""A run's figures by slice, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evals.errors import RunUnfinishedError
from evals.folder import Run
from evals.intervals import Estimate
from evals.judge_failures import JudgeFailures, judge_failures
from evals.results import Result
from evals.scoring import METRICS, Scored, clusters_of, estimate, metric_named, score
from evals.slices import order, slices_of


@dataclass(frozen=True, slots=True)
class SliceReport:
    """The figures of one slice.

    Attributes:
        questions: How many questions it has, failed ones included.
        estimates: Metric → estimate; metrics that apply to no question are not in it.
    """

    questions: int
    estimates: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Report:
    """A run's figures.

    Attributes:
        judged_by_quotes: Questions whose relevance the gold quotes decided.
        judged_by_answers: Questions whose gold quotes are not in the library.
        failures: The questions that got no answer; they are in no metric.
        judge_failures: The answers that the offline judge failed on; in none of its metrics.
        judges: Every judge that gave no figure anywhere, with how often.
        must_pass_failed: The must-pass questions that did not go right, failures included.
    """

    run: Run
    slices: Mapping[str, SliceReport]
    judged_by_quotes: int
    judged_by_answers: int
    failures: Sequence[Result]
    judge_failures: Sequence[Result]
    judges: Sequence[JudgeFailures]
    must_pass_failed: Sequence[Result]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON, the same for the same results apart from latencies."""
        header = self.run.header
        return {
            "set": {"name": header.set_name, "fingerprint": header.set_fingerprint},
            "library": {
                "fingerprint": header.library_fingerprint,
                "documents": [document.name for document in header.documents],
            },
            "split": header.split,
            "questions": len(header.questions),
            "results": len(self.run.results),
            "judged": {"quotes": self.judged_by_quotes, "answers": self.judged_by_answers},
            "failures": [result.question.id for result in self.failures],
            "judge_failures": [result.question.id for result in self.judge_failures],
            "judges_failing": [judge.to_dict() for judge in self.judges],
            "must_pass_failed": [result.question.id for result in self.must_pass_failed],
            "slices": {
                name: {
                    "questions": part.questions,
                    "metrics": {m: _numbers(e) for m, e in part.estimates.items()},
                }
                for name, part in self.slices.items()
            },
        }


def report(run: Run) -> Report:
    """The figures of `run`, from its results alone.

    Raises:
        RunUnfinishedError: It has no result at all.
    """
    if not run.results:
        total = len(run.header.questions)
        raise RunUnfinishedError(path=run.path, done=0, total=total, failed=0)
    scored = [score(result) for result in run.results]
    clusters = clusters_of(scored)
    members: dict[str, list[int]] = {}
    for at, one in enumerate(scored):
        for name in slices_of(one.result.question):
            members.setdefault(name, []).append(at)
    slices = {
        name: _slice([scored[at] for at in members[name]], [clusters[at] for at in members[name]])
        for name in sorted(members, key=order)
    }
    judged = [one.judged for one in scored]
    return Report(
        run=run,
        slices=slices,
        judged_by_quotes=judged.count("quotes"),
        judged_by_answers=judged.count("answers"),
        failures=[one.result for one in scored if one.result.failure],
        judge_failures=[one.result for one in scored if one.result.judge_failure],
        judges=judge_failures(run.results),
        must_pass_failed=[
            one.result for one in scored if one.result.question.must_pass and not one.passed
        ],
    )


def _slice(scored: Sequence[Scored], clusters: Sequence[str]) -> SliceReport:
    opinions = {name: None for one in scored for name in one.values if ":" in name}
    shown = (*METRICS, *map(metric_named, opinions))
    estimates = {metric.name: estimate(metric, scored, clusters) for metric in shown}
    return SliceReport(len(scored), {name: e for name, e in estimates.items() if e is not None})


def _numbers(estimate: Estimate) -> dict[str, float | int]:
    return {
        "value": round(estimate.value, 6),
        "low": round(estimate.low, 6),
        "high": round(estimate.high, 6),
        "n": estimate.n,
    }
