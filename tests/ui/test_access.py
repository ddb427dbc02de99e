"""Each endpoint, tried as nobody, as somebody else and in each role."""

import asyncio
import json
import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute, Mount, Route

from tests.ui.fakes import ScriptedAssistant, ScriptedShelves
from tests.ui.people import ORIGIN, PASSWORD, PEOPLE, settings_in, signed_in, town
from ui.access import ENDPOINTS, Endpoint, as_markdown, match
from ui.doors import Doors
from ui.errors import AddressOpenError, SignInBusyError, SignInThrottledError, SignInWrongError
from ui.server import create_app
from ui.sessions import TRIES_A_NAME, WINDOW_S, Sessions, SignIn
from ui.users import Users

ROOT = Path(__file__).parents[2]
CASES = [(endpoint, method) for endpoint in ENDPOINTS for method in endpoint.methods]
BY_ROLE = {"reader": "an", "librarian": "lan", "administrator": "quan"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return town(tmp_path_factory.mktemp("town"))[0]


@pytest.fixture(scope="module")
def people(app: FastAPI) -> Iterator[dict[str | None, TestClient]]:
    yield {name: signed_in(app, name) for name in (*PEOPLE, None)}


def path_of(endpoint: Endpoint) -> str:
    """A path that the endpoint answers, whose ids exist nowhere."""
    return re.sub(r"\{\w+(:path)?\}", "nothing", endpoint.path)


def answer_of(client: TestClient, endpoint: Endpoint, method: str, session: str) -> int:
    """The status of a request that names a page's session; streams are not read to their end."""
    path = path_of(endpoint).replace("/heartbeat/nothing", f"/heartbeat/{session}")
    if endpoint.session == "query":
        path += f"?session_hash={session}"
    content = json.dumps({"session_hash": session, "data": [], "fn_index": 99, "event_id": "x"})
    headers = {"origin": ORIGIN, "content-type": "application/json"}
    return client.request(method, path, content=content, headers=headers).status_code


def ids(case: object) -> str:
    return f"{case.path}" if isinstance(case, Endpoint) else str(case)


@pytest.mark.parametrize(("endpoint", "method"), CASES, ids=ids)
def test_nobody_gets_only_what_is_for_anybody(
    people: dict[str | None, TestClient], endpoint: Endpoint, method: str
) -> None:
    status = answer_of(people[None], endpoint, method, "nobody")
    if endpoint.caller == "anybody":
        assert status not in (401, 403) or endpoint.path == "/login"
    elif endpoint.path in ("/", "/library"):
        assert status == 303
    else:
        assert status == 401


@pytest.mark.parametrize(("endpoint", "method"), CASES, ids=ids)
def test_a_role_that_does_not_reach_is_refused(
    people: dict[str | None, TestClient], endpoint: Endpoint, method: str
) -> None:
    roles = ["reader", "librarian", "administrator"]
    if endpoint.caller == "anybody":
        return
    for role in roles[: roles.index(endpoint.caller)]:
        assert answer_of(people[BY_ROLE[role]], endpoint, method, f"x-{role}") == 403


# A heartbeat goes on for ever; the browser's tests use it.
CALLABLE = [case for case in CASES if case[0].session != "path"]


@pytest.mark.parametrize(("endpoint", "method"), CALLABLE, ids=ids)
def test_the_role_that_it_is_for_is_let_in(
    people: dict[str | None, TestClient], endpoint: Endpoint, method: str
) -> None:
    if endpoint.caller == "anybody":
        return
    for role in ("reader", "librarian", "administrator"):
        if role == endpoint.caller:
            status = answer_of(people[BY_ROLE[role]], endpoint, method, f"own-{role}")
            assert status not in (401, 403)


@pytest.mark.parametrize(
    ("endpoint", "method"), [case for case in CASES if case[0].session], ids=ids
)
def test_a_pages_session_belongs_to_the_person_who_began_it(
    people: dict[str | None, TestClient], endpoint: Endpoint, method: str
) -> None:
    join = next(each for each in ENDPOINTS if each.path == "/gradio_api/queue/join")
    assert answer_of(people["an"], join, "POST", "session-of-an") != 403
    assert answer_of(people["binh"], endpoint, method, "session-of-an") == 403
    assert answer_of(people["quan"], endpoint, method, "session-of-an") == 403


def test_two_sessions_in_one_request_are_not_let_through(
    people: dict[str | None, TestClient],
) -> None:
    people["an"].get("/gradio_api/queue/data?session_hash=one-of-an")
    path = "/gradio_api/queue/data?session_hash=one-of-binh&session_hash=one-of-an"
    assert people["binh"].get(path).status_code in (403, 404)
    body = b'{"session_hash": "one-of-binh", "session_hash": "one-of-an", "data": []}'
    headers = {"content-type": "application/json"}
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict"):
        assert people["binh"].post(path, content=body, headers=headers).status_code == 403


def test_a_body_that_nests_too_deep_is_refused_as_one_that_cannot_be_read(
    people: dict[str | None, TestClient],
) -> None:
    headers = {"content-type": "application/json"}
    reply = people["an"].post("/gradio_api/queue/join", content=b"[" * 50_000, headers=headers)
    assert reply.status_code == 400


def routes(of: list[BaseRoute], under: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path that the application and what is mounted in it have."""
    for route in of:
        if isinstance(route, Mount):
            yield from routes(route.routes or [], under + route.path)
        elif included := getattr(route, "original_router", None):
            prefix = route.include_context.prefix  # type: ignore[attr-defined]
            yield from routes(included.routes, under + prefix)
        elif isinstance(route, Route):
            for method in route.methods or ():
                yield method, under + route.path


def test_whatever_is_not_listed_is_not_there(
    app: FastAPI, people: dict[str | None, TestClient]
) -> None:
    found = set(routes(app.routes))
    assert any("upload" in path for _, path in found), "Gradio's own routes are among them"
    tried = 0
    for method, path in sorted(found):
        made = re.sub(r"\{[^}]+\}", "x", path)
        if match(method, made) is None:
            tried += 1
            assert people["quan"].request(method, made).status_code == 404, (method, path)
    assert tried > 50


def test_every_listed_endpoint_is_there(app: FastAPI) -> None:
    templates = {
        (method, re.sub(r"\{\w+(:path)?\}", "{}", path)) for method, path in routes(app.routes)
    }
    for endpoint, method in CASES:
        path = re.sub(r"\{\w+(:path)?\}", "{}", endpoint.path)
        if method != "HEAD" and not path.startswith(("/page/static", "/gradio_api/run/")):
            assert (method, path) in templates, endpoint.path


def test_the_list_in_the_documents_is_the_one_that_holds() -> None:
    assert (ROOT / "docs/access.md").read_text(encoding="utf-8") == as_markdown()


# ---- signing in ---------------------------------------------------------------------------------


def test_the_cookie_is_kept_from_scripts_and_other_sites(tmp_path: Path) -> None:
    app, _ = town(tmp_path)
    for origin, secure in (("http://127.0.0.1", False), ("https://127.0.0.1", True)):
        client = TestClient(app, base_url=origin, follow_redirects=False)
        reply = client.post("/login", data={"name": "an", "password": PASSWORD})
        set_cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in set_cookie and "samesite=lax" in set_cookie
        assert ("secure" in set_cookie) is secure
        assert client.get("/api/documents").status_code == 200


def test_signing_out_ends_the_session_for_good(tmp_path: Path) -> None:
    app, settings = town(tmp_path)
    client = signed_in(app, "an")
    kept = dict(client.cookies)
    assert client.get("/api/documents").status_code == 200
    assert client.post("/logout", headers={"origin": ORIGIN}).status_code == 303
    thief = TestClient(app, base_url=ORIGIN, cookies=kept)
    assert thief.get("/api/documents").status_code == 401
    again = signed_in(app, "an")
    Users(settings.users_file).change_password("an", "another password")
    assert again.get("/api/documents").status_code == 401
    other = signed_in(app, "binh")
    Users(settings.users_file).remove("binh")
    assert other.get("/api/documents").status_code == 401


def test_a_wrong_password_says_no_more_than_a_wrong_name(tmp_path: Path) -> None:
    client = signed_in(town(tmp_path)[0], None)
    replies = [
        client.post(
            "/login", data={"name": name, "password": "x"}, headers={"accept-language": "vi"}
        )
        for name in ("an", "nobody")
    ]
    assert [reply.status_code for reply in replies] == [401, 401]
    texts = [reply.text.replace('"nobody"', '"an"') for reply in replies]
    assert texts[0] == texts[1]
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in texts[0]
    assert not client.cookies


def test_sign_in_shows_what_was_typed_as_text(tmp_path: Path) -> None:
    client = signed_in(town(tmp_path)[0], None)
    name = '"><script>alert(1)</script>'
    page = client.post("/login", data={"name": name, "password": "x"}).text
    assert "<script>alert" not in page and "&lt;script&gt;" in page


async def tried(sign_in: SignIn, name: str, password: str) -> type[Exception] | None:
    try:
        await sign_in.check(name, password, "10.0.0.1")
    except (SignInWrongError, SignInThrottledError, SignInBusyError) as error:
        return type(error)
    return None


def test_tries_are_throttled_for_a_while_even_with_the_right_password(tmp_path: Path) -> None:
    users = Users(tmp_path / "users")
    users.add("an", "reader", PASSWORD)
    now = [1000.0]

    async def work() -> list[type[Exception] | None]:
        sign_in = SignIn(users, lambda: now[0])
        found = [await tried(sign_in, "an", "wrong") for _ in range(TRIES_A_NAME)]
        found.append(await tried(sign_in, "an", PASSWORD))
        now[0] += WINDOW_S + 1
        return [*found, await tried(sign_in, "an", PASSWORD)]

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(lambda: asyncio.run(work())).result()
    assert found == [SignInWrongError] * TRIES_A_NAME + [SignInThrottledError, None]


@pytest.mark.parametrize(
    "spellings",
    [("nguyễn", unicodedata.normalize("NFD", "nguyễn"), "nguyê\u0303n"), ("x" * 64, "x" * 70_000)],
    ids=["composed-in-three-ways", "longer-than-names-are"],
)
def test_tries_are_counted_for_a_name_however_it_is_spelt(
    tmp_path: Path, spellings: tuple[str, ...]
) -> None:
    async def work() -> list[type[Exception] | None]:
        sign_in = SignIn(Users(tmp_path / "users"))
        names = islice(cycle(spellings), TRIES_A_NAME + 1)
        return [await tried(sign_in, name, "wrong") for name in names]

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(lambda: asyncio.run(work())).result()
    assert found == [SignInWrongError] * TRIES_A_NAME + [SignInThrottledError]


def test_a_session_ends_by_itself(tmp_path: Path) -> None:
    users = Users(tmp_path / "users")
    users.add("an", "reader", PASSWORD)
    user = users.get("an")
    assert user is not None
    now = [0.0]
    sessions = Sessions(users, lambda: now[0])
    token = sessions.begin(user)
    for hours, there in ((11, True), (22, True), (35, False), (36, False)):
        now[0] = hours * 3600
        assert (sessions.person(token) is not None) is there
    busy = sessions.begin(user)
    for hour in range(36, 36 + 24 * 8, 6):
        now[0] = hour * 3600
        alive = sessions.person(busy) is not None
    assert not alive


@pytest.mark.parametrize(("language", "said"), [("vi", "tệp"), ("en", "file")])
def test_a_damaged_users_file_is_said_to_whoever_is_signed_in(
    tmp_path: Path, language: str, said: str
) -> None:
    app, settings = town(tmp_path)
    an = signed_in(app, "an")
    with settings.users_file.open("a", encoding="utf-8") as file:
        file.write("minh reader\n")
    reply = an.get("/api/documents", headers={"accept-language": language})
    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (503, "users-file")
    assert "line 5" in error["message"] and said in error["message"]
    assert "content-security-policy" in reply.headers


def test_a_damaged_users_file_is_said_at_the_sign_in_and_counts_as_no_try(tmp_path: Path) -> None:
    app, settings = town(tmp_path)
    sound = settings.users_file.read_text(encoding="utf-8")
    client = signed_in(app, None)
    an = {"name": "an", "password": PASSWORD}
    settings.users_file.write_text(f"{sound}minh reader\n", encoding="utf-8")
    for language, said in islice(cycle([("vi", "tệp"), ("en", "file")]), TRIES_A_NAME + 1):
        reply = client.post("/login", data=an, headers={"accept-language": language})
        assert reply.status_code == 503
        assert "<form" in reply.text and "line 5" in reply.text and said in reply.text
    settings.users_file.write_text(sound, encoding="utf-8")
    reply = client.post("/login", data=an)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")


# ---- where people are not asked, and where a proxy says who they are ----------------------------


def test_on_loopback_without_users_nobody_is_asked(tmp_path: Path) -> None:
    client = TestClient(
        create_app(ScriptedAssistant(), settings_in(tmp_path), shelves=ScriptedShelves()),
        base_url=ORIGIN,
    )
    assert client.get("/api/documents").status_code == 200
    assert client.get("/login", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_a_server_for_others_needs_to_know_who_may_use_it(tmp_path: Path, host: str) -> None:
    settings = settings_in(tmp_path)
    with pytest.raises(AddressOpenError, match="trichdan users add"):
        Doors(settings, host)
    Users(settings.users_file).add("an", "reader", None)
    assert not Doors(settings, host).open
    proxied = settings_in(tmp_path / "other", proxy_user_header="X-User")
    assert Doors(proxied, host).proxied


def test_the_proxys_word_counts_only_from_the_proxy(tmp_path: Path) -> None:
    settings = settings_in(
        tmp_path, proxy_user_header="X-Remote-User", proxy_addresses="10.1.1.1, 10.1.1.2"
    )
    Users(settings.users_file).add("quan", "administrator", None)
    app = create_app(
        ScriptedAssistant(), settings, shelves=ScriptedShelves(), doors=Doors(settings, "0.0.0.0")
    )

    def status(address: str, headers: list[tuple[str, str]], path: str = "/api/documents") -> int:
        client = TestClient(app, base_url=ORIGIN, client=(address, 5), follow_redirects=False)
        return client.get(path, headers=headers).status_code

    an = ("x-remote-user", "an")
    assert status("10.1.1.2", [an]) == 200
    assert status("10.1.1.2", [("x-remote-user", r"CORP\an \g<1>")], "/") == 200
    assert status("10.1.1.2", []) == 401
    assert status("10.1.1.2", [("x-remote-user", " ")]) == 401
    assert status("10.1.1.2", [an, ("x-remote-user", "quan")]) == 401
    assert status("10.1.1.3", [an]) == 401
    assert status("127.0.0.1", [an]) == 401
    assert status("10.1.1.3", [an, ("x-forwarded-for", "10.1.1.1")]) == 401


# ---- limits -------------------------------------------------------------------------------------


def test_one_person_asking_too_often_does_not_keep_others_from_asking(tmp_path: Path) -> None:
    app, _ = town(tmp_path, questions_a_minute=2)
    an, binh = signed_in(app, "an"), signed_in(app, "binh")
    statuses = [an.post("/api/ask", json={"question": "Ai?"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert binh.post("/api/ask", json={"question": "Ai?"}).status_code == 200
