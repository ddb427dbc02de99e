import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rag.settings import Settings
from ui.asking import Answering
from ui.server import build_server, create_app, listen


@contextmanager
def serving(assistant: Answering) -> Iterator[str]:
    """The real application over `assistant`, on a free port of this machine."""
    listener = listen("127.0.0.1", 0)
    server = build_server(create_app(assistant, Settings()))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()
