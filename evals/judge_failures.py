"""How often the judges of a run gave no figure, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from evals.results import Opinion, Result

OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class JudgeFailures:
    """What one judge could not say.

    Attributes:
        judge: Its name; `OFFLINE` is the one that judges every run.
        failed: How often it gave no figure, at least once.
        asked: How often it was asked about sentences, repetitions counted one by one.
        first: Why it gave none the first time: the error's class and message.
    """

    judge: str
    failed: int
    asked: int
    first: str

    @property
    def mute(self) -> bool:
        """Whether it gave no figure at all."""
        return self.failed == self.asked

    def to_dict(self) -> dict[str, Any]:
        """The failures as JSON."""
        return asdict(self)


def judge_failures(results: Sequence[Result]) -> list[JudgeFailures]:
    """The judges that failed on any of `results`, the offline one first."""
    found = [_offline(results), *_beside(results)]
    return [one for one in found if one.failed]


def _offline(results: Sequence[Result]) -> JudgeFailures:
    # A refusal states nothing that could be judged.
    stated = [result for result in results if result.answer and result.answer.claims]
    failed = [result.judge_failure for result in stated if result.judge_failure]
    judged = sum(bool(result.judgement) for result in stated)
    first = f"{failed[0].kind}: {failed[0].message}" if failed else ""
    return JudgeFailures(OFFLINE, len(failed), len(failed) + judged, first)


def _beside(results: Sequence[Result]) -> Iterator[JudgeFailures]:
    # By their place: LlamaIndex's evaluators share one name.
    opinions: dict[tuple[int, str], list[Opinion]] = {}
    for result in results:
        for at, opinion in enumerate(result.opinions):
            opinions.setdefault((at, opinion.judge), []).append(opinion)
    for (_, judge), given in opinions.items():
        failures = [failure for opinion in given for failure in opinion.failures]
        read = sum(max(map(len, opinion.values.values()), default=0) for opinion in given)
        yield JudgeFailures(judge, len(failures), len(failures) + read, next(iter(failures), ""))
