"""The server: our FastAPI application with the Gradio page mounted in it."""

from __future__ import annotations

import asyncio
import hashlib
import math
import socket
import sys
import webbrowser
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import get_args

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers
from starlette.types import Scope

from bilingual.encoders import load_encoder
from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage
from rag.assistant import Assistant
from rag.settings import Settings
from ui import logs
from ui.api import build_api, translate_errors
from ui.asking import Answering
from ui.doors import LOOPBACK, Doorkeeper, Doors
from ui.errors import PortTakenError
from ui.frame import dress
from ui.guard import Guard
from ui.language import preferred
from ui.library_page import build_library
from ui.login import build_login
from ui.page import STATIC, build_page
from ui.service import Service
from ui.shelves import Shelves, Shelving
from ui.talks_api import build_talks
from vectorstore import Writer
from vectorstore.errors import LibraryMissingError

PORT = 7860
SPARE_S = 1  # for what is left to say when the last answer is out
OPEN_AFTER_S = 1.0
# An answer's thread gives Python's lock up at each of its hundreds of calls into SQLite, Chroma and
# NumPy. At the usual 5 ms it waits that long for the event loop to give it back, each time.
SWITCH_S = 0.0005
# JSON spends at most 12 bytes on a character (an escaped surrogate pair); 64 KB more hold
# the rest of a request: a quotation, a list of documents.
BYTES_PER_CHAR, SPARE_KB = 12, 64


def create_app(
    assistant: Answering,
    settings: Settings,
    *,
    shelves: Shelving | None = None,
    hosts: Collection[str] | None = LOOPBACK,
    doors: Doors | None = None,
) -> FastAPI:
    """The whole application over an open assistant.

    Args:
        assistant: Whom the page and the API ask.
        settings: Where to keep what is kept, and the limits.
        shelves: Its library; by default the one behind a real assistant.
        hosts: Host names that requests may name; None allows any.
        doors: How people are recognised; by default as on loopback.
    """
    doors = doors or Doors(settings)
    if shelves is None:
        assert isinstance(assistant, Assistant)
        shelves = Shelves(assistant)
    service = Service.over(assistant, shelves, settings, limited=not doors.open)
    app = FastAPI(title="Trichdan", docs_url=None, redoc_url=None, openapi_url=None)
    translate_errors(app)
    # Allows no origin; its being here also keeps Gradio from adding its own, laxer one.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    version = _static_version()
    app.include_router(build_login(doors, version))
    app.include_router(build_api(service))
    app.include_router(build_talks(service))
    app.include_router(build_library(service, doors.way, version))
    app.state.service = service
    app.mount("/page/static", StaticFiles(directory=STATIC))
    _within_a_loop(lambda: _mount_page(app, service))

    def dressed(html: str, scope: Scope, nonce: str) -> str:
        language = preferred(Headers(scope=scope).get("accept-language"))
        return dress(html, scope["user"], doors.way, language, nonce, version)

    body_kb = SPARE_KB + settings.question_chars * BYTES_PER_CHAR // 1024
    app.state.leaving = asyncio.Event()
    app.add_middleware(Doorkeeper, doors=doors)
    app.add_middleware(
        Guard,
        body_kb=body_kb,
        upload_mb=settings.upload_mb,
        hosts=hosts,
        leaving=app.state.leaving,
        grace_s=settings.shutdown_s,
        dress=dressed,
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


def _mount_page(app: FastAPI, service: Service) -> None:
    """Mount the Gradio page, without the parts of Gradio that the page does not use."""
    gr.mount_gradio_app(
        app,
        build_page(service),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
    )


@dataclass(frozen=True, slots=True)
class Certificate:
    """A TLS certificate and its private key, PEM files; the key may stand in the same file."""

    file: Path
    key: Path | None = None


def serve(
    settings: Settings,
    host: str = "127.0.0.1",
    port: int = PORT,
    *,
    open_browser: bool = False,
    certificate: Certificate | None = None,
) -> int:
    """Serve the page and the API until interrupted; the address is printed when it listens.

    Returns:
        The exit code of the command, 0.

    Raises:
        PortTakenError: Something else listens there, or the address is not this machine's.
        AddressOpenError: Other machines can reach the address, and nothing says who may use it.
        StoreError: The library cannot be opened.
        EncoderError: The library's encoder cannot be loaded.
    """
    logs.set_up(settings)
    sys.setswitchinterval(SWITCH_S)
    doors = Doors(settings, host)
    with listen(host, port) as listener, _opened(settings) as assistant:
        hosts = LOOPBACK if host in LOOPBACK else None
        app = create_app(assistant, settings, hosts=hosts, doors=doors)
        app.state.service.uploads.recover()
        warm(app.state.service)
        server = build_server(app, settings.shutdown_s, certificate)
        scheme = "https" if certificate else "http"
        shown = f"[{host}]" if ":" in host else host
        url = f"{scheme}://{shown}:{listener.getsockname()[1]}"
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        if open_browser:
            Timer(OPEN_AFTER_S, webbrowser.open, (url,)).start()
        try:
            server.run(sockets=[listener])
        finally:
            app.state.service.uploads.close()
    return 0


def warm(service: Service) -> None:
    """Answer something in each language, so that nobody waits for what is loaded at first use.

    What is asked are the questions to begin with, which the first page needs anyway.
    """
    for language in get_args(InterfaceLanguage):
        try:
            service.suggestions.first(language)
        except TrichdanError as error:  # /ready will say so, and each question
            logs.note("not-warm", code=error.code)


def _opened(settings: Settings) -> Assistant:
    """The assistant; where there is no library yet, over an empty one that is made now."""
    try:
        return Assistant.open(settings)
    except LibraryMissingError:
        encoder = load_encoder(settings.encoder)
        with Writer(settings.library, encoder.name, encoder.dim):
            pass
        return Assistant.open(settings)


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


def build_server(
    app: FastAPI, grace_s: float = 30.0, certificate: Certificate | None = None
) -> Server:
    """The server of `app`: quiet, one process, gone when the answers in flight are, or `grace_s`.

    Who a request comes from is as the socket says: what a proxy adds is read in `ui/doors.py`,
    and believed only from the proxy.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(grace_s) + SPARE_S,
        ssl_certfile=certificate.file if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    return Server(config)


def _static_version() -> str:
    """A mark that changes with the page's own files, so that browsers fetch them anew."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
