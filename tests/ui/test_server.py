import json
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from fastapi.testclient import TestClient

from rag.errors import LLMBusyError, QuestionTooLongError
from rag.settings import Settings
from rag.types import Answer
from tests.ui.fakes import NOT_SIGNED, ScriptedAssistant, ScriptedShelves, cited
from ui.errors import PortTakenError
from ui.server import create_app, listen
from vectorstore.errors import LibraryMissingError

ORIGIN = "http://127.0.0.1"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = create_app(
        ScriptedAssistant(), Settings(state=Path(mkdtemp())), shelves=ScriptedShelves()
    )
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False) as client:
        yield client


class Failing(ScriptedAssistant):
    """Raises the error it is given, whatever is asked of it."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def ask(self, question: str, **_: object) -> Answer:
        raise self.error

    def documents(self) -> list[object]:  # type: ignore[override]
        raise self.error


def failing(error: Exception) -> TestClient:
    app = create_app(Failing(error), Settings(state=Path(mkdtemp())), shelves=ScriptedShelves())
    return TestClient(app, base_url=ORIGIN, raise_server_exceptions=False)


# ---- the HTTP API -------------------------------------------------------------------------------


def test_ask_gives_the_answer_in_its_stable_shape(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "Nước nào không ký?"})
    assert reply.status_code == 200
    answer = reply.json()
    assert answer["claims"][0]["citations"][0]["quote"] == NOT_SIGNED
    assert (answer["refused"], answer["language"]) == (False, "vi")


def test_a_question_error_is_a_400_with_its_code(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": " "}, headers={"accept-language": "vi"})
    assert reply.status_code == 400
    assert reply.json() == {
        "error": {
            "code": "question-empty",
            "message": "Vui lòng nhập câu hỏi.",
            "messages": {"vi": "Vui lòng nhập câu hỏi.", "en": "Please type a question."},
        }
    }


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"question": 3}', b'{"quest": "x"}', b'{"question": "caf\xe9?"}',
     b'{"question": "x", "documents": "y"}'],
)  # fmt: skip
def test_a_malformed_request_is_a_400(client: TestClient, body: bytes) -> None:
    reply = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "request-malformed"


def test_a_file_that_is_not_there_is_told_in_the_same_form(client: TestClient) -> None:
    missing = client.get("/page/static/none.js")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "http-404")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (QuestionTooLongError(length=3000, limit=2000), 400, "question-too-long"),
        (LLMBusyError(endpoint="http://x"), 503, "llm-busy"),
        (LibraryMissingError(path="/l"), 503, "library-missing"),
        (ZeroDivisionError("secret"), 500, "unexpected"),
    ],
)
def test_errors_have_the_right_status_and_no_inner_detail(
    error: Exception, status: int, code: str
) -> None:
    reply = failing(error).post("/api/ask", json={"question": "x"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert "secret" not in reply.text


def test_documents_are_listed_and_read(client: TestClient) -> None:
    listed = client.get("/api/documents").json()
    assert [document["id"] for document in listed] == ["tuyen-bo-paris", "vietnam-paris"]
    assert NOT_SIGNED in client.get("/api/documents/tuyen-bo-paris").json()["text"]
    missing = client.get("/api/documents/none")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "document-missing")


def test_the_source_panel_shows_the_quote_marked(client: TestClient) -> None:
    place = cited(NOT_SIGNED)
    target = {"document": place.document, "start": place.start, "end": place.end}
    shown = client.post("/page/evidence", json={**target, "quote": NOT_SIGNED})
    assert f">{NOT_SIGNED}</mark>" in shown.text
    assert "<mark" not in client.post("/page/evidence", json={**target, "quote": "other"}).text


def test_health_and_readiness() -> None:
    app = create_app(
        ScriptedAssistant(), Settings(state=Path(mkdtemp())), shelves=ScriptedShelves()
    )
    client = TestClient(app, base_url=ORIGIN)
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready", "documents": 2}
    unready = failing(LibraryMissingError(path="/l"))
    assert unready.get("/health").status_code == 200
    assert unready.get("/ready").status_code == 503


# ---- the wall -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/health", "/api/ask", "/page/static/page.js", "/none"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["img-src"] == "'self' data:"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "unsafe-inline" not in policy["script-src"]
    assert "http" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_every_script_of_the_page_has_the_nonce_of_its_answer(client: TestClient) -> None:
    one, two = client.get("/"), client.get("/")
    nonce = one.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
    assert one.text.count("<script") == one.text.count(f'<script nonce="{nonce}"') > 3
    assert nonce not in two.text


def test_the_page_is_ours_and_names_no_other_site(client: TestClient) -> None:
    page = client.get("/", headers={"accept-language": "vi-VN,vi;q=0.9,en;q=0.8"}).text
    head = page.partition("window.gradio_config")[0] + page.partition("</script>")[2]
    assert '<html\n\tlang="vi"' in page
    assert "<title" in page
    for other in ("og:", "twitter:", "raw.githubusercontent", "manifest.json"):
        assert other not in head
    assert 'lang="en"' in client.get("/", headers={"accept-language": "de"}).text


def test_other_sites_are_neither_answered_nor_obeyed(client: TestClient) -> None:
    evil = {"origin": "https://evil.example"}
    assert "access-control-allow-origin" not in client.get("/api/documents", headers=evil).headers
    assert "access-control-allow-origin" not in client.get("/config", headers=evil).headers
    preflight = client.options(
        "/api/ask", headers={**evil, "access-control-request-method": "POST"}
    )
    assert "access-control-allow-origin" not in preflight.headers
    assert client.post("/api/ask", json={"question": "x"}, headers=evil).status_code == 403
    assert client.post("/gradio_api/queue/join", json={}, headers=evil).status_code == 403
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({"host": "["}, 400, "host"), ({"origin": "http://["}, 403, "origin")],
)
def test_an_address_that_cannot_be_one_is_refused_like_any_other(
    client: TestClient, headers: dict[str, str], status: int, code: str
) -> None:
    reply = client.post("/api/ask", json={"question": "Ai?"}, headers=headers)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    assert "content-security-policy" in reply.headers


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/proxy=x", "/monitoring",
     "/gradio_api/info", "/gradio_api/openapi.json", "/openapi.json", "/docs", "/gradio_api/runs",
     "/gradio_api/vibe-code", "/gradio_api/deep_link", "/gradio_api/queue/joint"],
)  # fmt: skip
def test_gradio_endpoints_that_a_chat_does_not_need_are_not_there(
    client: TestClient, path: str
) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, headers={"origin": ORIGIN}).status_code == 404


def test_dots_in_a_path_do_not_lead_out_of_the_static_folders(client: TestClient) -> None:
    for path in ("/page/static/%2e%2e/page.py", "/assets/%2e%2e/%2e%2e/%2e%2e/routes.py"):
        assert client.get(path).status_code in (400, 403, 404)


def test_a_large_body_is_refused_before_it_is_read(client: TestClient) -> None:
    reply = client.post("/api/ask", json={"question": "x" * 1_000_000})
    assert (reply.status_code, reply.json()["error"]["code"]) == (413, "request-too-large")


def test_a_large_body_without_a_length_is_cut_off(client: TestClient) -> None:
    pieces = (json.dumps("x" * 50_000).encode() for _ in range(20))
    reply = client.post("/api/ask", content=pieces, headers={"content-type": "application/json"})
    assert reply.status_code in (400, 413)


def test_a_taken_port_is_said_so() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=str(port)):
            listen("127.0.0.1", port)
    with pytest.raises(PortTakenError):
        listen("127.0.0.1", 99999)
    assert isinstance(taken, socket.socket)
