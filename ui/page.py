"""The chat page: Gradio carries the events, our own HTML, CSS and script are what people see."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # read when gradio is imported

import gradio as gr

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage
from ui.asking import Answering, Asking, Gate
from ui.frame import composer, evidence_panel, header
from ui.language import as_language
from ui.rates import Rate
from ui.render import conversation
from ui.turns import Turn
from ui.users import Person

log = logging.getLogger(__name__)

Turns = tuple[Turn, ...]

STATIC = Path(__file__).with_name("static")
# The HTML that Gradio first sends is the same for everybody; the script relabels it before it is
# painted.
FIRST: InterfaceLanguage = "vi"
# Beyond our own gate's room, as a last wall.
QUEUE_EVENTS = 512
# `page.js` raises these on the question box; Gradio hears them on the component around it.
_FORWARD = """
for (const name of ['submit', 'stop', 'clear']) {
  element.addEventListener('trichdan:' + name, (event) => trigger(name, event.detail));
}
"""


class Conversations:
    """The handlers behind the page; state is each session's own."""

    def __init__(self, assistant: Answering, gate: Gate, rate: Rate) -> None:
        self._assistant, self._gate, self._rate = assistant, gate, rate
        self._running: dict[str, Asking] = {}

    async def ask(
        self, turns: Turns, event: gr.EventData, request: gr.Request
    ) -> AsyncGenerator[tuple[str, Turns], None]:
        """Answer the question in `event`, the conversation shown anew at every step."""
        language = as_language(event._data.get("language"))
        question = str(event._data.get("question", ""))
        person = _person(request)
        async with aclosing(self.follow(question, person, request.session_hash)) as growing:
            async for turn in growing:
                grown = (*turns, turn)
                yield conversation(grown, language), grown

    async def follow(
        self, question: str, person: Person, session: str | None
    ) -> AsyncGenerator[Turn, None]:
        """The turn of `question` as it grows, to one of its ends."""
        # What JSON lets through and UTF-8 does not is shown as "?"; the assistant refuses it.
        turn = Turn(question.encode("utf-8", "replace").decode("utf-8"))
        asking = Asking(lambda stop: self._assistant.stream(question, stop=stop), self._gate)
        key = session or str(id(asking))
        self._running[key] = asking
        try:
            yield turn
            self._rate.take(person.name)
            async with aclosing(asking.batches()) as batches:
                async for batch in batches:
                    for event in batch:
                        turn = turn.after(event)
                    yield turn
                    if not turn.open:
                        return
            if turn.open:
                yield turn.stopped()
        except TrichdanError as exc:
            yield turn.failed(exc)
        except Exception:
            log.exception("a question failed unexpectedly")
            yield turn.failed(TrichdanError())
        finally:
            if self._running.get(key) is asking:
                del self._running[key]

    async def stop(self, request: gr.Request) -> None:
        """End the session's running answer."""
        if asking := self._running.get(request.session_hash or ""):
            asking.stop()

    async def clear(self, event: gr.EventData) -> tuple[str, Turns]:
        """Begin a new conversation."""
        return conversation((), as_language(event._data.get("language"))), ()


def _person(request: gr.Request) -> Person:
    """Who makes a request; the door has put the person into it."""
    assert request.request is not None
    person = request.request.scope["user"]
    assert isinstance(person, Person)
    return person


def build_page(assistant: Answering, gate: Gate, rate: Rate) -> gr.Blocks:
    """The page as Gradio Blocks, ready to be mounted."""
    handlers = Conversations(assistant, gate, rate)
    page: gr.Blocks
    with gr.Blocks(title="Trichdan", analytics_enabled=False, fill_width=True) as page:
        turns = gr.State(())
        with gr.Column(elem_id="trichdan"):
            _html(header(FIRST), "bar")
            shown = _html(conversation((), FIRST), "conversation")
            box = _html(composer(FIRST), "composer", _FORWARD)
            _html(evidence_panel(FIRST), "evidence")
        box.submit(
            handlers.ask,
            inputs=[turns],
            outputs=[shown, turns],
            show_progress="hidden",
            concurrency_limit=None,  # the gate bounds it, and says so politely
            # "once" would silently drop a question asked while the last answer's event is ending.
            trigger_mode="multiple",
            api_visibility="private",
        )
        box.stop(handlers.stop, queue=False, show_progress="hidden", api_visibility="private")
        box.clear(
            handlers.clear,
            outputs=[shown, turns],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
    page.queue(max_size=QUEUE_EVENTS)
    return page


def _html(value: str, elem_id: str, script: str | None = None) -> gr.HTML:
    """A part of the page in our own HTML, without Gradio's dress."""
    return gr.HTML(
        value, elem_id=elem_id, js_on_load=script, apply_default_css=False, padding=False
    )
