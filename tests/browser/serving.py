import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.settings import Settings
from tests.ui.fakes import ScriptedShelves
from ui.asking import Answering
from ui.doors import Doors
from ui.server import build_server, create_app, listen
from ui.shelves import Shelving


@contextmanager
def serving(
    assistant: Answering, shelves: Shelving | None = None, settings: Settings | None = None
) -> Iterator[str]:
    """The real application over `assistant`, on a free port of this machine."""
    with TemporaryDirectory() as folder:
        settings = settings or Settings(library=Path(folder) / "library", shutdown_s=1)
        listener = listen("127.0.0.1", 0)
        app = create_app(
            assistant, settings, shelves=shelves or ScriptedShelves(), doors=Doors(settings)
        )
        server = build_server(app, settings.shutdown_s)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join(10)
            listener.close()
