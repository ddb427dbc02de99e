"""transformers in this process, from a model's folder or from the models on this machine.

LlamaIndex's class is given what it lacks here: an end within the computing of a long prompt, the
failures of the thread that computes, the reason a reply ended, and one answer at a time. Nothing
is downloaded, and no code that comes with a model is run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import torch
from huggingface_hub import snapshot_download
from llama_index.core.base.llms.generic_utils import messages_to_prompt
from llama_index.core.llms import ChatMessage, ChatResponse, MessageRole
from llama_index.llms.huggingface import HuggingFaceLLM  # type: ignore[import-untyped]
from pydantic import PrivateAttr
from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

from rag.errors import LLMModelMissingError, SettingsError
from rag.llm.exchange import CURRENT
from rag.llm.turns import Over, as_dicts, merged, never, turn
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class _GivenUpError(Exception):
    """Raised between two layers of the model when its answer is no longer wanted."""


class _Model(HuggingFaceLLM):  # type: ignore[misc]
    """LlamaIndex's class, one answer at a time, each of which can be ended at once."""

    _lock: Any = PrivateAttr(default_factory=Lock)
    _over: Any = PrivateAttr(default_factory=lambda: never)

    def count_tokens(self, given: str) -> int:
        """The length of `given`, by the model's own tokenizer."""
        return len(self._tokenizer.encode(given, add_special_tokens=False))

    def prepare(self) -> None:
        """Let computing be ended between any two layers."""

        def look(*_: object) -> None:
            if self._over():
                raise _GivenUpError

        for module in self._model.modules():
            module.register_forward_pre_hook(look)

    def stream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> Generator[ChatResponse, None, None]:
        """Answer; the chunks say why the reply ended, as those of OpenAI's protocol do."""
        exchange = CURRENT.get()
        over = never if exchange is None else lambda: exchange.over
        return self._say(self._encoded(messages), over)

    def _encoded(self, messages: Sequence[ChatMessage]) -> Any:
        """Messages as tokens, by the model's own chat template where it has one."""
        if not getattr(self._tokenizer, "chat_template", None):
            inputs = self._tokenizer(messages_to_prompt(messages), return_tensors="pt")
        else:
            given = {"add_generation_prompt": True, "return_dict": True, "return_tensors": "pt"}
            try:
                inputs = self._tokenizer.apply_chat_template(as_dicts(messages), **given)
            except Exception as exc:
                # Some templates refuse a system message: Jinja2 raises what the template says.
                if type(exc).__module__.partition(".")[0] != "jinja2":
                    raise
                inputs = self._tokenizer.apply_chat_template(as_dicts(merged(messages)), **given)
        inputs.pop("token_type_ids", None)
        return inputs.to(self._model.device)

    def _say(self, inputs: Any, over: Over) -> Generator[ChatResponse, None, None]:
        left = Event()
        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        ended: list[str | BaseException] = []

        def work() -> None:
            try:
                ended.append(self._generate(inputs, streamer, lambda: left.is_set() or over()))
            except BaseException as exc:  # noqa: BLE001 - raised again where the reply is read
                ended.append(exc)
            finally:
                streamer.text_queue.put(streamer.stop_signal)

        Thread(target=work, daemon=True).start()
        said = ""
        try:
            for delta in streamer:
                said += delta
                yield _response(said, delta, None)
        finally:
            left.set()
        # A reply that ended by itself puts two signals, so this one may come a little later.
        while not ended:
            left.wait(0.01)
        if isinstance(ended[0], BaseException) and not isinstance(ended[0], _GivenUpError):
            raise ended[0]
        if isinstance(ended[0], str):
            yield _response(said, "", ended[0])

    def _generate(self, inputs: Any, streamer: Any, over: Over) -> str:
        """Compute the reply, piece by piece into `streamer`; why it ended."""
        with turn(self._lock, over):
            self._over = over
            try:
                with torch.inference_mode():
                    tokens = self._model.generate(
                        **inputs,
                        streamer=streamer,
                        max_new_tokens=self.max_new_tokens,
                        do_sample=False,
                        **self.generate_kwargs,
                    )
            finally:
                self._over = never
        made = tokens.shape[1] - inputs["input_ids"].shape[1]
        ends = self._model.generation_config.eos_token_id
        ends = ends if isinstance(ends, list) else [ends]
        done = made < self.max_new_tokens or int(tokens[0, -1]) in ends
        return "stop" if done else "length"


def _response(said: str, delta: str, finish: str | None) -> ChatResponse:
    message = ChatMessage(role=MessageRole.ASSISTANT, content=said)
    raw = {"choices": [{"delta": {"content": delta}, "finish_reason": finish}]}
    return ChatResponse(message=message, delta=delta, raw=raw)


def load(settings: Settings) -> LLM:
    """Load the model that the settings name, on a graphics card where there is one.

    Raises:
        LLMModelMissingError: It is not on this machine, or its files are no model.
        SettingsError: No model is named.
    """
    name = settings.llm_model
    if not name:
        raise SettingsError(name="llm_model", value="", expected="a model's folder or name")
    place = "auto" if torch.cuda.is_available() else None
    try:
        # A folder, because for a name transformers asks the hub even when told not to.
        folder = name if Path(name).is_dir() else snapshot_download(name, local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, dtype="auto", device_map=place
        )
    except Exception as exc:
        detail = " ".join(str(exc).split())[:200]
        raise LLMModelMissingError(model=name, detail=detail) from exc
    # What a model's own files say of sampling means nothing where the likeliest word is taken.
    for sampling in ("temperature", "top_p", "top_k"):
        with contextlib.suppress(AttributeError):
            setattr(model.generation_config, sampling, None)
    llm = _Model(
        model=model,
        tokenizer=tokenizer,
        model_name=name,
        tokenizer_name=name,
        context_window=min(
            settings.llm_context_tokens, getattr(model.config, "max_position_embeddings", 1 << 30)
        ),
        max_new_tokens=settings.llm_answer_tokens,
        device_map=place or "cpu",
        is_chat_model=True,
    )
    llm.prepare()
    made: LLM = llm
    return made
