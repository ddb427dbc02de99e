"""Asking without blocking the server: a bounded gate, and a stream that can be stopped.

The assistant is synchronous; each question runs in a thread of its own, and the event loop only
passes its events on. Stopping is immediate for the reader; it also presses the assistant's `Stop`,
which hangs up on a language model that is still silent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from types import TracebackType
from typing import Protocol

from rag.llm.stop import LLMStoppedError, Stop
from rag.types import Answer, Event
from ui.errors import BusyError
from vectorstore.types import Document

# Two cores answer four extractive questions at once without slowing each other much; an LLM
# endpoint seldom takes more. Sixty-four waiting is a minute's worth at 40 ms to 1 s an answer.
AT_ONCE = 4
WAITING = 64
# Reading speed needs no more than twenty updates a second, and each one costs a render.
BATCH_S = 0.05


class Answering(Protocol):
    """What the page asks: `rag.assistant.Assistant`, or a scripted one in a test."""

    def ask(self, question: str, *, documents: Collection[str] | None = None) -> Answer:
        """Answer `question` whole."""

    def stream(
        self,
        question: str,
        *,
        documents: Collection[str] | None = None,
        history: Sequence[Answer] = (),
        stop: Stop | None = None,
    ) -> Iterator[Event]:
        """Answer `question` as it grows; closing the iterator, or `stop`, ends the work."""

    def documents(self) -> Sequence[Document]:
        """The library's documents."""

    def document(self, document: str) -> Document:
        """One of them."""

    def document_text(self, document_id: str) -> str:
        """A document's normalised text."""


class Gate:
    """Lets a few questions be answered at once and some wait; turns the rest away.

    Used as `async with gate:`.

    Raises:
        BusyError: On entering, when too many wait already.
    """

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._room = at_once + waiting

    async def __aenter__(self) -> None:
        if self._room == 0:
            raise BusyError
        self._room -= 1
        try:
            await self._turns.acquire()
        except asyncio.CancelledError:
            self._room += 1
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._room += 1
        self._turns.release()


class Asking:
    """One question on its way: its events in batches, and the means to stop it.

    Attributes:
        stopped: Whether `stop` ended it before its own end.
    """

    def __init__(self, start: Callable[[Stop], Iterator[Event]], gate: Gate) -> None:
        self._start, self._gate = start, gate
        self._events: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
        self._stop = Stop()
        self._running = False
        self.stopped = False

    def stop(self) -> None:
        """End the batches now; call it from the event loop."""
        self.stopped = True
        self._stop.press()
        self._events.put_nowait(None)

    async def batches(self) -> AsyncGenerator[list[Event], None]:
        """The events as they come, those that came together in one list.

        Raises:
            TrichdanError: What the assistant raised, or `BusyError` from the gate.
        """
        work = asyncio.create_task(self._work())
        try:
            ended = False
            while not ended:
                batch, ended = await self._batch()
                if batch:
                    yield batch
                    await asyncio.sleep(BATCH_S)
        finally:
            self._stop.press()
            if not self._running:  # still before the gate: give the place up
                work.cancel()

    async def _batch(self) -> tuple[list[Event], bool]:
        """All events that are there, at least one, and whether they are the last."""
        batch: list[Event] = []
        item = await self._events.get()
        while True:
            if self.stopped or item is None:
                return batch, True
            if isinstance(item, BaseException):
                if batch:
                    self._events.put_nowait(item)
                    return batch, False
                raise item
            batch.append(item)
            if self._events.empty():
                return batch, False
            item = self._events.get_nowait()

    async def _work(self) -> None:
        """Pass the gate, then run the stream in a thread; the gate is held until it has ended."""
        try:
            async with self._gate:
                self._running = True
                await asyncio.to_thread(self._pump, asyncio.get_running_loop())
        except LLMStoppedError:
            self._events.put_nowait(None)
        except Exception as exc:  # noqa: BLE001 - raised again where the events are read
            self._events.put_nowait(exc)
        else:
            self._events.put_nowait(None)

    def _pump(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the thread: hand each event over, until the end or until asked to close."""
        stream = self._start(self._stop)
        try:
            for event in stream:
                if self._stop.pressed:
                    return
                loop.call_soon_threadsafe(self._events.put_nowait, event)
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()
