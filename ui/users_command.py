"""`trichdan users`: who may use the server."""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from bilingual.orthography import nfc
from bilingual.texts import InterfaceLanguage, text
from rag.settings import Settings
from ui.conversations import Conversations
from ui.errors import PasswordMismatchError
from ui.state import State
from ui.users import NO_PASSWORD, Users


def run(options: argparse.Namespace, settings: Settings, language: InterfaceLanguage) -> int:
    """List, add or remove users, or change a password."""
    users = Users(settings.users_file)
    match options.action:
        case "add":
            password = None if options.no_password else _password(language)
            users.add(options.name, options.role, password)
            _say("users-added", language, name=options.name, role=options.role, path=users.path)
        case "remove":
            users.remove(options.name)
            state = State(settings.state_folder)
            if state.path.exists():
                Conversations(state).forget(nfc(options.name))
                state.close()
            _say("users-removed", language, name=options.name)
        case "passwd":
            users.change_password(options.name, _password(language))
            _say("users-changed", language, name=options.name)
        case _:
            _list(users, language, as_json=options.json)
    return 0


def _list(users: Users, language: InterfaceLanguage, *, as_json: bool) -> None:
    everyone = users.all().values()
    if as_json:
        rows = [
            {"name": user.name, "role": user.role, "password": user.hash != NO_PASSWORD}
            for user in everyone
        ]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return
    for user in everyone:
        sys.stdout.write(f"{user.name}\t{text(f'page.role-{user.role}', language)}\n")
    if not everyone:
        _say("users-none", language, path=users.path)


def _password(language: InterfaceLanguage) -> str:
    """Typed twice at a terminal; elsewhere the first line of standard input.

    Raises:
        PasswordMismatchError: The two differ.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass(text("cli.users-password", language))
    if getpass.getpass(text("cli.users-password-again", language)) != password:
        raise PasswordMismatchError
    return password


def _say(key: str, language: InterfaceLanguage, **params: object) -> None:
    sys.stderr.write(text(f"cli.{key}", language, **params) + "\n")
