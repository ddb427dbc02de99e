"""A LlamaIndex model with a queue of replies in and a history of prompts out."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from typing import Any

from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
from pydantic import PrivateAttr

Scripted = str | Sequence[str] | Exception


class ScriptedLLM(CustomLLM):
    """Says the scripted replies in turn.

    A reply is a text, said word by word; a list of pieces, said as they are; or an exception,
    raised. Asking for more than was scripted is an error.
    """

    context_window: int = 8192
    _replies: deque[Scripted] = PrivateAttr(default_factory=deque)
    _prompts: list[str] = PrivateAttr(default_factory=list)
    _closed: list[bool] = PrivateAttr(default_factory=list)

    def __init__(self, *replies: Scripted, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._replies = deque(replies)

    @property
    def prompts(self) -> list[str]:
        """Every prompt, oldest first, its messages joined."""
        return self._prompts

    @property
    def closed_early(self) -> bool:
        """Whether a reply was given up before its end."""
        return any(self._closed)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(context_window=self.context_window, model_name="scripted")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        pieces = list(self._say(prompt))
        return CompletionResponse(text="".join(pieces))

    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> Generator[CompletionResponse, None, None]:
        def stream() -> Generator[CompletionResponse, None, None]:
            said = ""
            try:
                for piece in self._say(prompt):
                    said += piece
                    yield CompletionResponse(text=said, delta=piece)
            except GeneratorExit:
                self._closed.append(True)
                raise

        return stream()

    def _say(self, prompt: str) -> Generator[str, None, None]:
        self._prompts.append(prompt)
        if not self._replies:
            raise AssertionError("the model was asked more often than scripted")
        reply = self._replies.popleft()
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, str):
            reply = [word + " " for word in reply.split(" ")]
        yield from reply
