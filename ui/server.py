"""The server: our FastAPI application with the Gradio page mounted in it."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import sys
import webbrowser
from collections.abc import Callable, Collection
from threading import Timer

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers

from rag.assistant import Assistant
from rag.settings import Settings
from ui.api import build_api, translate_errors
from ui.asking import Answering, Gate
from ui.errors import PortTakenError
from ui.frame import dress
from ui.guard import Guard
from ui.language import preferred
from ui.page import STATIC, build_page

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PORT = 7860
GRACE_S = 5
OPEN_AFTER_S = 1.0
# JSON spends at most 12 bytes on a character (an escaped surrogate pair); 64 KB more hold
# the rest of a request: a quotation, a list of documents.
BYTES_PER_CHAR, SPARE_KB = 12, 64


def create_app(
    assistant: Answering, settings: Settings, *, hosts: Collection[str] | None = LOOPBACK
) -> FastAPI:
    """The whole application over an open assistant.

    Args:
        assistant: Whom the page and the API ask.
        settings: For the limits of a request.
        hosts: Host names that requests may name; None allows any.
    """
    gate = Gate()
    app = FastAPI(title="Trichdan", docs_url=None, redoc_url=None, openapi_url=None)
    translate_errors(app)
    # Allows no origin; its being here also keeps Gradio from adding its own, laxer one.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.include_router(build_api(assistant, gate))
    app.mount("/page/static", StaticFiles(directory=STATIC))
    _within_a_loop(lambda: _mount_page(app, assistant, gate))
    version = _static_version()

    def dressed(html: str, headers: Headers, nonce: str) -> str:
        return dress(html, preferred(headers.get("accept-language")), nonce, version)

    body_kb = SPARE_KB + settings.question_chars * BYTES_PER_CHAR // 1024
    app.state.leaving = asyncio.Event()
    app.add_middleware(
        Guard, body_kb=body_kb, hosts=hosts, leaving=app.state.leaving, dress=dressed
    )
    return app


def _within_a_loop(build: Callable[[], None]) -> None:
    """Call `build` with an event loop running: without one, Gradio opens loops and leaks them."""

    async def work() -> None:
        build()

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work())
    else:
        build()


def _mount_page(app: FastAPI, assistant: Answering, gate: Gate) -> None:
    """Mount the Gradio page, without the parts of Gradio that the page does not use."""
    gr.mount_gradio_app(
        app,
        build_page(assistant, gate),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
    )


def serve(
    settings: Settings, host: str = "127.0.0.1", port: int = PORT, open_browser: bool = False
) -> int:
    """Serve the page and the API until interrupted; the address is printed when it listens.

    Returns:
        The exit code of the command, 0.

    Raises:
        PortTakenError: Something else listens there, or the address is not this machine's.
        StoreError: The library cannot be opened.
        EncoderError: The library's encoder cannot be loaded.
    """
    with listen(host, port) as listener, Assistant.open(settings) as assistant:
        hosts = LOOPBACK if host in LOOPBACK else None
        server = build_server(create_app(assistant, settings, hosts=hosts))
        url = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        if open_browser:
            Timer(OPEN_AFTER_S, webbrowser.open, (url,)).start()
        server.run(sockets=[listener])
    return 0


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at the address; port 0 takes a free one.

    Raises:
        PortTakenError: It cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except (OSError, OverflowError) as exc:
        listener.close()
        raise PortTakenError(host=host, port=port, detail=str(exc)) from exc
    return listener


class Server(uvicorn.Server):
    """An HTTP server that tells its application when it is asked to end."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End: no new requests, the open ones a few seconds more."""
        self.config.app.state.leaving.set()  # type: ignore[union-attr]
        await super().shutdown(sockets)


def build_server(app: FastAPI) -> Server:
    """The server of `app`: quiet, one process, gone a few seconds after it is told to."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_S
    )
    return Server(config)


def _static_version() -> str:
    """A mark that changes with the page's own files, so that browsers fetch them anew."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
