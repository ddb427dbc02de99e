"""A conversation: questions that may lean on the ones before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bilingual.name_matching import evidence_keys, is_found
from bilingual.names import names_in
from bilingual.orthography import fold
from bilingual.texts import text
from rag.checking.figures import values
from rag.errors import LLMError
from rag.followups import Past, Words, asks_for_others, may_lean, standing_alone
from rag.types import Answer, Done, Event, Question

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.assistant import Assistant
    from rag.llm.stop import Stop

# Makes a checked question of text, as `Assistant.read` does.
Read = Callable[[str], Question]

# Of an answer, as much as a rewrite may need; of a conversation, what fits beside it.
_ANSWER_CHARS = 600
_REWRITE_DEADLINE_S = 20.0
_LONGER = 3.0  # times the question and the last one together
_LABEL = re.compile(r"^\W*(?:rewritten question|question|câu hỏi(?: viết lại)?)\s*:\s*", re.I)


class Conversation:
    """The questions of one person in one session, the last few remembered.

    Not shared between people: each has their own, so nothing of one reaches another. Use it from
    one thread at a time.
    """

    def __init__(self, assistant: Assistant) -> None:
        """Begin a conversation; it remembers `history_turns` of the assistant's settings."""
        self._assistant = assistant
        self._answers: list[Answer] = []

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What was answered, oldest first, as far as it is remembered."""
        return tuple(self._answers)

    def ask(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        stop: Stop | None = None,
    ) -> Answer:
        """Answer a question that may lean on earlier ones.

        Raises:
            QuestionError, StoreError, LLMError: As `Assistant.ask` does; the conversation is then
                as it was before.
        """
        for event in self.stream(question, documents=documents, stop=stop):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done or raises")

    def stream(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        stop: Stop | None = None,
    ) -> Generator[Event, None, None]:
        """The same step by step, as `Assistant.stream` does."""
        events = self._assistant.stream(
            question, documents=documents, stop=stop, history=self.answers
        )
        for event in events:
            if isinstance(event, Done):
                self._remember(event.answer)
            yield event

    def forget(self) -> None:
        """Begin anew."""
        self._answers.clear()

    def _remember(self, answer: Answer) -> None:
        kept = self._assistant.settings.history_turns
        self._answers = [*self._answers, answer][-kept:] if kept else []


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A question made to stand alone.

    Attributes:
        question: What is looked for in the documents.
        by: Who put in what it leaned on.
        failure: Why a model's rewrite was not taken, where the rules had to do.
        told: Sentences that are not wanted again: "who else?" asks for others.
    """

    question: str
    by: str
    failure: str | None = None
    told: Sequence[str] = ()

    def to_dict(self) -> dict[str, str | None]:
        """The rewrite as an answer's trace has it."""
        return {"question": self.question, "by": self.by, "failure": self.failure}


def rewrite_by_rules(
    asked: Question, history: Sequence[Answer], read: Read, words_of: Words
) -> Rewrite | None:
    """`asked` made to stand alone by rule; None where it does already."""
    past = _last(history, read, words_of)
    if past is None:
        return None
    found = standing_alone(asked, past, words_of)
    if found is None or fold(found) == fold(asked.text):
        return None
    return Rewrite(found, "rules", told=_told_before(asked, history, read, words_of))


def _told_before(
    asked: Question, history: Sequence[Answer], read: Read, words_of: Words
) -> list[str]:
    """What was told when others are asked for, now or turn after turn."""
    told: list[str] = []
    for _, answer in _with_words(history, read, words_of):
        if not asks_for_others(asked):
            break
        told += [claim.text for claim in answer.claims]
        asked = read(answer.question)
    return told


def _last(history: Sequence[Answer], read: Read, words_of: Words) -> Past | None:
    """The last turn that has anything to lean on."""
    for question, answer in _with_words(history, read, words_of):
        return Past(question, " ".join(claim.text for claim in answer.claims))
    return None


def _with_words(
    history: Sequence[Answer], read: Read, words_of: Words
) -> Iterator[tuple[Question, Answer]]:
    """The turns that ask for something, the last one first."""
    for answer in reversed(history):
        question = read(answer.standalone or answer.question)
        if words_of(question):
            yield question, answer


def rewrite_by_model(
    asked: Question,
    history: Sequence[Answer],
    llm: LLM,
    *,
    endpoint: str,
    deadline_s: float,
    words_of: Words,
    stop: Stop | None = None,
) -> str | None:
    """`asked` made to stand alone by a language model; None where nothing suggests that it leans.

    Raises:
        LLMError: The model gave nothing that can be used.
    """
    from rag.llm.cleaning import clean
    from rag.llm.exchange import Exchange
    from rag.llm.prompt import defang
    from rag.llm.reply import stream_reply

    if not history or not may_lean(asked, words_of):
        return None
    language = asked.answer_language
    told = [(answer.standalone or answer.question, _told(answer)) for answer in history]
    turns = "\n\n".join(
        text("prompts.rewrite-turn", language, question=defang(question), answer=defang(said))
        for question, said in told
    )
    system = text("prompts.rewrite-system", language).strip()
    user = text("prompts.rewrite-user", language, turns=turns, question=defang(asked.text)).strip()
    exchange = Exchange(min(deadline_s, _REWRITE_DEADLINE_S), stop)
    said = clean("".join(stream_reply(llm, system, user, exchange, endpoint))).strip()
    made = _LABEL.sub("", " ".join(said.split())).strip("\"“”'` ")
    if fault := _fault(made, asked, told):
        raise LLMError(endpoint=endpoint, detail=f"rewrite: {fault}")
    return None if fold(made) == fold(asked.text) else made


def _told(answer: Answer) -> str:
    return (answer.refusal or " ".join(claim.text for claim in answer.claims))[:_ANSWER_CHARS]


def _fault(made: str, asked: Question, told: Sequence[tuple[str, str]]) -> str | None:
    """Why a model's rewrite cannot be a question of this conversation; None where it can."""
    if not any(char.isalnum() for char in made):
        return "empty"
    if len(made) > _LONGER * (len(asked.text) + len(told[-1][0])) + 40:
        return "too long"
    said = "\n".join([asked.text, *(part for turn in told for part in turn)])
    if {str(value) for value in values(made)} - {str(value) for value in values(said)}:
        return "a figure that nobody said"
    known = evidence_keys(said)
    for name in names_in(made, asked.answer_language):
        if not is_found(name, known, across=False):
            return "a name that nobody said"
    return None
