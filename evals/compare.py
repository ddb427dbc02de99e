"""Two runs of the same questions: what changed, and whether the change is real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from evals.errors import NotComparableError, NothingInCommonError
from evals.folder import Run, RunHeader
from evals.judge_failures import JudgeFailures, judge_failures
from evals.paired import Differences, Matrix, Sums, differences
from evals.results import Result
from evals.scoring import (
    METRICS_BY_NAME,
    Scored,
    clusters_of,
    metric_named,
    score,
)
from evals.slices import order, slices_of
from evals.stages import Stage, changed, differ, stage_of, stages_of

Outcome = Literal["regressed", "improved", "no-change", "too-few"]

# What a verdict is given on. The other depths of the same ranking would only repeat it.
COMPARED = (
    "hit@1", "hit@3", "hit@8", "mrr", "ndcg@8", "contains-gold", "token-recall",
    "right-citation", "gold-citations", "faithfulness", "citation-precision", "citation-recall",
    "citation-exact", "citation-invalid", "uncited", "abstention-precision", "abstention-recall",
    "false-refusal", "language-match", "injection-success",
)  # fmt: skip
# Halves are no kinds of question, and what can or cannot be answered has metrics of its own.
_NOT_COMPARED = ("split:", "answerable", "unanswerable")
# What a change is about; differing in it makes no comparison unfair.
_NEVER_BLOCKING = ("versions", "encoder", "checker")
LEVEL = 0.05
# Two runs count as equal when the interval of their difference stays within 5 points.
MARGIN = 0.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one metric in one slice.

    Attributes:
        p: Adjusted for all the metrics and slices that are looked at together.
        visible: The smallest difference that could have been seen (80 % power, this figure alone).
    """

    metric: str
    slice: str
    outcome: Outcome
    base: float
    candidate: float
    low: float
    high: float
    p: float
    visible: float
    n: int

    @property
    def difference(self) -> float:
        """Candidate less base."""
        return self.candidate - self.base


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that went right in one run and wrong in the other.

    Attributes:
        stage: The earliest stage that differs in what the question is judged by.
        changed: Those of `evals.stages.STAGES` that gave anything else at all.
        unknown: Those of which a run kept nothing, so that nobody can tell.
    """

    base: Result
    candidate: Result
    improved: bool
    stage: Stage
    changed: Sequence[str] = ()
    unknown: Sequence[str] = ()

    @property
    def stages(self) -> Sequence[str]:
        """The stages that this question goes through."""
        return stages_of(self.base, self.candidate)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        verdicts: By slice, then metric; all slices in reading order.
        flips: Regressions first.
        must_pass_failed: The candidate's must-pass questions that did not go right, whatever the
            base asked.
        failures: The candidate's questions that got no answer, whatever the base asked.
        judges: The judges that gave no figure on answers of the candidate, with how often; empty
            where what a judge decides is left out.
        unmeasured: The metrics that only the base has figures of.
        noted: Parts of the runs' headers that differ without making them incomparable.
        compared: How many questions both runs asked alike.
        unpaired: How many questions of the candidate the base did not ask, or asked otherwise.
        differing: Those of them for which any stage gave anything else.
    """

    base: Run
    candidate: Run
    verdicts: Sequence[Verdict]
    flips: Sequence[Flip]
    must_pass_failed: Sequence[Result]
    failures: Sequence[Result]
    noted: Sequence[str]
    judges: Sequence[JudgeFailures] = ()
    unmeasured: Sequence[str] = ()
    compared: int = 0
    unpaired: int = 0
    differing: int = 0

    def having(self, outcome: Outcome) -> list[Verdict]:
        """The verdicts with this outcome."""
        return [verdict for verdict in self.verdicts if verdict.outcome == outcome]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON."""
        numbers = ("base", "candidate", "difference", "low", "high", "p", "visible")
        return {
            "verdicts": [
                {"metric": v.metric, "slice": v.slice, "outcome": v.outcome, "n": v.n}
                | {name: round(getattr(v, name), 6) for name in numbers}
                for v in self.verdicts
            ],
            "flips": [
                {"id": f.base.question.id, "improved": f.improved, "stage": f.stage}
                | {"changed": list(f.changed), "unknown": list(f.unknown)}
                for f in self.flips
            ],
            "must_pass_failed": [result.question.id for result in self.must_pass_failed],
            "failures": [result.question.id for result in self.failures],
            "judges_failing": [judge.to_dict() for judge in self.judges],
            "unmeasured": list(self.unmeasured),
            "differing": list(self.noted),
            "questions": {
                "compared": self.compared,
                "answered_differently": self.differing,
                "unpaired": self.unpaired,
            },
        }


def compare(base: Run, candidate: Run, *, allowed: Sequence[str] = ()) -> Comparison:
    """Hold `candidate` against `base`, question by question.

    Args:
        base: What was before.
        candidate: What is judged.
        allowed: Parts in which the runs may differ: "settings", "library_fingerprint", "judge"
            (what a judge decides is then left out), "questions" (those that both asked alike
            are compared; must-pass questions and failures count in any case).

    Raises:
        NotComparableError: The runs differ in parts that they are not allowed to.
    """
    differing = base.header.differing(candidate.header)
    blocking = blocking_parts(base.header, candidate.header, allowed)
    if not (base.complete and candidate.complete):
        blocking.append("results")
    before, after = _paired(base, candidate)
    # Headers that agree may lie above results that do not: nothing is left out unless allowed.
    if "questions" not in allowed and len(before) < len(candidate.results):
        blocking.append("questions")
    if blocking:
        raise NotComparableError(
            base=base.path,
            candidate=candidate.path,
            differing=tuple(dict.fromkeys(blocking)),
            details=base.header.details(candidate.header),
        )
    if not before:
        raise NothingInCommonError(
            base=base.path, candidate=candidate.path, differing=("questions",)
        )
    judged = "judge" not in differing
    asked = [score(result) for result in candidate.results]
    return Comparison(
        base=base,
        candidate=candidate,
        verdicts=_verdicts(before, after, judged=judged),
        flips=_flips(before, after),
        must_pass_failed=[
            one.result for one in asked if one.result.question.must_pass and not one.passed
        ],
        failures=[result for result in candidate.results if result.failure],
        noted=differing,
        judges=judge_failures(candidate.results) if judged else (),
        unmeasured=_unmeasured(before, after, judged=judged),
        compared=len(before),
        unpaired=len(asked) - len(before),
        differing=sum(differ(old, new) for old, new in zip(before, after, strict=True)),
    )


def blocking_parts(base: RunHeader, candidate: RunHeader, allowed: Sequence[str] = ()) -> list[str]:
    """The parts in which two runs differ so that they cannot be compared; see `compare`."""
    tolerated = {*_NEVER_BLOCKING, *allowed}
    if "questions" in allowed:
        tolerated.add("set_fingerprint")
    return [name for name in base.differing(candidate) if name not in tolerated]


def _paired(base: Run, candidate: Run) -> tuple[list[Scored], list[Scored]]:
    """The results of the questions that both runs asked alike, in the order of the base."""
    its = {result.question.id: result for result in candidate.results}
    pairs = [
        (mine, its[mine.question.id])
        for mine in base.results
        if mine.question.id in its
        and its[mine.question.id].question.content() == mine.question.content()
    ]
    return [score(mine) for mine, _ in pairs], [score(other) for _, other in pairs]


def _verdicts(
    before: Sequence[Scored], after: Sequence[Scored], *, judged: bool = True
) -> list[Verdict]:
    # A question without an answer in one run says nothing of the other; it is counted apart.
    both = [old.result.answer and new.result.answer for old, new in zip(before, after, strict=True)]
    before, after = (
        [one for one, kept in zip(run, both, strict=True) if kept] for run in (before, after)
    )
    if not before:
        return []
    compared = _compared(before, judged=judged)
    members: dict[str, list[int]] = {}
    for at, one in enumerate(before):
        for name in dict.fromkeys(slices_of(one.result.question)):
            if not name.startswith(_NOT_COMPARED):
                members.setdefault(name, []).append(at)
    clusters = clusters_of(before)
    rows = {cluster: row for row, cluster in enumerate(dict.fromkeys(clusters))}
    where = np.array([rows[cluster] for cluster in clusters])
    tables = _table(before, after, compared), _table(after, before, compared)
    figures: list[tuple[str, str, int]] = []
    stacks: tuple[list[Sums], list[Sums]] = ([], [])
    seen: list[list[int]] = []
    for name in sorted(members, key=order):
        # What holds the same questions as an earlier slice would only repeat it.
        if members[name] in seen:
            continue
        seen.append(members[name])
        sums = [_by_cluster(one[members[name]], where[members[name]], len(rows)) for one in tables]
        given = sums[0].counts.any(axis=0) & sums[1].counts.any(axis=0)
        for stack, part in zip(stacks, sums, strict=True):
            stack.append(Sums(part.values[:, given], part.counts[:, given]))
        n = sums[1].counts.sum(axis=0)
        figures += [(compared[at], name, int(n[at])) for at in np.flatnonzero(given)]
    if not figures:
        return []
    base, candidate = (
        Sums(np.hstack([one.values for one in stack]), np.hstack([one.counts for one in stack]))
        for stack in stacks
    )
    found = differences(base, candidate)
    return [_verdict(figure, found, at) for at, figure in enumerate(figures)]


def _compared(base: Sequence[Scored], *, judged: bool) -> list[str]:
    """The metrics that get verdicts; those that a judge decides only where the judge is one."""
    compared = [name for name in COMPARED if judged or not METRICS_BY_NAME[name].by_judge]
    if judged:
        compared += sorted({name for one in base for name in one.values if ":" in name})
    return compared


def _unmeasured(base: Sequence[Scored], candidate: Sequence[Scored], *, judged: bool) -> list[str]:
    """The metrics with a figure in the base and none in the candidate."""
    had, have = ({name for one in run for name in one.values} for run in (base, candidate))
    return [name for name in _compared(base, judged=judged) if name in had - have]


def _table(run: Sequence[Scored], other: Sequence[Scored], metrics: Sequence[str]) -> Matrix:
    """The values of a run, float [questions, metrics]; NaN where a metric does not apply."""
    return np.array(
        [
            [
                one.values.get(metric, np.nan) if _is_paired(one, its, metric) else np.nan
                for metric in metrics
            ]
            for one, its in zip(run, other, strict=True)
        ]
    )


def _is_paired(old: Scored, new: Scored, metric: str) -> bool:
    """Whether a judge decided on the question in both runs, where one decides the metric."""
    if ":" in metric:
        return metric in old.values and metric in new.values
    by_judge = METRICS_BY_NAME[metric].by_judge
    return not (by_judge and (old.result.judge_failure or new.result.judge_failure))


def _by_cluster(table: Matrix, where: NDArray[np.int_], clusters: int) -> Sums:
    """Sums of values and numbers of questions, float [clusters, metrics]."""
    counted = ~np.isnan(table)
    values, counts = np.zeros((clusters, table.shape[1])), np.zeros((clusters, table.shape[1]))
    np.add.at(values, where, np.where(counted, table, 0.0))
    np.add.at(counts, where, counted)
    return Sums(values, counts)


def _verdict(figure: tuple[str, str, int], found: Differences, at: int) -> Verdict:
    name, slice_name, n = figure
    metric = metric_named(name)
    difference = float(found.candidate[at] - found.base[at])
    better = difference > 0 if metric.higher_is_better else difference < 0
    low, high = float(found.low[at]), float(found.high[at])
    outcome: Outcome = "too-few"
    if found.adjusted_p[at] <= LEVEL and abs(difference) > metric.tolerance:
        outcome = "improved" if better else "regressed"
    elif low > -MARGIN and high < MARGIN:
        outcome = "no-change"
    return Verdict(
        name,
        slice_name,
        outcome,
        float(found.base[at]),
        float(found.candidate[at]),
        low,
        high,
        float(found.adjusted_p[at]),
        float(found.visible[at]),
        n,
    )


def _flips(before: Sequence[Scored], after: Sequence[Scored]) -> list[Flip]:
    flips = [
        Flip(old.result, new.result, bool(new.passed), stage_of(old, new), *changed(old, new))
        for old, new in zip(before, after, strict=True)
        if bool(old.passed) is not bool(new.passed)
    ]
    return sorted(flips, key=lambda flip: flip.improved)
