"""A conversation's turns as values: a question and how far its answer has come."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from bilingual.errors import TrichdanError
from bilingual.language import identify
from bilingual.texts import InterfaceLanguage
from rag.types import Answer, Claim, ClaimClosed, Done, Event, Found, Hit, Text

Stage = Literal["waiting", "reading", "done", "stopped", "failed"]
Rating = Literal["up", "down"]

_MARKS = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]|\s*\[\d*$")
_CLOSING = '.!?…"”’)» '


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A document that a question was narrowed to."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with what is known of its answer.

    Attributes:
        question: As typed.
        stage: How far the answer is; "stopped" and "failed" are ends, as "done" is.
        hits: The retrieved passages, once found.
        claims: The sentences that are whole and checked.
        growing: The text of the sentence that is not whole yet, citation marks included.
        answer: The whole answer, in the stage "done" only.
        error: What went wrong, in the stage "failed" only.
        id: The turn's own, of which its feedback is.
        asked_at: ISO 8601, UTC.
        documents: Those that the question was narrowed to; empty for all.
        suggestions: After a refusal, questions that the documents do answer.
        rating: What its reader thought of it.
    """

    question: str
    stage: Stage = "waiting"
    hits: Sequence[Hit] = ()
    claims: Sequence[Claim] = ()
    growing: str = ""
    answer: Answer | None = None
    error: TrichdanError | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    asked_at: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    documents: Sequence[Narrowed] = ()
    suggestions: Sequence[str] = ()
    rating: Rating | None = None

    @property
    def language(self) -> InterfaceLanguage:
        """What the answer is written in, or would be."""
        return self.answer.language if self.answer else answer_language(self.question)

    @property
    def text(self) -> str:
        """As much of the answer as there is, as plain text."""
        if self.answer is not None:
            return self.answer.text
        return " ".join(claim.text for claim in self.claims)

    @property
    def open(self) -> bool:
        """Whether more of the answer may come."""
        return self.stage in ("waiting", "reading")

    def after(self, event: Event) -> Turn:
        """The turn once `event` has come."""
        match event:
            case Found(hits):
                return replace(self, stage="reading", hits=tuple(hits))
            case Text(text):
                return replace(self, stage="reading", growing=self.growing + text)
            case ClaimClosed(claim):
                return replace(
                    self,
                    claims=(*self.claims, claim),
                    growing=_rest(self.growing, claim.text),
                )
            case Done(answer):
                return replace(
                    self,
                    stage="done",
                    hits=tuple(answer.hits),
                    claims=tuple(answer.claims),
                    growing="",
                    answer=answer,
                )

    def stopped(self) -> Turn:
        """The turn after its reader stopped it: only whole sentences stay."""
        return replace(self, stage="stopped", growing="")

    def failed(self, error: TrichdanError) -> Turn:
        """The turn after `error`: only whole sentences stay."""
        return replace(self, stage="failed", growing="", error=error)


def answer_language(question: str) -> InterfaceLanguage:
    """The language that a question is to be answered in."""
    return "en" if identify(question) == "en" else "vi"


def without_marks(text: str) -> str:
    """`text` without citation marks such as `[2]`, also one that has only begun."""
    return _MARKS.sub("", text)


def _rest(growing: str, closed: str) -> str:
    """What of the growing text comes after the sentence that was closed."""
    sentence = without_marks(closed).strip().rstrip(_CLOSING)
    _, found, rest = without_marks(growing).partition(sentence)
    return rest.lstrip(_CLOSING) if found else ""
