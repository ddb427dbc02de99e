"""At which stage two answers to one question part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from evals.results import RecordedAnswer, Result, prompt_digest
from evals.scoring import Scored, found_items

Stage = Literal[
    "failure", "question", "retrieval", "passages", "prompt", "reply", "refusal", "citations",
    "answer",
]  # fmt: skip
# What a report shows of a flipped question, in the order in which they happen.
STAGES = (
    "question", "passages", "retrieval", "prompt", "reply", "refusal", "answer", "citations",
    "verdicts",
)  # fmt: skip
# Only a language model has these.
_OF_MODELS = frozenset({"prompt", "reply"})


def stage_of(old: Scored, new: Scored) -> Stage:
    """The earliest stage whose outcome differs between two results of one question.

    What retrieval found of the gold goes before the other passages: both are retrieval, and the
    first says more.
    """
    before, after = old.result.answer, new.result.answer
    if before is None or after is None:
        return "failure"
    differs = changed(old, new)[0]
    first: tuple[Stage, ...] = ("question", "retrieval", "passages", "prompt", "reply", "refusal")
    # A refusal before the model was asked leaves no prompt.
    if before.refused is not after.refused and "" in (_prompt(before), _prompt(after)):
        first = ("question", "retrieval", "passages", "refusal")
    for stage in first:
        if stage in differs:
            return stage
    rightness: Mapping[str, float | None] = {
        name: old.values.get(name) for name in ("right-citation", "gold-citations")
    }
    if any(new.values.get(name) != value for name, value in rightness.items()):
        return "citations"
    return "answer"


def changed(old: Scored, new: Scored) -> tuple[list[str], list[str]]:
    """Those of `STAGES` that gave something else, and those of which that is not known."""
    before, after = old.result.answer, new.result.answer
    if before is None or after is None:
        return [], stages_of(old.result, new.result)
    gave = _gave(before), _gave(after)
    if before.asked and after.asked and before.asked.first and after.asked.first:
        # What the passages made of it afterwards is their doing.
        for one, answer in zip(gave, (before, after), strict=True):
            one["question"] = answer.asked and (answer.asked.language, answer.asked.first)
    differs, unknown = [], []
    for name in stages_of(old.result, new.result):
        if name == "retrieval":
            if "passages" in differs and _held(old.result, before) != _held(new.result, after):
                differs.append(name)
            continue
        mine, its = (one[name] for one in gave)
        if mine is None or its is None:
            unknown.append(name)
        elif mine != its:
            differs.append(name)
    return differs, unknown


def differ(old: Scored, new: Scored) -> bool:
    """Whether any stage gave something else."""
    if old.result.answer is None or new.result.answer is None:
        return old.result.failure != new.result.failure
    return bool(changed(old, new)[0])


def stages_of(base: Result, candidate: Result) -> list[str]:
    """Those of `STAGES` that a question goes through."""
    answers = [one.answer for one in (base, candidate) if one.answer is not None]
    without: set[str] = set()
    if not any("prompt" in answer.trace for answer in answers):
        without |= _OF_MODELS
    if base.question.frozen:
        without |= {"passages", "retrieval"}
    if not base.question.answerable:
        without.add("retrieval")
    return [name for name in STAGES if name not in without]


def _gave(answer: RecordedAnswer) -> dict[str, object]:
    """What each stage gave; None where it was not kept."""
    return {
        "question": answer.asked and (answer.asked.language, answer.asked.marked),
        "passages": [hit.span for hit in answer.hits],
        "prompt": _prompt(answer),
        "reply": answer.trace.get("reply", "" if answer.refused else None),
        "refusal": answer.refused,
        "answer": answer.text or answer.refusal,
        "citations": [
            [(place.span, place.quote) for place in claim.citations] for claim in answer.claims
        ],
        "verdicts": [(claim.verdict, claim.reason) for claim in answer.claims],
    }


def _prompt(answer: RecordedAnswer) -> str | None:
    """What tells a prompt from another; "" where it was refused before there was one."""
    prompt = answer.trace.get("prompt")
    if prompt is None:
        return "" if answer.refused else None
    return prompt_digest(prompt)


def _held(result: Result, answer: RecordedAnswer) -> object:
    """What the retrieved passages hold of the gold, rank by rank, down to the last that does."""
    held, _ = found_items(result, answer)
    while held and not held[-1]:
        held.pop()
    return held
