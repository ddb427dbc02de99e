"""A model's reply, piece by piece: the border where other people's exceptions end."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any

from rag.errors import (
    LLMBusyError,
    LLMCutError,
    LLMError,
    LLMRedirectError,
    LLMRefusedKeyError,
    LLMRequestError,
    LLMServerError,
    LLMSilentError,
    LLMTimeoutError,
    LLMUnreachableError,
    LLMUnreadableError,
)
from rag.llm.cleaning import readable
from rag.llm.exchange import Exchange
from rag.llm.stop import LLMStoppedError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

# Raised by the SDKs, not on purpose, where a chunk is not what the protocol says.
_MALFORMED = (ValueError, TypeError, AttributeError, LookupError)


# What others than OpenAI, and servers that pass on what these say, call the two ends that are
# well; the rest is an error under its name.
_ENDS = {
    "end_turn": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
}


def stream_reply(
    llm: LLM,
    system: str,
    user: str,
    exchange: Exchange,
    endpoint: str,
    *,
    see: Callable[[Any], object] | None = None,
) -> Generator[str, None, str | None]:
    """Put one prompt to `llm` and pass on its reply as it comes. The model is given no tools.

    What comes is valid Unicode without control characters, whatever the server sends: some cut an
    emoji into two events, half a surrogate pair in each.

    Closing the generator ends the call at the endpoint.

    Args:
        llm: Any LlamaIndex model.
        system: The instructions.
        user: The passages and the question.
        exchange: The deadline, and how to hang up.
        endpoint: How errors name the model's address; must hold no secret.
        see: Called with each chunk as the engine gave it.

    Returns:
        Why the reply ended, "stop" or "length" where all is well; None from a model whose
        protocol does not tell.

    Raises:
        LLMError: There is no whole reply.
    """
    from llama_index.core.llms import ChatMessage, MessageRole

    messages = [
        ChatMessage(role=MessageRole.SYSTEM, content=system),
        ChatMessage(role=MessageRole.USER, content=user),
    ]
    finish: str | None = None
    tells = False
    half = ""
    with exchange:
        replies: Iterator[Any] = iter(())
        try:
            with exchange.as_current():
                replies = llm.stream_chat(messages)
            while True:
                with exchange.as_current():
                    reply = next(replies, None)
                _raise_if_over(exchange, endpoint)
                if reply is None:
                    break
                if see is not None:
                    see(reply.raw)
                told, reason = _finish_reason(reply.raw)
                tells, finish = tells or told, reason or finish
                come = half + (reply.delta or "")
                half = come[-1:] if "\ud800" <= come[-1:] <= "\udbff" else ""
                if piece := readable(come.removesuffix(half)):
                    yield piece
            if half:
                yield readable(half)
        except LLMError:
            raise
        except Exception as exc:  # noqa: BLE001 - any LlamaIndex model may stand behind this
            told_secret = bool(exchange.secret) and exchange.secret in str(exc)
            raise translate(exc, exchange, endpoint) from (None if told_secret else exc)
        finally:
            # Also what `next` has left open: LlamaIndex does not close what it wraps.
            if isinstance(replies, Generator):
                replies.close()
    if tells and finish is None:
        raise LLMCutError(endpoint=endpoint)
    if finish not in (None, "stop", "length"):
        raise LLMError(endpoint=endpoint, detail=f"finish_reason: {exchange.redact(str(finish))}")
    return finish


def _raise_if_over(exchange: Exchange, endpoint: str) -> None:
    """A model in this process does not notice that its time is over, so look between pieces."""
    if exchange.stop.pressed:
        raise LLMStoppedError(endpoint=endpoint, detail="stopped")
    if exchange.expired:
        raise LLMTimeoutError(endpoint=endpoint, deadline_s=exchange.deadline_s)


def _finish_reason(raw: Any) -> tuple[bool, str | None]:
    """Whether `raw` is of a protocol that says why a reply ends, and what it says.

    OpenAI's has `choices`, Ollama's `done`, Anthropic's events a `type` and in one of them a
    `stop_reason`.
    """
    choices = _part(raw, "choices")
    if choices is not None:
        return True, _end(_part(choices[0], "finish_reason")) if choices else None
    if (done := _part(raw, "done")) is not None:
        return True, _end(_part(raw, "done_reason") or "stop") if done else None
    kind = _part(raw, "type")
    if isinstance(kind, str) and kind.startswith(("message_", "content_block_")):
        reason = _part(_part(raw, "delta"), "stop_reason") if kind == "message_delta" else None
        return True, _end(reason)
    return False, None


def _end(reason: Any) -> str | None:
    """Why a reply ended, under one name; None where it has not."""
    if not isinstance(reason, str):
        return None
    return _ENDS.get(reason.lower(), reason.lower())


def _part(raw: Any, name: str) -> Any:
    """A field of a chunk, which is a mapping from one SDK and an object from another."""
    return raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)


def translate(exc: Exception, exchange: Exchange, endpoint: str) -> LLMError:
    """What `exc`, from an SDK or from httpx, means to whoever asked.

    The SDKs share a shape (a status code on the exception, httpx's error as its cause), so they
    are told apart by it and none of them is imported here.
    """
    import httpx

    if exchange.stop.pressed:
        return LLMStoppedError(endpoint=endpoint, detail="stopped")
    # No time left: the wait for the network, cut to the deadline, can end before its timer.
    if exchange.expired or not exchange.remaining_s:
        return LLMTimeoutError(endpoint=endpoint, deadline_s=exchange.deadline_s)
    chain = _chain(exc)
    for link in chain:
        status = getattr(link, "status_code", None)
        # An error inside a stream that began well has 200, or from Ollama -1.
        if isinstance(status, int) and status >= 300:
            return _from_status(status, exchange.redact(_message(link)), endpoint)
    for link in chain:
        if isinstance(link, httpx.ConnectTimeout):
            return LLMUnreachableError(endpoint=endpoint, detail=type(link).__name__)
        if isinstance(link, httpx.TimeoutException):
            return LLMSilentError(endpoint=endpoint, silence_s=_silence_s(link, exchange))
        if isinstance(link, httpx.TransportError | ConnectionError):
            if exchange.begun:
                return LLMCutError(endpoint=endpoint)
            return LLMUnreachableError(endpoint=endpoint, detail=exchange.redact(str(link)))
    detail = exchange.redact(f"{type(exc).__name__}: {_message(exc)}")
    if isinstance(exc, _MALFORMED):
        return LLMUnreadableError(endpoint=endpoint, detail=detail)
    return LLMError(endpoint=endpoint, detail=detail)


def _from_status(status: int, detail: str, endpoint: str) -> LLMError:
    if status in (401, 403):
        return LLMRefusedKeyError(endpoint=endpoint, status=status)
    if status == 429:
        return LLMBusyError(endpoint=endpoint)
    if status < 400:
        return LLMRedirectError(endpoint=endpoint, status=status)
    if status >= 500:
        return LLMServerError(endpoint=endpoint, status=status)
    return LLMRequestError(endpoint=endpoint, status=status, detail=detail)


def _message(exc: BaseException) -> str:
    """The endpoint's own words where the SDK has found them in the body."""
    body = getattr(exc, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    if isinstance(body, dict) and isinstance(body.get("error"), dict):
        said = body["error"].get("message")
    return said if isinstance(said, str) else str(exc)


def _silence_s(exc: BaseException, exchange: Exchange) -> float:
    """How long was waited before httpx gave up."""
    request = getattr(exc, "_request", None)
    timeouts = request.extensions.get("timeout", {}) if request is not None else {}
    return float(timeouts.get("read", exchange.deadline_s))


def _chain(exc: BaseException) -> list[BaseException]:
    """`exc` and what caused it, outermost first."""
    found: list[BaseException] = []
    link: BaseException | None = exc
    while link is not None and link not in found:
        found.append(link)
        link = link.__cause__ or link.__context__
    return found
