import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from gradio import EventData

from bilingual.texts import InterfaceLanguage
from rag.llm.stop import Stop
from rag.settings import Settings
from rag.types import Answer, Event, Found, Text
from tests.ui.fakes import NOT_SIGNED, ScriptedAssistant, ScriptedShelves, hit
from ui.asking import Answering, Asking, Gate
from ui.errors import BusyError
from ui.language import preferred
from ui.page import Asked, Handlers
from ui.service import Service
from ui.turns import Turn
from ui.users import LOCAL

MakeHandlers = Callable[..., Handlers]


def run(work: Callable[[], Coroutine[object, object, None]]) -> None:
    # In a thread of its own: a browser test before this one may have left a loop in the main one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


@pytest.fixture
def handlers(tmp_path: Path) -> Callable[..., Handlers]:
    def handlers(assistant: Answering, gate: Gate | None = None) -> Handlers:
        settings = Settings(library=tmp_path / "library")
        service = Service.over(assistant, ScriptedShelves(), settings, limited=False)
        return Handlers(replace(service, gate=gate) if gate else service)

    return handlers


async def turns_of(handlers: Handlers, question: str, session: str = "s") -> list[Turn]:
    following = handlers.follow(Asked(question, "vi"), LOCAL, session)
    return [turn async for _, _, turn in following]


def test_a_question_passes_through_its_stages(handlers: MakeHandlers) -> None:
    async def work() -> None:
        asked_of = handlers(ScriptedAssistant())
        turns = await turns_of(asked_of, "Nước nào không ký?")
        assert (turns[0].stage, turns[-1].stage) == ("waiting", "done")

    run(work)


@pytest.mark.parametrize(
    ("question", "code", "claims"),
    [
        (" ", "question-empty", 0),
        ("hỏng?", "llm-unreachable", 1),
        ("crash", "unexpected", 0),
        ("?\ud800", "question-unreadable", 0),
    ],
)
def test_an_error_ends_the_turn_and_keeps_only_whole_sentences(
    handlers: MakeHandlers, question: str, code: str, claims: int
) -> None:
    async def work() -> None:
        last = (await turns_of(handlers(ScriptedAssistant()), question))[-1]
        assert (last.stage, len(last.claims)) == ("failed", claims)
        assert last.question == question.replace("\ud800", "?")
        assert last.error is not None
        assert last.error.code == code

    run(work)


def test_stopping_is_immediate_and_closes_the_stream() -> None:
    async def work() -> None:
        assistant = ScriptedAssistant()
        asking = Asking(lambda stop: assistant.stream("slow"), Gate())
        began = time.perf_counter()
        asyncio.get_running_loop().call_later(0.2, asking.stop)
        async for _ in asking.batches():
            pass
        assert time.perf_counter() - began < 1
        assert await asyncio.to_thread(assistant.closed.wait, 2)

    run(work)


def test_stopping_hangs_up_on_a_stream_that_says_nothing() -> None:
    async def work() -> None:
        hung_up = threading.Event()

        def silent(stop: Stop) -> Iterator[Event]:
            stop.on_press(hung_up.set)
            yield Found(())
            assert hung_up.wait(5)
            yield Text("late")

        asking = Asking(silent, Gate())
        began = time.perf_counter()
        asyncio.get_running_loop().call_later(0.2, asking.stop)
        batches = [batch async for batch in asking.batches()]
        assert time.perf_counter() - began < 1
        assert batches == [[Found(())]]
        assert hung_up.is_set()

    run(work)


def test_a_question_can_be_stopped_before_it_is_under_way(handlers: MakeHandlers) -> None:
    class Request:
        session_hash = "s"

    async def work() -> None:
        assistant = ScriptedAssistant()
        asked_of = handlers(assistant)
        turns = asked_of.follow(Asked("Nước nào không ký?", "vi"), LOCAL, "s")
        assert (await anext(turns))[2].stage == "waiting"
        await asked_of.stop(EventData(None, {}), Request())  # type: ignore[arg-type]
        ends = [turn async for _, _, turn in turns]
        assert [(turn.stage, len(turn.claims)) for turn in ends] == [("stopped", 0)]
        assert (await turns_of(asked_of, "Nước nào không ký?"))[-1].stage == "done"

    run(work)


def test_going_away_closes_the_stream(handlers: MakeHandlers) -> None:
    async def work() -> None:
        assistant = ScriptedAssistant()
        turns = handlers(assistant).follow(Asked("slow", "vi"), LOCAL, "s")
        await anext(turns)
        await anext(turns)
        await turns.aclose()
        assert await asyncio.to_thread(assistant.closed.wait, 2)

    run(work)


def test_beyond_the_gate_people_are_told_that_it_is_busy(handlers: MakeHandlers) -> None:
    async def work() -> None:
        gate = Gate(at_once=1, waiting=1)
        asked_of = handlers(ScriptedAssistant(pause_s=0.02), gate)
        asked = [turns_of(asked_of, "Nước nào?", str(number)) for number in range(3)]
        ends = [turns[-1] for turns in await asyncio.gather(*asked)]
        assert sorted(turn.stage for turn in ends) == ["done", "done", "failed"]
        assert [type(turn.error) for turn in ends if turn.error] == [BusyError]
        assert (await turns_of(asked_of, "Nước nào?"))[-1].stage == "done"

    run(work)


class Counting(ScriptedAssistant):
    """Knows the threads that answer; what it refuses comes near to a section.

    Attributes:
        most: How many of them there were at once, at most.
    """

    def __init__(self) -> None:
        super().__init__(pause_s=0.001)
        self.most = 0
        self._threads: set[int] = set()

    def _script(self, question: str) -> Iterator[Event]:
        self._threads.add(threading.get_ident())
        self.most = max(self.most, len(self._threads))
        try:
            yield from super()._script(question)
        finally:
            self._threads.discard(threading.get_ident())

    def _refusal(self, question: str) -> Answer:
        near = hit(NOT_SIGNED)
        section = replace(near.passage, section="Tuyên bố chung ở Paris › Ai ký, ai không")
        return replace(super()._refusal(question), hits=(replace(near, passage=section),))


def test_what_is_suggested_after_a_refusal_is_found_within_the_gate(
    handlers: MakeHandlers,
) -> None:
    async def work() -> None:
        assistant = Counting()
        asked_of = handlers(assistant, Gate(at_once=1))
        asked = [turns_of(asked_of, "How far is the moon?", str(number)) for number in range(4)]
        ends = [turns[-1] for turns in await asyncio.gather(*asked)]
        assert [(turn.stage, len(turn.suggestions)) for turn in ends] == [("done", 1)] * 4
        assert len(assistant.asked) > len(asked)
        assert assistant.most == 1

    run(work)


def test_going_away_while_waiting_gives_the_place_up(handlers: MakeHandlers) -> None:
    async def work() -> None:
        gate = Gate(at_once=1, waiting=1)
        async with gate:
            waiting = Asking(lambda stop: ScriptedAssistant().stream("x"), gate)
            asyncio.get_running_loop().call_later(0.05, waiting.stop)
            assert [batch async for batch in waiting.batches()] == []
            await asyncio.sleep(0)
        async with gate, asyncio.timeout(1), asyncio.TaskGroup() as group:
            group.create_task(turns_of(handlers(ScriptedAssistant()), "x"))

    run(work)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-GB,vi;q=0.9", "en"),
        ("fr,vi;q=0.5,en;q=0.4", "vi"),
        ("vi;q=0,en;q=0.1", "en"),
        ("vi;q=x", "en"),
        ("*", "en"),
    ],
)
def test_the_browser_says_which_language_it_likes(
    header: str | None, language: InterfaceLanguage
) -> None:
    assert preferred(header) == language
