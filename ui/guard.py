"""The wall around every request: which paths exist, whose pages may call, how much may be sent.

Gradio brings more endpoints than a chat needs (uploads, a proxy, editing of its own source):
only those in `GRADIO_PATHS` are let through.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.errors import RequestTooLargeError
from ui.language import preferred

OUR_PATHS = ("/api/", "/page/", "/health", "/ready")
GRADIO_PATHS = (
    "/assets/",
    "/static/",
    "/svelte/",
    "/theme.css",
    "/config",
    "/gradio_api/queue/join",
    "/gradio_api/queue/data",
    "/gradio_api/run/predict",
    "/gradio_api/heartbeat/",
    "/gradio_api/cancel",
    "/gradio_api/reset",
    "/gradio_api/startup-events",
    "/gradio_api/app_id",
)
# Streams that a page holds open, and how long they may go on once the server is to end: an answer
# in flight is finished, a sign of life is not.
STREAMS = {"/gradio_api/heartbeat/": 0.0, "/gradio_api/queue/data": 4.0}
Dress = Callable[[str, Headers, str], str]


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
    """ASGI middleware; the outermost layer of the application.

    Args:
        body_kb: Largest body of a request.
        hosts: Host names that requests may name, against DNS rebinding; None allows any.
        leaving: Set when the server is asked to end: streams that would stay open are closed.
        dress: Turns Gradio's document into ours, given the request's headers and the nonce.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_kb: int,
        hosts: Collection[str] | None,
        leaving: asyncio.Event,
        dress: Dress,
    ) -> None:
        self._app, self._dress, self._leaving = app, dress, leaving
        self._body_kb, self._hosts = body_kb, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers, nonce = Headers(scope=scope), secrets.token_urlsafe(16)
        outwards = _Outwards(send, nonce)
        refusal = self._refusal(scope["method"], scope["path"], headers)
        if refusal is not None:
            await refusal(scope, receive, outwards)
        elif scope["path"] == "/":
            page = _Page(outwards, lambda html: self._dress(html, headers, nonce))
            await self._app(_uncompressed(scope), receive, page)
        else:
            receive = _limited(receive, self._body_kb * 1024)
            for stream, grace_s in STREAMS.items():
                if scope["path"].startswith(stream):
                    receive = _until(receive, self._leaving, grace_s)
            await self._app(scope, receive, outwards)

    def _refusal(self, method: str, path: str, headers: Headers) -> JSONResponse | None:
        """The answer to a request that goes no further."""
        host = headers.get("host", "")
        if self._hosts is not None and (urlsplit(f"//{host}").hostname or "") not in self._hosts:
            return _refuse(400, "host", "unknown host")
        if not _known(path):
            return _refuse(404, "not-found", "not found")
        origin = headers.get("origin")
        if method not in ("GET", "HEAD") and origin and urlsplit(origin).netloc != host:
            return _refuse(403, "origin", "requests from other sites are refused")
        if int(headers.get("content-length") or 0) > self._body_kb * 1024:
            error = RequestTooLargeError(limit_kb=self._body_kb)
            language = preferred(headers.get("accept-language"))
            return _refuse(413, error.code, error.message(language))
        return None


def _known(path: str) -> bool:
    """Whether the path is the page itself or one of the endpoints let through."""
    return path == "/" or any(
        path.startswith(each) if each.endswith("/") else path.rstrip("/") == each
        for each in OUR_PATHS + GRADIO_PATHS
    )


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

    def __init__(self, send: Send, nonce: str) -> None:
        self._send, self._nonce = send, nonce

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = content_security_policy(self._nonce)
            headers["x-content-type-options"] = "nosniff"
            headers["referrer-policy"] = "no-referrer"
            headers["cross-origin-opener-policy"] = "same-origin"
            headers["cross-origin-resource-policy"] = "same-origin"
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
