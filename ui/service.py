"""What the pages and the API share: the assistant, what is kept, and the limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.assistant import Assistant
from rag.llm.stop import Stop
from rag.settings import Settings
from rag.types import Done, Event
from ui.asking import Answering, Gate
from ui.conversations import Conversations
from ui.feedback import Feedback
from ui.logs import note
from ui.rates import Rate
from ui.shelves import Shelving, quoting
from ui.state import State
from ui.suggestions import Suggestions
from ui.turns import Turn
from ui.uploads import Uploads
from ui.users import Person


@dataclass(frozen=True, slots=True)
class Refused(Done):
    """The answer is whole, and a refusal: with questions that the documents do answer."""

    suggestions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One server's parts."""

    assistant: Answering
    settings: Settings
    gate: Gate
    rate: Rate
    conversations: Conversations
    feedback: Feedback
    suggestions: Suggestions
    shelves: Shelving
    uploads: Uploads

    @property
    def addresses_allowed(self) -> bool:
        """Whether web pages may be added by their address."""
        return bool(self.settings.web_hosts)

    @classmethod
    def over(
        cls, assistant: Answering, shelves: Shelving, settings: Settings, *, limited: bool
    ) -> Service:
        """The service over an open assistant.

        Args:
            assistant: Whom to ask.
            shelves: Its library.
            settings: Where to keep what is kept, and the limits.
            limited: Whether people are told apart, so that each one's questions can be counted.
        """
        state = State(settings.state_folder)
        return cls(
            assistant=assistant,
            settings=settings,
            gate=Gate(),
            rate=Rate(settings.questions_a_minute if limited else None),
            conversations=Conversations(state),
            feedback=Feedback(state),
            suggestions=Suggestions(
                quoting(assistant) if isinstance(assistant, Assistant) else assistant,
                shelves.edition,
                shelves.headings,
            ),
            shelves=shelves,
            uploads=Uploads(shelves, settings.state_folder / "uploads"),
        )

    def stream(
        self, question: str, turn: Turn, earlier: tuple[Turn, ...], stop: Stop
    ) -> Iterator[Event]:
        """Answer `question` as it grows, after what its conversation has said already.

        Only the documents that its turn is narrowed to are asked. A refusal ends in `Refused`:
        what to suggest takes answers of its own, which the gate is to count with the question.
        """
        documents = [each.id for each in turn.documents] or None
        history = [each.answer for each in earlier if each.answer is not None]
        stream = self.assistant.stream(question, documents=documents, history=history, stop=stop)
        for event in stream:
            if isinstance(event, Done) and event.answer.refused:
                yield Refused(event.answer, self.suggestions.near(event.answer, documents))
            else:
                yield event

    def note_question(self, event: str, person: Person, question: str, **fields: object) -> None:
        """Write down that a question was asked, with its text only where that is wanted."""
        if self.settings.log_questions:
            fields["question"] = question
        note(event, person=person.name, **fields)
