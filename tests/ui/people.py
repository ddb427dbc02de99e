"""A server that knows its people: one of each role, and a second reader."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from rag.settings import Settings
from tests.ui.fakes import ScriptedAssistant, ScriptedShelves
from ui.asking import Answering
from ui.doors import Doors
from ui.server import create_app
from ui.users import Role, Users

PASSWORD = "correct horse battery"
PEOPLE: dict[str, Role] = {
    "an": "reader",
    "binh": "reader",
    "lan": "librarian",
    "quan": "administrator",
}
ORIGIN = "http://127.0.0.1"


def settings_in(folder: Path, **changes: object) -> Settings:
    return Settings(library=folder / "library", **changes)  # type: ignore[arg-type]


def with_people(settings: Settings) -> None:
    """Write the users file; its hashes are cheap ones, for many sign-ins in little time."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    settings.users_file.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name}:{role}:{cheap}\n" for name, role in PEOPLE.items())
    settings.users_file.write_text(lines, encoding="utf-8")


def town(
    folder: Path, assistant: Answering | None = None, **changes: object
) -> tuple[FastAPI, Settings]:
    """An application where people sign in."""
    settings = settings_in(folder, **changes)
    with_people(settings)
    app = create_app(
        assistant or ScriptedAssistant(),
        settings,
        shelves=ScriptedShelves(),
        doors=Doors(settings, "0.0.0.0"),
    )
    return app, settings


def signed_in(app: FastAPI, name: str | None) -> TestClient:
    """A browser of that person's; of nobody's for None."""
    client = TestClient(app, base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False)
    if name is not None:
        reply = client.post("/login", data={"name": name, "password": PASSWORD})
        assert reply.status_code == 303, reply.text
    return client


__all__ = ["ORIGIN", "PASSWORD", "PEOPLE", "Users", "settings_in", "signed_in", "town"]
