"""A whole server in a thread, for tests that talk to it over the network."""

import threading
from pathlib import Path

import httpx
from uvicorn import Server

from rag.settings import Settings
from tests.ui.fakes import ScriptedAssistant, ScriptedShelves
from ui.server import build_server, create_app, listen


class Serving:
    """A server in a thread, over an assistant that takes a while for each word."""

    def __init__(self, folder: Path, pause_s: float, shutdown_s: float = 20) -> None:
        settings = Settings(library=folder / "library", shutdown_s=shutdown_s)
        self.listener = listen("127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        app = create_app(ScriptedAssistant(pause_s), settings, shelves=ScriptedShelves())
        self.server: Server = build_server(app, settings.shutdown_s)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]})

    def end(self) -> None:
        self.server.should_exit = True


def asks(client: httpx.Client) -> int:
    """The number of the event that asks a question."""
    for each in client.get("/config").json()["dependencies"]:
        if any(target[1] == "submit" for target in each["targets"]):
            return int(each["id"])
    raise AssertionError
