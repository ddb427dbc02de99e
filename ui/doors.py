"""Who makes a request, and whether they may: the door behind the wall."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bilingual.errors import TrichdanError
from bilingual.orthography import nfc
from rag.settings import Settings
from ui.access import Match
from ui.errors import AddressOpenError, RoleMissingError, SignInNeededError, UsersFileError
from ui.language import preferred
from ui.sessions import COOKIE, Sessions
from ui.users import LOCAL, Person, Role, Users

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_PAGES = 50_000
# Pages are led to the sign-in; everything else is told that it is needed.
_PAGES = ("/", "/library")


class Doors:
    """How people are recognised, decided once when the server starts.

    Where a proxy's header is named, by that header alone. Else, where there are users, by the
    cookie of their session. Else whoever reaches the server is its administrator; such a server
    listens on loopback only.

    Attributes:
        open: Whether nobody is asked who they are.
        proxied: Whether a proxy signs people in.
        sessions: Of the people who sign in here.
        users: The users file.
    """

    def __init__(self, settings: Settings, host: str = "127.0.0.1") -> None:
        """Decide.

        Raises:
            AddressOpenError: The address is not loopback, and nothing says who may use it.
            UsersFileError: The users file cannot be used.
        """
        self.users = Users(settings.users_file)
        self.sessions = Sessions(self.users)
        self._header = settings.proxy_user_header
        self._proxies = {each.strip() for each in settings.proxy_addresses.split(",")}
        self.proxied = bool(self._header)
        self.open = not self.proxied and not self.users.all()
        if self.open and host not in LOOPBACK:
            raise AddressOpenError(host=host, file=settings.users_file)

    @property
    def way(self) -> str:
        """How people come in: "open", "password" or "proxy"."""
        return "open" if self.open else "proxy" if self.proxied else "password"

    def person(self, scope: Scope) -> Person | None:
        """Who makes a request; None where nobody is signed in."""
        if self.open:
            return LOCAL
        headers = Headers(scope=scope)
        if not self.proxied:
            return self.sessions.person(cookie(headers))
        names = headers.getlist(self._header)
        if not self._from_proxy(scope) or len(names) != 1 or not names[0].strip():
            return None
        # A header carries bytes; proxies send names as UTF-8.
        name = nfc(names[0].strip().encode("latin-1").decode("utf-8", "replace"))
        user = self.users.get(name)
        role: Role = user.role if user else "reader"
        return Person(name, role)

    def secure(self, scope: Scope) -> bool:
        """Whether the browser came by TLS, here or at the proxy."""
        forwarded = Headers(scope=scope).get("x-forwarded-proto") if self._from_proxy(scope) else ""
        return scope["scheme"] == "https" or forwarded == "https"

    def _from_proxy(self, scope: Scope) -> bool:
        client = scope.get("client")
        return client is not None and client[0] in self._proxies


class Doorkeeper:
    """ASGI middleware: tells who makes the request, and turns away whom the endpoint is not for.

    What comes after it finds the `Person` in `scope["user"]`.
    """

    def __init__(self, app: ASGIApp, *, doors: Doors) -> None:
        self._app, self._doors = app, doors
        self._pages: OrderedDict[str, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found: Match = scope["trichdan.match"]
        caller = found.endpoint.caller
        try:
            person = self._doors.person(scope)
        except UsersFileError as error:  # what translates errors stands further inside
            await refusal(error, 503, scope)(scope, receive, send)
            return
        scope["user"] = person
        if caller != "anybody":
            if person is None:
                await _sign_in(scope)(scope, receive, send)
                return
            if not person.may(caller):
                await refusal(RoleMissingError(role=caller), 403, scope)(scope, receive, send)
                return
            if found.endpoint.session is not None:
                session, receive = await _session(found, scope, receive)
                if session is not None and not self._owns(person, session):
                    missing = {"error": {"code": "session", "message": "not your session"}}
                    await JSONResponse(missing, 403)(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    def _owns(self, person: Person, session: str) -> bool:
        """Whether a page's session is that person's: it belongs to the first who names it."""
        if not session:
            return False
        owner = self._pages.setdefault(session, person.name)
        self._pages.move_to_end(session)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        return owner == person.name


def cookie(headers: Headers) -> str | None:
    """The token of the session that a request's cookie names."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def refusal(error: TrichdanError, status: int, scope: Scope) -> JSONResponse:
    """The answer that says `error` in the browser's language."""
    language = preferred(Headers(scope=scope).get("accept-language"))
    return JSONResponse({"error": {"code": error.code, "message": error.message(language)}}, status)


def _sign_in(scope: Scope) -> Response:
    """The way to the sign-in for a page; for everything else, that it is needed."""
    if scope["path"] in _PAGES and scope["method"] in ("GET", "HEAD"):
        return RedirectResponse("/login", 303, headers={"cache-control": "no-store"})
    return refusal(SignInNeededError(), 401, scope)


async def _session(found: Match, scope: Scope, receive: Receive) -> tuple[str | None, Receive]:
    """The page's session that a request names, and its body, to be read again."""
    match found.endpoint.session:
        case "path":
            return found.parts["session"], receive
        case "query":
            named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            # Which of several Gradio would take is not for us to guess: nobody owns them.
            return (named[0] if len(named) == 1 else "" if named else None), receive
        case _:
            body = await _read(receive)
            try:
                content = json.loads(body)
            except (ValueError, RecursionError):  # Gradio refuses what it cannot read
                content = None
            session = content.get("session_hash") if isinstance(content, dict) else None
            return (session if isinstance(session, str) else None), _again(body, receive)


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    """`receive` as if the body had not been read yet."""
    read = False

    async def again() -> Message:
        nonlocal read
        if not read:
            read = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
