"""Asking one question of a run again from any stage, to see which one is at fault.

What comes before the stage is taken as the run recorded it, everything from it on is done again
by the program as it is now. The first stage that differs is where to look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evals.asking import Watched, earlier, hits_at, put
from evals.errors import ReplayError, ReplayUnknownError
from evals.evidence import ReadOnce, Span, locate
from evals.folder import Run
from evals.judge import as_hit, is_quoted
from evals.questions import GoldQuestion
from evals.replay_stages import STAGES, Stage
from evals.results import RecordedAnswer, RecordedClaim, Result, record
from evals.run import judged
from evals.scoring import score
from rag.assistant import Assistant
from rag.checking.case import Checker
from rag.checking.claims import ClaimChecker
from rag.types import Answer, Hit, Question

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Step:
    """What a stage gave then and now, as text.

    Attributes:
        again: Whether the stage was done again, or taken from the run.
    """

    stage: Stage
    then: str
    now: str
    again: bool

    @property
    def differs(self) -> bool:
        """Whether the stage gives something else now."""
        return self.then != self.now


@dataclass(frozen=True, slots=True)
class Replay:
    """A question asked again.

    Attributes:
        steps: Every stage, in order.
        passed_then: Whether the question went right in the run; None where it failed.
        passed_now: Whether it goes right now.
    """

    question: GoldQuestion
    steps: Sequence[Step]
    passed_then: bool | None
    passed_now: bool | None

    @property
    def first_difference(self) -> Stage | None:
        """The earliest stage that gives something else now."""
        return next((step.stage for step in self.steps if step.differs), None)

    def to_dict(self) -> dict[str, Any]:
        """The replay as JSON."""
        return {
            "id": self.question.id,
            "first_difference": self.first_difference,
            "passed": {"then": self.passed_then, "now": self.passed_now},
            "stages": [
                {"stage": s.stage, "again": s.again, "same": not s.differs}
                | {"then": s.then, "now": s.now}
                for s in self.steps
            ],
        }


def replay(run: Run, name: str, assistant: Assistant, start: Stage) -> Replay:
    """Ask the question `name` of `run` again from the stage `start` on.

    Raises:
        ReplayUnknownError: There is no such question in the run.
        ReplayError: It got no answer there.
        TrichdanError: The assistant fails on it.
    """
    then = next((result for result in run.results if result.question.id == name), None)
    if then is None:
        known = [result.question.id for result in run.results]
        shown = ", ".join([*known[:_SHOWN], *(["…"] if len(known) > _SHOWN else [])])
        raise ReplayUnknownError(path=run.path, id=name, known=shown)
    if then.answer is None and start != "question":
        raise ReplayError(path=run.path, id=name, detail=then.failure and then.failure.message)
    now = _again(then, assistant, start)
    first = STAGES.index(start)
    before, after = _shown(then), _shown(now)
    steps = [
        Step(stage, before[stage], after[stage], at >= first) for at, stage in enumerate(STAGES)
    ]
    return Replay(then.question, steps, score(then).passed, score(now).passed)


def _again(then: Result, assistant: Assistant, start: Stage) -> Result:
    question, recorded = then.question, then.answer
    library = ReadOnce(assistant)
    gold = locate(question, library) if question.answerable else None
    if recorded is None or start == "question":
        answer, asked, first = put(assistant, question, earlier(assistant, question))
        again = record(answer, library, asked, first)
        return judged(replace(then, gold=gold, failure=None, answer=again))
    if start in ("retrieve", "answer"):
        given = _answered(question, recorded, assistant, start)
        asked = _asked(recorded)
        return judged(replace(then, gold=gold, answer=record(given, library, asked)))
    if start == "check":
        passages = _passages(question, recorded, assistant)
        checker = ClaimChecker(assistant.encoder)
        claims = tuple(_checked(claim, recorded, passages, checker) for claim in recorded.claims)
        return judged(replace(then, answer=replace(recorded, claims=claims)))
    return judged(then)


def _answered(
    question: GoldQuestion, recorded: RecordedAnswer, assistant: Assistant, start: Stage
) -> Answer:
    asked = _asked(recorded) or assistant.read(question.question)
    if start == "retrieve" and not question.frozen:
        hits = assistant.retrieve(asked)
    else:
        hits = hits_at(assistant, asked, [hit.span for hit in recorded.hits])
    return Watched(assistant, hits).ask(asked.text)


def _asked(recorded: RecordedAnswer) -> Question | None:
    asked = recorded.asked
    return None if asked is None else Question(asked.text, asked.language, asked.marked)


def _passages(question: GoldQuestion, recorded: RecordedAnswer, assistant: Assistant) -> list[Hit]:
    """The recorded passages, with their token vectors where the library still has them so."""
    asked = _asked(recorded) or assistant.read(question.question)
    there = {document.id for document in assistant.documents()}
    kept = [hit.span for hit in recorded.hits if hit.span.document in there]
    known = dict(zip(kept, hits_at(assistant, asked, kept), strict=True))
    then = [as_hit(hit) for hit in recorded.hits]
    return [
        now if (now := known.get(hit.span)) and now.interaction is not None else one
        for hit, one in zip(recorded.hits, then, strict=True)
    ]


def _checked(
    claim: RecordedClaim, answer: RecordedAnswer, passages: Sequence[Hit], checker: Checker
) -> RecordedClaim:
    """`claim` with what the checks say now of it and the passages it cites."""
    cited = [
        passage
        for hit, passage in zip(answer.hits, passages, strict=True)
        if any(place.span.shared(hit.span) for place in claim.citations)
    ]
    # A quotation supports itself; the checks were not asked about it.
    if is_quoted(claim):
        return claim
    found = checker(claim.text, cited, "en" if answer.language == "en" else "vi")
    return replace(claim, verdict=found.verdict, reason=found.reason)


def _shown(result: Result) -> Mapping[Stage, str]:
    """What each stage gave, as lines that can be held against each other."""
    answer = result.answer
    if answer is None:
        said = f"{result.failure.kind}: {result.failure.message}" if result.failure else ""
        return dict.fromkeys(STAGES, said)
    asked = answer.asked
    return {
        "question": f"{asked.marked} ({asked.language})" if asked else "",
        "retrieve": "\n".join(
            f"{hit.span.document} {hit.span.start}–{hit.span.end} {hit.score:.4f}"
            for hit in answer.hits
        ),
        "answer": answer.refusal
        or "\n".join(
            f"{claim.text} [{', '.join(_place(place.span) for place in claim.citations)}]"
            for claim in answer.claims
        ),
        "check": "\n".join(f"{c.verdict} {c.reason or ''}".strip() for c in answer.claims),
        "judge": "\n".join(
            f"{one.context} / {one.together} / {list(one.counts)} {one.reason or ''}".strip()
            for one in result.judgement or ()
        ),
    }


def _place(span: Span) -> str:
    return f"{span.document} {span.start}–{span.end}"
