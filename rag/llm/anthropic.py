"""Anthropic's protocol.

LlamaIndex's class makes its own SDK client and looks up a model's window in a list that ends at
its release, so both are put right here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anthropic import Anthropic as Client
from llama_index.core.llms import LLMMetadata
from llama_index.llms.anthropic import Anthropic

from rag.llm.endpoint import base_url, check_endpoint, open_client
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class _Model(Anthropic):
    """LlamaIndex's class with a window by setting and without a tokenizer that asks the server."""

    window: int = 8192

    @property
    def metadata(self) -> LLMMetadata:
        """What is known without asking."""
        return LLMMetadata(
            context_window=self.window,
            num_output=self.max_tokens,
            is_chat_model=True,
            model_name=self.model,
        )

    @property
    def tokenizer(self) -> None:  # type: ignore[override]
        """None: counting would send every passage to the server first."""


def load(settings: Settings) -> LLM:
    """The model at Anthropic's endpoint, or at another with its protocol; nothing is sent.

    Raises:
        SettingsError: The endpoint's settings are wrong.
    """
    check_endpoint(settings)
    llm = _Model(
        model=settings.llm_model,
        base_url=base_url(settings),
        api_key="unused",  # type: ignore[call-arg]  # the client signs requests
        max_tokens=settings.llm_answer_tokens,
        temperature=0.0,
    )
    llm.window = settings.llm_context_tokens
    llm._client = Client(
        api_key="unused",
        base_url=base_url(settings),
        max_retries=0,
        timeout=settings.llm_deadline_s,
        http_client=open_client(settings),
    )
    return llm
