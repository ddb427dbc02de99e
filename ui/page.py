"""The chat page: Gradio carries the events, our own HTML, CSS and script are what people see."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported
# After each event Gradio sums up the last 10,000 with pandas, for a page that is not served.
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "1")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", str(10**9))

import gradio as gr

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage
from ui.asking import Asking
from ui.frame import composer, dialogs, evidence_panel, header
from ui.language import as_language
from ui.logs import note
from ui.render import turn_html, turns_html, welcome
from ui.service import Refused, Service
from ui.turns import Narrowed, Turn
from ui.users import Person
from vectorstore.errors import DocumentMissingError

log = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")
# The HTML that Gradio first sends is the same for everybody; the script relabels it before it is
# painted.
FIRST: InterfaceLanguage = "vi"
# Events that Gradio works on at once, and keeps waiting: far beyond our own gate's room, so that
# the gate decides who is told "busy". At Gradio's usual 40 it never fills; the rest wait unseen.
QUEUE_EVENTS = 512
# `page.js` raises these on the question box; Gradio hears them on the component around it.
_FORWARD = """
for (const name of ['submit', 'stop', 'clear']) {
  element.addEventListener('trichdan:' + name, (event) => trigger(name, event.detail));
}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page sends along with a question.

    Attributes:
        conversation: Where it belongs; None begins a new one.
        documents: Ids of the documents it is narrowed to; empty for all.
        again: Whether it takes the place of the conversation's last question.
        turn: Id of the turn to stop, where it is not this page's own.
    """

    question: str
    language: InterfaceLanguage
    conversation: str | None = None
    documents: tuple[str, ...] = ()
    again: bool = False
    turn: str | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Asked:
        """What an event says; whatever is not as it should be counts as not said."""
        named, chosen, turn = map(event.get, ("conversation", "documents", "turn"))
        return cls(
            # What JSON lets through and UTF-8 does not is shown as "?"; the assistant refuses it.
            question=str(event.get("question", "")),
            language=as_language(event.get("language")),
            conversation=named if isinstance(named, str) and named else None,
            documents=tuple(map(str, chosen)) if isinstance(chosen, list) else (),
            again=event.get("again") is True,
            turn=turn if isinstance(turn, str) else None,
        )


class Handlers:
    """What answers the page's events. What is kept is kept by the service; here nothing is."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._running: dict[str, Asking] = {}
        # By the person and the turn, for the person's other windows.
        self._answering: dict[tuple[str, str], Asking] = {}

    async def ask(
        self, event: gr.EventData, request: gr.Request
    ) -> AsyncGenerator[tuple[object, str], None]:
        """Answer the question in `event`: the turns before it once, its own at every step."""
        asked, person = Asked.of(event._data), _person(request)
        growing = self.follow(asked, person, request.session_hash)
        before: object = None
        async with aclosing(growing):
            async for earlier, conversation, turn in growing:
                number = len(earlier) + 1
                shown = turn_html(turn, number, asked.language, conversation)
                if before is None:
                    before = turns_html(earlier, asked.language)
                    yield before, shown
                else:
                    yield gr.skip(), shown

    async def follow(
        self, asked: Asked, person: Person, session: str | None
    ) -> AsyncGenerator[tuple[tuple[Turn, ...], str, Turn], None]:
        """The turn of a question as it grows, with its conversation, to one of its ends.

        The turn is kept as soon as it begins and again when it ends, also where its reader went
        away.
        """
        began = time.perf_counter()
        turn = Turn(asked.question.encode("utf-8", "replace").decode("utf-8"))
        earlier: tuple[Turn, ...] = ()
        conversation = ""
        asking = Asking(
            lambda stop: self._service.stream(asked.question, turn, earlier, stop),
            self._service.gate,
        )
        key = session or str(id(asking))
        self._running[key] = asking  # from now on it can be stopped
        self._answering[person.name, turn.id] = asking
        try:
            conversation, earlier = await asyncio.to_thread(self._before, asked, person)
            self._service.rate.take(person.name)
            turn = replace(turn, documents=await asyncio.to_thread(self._narrowed, asked))
            conversation = await asyncio.to_thread(self._begin, asked, person, conversation, turn)
            yield earlier, conversation, turn
            growing = self._grow(asking, turn)
            async with aclosing(growing):
                async for turn in growing:
                    yield earlier, conversation, turn
            if turn.open:
                turn = turn.stopped()
                yield earlier, conversation, turn
        except TrichdanError as exc:
            turn = turn.failed(exc)
            yield earlier, conversation, turn
        except Exception:
            log.exception("a question failed unexpectedly")
            turn = turn.failed(TrichdanError())
            yield earlier, conversation, turn
        finally:
            if self._running.get(key) is asking:
                del self._running[key]
            # In a thread, since another process may have locked the database; shielded, since a
            # reader who goes away may cancel this as well.
            try:
                await asyncio.shield(asyncio.to_thread(self._keep, person, conversation, turn))
            finally:
                del self._answering[person.name, turn.id]
            self._service.note_question(
                "asked", person, turn.question, stage=turn.stage,
                seconds=round(time.perf_counter() - began, 3),
                refused=turn.answer.refused if turn.answer else None,
                error=turn.error.code if turn.error else None,
            )  # fmt: skip

    async def _grow(self, asking: Asking, turn: Turn) -> AsyncGenerator[Turn, None]:
        """The turn after each batch of the assistant's events."""
        async with aclosing(asking.batches()) as batches:
            async for batch in batches:
                for event in batch:
                    turn = turn.after(event)
                    if isinstance(event, Refused):
                        turn = replace(turn, suggestions=tuple(event.suggestions))
                yield turn
                if not turn.open:
                    return

    def _narrowed(self, asked: Asked) -> tuple[Narrowed, ...]:
        """The documents that the question is narrowed to; those that are gone are left out.

        Raises:
            DocumentMissingError: All of them are gone; none must not be taken for all there are.
        """
        if not asked.documents:
            return ()
        wanted = set(asked.documents)
        narrowed = tuple(
            Narrowed(document.id, document.title)
            for document in self._service.assistant.documents()
            if document.id in wanted
        )
        if not narrowed:
            raise DocumentMissingError(document=asked.documents[0])
        return narrowed

    def _before(self, asked: Asked, person: Person) -> tuple[str, tuple[Turn, ...]]:
        """The conversation that the question names, with the turns before it."""
        if asked.conversation is None:
            return "", ()
        turns = self._service.conversations.turns(person.name, asked.conversation)
        return asked.conversation, turns[:-1] if asked.again else turns

    def _begin(self, asked: Asked, person: Person, conversation: str, turn: Turn) -> str:
        """Keep the turn in its conversation, a new one where none was named."""
        kept = self._service.conversations
        conversation = conversation or kept.begin(person.name, turn.question)
        kept.add(person.name, conversation, turn, again=asked.again)
        return conversation

    def _keep(self, person: Person, conversation: str, turn: Turn) -> None:
        """Keep a turn as it ended; a conversation deleted meanwhile stays deleted."""
        if not conversation:
            return
        try:
            ended = turn.stopped() if turn.open else turn
            self._service.conversations.update(person.name, conversation, ended)
        except TrichdanError as error:
            note("not-kept", person=person.name, code=error.code)

    async def stop(self, event: gr.EventData, request: gr.Request) -> None:
        """End the session's running answer, or the one of another window that it shows."""
        asking = self._running.get(request.session_hash or "")
        if asking is None and (turn := Asked.of(event._data).turn):
            asking = self._answering.get((_person(request).name, turn))
        if asking is not None:
            asking.stop()

    async def open(self, event: gr.EventData, request: gr.Request) -> tuple[str, str]:
        """Show a conversation that was kept; without one, begin anew."""
        asked, person = Asked.of(event._data), _person(request)
        turns: tuple[Turn, ...] = ()
        if asked.conversation is not None:
            try:
                turns = await asyncio.to_thread(
                    self._service.conversations.turns, person.name, asked.conversation
                )
            except TrichdanError as error:
                note("not-opened", person=person.name, code=error.code)
        if not turns:
            return "", welcome(asked.language, missing=asked.conversation is not None)
        last = turn_html(
            self.underway(turns[-1], person), len(turns), asked.language, asked.conversation or ""
        )
        return turns_html(turns[:-1], asked.language), last

    def underway(self, turn: Turn, person: Person) -> Turn:
        """A turn that was kept; one that is being answered for another window is not stopped."""
        if turn.stage == "stopped" and (person.name, turn.id) in self._answering:
            return replace(turn, stage="waiting")
        return turn


def _person(request: gr.Request) -> Person:
    """Who makes a request; the door has put the person into it."""
    assert request.request is not None
    person = request.request.scope["user"]
    assert isinstance(person, Person)
    return person


def build_page(service: Service) -> gr.Blocks:
    """The page as Gradio Blocks, ready to be mounted."""
    handlers = Handlers(service)
    page: gr.Blocks
    with gr.Blocks(title="Trichdan", analytics_enabled=False, fill_width=True) as page:
        with gr.Column(elem_id="trichdan"):
            _html(header(FIRST), "bar")
            with gr.Column(elem_id="conversation"):
                before = _html("", "before")
                now = _html(welcome(FIRST), "now")
            box = _html(composer(FIRST), "composer", _FORWARD)
            _html(evidence_panel(FIRST), "evidence")
            _html(dialogs(FIRST), "dialogs")
        box.submit(
            handlers.ask,
            outputs=[before, now],
            show_progress="hidden",
            concurrency_limit=None,  # the gate bounds it, and says so politely
            # "once" would silently drop a question asked while the last answer's event is ending.
            trigger_mode="multiple",
            api_visibility="private",
        )
        box.stop(handlers.stop, queue=False, show_progress="hidden", api_visibility="private")
        box.clear(
            handlers.open,
            outputs=[before, now],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    page.max_threads = QUEUE_EVENTS
    page.queue(max_size=QUEUE_EVENTS)
    return page


def _html(value: str, elem_id: str, script: str | None = None) -> gr.HTML:
    """A part of the page in our own HTML, without Gradio's dress."""
    return gr.HTML(
        value, elem_id=elem_id, js_on_load=script, apply_default_css=False, padding=False
    )
