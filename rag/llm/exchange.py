"""One call of a language model: its deadline, and a way to hang up from any thread."""

from __future__ import annotations

import contextlib
import re
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from threading import Event, Lock, Timer

from rag.llm.cleaning import readable
from rag.llm.stop import Stop

# What endpoints echo of a key even where it is not the one that was sent: "sk-…", "Bearer …".
_KEY_LIKE = re.compile(r"\bsk-[\w*-]{4,}|\bBearer\s+\S+", re.IGNORECASE)
_DETAIL_CHARS = 200

CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


class Exchange:
    """A question put to a model and the reply to it, from the first try to the last word.

    A thread that waits for the network cannot look at a clock, so a timer, or a pressed `Stop`,
    shuts the socket down under it; the read then ends at once.

    Attributes:
        expired: The deadline has passed.
        begun: The endpoint has accepted the request, so what comes is the reply.
        secret: The key that was sent; never to be shown.
        cleanup: What is to be closed at the end. An SDK leaves a response open where it stumbles
            over its content, and the error then keeps it alive.
    """

    def __init__(self, deadline_s: float, stop: Stop | None = None) -> None:
        self.deadline_s = deadline_s
        self.stop = stop or Stop()
        self.expired = False
        self.begun = False
        self.secret = ""
        self.cleanup = contextlib.ExitStack()
        self._ends_at = time.monotonic() + deadline_s
        self._over = Event()
        self._lock = Lock()
        self._socket: socket.socket | None = None
        self._timer = Timer(deadline_s, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Exchange:
        self._timer.start()
        self.stop.on_press(self.hang_up)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._timer.cancel()
        self.stop.forget(self.hang_up)
        self.hang_up()
        self.cleanup.close()

    @contextlib.contextmanager
    def as_current(self) -> Iterator[None]:
        """Requests that this thread sends inside the block belong to this exchange."""
        token = CURRENT.set(self)
        try:
            yield
        finally:
            CURRENT.reset(token)

    @property
    def over(self) -> bool:
        """Whether the exchange has ended: hung up, stopped or out of time."""
        return self._over.is_set()

    @property
    def remaining_s(self) -> float:
        """Time left until the deadline, never negative."""
        return max(0.0, self._ends_at - time.monotonic())

    def wait(self, pause_s: float) -> bool:
        """Pause before the next try; False, and no pause, where the deadline leaves no time."""
        if pause_s >= self.remaining_s:
            return False
        return not self._over.wait(pause_s)

    def hold(self, connection: socket.socket) -> None:
        """Remember the socket in use, to be shut down by `hang_up`."""
        with self._lock:
            self._socket = connection
        if self._over.is_set():
            self.hang_up()

    def hang_up(self) -> None:
        """End the exchange now. Safe from any thread, and more than once."""
        self._over.set()
        with self._lock:
            connection, self._socket = self._socket, None
        if connection is not None:
            # Not the method of a TLS socket, which would first wait for the lock of a read.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def redact(self, text: str) -> str:
        """`text` on one line, readable, shortened, without the key."""
        if self.secret:
            text = text.replace(self.secret, "[key]")
        flat = " ".join(readable(_KEY_LIKE.sub("[key]", text)).split())
        return flat if len(flat) <= _DETAIL_CHARS else flat[: _DETAIL_CHARS - 1] + "…"

    def _expire(self) -> None:
        self.expired = True
        self.hang_up()
