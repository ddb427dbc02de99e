"""A way to stop an answer from any thread."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from rag.errors import LLMError


class LLMStoppedError(LLMError):
    """Whoever asked has stopped the answer."""

    code = "llm-stopped"


class Stop:
    """Pressed once, from any thread; whoever works on the answer hangs up at once.

    Closing the stream of events stops an answer too, but only between two events: a generator
    cannot be closed while it waits for the model.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._pressed = False
        self._actions: list[Callable[[], None]] = []

    @property
    def pressed(self) -> bool:
        """Whether the answer is no longer wanted."""
        return self._pressed

    def press(self) -> None:
        """Stop the answer."""
        with self._lock:
            self._pressed = True
            actions, self._actions = self._actions, []
        for action in actions:
            action()

    def on_press(self, action: Callable[[], None]) -> None:
        """Call `action` when pressed, at once if that has happened."""
        with self._lock:
            if not self._pressed:
                self._actions.append(action)
                return
        action()

    def forget(self, action: Callable[[], None]) -> None:
        """Undo `on_press`."""
        with self._lock:
            self._actions = [kept for kept in self._actions if kept != action]
