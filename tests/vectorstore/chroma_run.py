"""A real Chroma server, `chroma run`, on a port of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from vectorstore import ChromaServer

_CHROMA = Path(sys.executable).with_name("chroma")
_START_TIMEOUT_S = 60


class ChromaRun:
    """Serves the collections in a folder; may be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self.server = ChromaServer(f"http://127.0.0.1:{self._port}")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        command = [_CHROMA, "run", "--path", self._folder, "--host", "127.0.0.1"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        deadline = time.monotonic() + _START_TIMEOUT_S
        with httpx.Client(verify=False, trust_env=False) as client:
            while time.monotonic() < deadline:
                try:
                    client.get(f"{self.server.url}/api/v2/heartbeat").raise_for_status()
                    return
                except httpx.HTTPError:
                    assert self._process.poll() is None, "chroma run has ended"
                    time.sleep(0.05)
        raise TimeoutError("chroma run does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
