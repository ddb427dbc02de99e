"""The one HTTP client through which every remote model is called.

What the SDKs above it would each do in their own way is done here once: deadlines, retries, the
key, and closing a call at once when its answer is no longer wanted.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from rag.llm.exchange import CURRENT, Exchange

# First pause between tries; it doubles, and jitter takes off up to half of it.
_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 8.0
_ERROR_BODY_BYTES = 64 * 1024
_KEY_HEADERS = ("Authorization", "X-Api-Key")
# The request did not reach the model, or was dropped before an answer. A read timeout is not
# among them: a model that thinks for long would only be asked to think twice.
_LOST = (httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError)


class PatientClient(httpx.Client):
    """An httpx client with retries, deadlines and a key that nobody else sees.

    Proxy and CA variables of the environment are honoured, as httpx does. The key is put on each
    request here and nowhere above, so that no SDK object, trace or error can hold it.
    """

    def __init__(
        self,
        *,
        key: str,
        connect_timeout_s: float,
        read_timeout_s: float,
        deadline_s: float,
        retries: int,
        key_header: str = "Authorization",
        **transport: Any,
    ) -> None:
        """Make a client.

        Args:
            key: Put on every request; "" puts none.
            connect_timeout_s: Longest wait for a connection.
            read_timeout_s: Longest silence.
            deadline_s: Longest wait for a whole answer, for requests outside an exchange.
            retries: How often 429, 5xx and lost connections are tried again.
            key_header: "Authorization", which takes the key as "Bearer …", or another header,
                which takes it bare.
            transport: `proxy` and `verify`, as httpx takes them; where they are not given, the
                environment's.
        """
        super().__init__(
            **transport,
            # Each answer has a connection of its own, so that its socket is known and can be shut
            # down; a handshake is little beside an answer.
            limits=httpx.Limits(max_keepalive_connections=0),
            # A redirect would carry passages to a host that nobody has chosen.
            follow_redirects=False,
        )
        self._key = key
        self._key_header = key_header
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._deadline_s = deadline_s
        self._retries = retries

    def send(
        self, request: httpx.Request, *, stream: bool = False, **kwargs: Any
    ) -> httpx.Response:
        """Send `request`, again where that can help, within the deadline of its exchange.

        Raises:
            httpx.TransportError: The last try failed too.
        """
        exchange = CURRENT.get() or Exchange(self._deadline_s)
        exchange.secret = self._key
        self._sign(request)
        attempt = 0
        while True:
            self._prepare(request, exchange)
            try:
                response = super().send(request, stream=True, **kwargs)
            except _LOST:
                if not self._pauses(exchange, attempt, {}):
                    raise
            else:
                if response.status_code < 400:
                    exchange.begun = True
                    exchange.cleanup.callback(response.close)
                    if not stream:
                        response.read()
                    return response
                response = _without_secret(response, exchange)
                again = response.status_code == 429 or response.status_code >= 500
                if not again or not self._pauses(exchange, attempt, response.headers):
                    return response
            attempt += 1

    def _sign(self, request: httpx.Request) -> None:
        """Put the key on the request, and take off whatever an SDK has put there."""
        for header in _KEY_HEADERS:
            request.headers.pop(header, None)
        if self._key:
            bearer = "Bearer " if self._key_header == "Authorization" else ""
            request.headers[self._key_header] = bearer + self._key

    def _prepare(self, request: httpx.Request, exchange: Exchange) -> None:
        """Fit the timeouts to what is left of the deadline, and learn which socket is used."""
        left_s = max(0.001, exchange.remaining_s)
        connect_s = min(self._connect_timeout_s, left_s)
        read_s = min(self._read_timeout_s, left_s)
        request.extensions = {
            **request.extensions,
            "timeout": {"connect": connect_s, "pool": connect_s, "read": read_s, "write": read_s},
            "trace": _socket_watcher(exchange),
        }

    def _pauses(self, exchange: Exchange, attempt: int, headers: Mapping[str, str]) -> bool:
        """Wait before another try; False where there is no try or no time left."""
        if attempt >= self._retries:
            return False
        asked_s = _retry_after_s(headers.get("retry-after", ""))
        longest_s = min(_PAUSE_S * 2.0**attempt, _LONGEST_PAUSE_S)
        return exchange.wait(
            random.uniform(longest_s / 2, longest_s) if asked_s is None else asked_s
        )


def _socket_watcher(exchange: Exchange) -> Any:
    """A callback for httpcore's `trace` extension that hands each new socket to `exchange`."""

    def watch(event: str, info: Mapping[str, Any]) -> None:
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            exchange.hold(info["return_value"].get_extra_info("socket"))

    return watch


def _without_secret(response: httpx.Response, exchange: Exchange) -> httpx.Response:
    """The error `response`, read and closed, its body without the key and not endless."""
    body = b""
    try:
        for piece in response.iter_bytes():
            body += piece
            if len(body) >= _ERROR_BODY_BYTES:
                break
    except httpx.HTTPError:
        # The status has come and says enough.
        body = b""
    finally:
        response.close()
    if exchange.secret:
        body = body.replace(exchange.secret.encode(), b"[key]")
    kept = {
        name: response.headers[name]
        for name in ("content-type", "retry-after")
        if name in response.headers
    }
    return httpx.Response(
        response.status_code,
        headers=kept,
        content=body[:_ERROR_BODY_BYTES],
        request=response.request,
    )


def _retry_after_s(value: str) -> float | None:
    """Seconds that a Retry-After header asks for: a number or a date; None where neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
