"""Thumbs from the chat as questions of a set: drafts, with the passages of the answer frozen.

Reads the record that `trichdan feedback` gives, one JSON object a line; see docs/feedback.md. What
people wrote beside a thumb goes into the draft's note, for whoever accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bilingual.language import identify
from bilingual.orthography import nfc
from evals.errors import FeedbackError, SetMissingError
from evals.evidence import file_name
from evals.questions import Evidence, GoldQuestion
from evals.set_files import parsed

_FORMAT = "trichdan-feedback/1"
_NOTED = ("reason", "comment", "right_answer")


def read_feedback(path: Path, *, also_up: bool = False) -> list[GoldQuestion]:
    """A draft for each thumb down, and on request for each thumb up.

    A thumb down for an answer that should have been a refusal becomes an unanswerable question;
    elsewhere the gold quotes are left to the person who accepts the draft.

    Raises:
        SetMissingError: There is no such file.
        FeedbackError: It is not a record of feedback; the error names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError as exc:
        raise SetMissingError(path=path) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise FeedbackError(path=path, line=1, detail=exc) from exc
    found: dict[str, GoldQuestion] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = parsed(line)
            if values["format"] != _FORMAT:
                raise ValueError(f"format {values['format']!r}, not {_FORMAT!r}")
            if values["rating"] == "down" or also_up:
                question = _draft(values)
                found[question.id] = question
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
            detail = f"{type(exc).__name__}: {exc}"
            raise FeedbackError(path=path, line=number, detail=detail) from exc
    return list(found.values())


def _draft(values: Mapping[str, Any]) -> GoldQuestion:
    answerable = values["reason"] != "should-refuse"
    if values["rating"] == "up":
        answerable = not values["answer"]["refused"]
    cited = _cited(values["passages"]) if values["rating"] == "up" else ()
    return GoldQuestion(
        id=f"feedback-{values['id']}",
        question=nfc(values["question"]).strip(),
        language=identify(values["question"]),
        document_language=None,
        kind="feedback",
        answerable=answerable,
        # Of an answer that was liked the cited sentences are the first guess at the evidence.
        evidence=cited if answerable else (),
        answers=(),
        tags=tuple(filter(None, ("feedback", values["reason"]))),
        turns=tuple(nfc(turn["question"]).strip() for turn in values["history"]),
        frozen=tuple(
            Evidence(file_name(passage["source"]), passage["text"])
            for passage in values["passages"]
        ),
        draft=True,
        note=_note(values),
    )


def _cited(passages: Sequence[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    found = {
        (file_name(passage["source"]), quote["quote"]): None
        for passage in passages
        for quote in passage["quotes"]
    }
    return tuple(Evidence(document, quote) for document, quote in found)


def _note(values: Mapping[str, Any]) -> str:
    """What the person said, and what they were shown."""
    answer = values["answer"]
    said = [f"{name}: {values[name]}" for name in _NOTED if values.get(name)]
    claims = " ".join(claim["text"] for claim in answer["claims"])
    shown = answer["refusal"] or claims
    return nfc("\n".join([f"{values['rating']} {values['at']}", *said, f"answer: {shown}"]))
