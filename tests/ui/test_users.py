import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ui.errors import (
    PasswordShortError,
    UserExistsError,
    UserMissingError,
    UserNameError,
    UsersFileError,
)
from ui.users import Person, Users

PASSWORD = "một mật khẩu dài"


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "state" / "users")


def test_a_user_is_verified_by_the_password_only(users: Users) -> None:
    users.add("lan", "librarian", PASSWORD)
    found = users.verified("lan", PASSWORD)
    assert found is not None and found.person == Person("lan", "librarian")
    assert users.verified("lan", PASSWORD + " ") is None
    assert users.verified("nobody", PASSWORD) is None


def test_a_password_is_the_same_however_its_letters_are_composed(users: Users) -> None:
    users.add("lan", "reader", "mật khẩu dài".encode().decode())
    import unicodedata

    assert users.verified("lan", unicodedata.normalize("NFD", "mật khẩu dài")) is not None


def test_the_file_holds_argon2_hashes_and_is_its_owners_alone(users: Users) -> None:
    users.add("lan", "reader", PASSWORD)
    content = users.path.read_text(encoding="utf-8")
    assert content.startswith("lan:reader:$argon2id$") and PASSWORD not in content
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert {path.name for path in users.path.parent.iterdir()} == {"users", "users.lock"}


def test_a_change_of_the_file_is_seen_at_once(users: Users) -> None:
    users.add("lan", "reader", PASSWORD)
    other = Users(users.path)
    other.change_password("lan", "another password")
    assert users.verified("lan", PASSWORD) is None
    assert users.verified("lan", "another password") is not None
    other.remove("lan")
    assert users.get("lan") is None


def test_what_else_stands_in_the_file_stays_as_it_is(users: Users) -> None:
    users.path.parent.mkdir()
    before = (
        "# trước: đội một\r\n\nlan:reader:-\n# minh:reader:-\nminh:librarian:-\nlan:reader:-\n#sau"
    )
    users.path.write_bytes(before.encode())
    users.add("an", "reader", None)
    users.change_password("minh", PASSWORD)
    minh = users.all()["minh"]
    assert users.verified("minh", PASSWORD) == minh
    users.remove("lan")
    assert users.path.read_bytes().decode() == (
        f"# trước: đội một\r\n\n# minh:reader:-\nminh:librarian:{minh.hash}\n#sau\nan:reader:-\n"
    )


def test_people_added_at_once_are_all_there(users: Users) -> None:
    names = [f"user-{number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: Users(users.path).add(name, "reader", None), names))
    assert sorted(users.all()) == sorted(names)


def test_who_is_not_there_leaves_no_trace(users: Users) -> None:
    with pytest.raises(UserMissingError):
        users.remove("nobody")
    with pytest.raises(UserMissingError):
        users.change_password("nobody", PASSWORD)
    assert not users.path.parent.exists()


def test_a_user_without_a_password_cannot_sign_in(users: Users) -> None:
    users.add("proxied", "reader", None)
    assert users.verified("proxied", "-") is None
    assert users.verified("proxied", "") is None


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a\nb", "x" * 65, "-x", "../x", "#x"])
def test_a_name_that_would_break_the_file_is_refused(users: Users, name: str) -> None:
    with pytest.raises(UserNameError):
        users.add(name, "reader", PASSWORD)


def test_what_cannot_be_done_is_said(users: Users) -> None:
    users.add("lan", "reader", PASSWORD)
    with pytest.raises(UserExistsError, match="lan"):
        users.add("lan", "reader", PASSWORD)
    with pytest.raises(PasswordShortError, match="10"):
        users.add("minh", "reader", "short")
    for act in (users.remove, lambda name: users.change_password(name, PASSWORD)):
        with pytest.raises(UserMissingError, match="minh"):
            act("minh")


@pytest.mark.parametrize("line", ["lan", "lan:reader", "lan:king:$argon2id$x", ":reader:x"])
def test_a_damaged_file_lets_nobody_in_and_names_the_line(users: Users, line: str) -> None:
    users.path.parent.mkdir()
    users.path.write_text(f"# people\n\n{line}\n", encoding="utf-8")
    with pytest.raises(UsersFileError, match="line 3"):
        users.all()
