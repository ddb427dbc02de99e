"""llama.cpp in this process, from a GGUF file.

LlamaIndex's class is given what it lacks here: the chat template that stands in the file, the
reason a reply ended, one answer at a time (a llama.cpp context is not made for two threads), and
an end within the computing of a long prompt, through llama.cpp's own abort callback.
"""

from __future__ import annotations

import ctypes
from collections.abc import Generator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import llama_cpp
from llama_index.core.llms import ChatMessage, ChatResponse, LLMMetadata, MessageRole
from llama_index.llms.llama_cpp import LlamaCPP  # type: ignore[import-untyped]
from pydantic import PrivateAttr

from rag.errors import LLMModelMissingError, SettingsError
from rag.llm.exchange import CURRENT
from rag.llm.turns import Over, as_dicts, merged, never, turn
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_Abort = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p)


class _Model(LlamaCPP):  # type: ignore[misc]
    """LlamaIndex's class, one answer at a time, each of which can be ended at once."""

    _lock: Any = PrivateAttr(default_factory=Lock)
    _over: Any = PrivateAttr(default_factory=lambda: never)
    _abort: Any = PrivateAttr(default=None)
    _window: int = PrivateAttr(default=0)

    @property
    def metadata(self) -> LLMMetadata:
        """The window that is in use, and the file's name."""
        return LLMMetadata(
            context_window=self._window,
            num_output=self.max_new_tokens,
            model_name=Path(self.model_path).name,
        )

    def count_tokens(self, given: str) -> int:
        """The length of `given`, by the model's own tokenizer."""
        return len(self._model.tokenize(given.encode(), add_bos=False, special=False))

    def prepare(self) -> None:
        """Let computing be ended, and find out how long a prompt the model was trained for."""
        self._abort = _Abort(lambda _: self._over())
        llama_cpp.llama_set_abort_callback(self._model.ctx, self._abort, None)
        known = self._model.metadata
        trained = known.get(f"{known.get('general.architecture')}.context_length", "")
        self._window = min(self._model.n_ctx(), int(trained) if trained.isdigit() else 1 << 30)

    def stream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> Generator[ChatResponse, None, None]:
        """Answer; the chunks are those of OpenAI's protocol."""
        exchange = CURRENT.get()
        return self._say(messages, never if exchange is None else lambda: exchange.over)

    def _say(
        self, messages: Sequence[ChatMessage], over: Over
    ) -> Generator[ChatResponse, None, None]:
        with turn(self._lock, over):
            self._over, said = over, ""
            try:
                for chunk in self._chunks(messages):
                    if over():
                        return
                    delta = chunk["choices"][0]["delta"].get("content") or ""
                    said += delta
                    message = ChatMessage(role=MessageRole.ASSISTANT, content=said)
                    yield ChatResponse(message=message, delta=delta, raw=chunk)
            except RuntimeError:
                if not over():  # else llama.cpp says that it was ended
                    raise
            finally:
                self._over = never
                if over():
                    self._model.reset()  # what was computed by halves

    def _chunks(self, messages: Sequence[ChatMessage]) -> Any:
        given = {"stream": True, "max_tokens": self.max_new_tokens, "temperature": 0.0}
        try:
            return self._model.create_chat_completion(as_dicts(messages), **given)
        except ValueError:
            # Some templates refuse a system message. A prompt that is too long raises the same
            # class, but not before the first chunk is asked for.
            return self._model.create_chat_completion(as_dicts(merged(messages)), **given)


def load(settings: Settings) -> LLM:
    """Load the file that the settings name.

    Raises:
        LLMModelMissingError: There is no such file, or it is no model.
        SettingsError: No file is named.
    """
    path = settings.llm_model
    if not path:
        raise SettingsError(name="llm_model", value="", expected="a GGUF file")
    if not Path(path).is_file():
        raise LLMModelMissingError(model=path, detail="FileNotFoundError.")
    try:
        llm = _Model(
            model_path=path,
            context_window=settings.llm_context_tokens,
            max_new_tokens=settings.llm_answer_tokens,
            temperature=0.0,
            verbose=False,
        )
    except ValueError as exc:
        raise LLMModelMissingError(model=path, detail=f"{exc}.") from exc
    llm.prepare()
    made: LLM = llm
    return made
