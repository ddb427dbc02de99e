"""Every endpoint of the server, and who may call it. What is not here is not there.

Gradio brings more endpoints than a chat needs (uploads, files, a proxy, editing of its own source);
only those in this list are let through, and only for the people that it names. `docs/access.md` is
made from it: `python -m ui.access`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ui.users import Role

Caller = Literal["anybody"] | Role
READ = ("GET",)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path, and who may call it.

    Attributes:
        path: As in FastAPI: `{name}` stands for one segment, `{name:path}` for any number.
        caller: The least role that may call it.
        session: Where a request names the page's session, which must be the caller's own: "body",
            "query" or "path".
        body: What limits the size of a body: the longest question, or the largest upload.
        what: What it does, in a few words.
    """

    methods: tuple[str, ...]
    path: str
    caller: Caller
    what: str
    session: Literal["body", "query", "path"] | None = None
    body: Literal["question", "upload"] = "question"
    pattern: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pieces = re.split(r"(\{\w+(?::path)?\})", self.path)
        made = "".join(
            re.escape(piece)
            if not piece.startswith("{")
            else (r"(?P<rest>.+)" if piece.endswith(":path}") else rf"(?P<{piece[1:-1]}>[^/]+)")
            for piece in pieces
        )
        object.__setattr__(self, "pattern", re.compile(made))


ENDPOINTS = (
    Endpoint(READ, "/health", "anybody", "whether the process runs"),
    Endpoint(READ, "/ready", "anybody", "whether the library can be read"),
    Endpoint(READ, "/login", "anybody", "the page to sign in at"),
    Endpoint(("POST",), "/login", "anybody", "sign in; throttled"),
    Endpoint(("POST",), "/logout", "anybody", "sign out"),
    Endpoint(READ, "/page/static/{file}", "anybody", "style, scripts and sign of the pages"),
    # The pages
    Endpoint(("GET", "HEAD"), "/", "reader", "the chat"),
    Endpoint(READ, "/library", "reader", "the library's page"),
    Endpoint(READ, "/page/shelf", "reader", "the list of documents, for the library's page"),
    Endpoint(READ, "/page/here", "reader", "that the server is there, and knows who asks"),
    Endpoint(READ, "/page/library", "reader", "the list of documents, for the chat"),
    Endpoint(READ, "/page/starters", "reader", "questions to begin with"),
    Endpoint(READ, "/page/conversations", "reader", "own conversations, as the page lists them"),
    Endpoint(("POST",), "/page/evidence", "reader", "a document around a cited place"),
    # The HTTP API
    Endpoint(("POST",), "/api/ask", "reader", "ask; within the rate limit"),
    Endpoint(READ, "/api/documents", "reader", "the documents"),
    Endpoint(READ, "/api/documents/{document_id}", "reader", "one document with its text"),
    Endpoint(("DELETE",), "/api/documents/{document_id}", "librarian", "take a document out"),
    Endpoint(READ, "/api/uploads", "librarian", "what is on its way into the library"),
    Endpoint(("POST",), "/api/uploads", "librarian", "put a file in", body="upload"),
    Endpoint(("POST",), "/api/addresses", "administrator", "put a web page in"),
    Endpoint(READ, "/api/conversations", "reader", "own conversations"),
    Endpoint(READ, "/api/conversations/{conversation}", "reader", "export an own conversation"),
    Endpoint(("PATCH",), "/api/conversations/{conversation}", "reader", "rename an own one"),
    Endpoint(("DELETE",), "/api/conversations/{conversation}", "reader", "delete an own one"),
    Endpoint(
        READ,
        "/api/conversations/{conversation}/turns/{number}",
        "reader",
        "an own answer with its sources, as text or Markdown",
    ),
    Endpoint(
        ("PUT",),
        "/api/conversations/{conversation}/turns/{number}/feedback",
        "reader",
        "rate an own answer",
    ),
    Endpoint(READ, "/api/feedback", "administrator", "export everybody's feedback"),
    # Gradio's, that carry the chat
    Endpoint(READ, "/config", "reader", "Gradio: the page's components"),
    Endpoint(READ, "/theme.css", "reader", "Gradio: style"),
    Endpoint(READ, "/assets/{file:path}", "reader", "Gradio: scripts and style"),
    Endpoint(READ, "/static/{file:path}", "reader", "Gradio: fonts and pictures"),
    Endpoint(READ, "/svelte/{file:path}", "reader", "Gradio: scripts"),
    Endpoint(READ, "/gradio_api/app_id", "reader", "Gradio: the process's mark"),
    Endpoint(READ, "/gradio_api/startup-events", "reader", "Gradio: begin"),
    Endpoint(
        ("POST",), "/gradio_api/queue/join", "reader", "ask; within the rate limit", session="body"
    ),
    Endpoint(
        READ, "/gradio_api/queue/data", "reader", "the answer as it grows", session="query"
    ),
    Endpoint(
        ("POST",), "/gradio_api/run/predict", "reader", "stop, begin anew, open", session="body"
    ),
    Endpoint(
        READ, "/gradio_api/heartbeat/{session}", "reader", "that the page is open", session="path"
    ),
    Endpoint(("POST",), "/gradio_api/cancel", "reader", "end an event", session="body"),
    Endpoint(("POST",), "/gradio_api/reset", "reader", "Gradio: does nothing"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """The endpoint that a request is for, with the parts of its path."""

    endpoint: Endpoint
    parts: Mapping[str, str]


def match(method: str, path: str) -> Match | None:
    """The endpoint that a request is for; None where there is none."""
    for endpoint in ENDPOINTS:
        if method in endpoint.methods and (found := endpoint.pattern.fullmatch(path)):
            return Match(endpoint, found.groupdict())
    return None


def as_markdown() -> str:
    """The list of endpoints as a document."""
    rows = "".join(
        f"| {', '.join(endpoint.methods)} | `{endpoint.path}` | {endpoint.caller} |"
        f" {endpoint.what} |\n"
        for endpoint in ENDPOINTS
    )
    return f"{_HEAD}{rows}"


_HEAD = """\
# Every endpoint, and who may call it

Made from `ui/access.py` by `python -m ui.access > docs/access.md`; a test holds the two together
and tries each endpoint as nobody, as somebody else and in each role. A path that is not in this
list is answered with 404, whatever Gradio has behind it; another method of a listed path as well.

Roles build on one another: an administrator may do what a librarian may, a librarian what a reader
may. Nobody is asked to sign in where the server listens on loopback only and has no users: whoever
sits at the machine is its administrator. "own" means that somebody else's is answered as if it were
not there. A page's session with Gradio belongs to the person who began it; to others it is refused.

| method | path | who, at least | what |
| --- | --- | --- | --- |
"""


if __name__ == "__main__":
    import sys

    sys.stdout.write(as_markdown())
