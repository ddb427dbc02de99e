"""The process that parses formats: `python -m ingest.worker`, started by `ingest/sandbox.py`.

A file that is made to harm, or simply broken, costs this process and nothing else. It has no
secrets in its environment, opens no connections, writes no files, and its memory and processor
time are bounded by the operating system.

Over standard input it is told, for each file, a line of JSON and the bytes; over its standard
output it answers frames: four bytes of length, then JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import struct
import sys
import time
from dataclasses import asdict
from typing import Any, BinaryIO

from ingest.errors import FileDamagedError, ParserMemoryError, ReadError, TextTooLongError
from ingest.formats import FORMATS
from ingest.limits import Limits
from ingest.outline import Parsed

_ALIVE_EVERY_S = 0.2
_REFUSED = ("socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.", "os.exec",
            "os.system", "os.posix_spawn", "os.fork", "os.remove", "os.rename")  # fmt: skip


def main() -> None:
    """Parse files until standard input ends."""
    _lower_guard()
    source = sys.stdin.buffer
    # Whatever a library prints must not end up between the frames.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    _send(answers, _frame({"ready": True}))
    while line := source.readline():
        request = json.loads(line)
        limits = Limits(**request["limits"])
        _limit(limits)
        try:
            data = source.read(request["size"])
            frame = _frame(_answer(data, request["suffix"], limits, answers))
        except MemoryError:
            frame = _frame(_no_memory(limits))
        del data
        _send(answers, frame)


def _answer(data: bytes, suffix: str, limits: Limits, answers: BinaryIO) -> dict[str, Any]:
    module, name = FORMATS[suffix]
    told = time.monotonic()

    def on_page(page: int) -> None:
        nonlocal told
        if time.monotonic() - told > _ALIVE_EVERY_S:
            told = time.monotonic()
            _send(answers, _frame({"page": page}))

    try:
        parsed: Parsed = importlib.import_module(f"ingest.formats.{module}").read(
            data, limits, on_page
        )
        if len(parsed.text) > limits.text_chars:
            raise TextTooLongError(limit=limits.text_chars)
    except ReadError as exc:
        return {"error": exc.code, "params": exc.params}
    except MemoryError:
        return _no_memory(limits)
    except Exception as exc:  # noqa: BLE001 - a library that stumbles over a file may raise anything
        if "memory" in str(exc).lower():
            return _no_memory(limits)
        detail = f"{type(exc).__name__}: {exc}"[:300]
        return {"error": FileDamagedError.code, "params": {"format": name, "technical": detail}}
    return {"parsed": asdict(parsed)}


def _no_memory(limits: Limits) -> dict[str, Any]:
    return {"error": ParserMemoryError.code, "params": {"limit_mb": limits.memory_bytes / 1e6}}


def _frame(message: dict[str, Any]) -> bytes:
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    return struct.pack(">I", len(body)) + body


def _send(answers: BinaryIO, frame: bytes) -> None:
    rest = memoryview(frame)
    while rest:
        rest = rest[answers.write(rest) :]


def _lower_guard() -> None:
    """Give up what parsing does not need."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(_REFUSED):
            raise PermissionError(f"{event} is refused while a file is parsed")

    sys.addaudithook(hook)
    sys.setrecursionlimit(3000)


def _limit(limits: Limits) -> None:
    """Have the operating system bound memory, processor time and files of this process."""
    try:
        import resource
    except ImportError:  # not on this operating system; the clock still bounds it
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = int(used.ru_utime + used.ru_stime + limits.total_s) + 1
    for what, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or most <= hard:
            resource.setrlimit(what, (most, hard))


if __name__ == "__main__":
    main()
