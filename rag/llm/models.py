"""Which language model answers, if any, and whether it is there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from rag.errors import LLMError, LLMMissingError, LLMUnreadableError, SettingsError
from rag.llm.exchange import Exchange
from rag.settings import PREFIX, Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.llm.wire import PatientClient

KEY_VARIABLE = f"{PREFIX}LLM_API_KEY"


def load_llm(settings: Settings) -> LLM | None:
    """The language model that `settings.llm` chooses; None where answers quote the documents.

    Nothing is sent, and no package is imported that the choice does not need.

    Raises:
        LLMMissingError: The chosen kind's package is not installed.
        SettingsError: The kind is not known, or its settings are wrong.
    """
    if settings.llm not in LOADERS:
        raise SettingsError(name="llm", value=settings.llm, expected=", ".join(LOADERS))
    return LOADERS[settings.llm](settings)


def _no_llm(settings: Settings) -> None:
    return None


def _openai_compatible(settings: Settings) -> LLM:
    """Any endpoint with OpenAI's chat protocol: Ollama, vLLM, llama.cpp's server, hosted ones."""
    _check_endpoint(settings)
    try:
        from llama_index.llms.openai_like import OpenAILike  # type: ignore[import-untyped]
    except ImportError as exc:
        raise LLMMissingError(kind="openai", install='pip install "trichdan[openai]"') from exc

    llm: LLM = OpenAILike(
        model=settings.llm_model,
        api_base=settings.llm_base_url,
        # The client signs requests. Without a placeholder, LlamaIndex would take the key of
        # another service from OPENAI_API_KEY and send it here.
        api_key="unused",
        is_chat_model=True,
        context_window=settings.llm_context_tokens,
        max_tokens=settings.llm_answer_tokens,
        temperature=0.0,
        max_retries=0,
        timeout=settings.llm_deadline_s,
        http_client=_client(settings),
    )
    return llm


LOADERS: Mapping[str, Callable[[Settings], LLM | None]] = {
    "none": _no_llm,
    "openai": _openai_compatible,
}


def endpoint_of(settings: Settings) -> str:
    """The model's address as errors and reports show it: no password, no query."""
    try:
        parts = urlsplit(settings.llm_base_url)
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found at the configured model's address.

    Attributes:
        reachable: Something answered there.
        model_present: Whether it lists the model; None where it gives no list.
        error: Why it cannot be used, if so.
        latency_ms: Time to the answer; None where none came.
        context_tokens: The model's window, where the endpoint tells.
    """

    endpoint: str
    model: str
    reachable: bool
    model_present: bool | None = None
    error: LLMError | None = None
    latency_ms: float | None = None
    context_tokens: int | None = None


def probe(settings: Settings) -> Probe | None:
    """Ask the configured endpoint which models it has; None where no LLM is configured.

    Raises:
        SettingsError: The endpoint's settings are wrong.
    """
    if settings.llm == "none":
        return None
    _check_endpoint(settings)
    import httpx

    from rag.llm.reply import translate

    endpoint, model = endpoint_of(settings), settings.llm_model
    started = time.perf_counter()
    with Exchange(settings.llm_deadline_s) as exchange, _client(settings) as client:
        try:
            with exchange.as_current():
                response = client.get(settings.llm_base_url.rstrip("/") + "/models")
            latency_ms = (time.perf_counter() - started) * 1000
            if response.status_code == 404:
                # Some servers answer questions and list nothing.
                return Probe(endpoint, model, reachable=True, latency_ms=latency_ms)
            response.raise_for_status()
            listed = _listed_models(response.json())
        except httpx.HTTPStatusError as exc:
            error = translate(_StatusError(exc.response), exchange, endpoint)
            return Probe(endpoint, model, reachable=True, error=error, latency_ms=latency_ms)
        except httpx.HTTPError as exc:
            return Probe(endpoint, model, reachable=False, error=translate(exc, exchange, endpoint))
        except ValueError as exc:
            detail = exchange.redact(str(exc))
            unreadable = LLMUnreadableError(endpoint=endpoint, detail=detail)
            return Probe(endpoint, model, reachable=True, error=unreadable, latency_ms=latency_ms)
    return Probe(
        endpoint,
        model,
        reachable=True,
        model_present=model in listed,
        latency_ms=latency_ms,
        context_tokens=listed.get(model),
    )


class _StatusError(Exception):
    """An HTTP error in the shape that the SDKs give theirs."""

    def __init__(self, response: Any) -> None:
        super().__init__(response.text)
        self.status_code: int = response.status_code


def _listed_models(reply: Any) -> dict[str, int | None]:
    """Model → context size, or None, from the reply of `/models`.

    Raises:
        ValueError: It is no such reply.
    """
    entries = reply.get("data") if isinstance(reply, dict) else None
    if not isinstance(entries, list):
        raise ValueError("no list of models at /models")
    found: dict[str, int | None] = {}
    for entry in entries:
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            # vLLM tells the window; others do not.
            window = entry.get("max_model_len")
            found[entry["id"]] = window if isinstance(window, int) else None
    return found


def _check_endpoint(settings: Settings) -> None:
    try:
        address = urlsplit(settings.llm_base_url)
        usable = address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            name="llm_base_url",
            value=endpoint_of(settings),
            expected='an address such as "http://127.0.0.1:11434/v1"',
        )
    if not settings.llm_model:
        raise SettingsError(name="llm_model", value="", expected="the model's name there")


def _client(settings: Settings) -> PatientClient:
    from rag.llm.wire import PatientClient

    return PatientClient(
        key=_key(),
        connect_timeout_s=settings.llm_connect_timeout_s,
        read_timeout_s=settings.llm_read_timeout_s,
        deadline_s=settings.llm_deadline_s,
        retries=settings.llm_retries,
    )


def _key() -> str:
    """The key from the environment, "" where there is none.

    Raises:
        SettingsError: It cannot be sent as a header. Checked here, because the library that
            would find out prints the whole header.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(name=KEY_VARIABLE, value="[key]", expected="printable ASCII, no spaces")
    return key
