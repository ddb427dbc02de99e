"""The wall around every request: which paths exist, whose pages may call, how much may be sent.

Which they are stands in `ui/access.py`; who may call them is asked at the door behind it
(`ui/doors.py`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.access import Match, match
from ui.errors import RequestTooLargeError
from ui.language import preferred

# Files of the program itself, that browsers may keep; nothing else is to be kept.
KEPT = ("/page/static/", "/assets/", "/static/", "/svelte/", "/theme.css")
# Streams that a page holds open: an answer in flight may be finished when the server is to end, a
# sign of life may not.
HEARTBEAT, ANSWERS = "/gradio_api/heartbeat/", "/gradio_api/queue/data"
Dress = Callable[[str, Scope, str], str]


def content_security_policy(nonce: str) -> str:
    """The page's policy: nothing from elsewhere, no script but ours and Gradio's.

    Gradio's HTML component compiles its template with `new Function`, hence 'unsafe-eval'; inline
    scripts and handlers stay forbidden but for the nonce. Svelte sets inline styles.
    """
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'self'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        )
    )


class Guard:
    """ASGI middleware; the outermost layer but the framework's, which answers what nobody caught.

    Args:
        body_kb: Largest body of a request that carries a question or less.
        upload_mb: Largest file that may be uploaded.
        hosts: Host names that requests may name, against DNS rebinding; None allows any.
        leaving: Set when the server is asked to end: streams that would stay open are closed.
        grace_s: How long an answer in flight may go on then.
        dress: Turns Gradio's document into ours, given the request and the nonce.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_kb: int,
        upload_mb: int,
        hosts: Collection[str] | None,
        leaving: asyncio.Event,
        grace_s: float,
        dress: Dress,
    ) -> None:
        self._app, self._dress, self._leaving = app, dress, leaving
        self._limits_kb = {"question": body_kb, "upload": upload_mb * 1024}
        self._hosts, self._grace_s = hosts, grace_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers, nonce = Headers(scope=scope), secrets.token_urlsafe(16)
        outwards = _Outwards(send, nonce, kept=scope["path"].startswith(KEPT))
        found = match(scope["method"], scope["path"])
        refusal = self._refusal(scope["method"], found, headers)
        if refusal is not None or found is None:
            await (refusal or _refuse(404, "not-found", "not found"))(scope, receive, outwards)
            return
        scope = {**scope, "trichdan.match": found}
        if scope["path"] == "/":
            scope = _uncompressed(scope)
            page = _Page(outwards, lambda html: self._dress(html, scope, nonce))
            await self._app(scope, receive, page)
            return
        receive = _limited(receive, self._limits_kb[found.endpoint.body] * 1024)
        for stream, grace_s in ((HEARTBEAT, 0.0), (ANSWERS, self._grace_s)):
            if scope["path"].startswith(stream):
                receive = _until(receive, self._leaving, grace_s)
        await self._app(scope, receive, outwards)

    def _refusal(self, method: str, found: Match | None, headers: Headers) -> JSONResponse | None:
        """The answer to a request that goes no further."""
        host = headers.get("host", "")
        if self._hosts is not None and (_split(f"//{host}").hostname or "") not in self._hosts:
            return _refuse(400, "host", "unknown host")
        if found is None:
            return _refuse(404, "not-found", "not found")
        origin = headers.get("origin")
        if method not in ("GET", "HEAD") and origin and _split(origin).netloc != host:
            return _refuse(403, "origin", "requests from other sites are refused")
        limit_kb = self._limits_kb[found.endpoint.body]
        if int(headers.get("content-length") or 0) > limit_kb * 1024:
            error = RequestTooLargeError(limit_kb=limit_kb)
            language = preferred(headers.get("accept-language"))
            return _refuse(413, error.code, error.message(language))
        return None


def _split(address: str) -> SplitResult:
    """The parts of an address; all empty where it cannot be one."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _refuse(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message}}, status)


def _uncompressed(scope: Scope) -> Scope:
    """The request without its offer to take a compressed answer."""
    kept = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
    return {**scope, "headers": kept}


def _limited(receive: Receive, limit_bytes: int) -> Receive:
    """`receive`, cut off where a body without a length grows over the limit."""
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit_bytes:
            return {"type": "http.disconnect"}
        return message

    return limited


def _until(receive: Receive, leaving: asyncio.Event, grace_s: float) -> Receive:
    """`receive`, as if the browser went away `grace_s` after the server is asked to end."""

    async def left() -> Message:
        await leaving.wait()
        await asyncio.sleep(grace_s)
        return {"type": "http.disconnect"}

    async def until() -> Message:
        tasks = [asyncio.ensure_future(receive()), asyncio.create_task(left())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        return done.pop().result()

    return until


class _Outwards:
    """Adds the security headers to every answer."""

    def __init__(self, send: Send, nonce: str, *, kept: bool) -> None:
        self._send, self._nonce, self._kept = send, nonce, kept

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = content_security_policy(self._nonce)
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "same-origin"
            headers["cross-origin-opener-policy"] = "same-origin"
            headers["cross-origin-resource-policy"] = "same-origin"
            headers.setdefault("cache-control", "no-cache" if self._kept else "no-store")
            headers["permissions-policy"] = "camera=(), geolocation=(), microphone=()"
        await self._send(message)


class _Page:
    """Holds Gradio's document back until it is whole, and sends it dressed."""

    def __init__(self, send: Send, dress: Callable[[str], str]) -> None:
        self._send, self._dress = send, dress
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = MutableHeaders(scope=self._start)
        if headers.get("content-type", "").startswith("text/html") and self._body:
            self._body = self._dress(self._body.decode()).encode()
            headers["cache-control"] = "no-store"
            headers["vary"] = "accept-language"
        headers["content-length"] = str(len(self._body))
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": self._body})
