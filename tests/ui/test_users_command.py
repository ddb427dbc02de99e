import io
import json
from pathlib import Path

import pytest

from rag.settings import Settings
from ui.cli import main
from ui.users import Users

PASSWORD = "một mật khẩu dài"


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Users:
    monkeypatch.setenv("TRICHDAN_LIBRARY", str(tmp_path / "library"))
    return Users(Settings(library=tmp_path / "library").users_file)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_users_are_added_listed_changed_and_removed(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, f"{PASSWORD}\n")
    assert main(["users", "add", "lan", "--role", "librarian"]) == 0
    assert users.verified("lan", PASSWORD) is not None
    assert main(["users", "add", "proxied", "--no-password"]) == 0
    capsys.readouterr()
    assert main(["users", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"name": "lan", "role": "librarian", "password": True},
        {"name": "proxied", "role": "reader", "password": False},
    ]
    typed(monkeypatch, "another password\n")
    assert main(["users", "passwd", "lan"]) == 0
    assert users.verified("lan", "another password") is not None
    assert main(["users", "remove", "lan"]) == 0
    assert list(users.all()) == ["proxied"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "lan"], "at least 10"),
        (["add", "a b", "--no-password"], "cannot be a user name"),
        (["remove", "nobody"], "no user nobody"),
        (["add", "lan", "--role", "king"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(
    users: Users,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    typed(monkeypatch, "short\n")
    assert main(["users", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not users.path.exists()


def test_serving_others_without_users_is_refused_before_anything_is_loaded(
    users: Users, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--host", "0.0.0.0", "--port", "0"]) == 2
    said = capsys.readouterr().err
    assert "trichdan users add NAME" in said and str(users.path) in said
