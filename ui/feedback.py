"""What people thought of answers, each with the question, the answer and the passages, frozen.

The record's form is written down in `docs/feedback.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from rag.types import Hit
from ui.errors import TurnMissingError
from ui.state import State
from ui.turns import Rating, Turn

FORMAT = "trichdan-feedback/1"
Reason = Literal[
    "wrong", "incomplete", "wrong-source", "should-refuse", "should-answer", "language", "other"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
HISTORY = 10  # turns before it that a record holds


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says of an answer."""

    rating: Rating
    reason: Reason | None = None
    comment: str | None = None
    right_answer: str | None = None


class Feedback:
    """The feedback in the server's database. Safe to share between threads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def give(self, person: str, turns: Sequence[Turn], number: int, given: Given) -> None:
        """Keep what is said of the turn of that number, counted from 1; it replaces what was.

        Raises:
            TurnMissingError: There is no such turn, or it has no answer.
        """
        record = record_of(turns, number, given)
        with self._state.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO feedback VALUES (?, ?, ?, ?, ?)",
                (
                    record["id"],
                    person,
                    given.rating,
                    record["at"],
                    json.dumps(record, ensure_ascii=False),
                ),
            )

    def take_back(self, turns: Sequence[Turn], number: int) -> None:
        """Forget what was said of a turn.

        Raises:
            TurnMissingError: There is no such turn.
        """
        turn = _turn(turns, number)
        with self._state.transaction() as connection:
            connection.execute("DELETE FROM feedback WHERE id = ?", (turn.id,))

    def lines(self) -> Iterator[str]:
        """Every record as a line of JSON, oldest first."""
        with self._state.transaction() as connection:
            rows = connection.execute(
                "SELECT record FROM feedback ORDER BY given_at, id"
            ).fetchall()
        for (record,) in rows:
            yield f"{record}\n"


def record_of(turns: Sequence[Turn], number: int, given: Given) -> dict[str, Any]:
    """The record of what is said of a turn.

    Raises:
        TurnMissingError: There is no such turn, or it has no answer.
    """
    turn = _turn(turns, number)
    answer = turn.answer
    if turn.stage not in ("done", "stopped"):
        raise TurnMissingError
    down = given.rating == "down"
    return {
        "format": FORMAT,
        "id": turn.id,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "rating": given.rating,
        "reason": given.reason if down else None,
        "comment": _said(given.comment),
        "right_answer": _said(given.right_answer),
        "question": turn.question,
        "language": turn.language,
        "history": [
            {"question": earlier.question, "answer": earlier.text}
            for earlier in turns[: number - 1][-HISTORY:]
        ],
        "documents": [each.id for each in turn.documents] or None,
        "answer": {
            "stage": turn.stage,
            "refused": answer.refused if answer else False,
            "refusal": answer.refusal if answer else None,
            "missing": list(answer.missing) if answer else [],
            "claims": [asdict(claim) for claim in turn.claims],
        },
        "passages": [_passage(hit, turn) for hit in turn.hits],
    }


def _turn(turns: Sequence[Turn], number: int) -> Turn:
    if not 0 < number <= len(turns):
        raise TurnMissingError
    return turns[number - 1]


def _said(text: str | None) -> str | None:
    """A text without what is not text; None where nothing is left."""
    return (text or "").encode("utf-8", "replace").decode().strip() or None


def _passage(hit: Hit, turn: Turn) -> dict[str, Any]:
    document, passage = hit.document, hit.passage
    return {
        "document": document.id,
        "title": document.title,
        "source": document.source,
        "version": document.version,
        "language": passage.language,
        "section": passage.section,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": round(hit.score, 6),
        "quotes": [
            {"start": citation.start, "end": citation.end, "quote": citation.quote}
            for claim in turn.claims
            for citation in claim.citations
            if citation.document == document.id
            and passage.start <= citation.start
            and citation.end <= passage.end
        ],
    }
