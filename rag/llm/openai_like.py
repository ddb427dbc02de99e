"""Any endpoint with OpenAI's chat protocol: vLLM, llama.cpp's server, LM Studio, hosted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]

from rag.llm.endpoint import base_url, check_endpoint, open_client
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


def load(settings: Settings) -> LLM:
    """The model at the endpoint of the settings; nothing is sent.

    Raises:
        SettingsError: The endpoint's settings are wrong.
    """
    check_endpoint(settings)
    llm: LLM = OpenAILike(
        model=settings.llm_model,
        api_base=base_url(settings),
        # The client signs requests. Without a placeholder, LlamaIndex would take the key of
        # another service from OPENAI_API_KEY and send it here.
        api_key="unused",
        is_chat_model=True,
        context_window=settings.llm_context_tokens,
        max_tokens=settings.llm_answer_tokens,
        temperature=0.0,
        max_retries=0,
        timeout=settings.llm_deadline_s,
        http_client=open_client(settings),
    )
    return llm
