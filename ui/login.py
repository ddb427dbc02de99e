"""Signing in and out."""

from __future__ import annotations

import logging

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage
from ui.doors import Doors, cookie
from ui.errors import SignInBusyError, SignInThrottledError, SignInWrongError, UsersFileError
from ui.frame import language_switch, sign
from ui.language import preferred
from ui.logs import note
from ui.sessions import COOKIE, SignIn
from ui.shell import document
from ui.wording import Wordings, said, words

log = logging.getLogger(__name__)

_STATUSES = {
    SignInWrongError: 401,
    SignInThrottledError: 429,
    SignInBusyError: 503,
    UsersFileError: 503,
}


def build_login(doors: Doors, version: str) -> APIRouter:
    """The page to sign in at, and the two requests."""
    router = APIRouter()
    sign_in = SignIn(doors.users)

    @router.get("/login", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        if doors.open or doors.proxied or doors.sessions.person(cookie(request.headers)):
            return RedirectResponse("/", 303)
        return HTMLResponse(login_html(_language(request), version))

    @router.post("/login")
    async def enter(request: Request) -> Response:
        if doors.open or doors.proxied:
            return RedirectResponse("/", 303)
        form = await request.form(max_files=0, max_fields=4)
        name, password = (str(form.get(field, "")) for field in ("name", "password"))
        address = request.client.host if request.client else ""
        try:
            user = await sign_in.check(name, password, address)
        except tuple(_STATUSES) as error:
            note("sign-in-refused", person=name[:64], address=address, code=error.code)
            page = login_html(_language(request), version, name=name, error=error)
            return HTMLResponse(page, _STATUSES[type(error)])
        note("signed-in", person=user.name, address=address)
        doors.sessions.end(cookie(request.headers))
        reply = RedirectResponse("/", 303)
        reply.set_cookie(
            COOKIE,
            doors.sessions.begin(user),
            httponly=True,
            samesite="lax",
            secure=doors.secure(request.scope),
        )
        return reply

    @router.post("/logout")
    def leave(request: Request) -> Response:
        doors.sessions.end(cookie(request.headers))
        reply = RedirectResponse("/login", 303)
        reply.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return reply

    return router


def login_html(
    language: InterfaceLanguage,
    version: str,
    *,
    name: str = "",
    error: TrichdanError | None = None,
) -> str:
    """The page to sign in at, with what was wrong before."""
    from html import escape

    wrong = ""
    if error is not None:
        both: Wordings = {"vi": error.message("vi"), "en": error.message("en")}
        wrong = f'<div role="alert">{said(both, language, "p", "notice")}</div>'
    focus = ("", " autofocus") if name else (" autofocus", "")
    body = (
        f'<div id="trichdan" class="door"><header>{language_switch(language)}</header>'
        f'<main><form class="sign-in" method="post" action="login">{sign()}'
        f"{words('sign-in', language, 'h1')}{words('sign-in-detail', language, 'p')}{wrong}"
        f'<label>{words("user-label", language)}<input name="name" autocomplete="username" '
        f'autocapitalize="none" spellcheck="false" required maxlength="64" '
        f'value="{escape(name[:64])}"{focus[0]}></label>'
        f'<label>{words("password-label", language)}<input name="password" type="password" '
        f'autocomplete="current-password" required maxlength="1024"{focus[1]}></label>'
        f"{words('sign-in', language, 'button', 'primary', 'type=submit')}</form></main></div>"
    )
    return document(
        body, title="sign-in-title", language=language, version=version, script="plain.js"
    )


def _language(request: Request) -> InterfaceLanguage:
    return preferred(request.headers.get("accept-language"))
