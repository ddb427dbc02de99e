"""Trying the configured model: is it there, how long is its window, how fast does it write."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from rag.errors import LLMError, LLMModelMissingError, LLMUnreadableError, LLMWindowError
from rag.llm.endpoint import IN_PROCESS, base_url, check_endpoint, endpoint_of, open_client
from rag.llm.exchange import Exchange
from rag.llm.models import load_llm
from rag.llm.prompt import least_tokens, token_counter
from rag.settings import Settings

if TYPE_CHECKING:
    import httpx
    from llama_index.core.llms import LLM

# Enough for a rate, little enough for a slow machine.
_TRIED_TOKENS = 48
_SYSTEM = "You write what you are asked to write."
_USER = "Write the numbers from one to thirty as words."


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found of the configured model.

    Attributes:
        endpoint: Its address, or its file or folder where it runs in this process.
        reachable: Something answered there, or the files could be loaded.
        model_present: Whether it is there; None where the server gives no list.
        error: Why it cannot be used, if so.
        latency_ms: Time to the list of models, or to load the model; None where none came.
        context_tokens: The model's window, where somebody tells.
        tokens_per_s: How fast it wrote a few words, in its own tokens where they are known and
            in pieces of the stream elsewhere; None where it wrote too little to tell.
    """

    endpoint: str
    model: str
    reachable: bool
    model_present: bool | None = None
    error: LLMError | None = None
    latency_ms: float | None = None
    context_tokens: int | None = None
    tokens_per_s: float | None = None


def probe(settings: Settings) -> Probe | None:
    """Ask for the configured model and let it write; None where no LLM is configured.

    Raises:
        LLMMissingError: Its package is not installed.
        SettingsError: Its settings are wrong.
    """
    if settings.llm == "none":
        return None
    tried = replace(settings, llm_answer_tokens=min(settings.llm_answer_tokens, _TRIED_TOKENS))
    if settings.llm in IN_PROCESS:
        found, llm = _loaded(tried)
    else:
        llm = load_llm(tried)  # a package that is missing is said before anything is sent
        check_endpoint(settings)
        found = _asked(tried)
    if llm is None or found.error is not None or found.model_present is False:
        return found
    if (small := _too_small(llm, settings)) is not None:
        return replace(found, error=small)
    try:
        speed = _speed(llm, tried)
    except LLMError as error:
        return replace(found, error=error)
    return replace(found, tokens_per_s=speed)


def _too_small(llm: LLM, settings: Settings) -> LLMWindowError | None:
    """The error that every question would end with, where the window is too small for any."""
    window = int(min(settings.llm_context_tokens, llm.metadata.context_window))
    needed = least_tokens(token_counter(llm)) + settings.llm_answer_tokens
    if window > needed:
        return None
    return LLMWindowError(window=window, answer=settings.llm_answer_tokens, needed=needed)


def _loaded(settings: Settings) -> tuple[Probe, LLM | None]:
    """A model in this process, loaded."""
    endpoint = endpoint_of(settings)
    started = time.perf_counter()
    try:
        llm = load_llm(settings)
    except LLMModelMissingError as error:
        missing = Probe(
            endpoint, settings.llm_model, reachable=False, model_present=False, error=error
        )
        return missing, None
    assert llm is not None
    found = Probe(
        endpoint,
        settings.llm_model,
        reachable=True,
        model_present=True,
        latency_ms=(time.perf_counter() - started) * 1000,
        context_tokens=llm.metadata.context_window,
    )
    return found, llm


def _asked(settings: Settings) -> Probe:
    """A remote model, looked for in what its server lists."""
    import httpx

    from rag.llm.reply import translate

    endpoint, model = endpoint_of(settings), settings.llm_model
    started = time.perf_counter()
    with Exchange(settings.llm_deadline_s) as exchange, open_client(settings) as client:
        latency_ms: float | None = None
        try:
            with exchange.as_current():
                response = _request(client, settings)
            latency_ms = (time.perf_counter() - started) * 1000
            present, window = _read(response, settings)
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
        model_present=present,
        latency_ms=latency_ms,
        context_tokens=window,
    )


def _request(client: httpx.Client, settings: Settings) -> httpx.Response:
    address, model = base_url(settings), settings.llm_model
    if settings.llm == "ollama":
        return client.post(f"{address}/api/show", json={"model": model})
    if settings.llm == "anthropic":
        headers = {"anthropic-version": "2023-06-01"}
        return client.get(f"{address}/v1/models/{quote(model, safe='')}", headers=headers)
    return client.get(f"{address}/models")


def _read(response: httpx.Response, settings: Settings) -> tuple[bool | None, int | None]:
    """Whether the model is there, None where that is not told, and its window.

    Raises:
        ValueError: The reply is not of the protocol.
        httpx.HTTPStatusError: It is an error.
    """
    listing = settings.llm not in ("ollama", "anthropic")
    if response.status_code == 404:
        # Some servers answer questions and list nothing; the others were asked for one model.
        return (None if listing else False), None
    response.raise_for_status()
    reply = response.json()
    if not isinstance(reply, dict):
        raise ValueError("the reply is no JSON object")
    if listing:
        models = _listed_models(reply)
        return settings.llm_model in models, models.get(settings.llm_model)
    if settings.llm == "ollama":
        known = reply.get("model_info")
        if not isinstance(known, dict):
            raise ValueError("no model_info at /api/show")
        windows = (size for name, size in known.items() if name.endswith(".context_length"))
        return True, _size(next(windows, None))
    return True, _size(reply.get("max_input_tokens"))


def _listed_models(reply: dict[str, Any]) -> dict[str, int | None]:
    """Model → context size, or None, from the reply of `/models`.

    Raises:
        ValueError: It is no such reply.
    """
    entries = reply.get("data")
    if not isinstance(entries, list):
        raise ValueError("no list of models at /models")
    # vLLM tells the window; others do not.
    return {
        entry["id"]: _size(entry.get("max_model_len"))
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    }


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


class _StatusError(Exception):
    """An HTTP error in the shape that the SDKs give theirs."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(response.text)
        self.status_code: int = response.status_code


def _speed(llm: LLM, settings: Settings) -> float | None:
    """Tokens a second, from the first piece to the last, or of all where it came in one.

    Raises:
        LLMError: The model does not answer.
    """
    from rag.llm.reply import stream_reply

    told: list[int] = []

    def see(raw: Any) -> None:
        if (count := _usage(raw)) is not None:
            told.append(count)

    exchange, began = Exchange(settings.llm_deadline_s), time.perf_counter()
    reply = stream_reply(llm, _SYSTEM, _USER, exchange, endpoint_of(settings), see=see)
    pieces, moments = _timed(reply)
    count = getattr(llm, "count_tokens", None)
    tokens = told[-1] if told else count("".join(pieces)) if count else len(pieces)
    if not moments or tokens < 2:
        return None
    if len(moments) == 1:
        return tokens / (moments[0] - began)
    # What came first was computed before the clock started.
    return (tokens - 1) / (moments[-1] - moments[0])


def _timed(reply: Generator[str, None, Any]) -> tuple[list[str], list[float]]:
    pieces, moments = [], []
    for piece in reply:
        pieces.append(piece)
        moments.append(time.perf_counter())
    return pieces, moments


def _usage(raw: Any) -> int | None:
    """How many tokens a chunk says were written so far, where it says so."""
    if isinstance(raw, dict) and isinstance(raw.get("eval_count"), int):
        return int(raw["eval_count"])  # Ollama
    usage = raw.get("usage") if isinstance(raw, dict) else getattr(raw, "usage", None)
    for name in ("output_tokens", "completion_tokens"):
        count = getattr(usage, name, None)
        if isinstance(count, int) and count:
            return count
    return None
