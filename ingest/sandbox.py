"""The parsing process from outside: starts it, feeds it, and ends it when a file costs too much."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.errors import (
    ParserCrashedError,
    ParserMemoryError,
    ParserTimeError,
    ReadError,
    by_code,
)
from ingest.limits import Limits
from ingest.outline import Block, Parsed

_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "HOME", "SYSTEMROOT", "TMPDIR")

# A fresh process after so many files: what libraries leak is given back.
_FILES_A_PROCESS = 200

# On a busy machine a process takes its time to start.
_START_S = 120.0

# Besides the text a frame holds JSON, and at most so many bytes a character.
_BYTES_A_CHAR = 8
_SPARE_BYTES = 64 << 20

_CHUNK = 1 << 20

# Python asks for memory by the MiB. A process that cannot have the next one may turn in a circle
# over its own MemoryError, which Python 3.11 cannot unwind everywhere without an allocation: seen
# so at two looks in a row, it is ended.
_ARENA_BYTES = 1 << 20
_LOOK_EVERY_S = 0.5


class _WorkerDiedError(Exception):
    """The process ended in the middle of a file (returncode as `subprocess` has it)."""

    def __init__(self, returncode: int) -> None:
        super().__init__(returncode)
        self.returncode = returncode


class _Clock:
    """How long a file may still take: until the next sign of life, and in all."""

    def __init__(self, silence_s: float, total_s: float) -> None:
        self._silence_s, self._total_s = silence_s, total_s
        self._end = time.monotonic() + total_s

    def left_s(self) -> float:
        """Seconds to wait for the next sign of life."""
        return min(self._silence_s, self._end - time.monotonic())

    def limit_s(self) -> float:
        """The limit that was reached."""
        over = self._end - time.monotonic() < 0.5 * self._silence_s
        return self._total_s if over else self._silence_s


class Sandbox:
    """Parses files in a process of its own, which is started at the first and used for many.

    Use it in a `with` statement.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> Self:
        """Nothing is started before there is a file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self._end()

    def parse(
        self, data: bytes, suffix: str, on_page: Callable[[int], None] = lambda page: None
    ) -> Parsed:
        """Parse a file.

        Args:
            data: Its content.
            suffix: One of `FORMATS`.
            on_page: Called now and then with the page that was read.

        Raises:
            ReadError: It cannot be read, or costs more than the limits allow. Its path is for the
                caller to add.
        """
        while True:
            fresh = self._files == 0
            try:
                answer = self._ask(data, suffix, on_page)
            except _WorkerDiedError as exc:
                self._end()
                if fresh:
                    raise self._why(exc.returncode) from None
                continue  # perhaps the fault of a file before: once more in a fresh process
            if "parsed" in answer:
                return _parsed(answer["parsed"])
            error = by_code(answer["error"])(**answer["params"])
            if isinstance(error, ParserMemoryError):
                self._end()
                if not fresh:
                    continue
            raise error

    def _ask(self, data: bytes, suffix: str, on_page: Callable[[int], None]) -> dict[str, Any]:
        request = {"suffix": suffix, "size": len(data), "limits": asdict(self._limits)}
        try:
            if self._process is None or self._files >= _FILES_A_PROCESS:
                self._end()
                self._process = _start()
                self._frame(_Clock(_START_S, _START_S))
            self._files += 1
            clock = _Clock(self._limits.silence_s, self._limits.total_s)
            self._write(json.dumps(request).encode() + b"\n", clock)
            self._write(data, clock)
            while True:
                answer: dict[str, Any] = json.loads(self._frame(clock))
                if "page" not in answer:
                    return answer
                on_page(answer["page"])
        except BaseException:
            # Also after Ctrl-C: what comes next must not find the rest of this answer, nor that a
            # process slow to start is ready.
            self._kill()
            raise

    def _write(self, data: bytes, clock: _Clock) -> None:
        assert self._process is not None and self._process.stdin is not None
        to = self._process.stdin.fileno()
        rest = memoryview(data)
        while rest:
            self._wait(to, clock, writing=True)
            try:
                rest = rest[os.write(to, rest[: 1 << 16]) :]
            except BrokenPipeError:
                raise self._died() from None

    def _frame(self, clock: _Clock) -> bytes:
        (size,) = struct.unpack(">I", self._read(4, clock))
        if size > _BYTES_A_CHAR * self._limits.text_chars + _SPARE_BYTES:
            self._kill()
            raise ParserMemoryError(limit_mb=self._limits.memory_bytes / 1e6)
        return self._read(size, clock)

    def _read(self, size: int, clock: _Clock) -> bytes:
        assert self._process is not None and self._process.stdout is not None
        source = self._process.stdout.fileno()
        got = bytearray()
        while len(got) < size:
            self._wait(source, clock)
            part = os.read(source, min(size - len(got), _CHUNK))
            if not part:
                raise self._died()
            got += part
        return bytes(got)

    def _wait(self, descriptor: int, clock: _Clock, *, writing: bool = False) -> None:
        """Wait until the pipe can be used.

        Raises:
            ParserTimeError: The process was silent for too long, or takes too long in all.
            _WorkerDiedError: It had no memory left and did not end by itself.
        """
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)
        end, full_before = time.monotonic() + clock.left_s(), False
        while (left_s := end - time.monotonic()) > 0:
            if poll.poll(min(left_s, _LOOK_EVERY_S) * 1000):
                return
            full = self._is_full()
            if full and full_before:
                self._kill()
                raise _WorkerDiedError(-signal.SIGKILL)
            full_before = full
        raise ParserTimeError(limit_s=clock.limit_s())

    def _is_full(self) -> bool:
        """Whether the process cannot get the next piece of memory (told on Linux only)."""
        assert self._process is not None
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text("ascii", "replace")
            kb = next(int(line.split()[1]) for line in status.split("\n") if "VmData:" in line)
        except (OSError, StopIteration):  # another system, or it has just ended
            return False
        return (kb << 10) + _ARENA_BYTES > self._limits.memory_bytes

    def _died(self) -> _WorkerDiedError:
        """How the process ended that closed its pipe; one that goes on nevertheless is killed."""
        assert self._process is not None
        try:
            return _WorkerDiedError(self._process.wait(timeout=5.0))
        except subprocess.TimeoutExpired:
            self._process.kill()
            return _WorkerDiedError(self._process.wait())

    def _why(self, returncode: int) -> ReadError:
        if -returncode == signal.SIGXCPU:
            return ParserTimeError(limit_s=self._limits.total_s)
        if -returncode == signal.SIGKILL:  # by the system or by `_wait`: no memory was left
            return ParserMemoryError(limit_mb=self._limits.memory_bytes / 1e6)
        status = str(returncode)
        with suppress(ValueError):
            status = signal.Signals(-returncode).name
        return ParserCrashedError(status=status)

    def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            self._end()

    def _end(self) -> None:
        """Close the pipes: the process ends by itself when it is idle, else it is killed."""
        process, self._process, self._files = self._process, None, 0
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start() -> subprocess.Popen[bytes]:
    """A fresh process with the same packages, and none of the keys in the environment."""
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-m", "ingest.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,  # Ctrl-C is for the command that waits for it
    )


def _parsed(fields: dict[str, Any]) -> Parsed:
    """What the process said, checked: offsets that are wrong are not let into a library.

    Raises:
        ParserCrashedError: It makes no sense.
    """
    text = str(fields["text"])
    blocks = tuple(Block(**block) for block in fields["blocks"])
    for block in blocks:
        if not 0 <= block.start <= block.end <= len(text):
            raise ParserCrashedError(status="offsets")
    return Parsed(
        title=fields["title"],
        text=text,
        blocks=blocks,
        page_starts=tuple(fields["page_starts"]),
        pages=fields["pages"],
        unread_pages=tuple(fields["unread_pages"]),
    )
