"""Who may use the server: a file of names, roles and argon2 hashes.

One person a line, `name:role:hash`; lines that begin with `#` are left alone. The hash is `-` for a
person whom a proxy has signed in and who needs no password here.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from bilingual.orthography import nfc
from ui.errors import (
    PasswordShortError,
    UserExistsError,
    UserMissingError,
    UserNameError,
    UsersFileError,
)

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["reader", "librarian", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)  # each may do what those before it may
NO_PASSWORD = "-"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024  # argon2 reads all of it; a longer one is only a burden
LONGEST_NAME = 64
_NAME = re.compile(rf"\w[\w.@+-]{{0,{LONGEST_NAME - 1}}}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may use the server, and as what."""

    name: str
    role: Role

    def may(self, role: Role) -> bool:
        """Whether this person may do what `role` may do."""
        return ROLES.index(self.role) >= ROLES.index(role)


# Whoever sits at a machine that serves itself only.
LOCAL = Person("local", "administrator")


@dataclass(frozen=True, slots=True)
class User:
    """A line of the users file."""

    name: str
    role: Role
    hash: str

    @property
    def person(self) -> Person:
        """The user without the hash."""
        return Person(self.name, self.role)

    @property
    def line(self) -> str:
        """The user as the file holds it."""
        return f"{self.name}:{self.role}:{self.hash}\n"


class Users:
    """The users file, read anew when it changed. Safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._users: Mapping[str, User] = {}

    def all(self) -> Mapping[str, User]:
        """Every user by name; none where there is no file.

        Raises:
            UsersFileError: A line is not what it should be, or the file cannot be read.
        """
        with self._lock:
            try:
                found = self.path.stat()
                mark = (found.st_mtime_ns, found.st_size, found.st_ino)
                if mark != self._seen:
                    self._users = _parsed(self.path)
                    self._seen = mark
            except FileNotFoundError:
                self._seen, self._users = None, {}
            except (OSError, UnicodeDecodeError) as exc:
                raise UsersFileError(path=self.path, detail=str(exc)) from exc
            return self._users

    def get(self, name: str) -> User | None:
        """The user of that name."""
        return self.all().get(nfc(name))

    def verified(self, name: str, password: str) -> User | None:
        """The user, if that is the password. It takes as long for a name that is not there."""
        from argon2.exceptions import Argon2Error, InvalidHashError

        user = self.get(name)
        known = user if user is not None and user.hash != NO_PASSWORD else None
        try:
            _hasher().verify(known.hash if known else _decoy(), _prepared(password))
        except (Argon2Error, InvalidHashError):
            return None
        return known

    def add(self, name: str, role: Role, password: str | None) -> None:
        """Add a user; without a password a proxy has to sign them in.

        Raises:
            UserNameError, UserExistsError, PasswordShortError: It cannot be added as it is.
        """
        name = nfc(name)
        if not _NAME.fullmatch(name):
            raise UserNameError(name=name)
        user = User(name, role, NO_PASSWORD if password is None else hashed(password))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if name in self.all():
                raise UserExistsError(name=name)
            self._write([*self._lines(), user.line])

    def remove(self, name: str) -> None:
        """Remove a user.

        Raises:
            UserMissingError: There is none of that name.
        """
        self._known(name)  # nothing is made, not even a lock, where there are no users
        with self._alone():
            gone = self._known(name).name
            self._write([line for line in self._lines() if _name_in(line) != gone])

    def change_password(self, name: str, password: str) -> None:
        """Give a user another password; who is signed in with the old one no longer is.

        Raises:
            UserMissingError, PasswordShortError: It cannot be changed.
        """
        self._known(name)
        made = hashed(password)
        with self._alone():
            user = replace(self._known(name), hash=made)
            lines = self._lines()
            self._write([user.line if _name_in(line) == user.name else line for line in lines])

    def _known(self, name: str) -> User:
        user = self.get(name)
        if user is None:
            raise UserMissingError(name=name)
        return user

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock beside the file: what is read in here is still so when it is written."""
        lock = self.path.with_name(f"{self.path.name}.lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _lines(self) -> list[str]:
        """The lines of the file as they stand there, each with its end."""
        content = self.path.read_bytes().decode() if self.path.exists() else ""
        if content and not content.endswith("\n"):
            content += "\n"
        return content.splitlines(keepends=True)

    def _write(self, lines: Sequence[str]) -> None:
        """Put the file in place whole, readable by its owner only."""
        made = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write("".join(lines).encode())
            file.flush()
            os.fsync(file.fileno())
        made.replace(self.path)


def hashed(password: str) -> str:
    """The argon2id hash of a password.

    Raises:
        PasswordShortError: It is too short.
    """
    prepared = _prepared(password)
    if len(prepared) < SHORTEST_PASSWORD:
        raise PasswordShortError(least=SHORTEST_PASSWORD)
    return _hasher().hash(prepared)


def _prepared(password: str) -> str:
    """The password as it is hashed: the same however the keyboard composed its letters."""
    return nfc(password)[:LONGEST_PASSWORD].encode("utf-8", "replace").decode()


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # RFC 9106's low-memory choice: 64 MiB, 3 passes


@cache
def _decoy() -> str:
    """A hash that no password has."""
    return _hasher().hash(secrets.token_urlsafe())


def _name_in(line: str) -> str:
    """Whose line of the file it is; a comment is nobody's."""
    return "" if line.startswith("#") else nfc(line.partition(":")[0])


def _parsed(path: Path) -> dict[str, User]:
    users: dict[str, User] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        role, _, hash_ = rest.partition(":")
        if role not in ROLES or not hash_ or not _NAME.fullmatch(nfc(name)):
            raise UsersFileError(path=path, detail=f"line {number}: name:role:hash")
        users[nfc(name)] = User(nfc(name), role, hash_)
    return users
