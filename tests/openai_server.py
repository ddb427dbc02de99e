"""A loopback server that speaks OpenAI's chat protocol, one scripted reply after the other.

At their own paths it speaks Ollama's and Anthropic's as well.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server does with one request.

    Attributes:
        deltas: The answer's pieces, one event each.
        finish: The reason in the last event; None leaves it out.
        status: Anything but 200 sends `body` instead of a stream.
        hang_before_s: Silence before the first byte.
        hang_after: Silence after so many deltas, until the client leaves.
        cut_after: The connection is dropped after so many deltas.
        pause_s: Time between deltas.
        usage: How many tokens the end of the reply claims.
        raw: Lines sent as they are, instead of `deltas`.
    """

    deltas: Sequence[str] = ()
    finish: str | None = "stop"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = '{"error": {"message": "scripted"}}'
    usage: int | None = None
    hang_before_s: float = 0.0
    hang_after: int | None = None
    cut_after: int | None = None
    pause_s: float = 0.0
    raw: Sequence[str] | None = None
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: Mapping[str, str]
    json: Any
    at: float


class OpenAIServer:
    """Replies from a queue, the last one for ever; remembers what was asked.

    Attributes:
        requests: Every request, oldest first.
        left: Set when a client closed the connection while it was being answered.
    """

    def __init__(self, *replies: Reply, models: Sequence[str] | None = ("scripted",)) -> None:
        self.requests: list[Request] = []
        self.left = threading.Event()
        self.models = models
        self._replies = deque(replies)
        self._closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def root_url(self) -> str:
        """The address that Ollama's and Anthropic's paths begin after."""
        return self.base_url.removesuffix("/v1")

    @property
    def last_prompt(self) -> str:
        """All messages of the last question, joined."""
        asked = self.requests[-1].json
        contents = [message["content"] for message in asked["messages"]]
        said = [
            content if isinstance(content, str) else "".join(block["text"] for block in content)
            for content in contents
        ]
        return "\n".join([asked["system"], *said] if "system" in asked else said)

    def next_reply(self) -> Reply:
        if not self._replies:
            return Reply(deltas=("one ", "two ", "three"))
        return self._replies.popleft() if len(self._replies) > 1 else self._replies[0]

    def silent(self, connection: socket.socket, seconds: float) -> bool:
        """Say nothing; False as soon as the client has left or the server closes."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not self._closing.is_set():
            if select.select([connection], [], [], 0.02)[0]:
                if not connection.recv(1, socket.MSG_PEEK):
                    self.left.set()
                    return False
                time.sleep(0.02)
        return not self._closing.is_set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


def _handler(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.requests.append(Request(self.path, dict(self.headers), None, time.monotonic()))
            reply = server.next_reply() if server._replies else Reply()
            if reply.status != 200:
                self._whole(reply.status, reply.body, reply.headers)
            elif server.models is None:
                self._whole(404, "{}", {})
            elif (named := self.path.removeprefix("/v1/models/")) != self.path:
                found = {"id": named, "type": "model", "max_input_tokens": 4096}
                there = named in server.models
                self._whole(200 if there else 404, json.dumps(found if there else {}), {})
            else:
                listed = [{"id": name, "max_model_len": 4096} for name in server.models]
                self._whole(200, json.dumps({"object": "list", "data": listed}), {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = Request(self.path, dict(self.headers), json.loads(body), time.monotonic())
            server.requests.append(asked)
            self.close_connection = True
            if self.path == "/api/show":
                there = asked.json["model"] in (server.models or ())
                known = {"model_info": {"llama.context_length": 4096}}
                self._whole(200 if there else 404, json.dumps(known if there else {}), {})
                return
            reply = server.next_reply()
            if reply.drop or not server.silent(self.connection, reply.hang_before_s):
                return
            if reply.status != 200:
                self._whole(reply.status, reply.body, reply.headers)
                return
            try:
                self._stream(reply)
            except (BrokenPipeError, ConnectionResetError):
                server.left.set()

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            lines = list(reply.raw) if reply.raw is not None else _EVENTS[self.path](reply)
            for sent, line in enumerate(lines):
                if sent == reply.cut_after:
                    return
                if sent == reply.hang_after and not server.silent(self.connection, 60):
                    return
                self._chunk(line)
                if reply.pause_s and not server.silent(self.connection, reply.pause_s):
                    return
            self.wfile.write(b"0\r\n\r\n")

        def _chunk(self, line: str) -> None:
            ends = "\n" if self.path == "/api/chat" else "\n\n"
            data = (line + ends).encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def _whole(self, status: int, body: str, headers: Mapping[str, str]) -> None:
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _events(reply: Reply) -> list[str]:
    """The stream's lines: one event a delta, the reason it ended, the end."""
    lines = [_event({"content": delta}, None) for delta in reply.deltas]
    if reply.finish is not None:
        lines.append(_event({}, reply.finish))
    return [*lines, "data: [DONE]"]


def _event(delta: Mapping[str, str], finish: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {
        "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted",
        "choices": [choice],
    }  # fmt: skip
    return "data: " + json.dumps(chunk)


def _ollama(reply: Reply) -> list[str]:
    """Ollama's lines: an object a delta, and one that says that it is done."""

    def line(content: str, **more: object) -> str:
        message = {"role": "assistant", "content": content}
        chunk = {"model": "scripted", "created_at": "2025-02-10T00:00:00Z", "message": message}
        return json.dumps({**chunk, **more})

    lines = [line(delta, done=False) for delta in reply.deltas]
    if reply.finish is not None:
        counts = {} if reply.usage is None else {"prompt_eval_count": 1, "eval_count": reply.usage}
        lines.append(line("", done=True, done_reason=reply.finish, **counts))
    return lines


def _anthropic(reply: Reply) -> list[str]:
    """Anthropic's events: start, deltas, the reason it ended, the end."""

    def event(kind: str, **fields: object) -> str:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}"

    usage = {"input_tokens": 1, "output_tokens": reply.usage or 0}
    message = {
        "id": "1", "type": "message", "role": "assistant", "content": [], "model": "scripted",
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    block = {"type": "text", "text": ""}
    lines = [
        event("message_start", message=message)
        + "\n\n"
        + event("content_block_start", index=0, content_block=block)
    ]
    for text in reply.deltas:
        delta = {"type": "text_delta", "text": text}
        lines.append(event("content_block_delta", index=0, delta=delta))
    if reply.finish is not None:
        why = {"stop": "end_turn", "length": "max_tokens"}.get(reply.finish, reply.finish)
        ended = {"stop_reason": why, "stop_sequence": None}
        lines.append(event("content_block_stop", index=0))
        lines.append(event("message_delta", delta=ended, usage=usage))
    return [*lines, event("message_stop")]


_EVENTS = {"/v1/chat/completions": _events, "/api/chat": _ollama, "/v1/messages": _anthropic}
