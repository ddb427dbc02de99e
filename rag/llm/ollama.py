"""Ollama's own protocol, which unlike its OpenAI-compatible one takes the size of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.llms.ollama import Ollama  # type: ignore[import-untyped]
from ollama import Client
from ollama._client import BaseClient

from rag.llm.endpoint import base_url, check_endpoint, open_client
from rag.llm.wire import PatientClient
from rag.settings import Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM


class _Client(Client):
    """Ollama's client over ours. Its own `__init__` would make an httpx client of its own."""

    def __init__(self, host: str, http: PatientClient) -> None:
        def take(**of_the_sdk: Any) -> PatientClient:
            # Its time-outs, redirects and OLLAMA_API_KEY are left where they are.
            http.base_url = of_the_sdk["base_url"]
            return http

        BaseClient.__init__(self, take, host)


def load(settings: Settings) -> LLM:
    """The model at the Ollama server of the settings; nothing is sent.

    Raises:
        SettingsError: The endpoint's settings are wrong.
    """
    check_endpoint(settings)
    llm: LLM = Ollama(
        model=settings.llm_model,
        base_url=base_url(settings),
        temperature=0.0,
        context_window=settings.llm_context_tokens,
        additional_kwargs={"num_predict": settings.llm_answer_tokens},
        client=_Client(base_url(settings), open_client(settings)),
    )
    return llm
