"""Putting a question of a set to an assistant: with its conversation, or with frozen passages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Protocol

from evals.errors import FrozenMissingError
from evals.evidence import Library, Span, places_of
from evals.questions import GoldQuestion
from rag.assistant import Assistant
from rag.types import Answer, Hit, Question
from vectorstore.types import Document, Passage

# More than retrieval ever proposes: a frozen passage that is still found keeps its scores.
_EVERYTHING = 1000


class Asked(Library, Protocol):
    """What a run asks; `rag.assistant.Assistant` is one."""

    def ask(self, question: str) -> Answer:
        """The answer to `question`."""
        ...


class Watched(Assistant):
    """An assistant that keeps the question as retrieval got it, and may be given the passages.

    Attributes:
        asked: The question after its checks, standing alone, put right and with its marks restored;
            None until it was asked.
        first: What was looked for at first; passages may have it read again.
    """

    def __init__(self, like: Assistant, hits: Sequence[Hit] | None = None) -> None:
        """Answer as `like` does; with `hits`, from these passages and no others."""
        super().__init__(like.library, like.encoder, settings=like.settings, llm=like.llm)
        self.asked: Question | None = None
        self.first = ""
        self._given = hits

    def retrieve(self, question: Question, documents: Collection[str] | None = None) -> list[Hit]:
        """The given passages, or what retrieval finds."""
        self.asked = question
        self.first = self.first or question.marked
        if self._given is not None:
            return list(self._given)
        return super().retrieve(question, documents)


def earlier(assistant: Asked, question: GoldQuestion) -> list[Answer]:
    """The answers to the turns before the question, each asked with those before it.

    Raises:
        TrichdanError: As `Assistant.ask` does.
    """
    history: list[Answer] = []
    if isinstance(assistant, Assistant):
        for turn in question.turns:
            history.append(assistant.ask(turn, history=tuple(history)))
    return history


def put(
    assistant: Asked, question: GoldQuestion, history: Sequence[Answer] = ()
) -> tuple[Answer, Question | None, str]:
    """Ask a question of a set.

    Args:
        history: What `earlier` gave.

    Returns:
        The answer, the question as retrieval got it, and what was looked for at first, where the
        assistant is one of ours.

    Raises:
        TrichdanError: As `Assistant.ask` does, or frozen passages are no longer in the library.
    """
    if not isinstance(assistant, Assistant):
        return assistant.ask(question.question), None, ""
    hits: Sequence[Hit] | None = None
    if question.frozen:
        spans = [_place(passage.document, passage.quote, assistant) for passage in question.frozen]
        hits = hits_at(assistant, assistant.read(question.question), spans)
    watched = Watched(assistant, hits)
    if history:
        answer = watched.ask(question.question, history=history)
    else:
        answer = watched.ask(question.question)
    return answer, watched.asked, watched.first


def hits_at(assistant: Assistant, asked: Question, spans: Sequence[Span]) -> list[Hit]:
    """The passages at `spans` as retrieval for `asked` would give them, in that order.

    A passage that the library no longer cuts out in this way is made from the document's text.
    """
    settings = replace(assistant.settings, passages=_EVERYTHING)
    wide = Assistant(assistant.library, assistant.encoder, settings=settings)
    found = {
        Span(hit.document.id, hit.passage.start, hit.passage.end): hit
        for hit in wide.retrieve(asked)
    }
    documents = {document.id: document for document in assistant.documents()}
    return [found.get(span) or _made(span, documents[span.document], assistant) for span in spans]


def _made(span: Span, document: Document, library: Library) -> Hit:
    text = library.document_text(span.document)[span.start : span.end]
    passage = Passage(0, span.document, text, span.start, span.end, language=document.language)
    return Hit(passage, document, 0.0)


def _place(name: str, quote: str, library: Library) -> Span:
    if found := places_of(name, quote, library):
        return found[0]
    raise FrozenMissingError(document=name)
