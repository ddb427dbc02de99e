"""Conversations, kept for the person whose they are. To everybody else they are not there."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ui.errors import ConversationMissingError
from ui.records import turn_from_dict, turn_to_dict
from ui.state import State
from ui.turns import Turn

TITLE_CHARS = 120
LISTED = 500
PARSED = 2048  # turns, some 40 KB each: the running conversations of an office


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a list of conversations shows.

    Attributes:
        changed_at: When it was last asked something, ISO 8601, UTC.
    """

    id: str
    title: str
    changed_at: str


class Conversations:
    """The conversations in the server's database. Safe to share between threads."""

    def __init__(self, state: State) -> None:
        self._state = state

    def of(self, person: str) -> list[Conversation]:
        """A person's conversations, the latest first."""
        with self._state.transaction() as connection:
            rows = connection.execute(
                "SELECT id, title, changed_at FROM conversations WHERE person = ?"
                " ORDER BY changed_at DESC, id LIMIT ?",
                (person, LISTED),
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def begin(self, person: str, question: str) -> str:
        """A new conversation, named after its first question; its id."""
        made = secrets.token_urlsafe(12)
        with self._state.transaction() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)",
                (made, person, _title(question), now()),
            )
        return made

    def get(self, person: str, conversation: str) -> Conversation:
        """One conversation.

        Raises:
            ConversationMissingError: That person has none of that id.
        """
        with self._state.transaction() as connection:
            return _own(connection, person, conversation)

    def turns(self, person: str, conversation: str) -> tuple[Turn, ...]:
        """The turns of a conversation, oldest first, each with how it was rated.

        Raises:
            ConversationMissingError: That person has none of that id.
        """
        with self._state.transaction() as connection:
            _own(connection, person, conversation)
            rows = connection.execute(
                "SELECT turns.content, feedback.rating FROM turns"
                " LEFT JOIN feedback ON feedback.id = turns.id"
                " WHERE conversation = ? ORDER BY number",
                (conversation,),
            ).fetchall()
        return tuple(replace(_parsed(content), rating=rating) for content, rating in rows)

    def add(self, person: str, conversation: str, turn: Turn, *, again: bool = False) -> None:
        """Keep a new turn, after the last one or in its place.

        Raises:
            ConversationMissingError: That person has none of that id, or no longer.
        """
        with self._state.transaction() as connection:
            _own(connection, person, conversation)
            (last,) = connection.execute(
                "SELECT COALESCE(MAX(number), 0) FROM turns WHERE conversation = ?", (conversation,)
            ).fetchone()
            connection.execute(
                "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)",
                (conversation, max(last, 1) if again else last + 1, turn.id, _content(turn)),
            )
            connection.execute(
                "UPDATE conversations SET changed_at = ? WHERE id = ?", (now(), conversation)
            )

    def update(self, person: str, conversation: str, turn: Turn) -> None:
        """Keep a turn as it is now; one that was asked again meanwhile stays gone.

        Raises:
            ConversationMissingError: That person has none of that id, or no longer.
        """
        with self._state.transaction() as connection:
            _own(connection, person, conversation)
            connection.execute(
                "UPDATE turns SET content = ? WHERE conversation = ? AND id = ?",
                (_content(turn), conversation, turn.id),
            )

    def rename(self, person: str, conversation: str, title: str) -> Conversation:
        """Give a conversation another name; an empty one changes nothing.

        Raises:
            ConversationMissingError: That person has none of that id.
        """
        with self._state.transaction() as connection:
            _own(connection, person, conversation)
            if named := _title(title):
                connection.execute(
                    "UPDATE conversations SET title = ? WHERE id = ?", (named, conversation)
                )
            return _own(connection, person, conversation)

    def delete(self, person: str, conversation: str) -> None:
        """Delete a conversation; feedback that was given on it stays.

        Raises:
            ConversationMissingError: That person has none of that id.
        """
        with self._state.transaction() as connection:
            _own(connection, person, conversation)
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def forget(self, person: str) -> None:
        """Delete everything that a person asked: the next of that name is somebody else."""
        with self._state.transaction() as connection:
            connection.execute("DELETE FROM conversations WHERE person = ?", (person,))


def now() -> str:
    """The time, to the microsecond, so that what came later sorts later."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def as_dict(conversation: Conversation, turns: tuple[Turn, ...]) -> dict[str, Any]:
    """A whole conversation as JSON: each turn as it is kept."""
    return {
        "id": conversation.id,
        "title": conversation.title,
        "changed_at": conversation.changed_at,
        "turns": [turn_to_dict(turn) for turn in turns],
    }


def _own(connection: sqlite3.Connection, person: str, conversation: str) -> Conversation:
    row = connection.execute(
        "SELECT id, title, changed_at FROM conversations WHERE id = ? AND person = ?",
        (conversation, person),
    ).fetchone()
    if row is None:
        raise ConversationMissingError
    return Conversation(*row)


@lru_cache(maxsize=PARSED)
def _parsed(content: str) -> Turn:
    """A turn as it was kept: each question of a conversation reads all the turns before it."""
    return turn_from_dict(json.loads(content), None)


def _content(turn: Turn) -> str:
    return json.dumps(turn_to_dict(turn), ensure_ascii=False)


def _title(text: str) -> str:
    """A text as a name: one line, not too long."""
    line = " ".join(text.encode("utf-8", "replace").decode().replace("\0", "").split())
    return line if len(line) <= TITLE_CHARS else line[: TITLE_CHARS - 1].rstrip() + "…"
