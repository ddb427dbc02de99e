"""What the models in this process have in common: one answer at a time, and plain messages."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llama_index.core.llms import ChatMessage

# Whether an answer is no longer wanted; asked often, and from other threads.
Over = Callable[[], bool]
# How often somebody who waits for their turn looks whether they still want it.
_LOOK_S = 0.05


def never() -> bool:
    """The answer is always wanted."""
    return False


@contextlib.contextmanager
def turn(lock: Lock, over: Over) -> Iterator[None]:
    """Wait for the model to be free; inside the block it is ours.

    Raises:
        RuntimeError: The answer was no longer wanted before its turn came.
    """
    while not lock.acquire(timeout=_LOOK_S):
        if over():
            raise RuntimeError("the answer was given up before its turn")
    try:
        yield
    finally:
        lock.release()


def as_dicts(messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
    """Messages as chat templates take them."""
    return [{"role": one.role.value, "content": one.content or ""} for one in messages]


def merged(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """One message of the user's with all that was said, for templates without a system role."""
    from llama_index.core.llms import ChatMessage, MessageRole

    said = "\n\n".join(one.content or "" for one in messages)
    return [ChatMessage(role=MessageRole.USER, content=said)]
