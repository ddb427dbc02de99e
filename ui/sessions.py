"""Who is signed in, and how often signing in may be tried."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from bilingual.orthography import nfc
from ui.errors import SignInBusyError, SignInThrottledError, SignInWrongError, UsersFileError
from ui.users import LONGEST_NAME, Person, User, Users

COOKIE = "trichdan-session"
IDLE_S = 12 * 3600.0  # a working day: whoever comes back the next morning signs in again
LONGEST_S = 7 * 24 * 3600.0
MOST_SESSIONS = 10_000
# Five tries in five minutes for a name: a person who mistypes gets by, a dictionary does not. An
# address may be a whole office behind one router that starts its day at nine, hence many more.
TRIES_A_NAME, TRIES_AN_ADDRESS, WINDOW_S = 5, 200, 300.0
# One check takes 64 MiB and some 50 ms, so the last of those who wait has waited a few seconds.
CHECKS_AT_ONCE, CHECKS_WAITING = 2, 100

Clock = Callable[[], float]


@dataclass(slots=True)
class _Session:
    user: User
    began: float
    used: float


class Sessions:
    """The sessions of the people who signed in. Only a digest of each token is kept."""

    def __init__(self, users: Users, clock: Clock = time.monotonic) -> None:
        self._users, self._clock = users, clock
        self._sessions: OrderedDict[str, _Session] = OrderedDict()

    def begin(self, user: User) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        self._sessions[_digest(token)] = _Session(user, now, now)
        while len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return token

    def person(self, token: str | None) -> Person | None:
        """Whose session it is: nobody's when it is over, or the user changed or went away."""
        if not token:
            return None
        key = _digest(token)
        session = self._sessions.get(key)
        if session is None:
            return None
        now = self._clock()
        user = self._users.get(session.user.name)
        over = now - session.used > IDLE_S or now - session.began > LONGEST_S
        if over or user is None or user.hash != session.user.hash:
            del self._sessions[key]
            return None
        session.used = now
        self._sessions.move_to_end(key)
        return user.person

    def end(self, token: str | None) -> None:
        """Sign out."""
        if token:
            self._sessions.pop(_digest(token), None)


class SignIn:
    """Checks names and passwords, not too many and not too often."""

    def __init__(self, users: Users, clock: Clock = time.monotonic) -> None:
        self._users, self._clock = users, clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()
        self._turns = asyncio.Semaphore(CHECKS_AT_ONCE)
        self._waiting = 0

    async def check(self, name: str, password: str, address: str) -> User:
        """The user who signs in.

        Raises:
            SignInThrottledError: Too many tries for that name, or from that address.
            SignInBusyError: Too many people are signing in at this moment.
            SignInWrongError: There is no such name, or that is not its password.
            UsersFileError: Nobody can sign in; the try does not count.
        """
        # One name, however its letters were composed; none is longer, and what anybody may send
        # is not kept whole.
        counted = nfc(name)[:LONGEST_NAME]
        keys = {f"name {counted}": TRIES_A_NAME, f"address {address}": TRIES_AN_ADDRESS}
        waits = [self._wait_s(key, tries) for key, tries in keys.items()]
        if max(waits) > 0:
            raise SignInThrottledError(minutes=max(1, round(max(waits) / 60)))
        if self._waiting >= CHECKS_WAITING:
            raise SignInBusyError
        # Counted before the check, taken back when it was right: tries at once count as well.
        for key in keys:
            self._count(key)
        self._waiting += 1
        try:
            async with self._turns:
                user = await asyncio.to_thread(self._users.verified, name, password)
        except UsersFileError:
            for key in keys:
                self._take_back(key)
            raise
        finally:
            self._waiting -= 1
        if user is None:
            raise SignInWrongError
        name_key, address_key = keys
        self._failures.pop(name_key, None)
        self._take_back(address_key)
        return user

    def _wait_s(self, key: str, tries: int) -> float:
        """How long until another try is allowed."""
        tried = self._failures.get(key)
        now = self._clock()
        while tried and now - tried[0] > WINDOW_S:
            tried.popleft()
        return WINDOW_S - (now - tried[-tries]) if tried and len(tried) >= tries else 0.0

    def _count(self, key: str) -> None:
        self._failures.setdefault(key, deque(maxlen=TRIES_AN_ADDRESS)).append(self._clock())
        self._failures.move_to_end(key)
        while len(self._failures) > MOST_SESSIONS:
            self._failures.popitem(last=False)

    def _take_back(self, key: str) -> None:
        if tried := self._failures.get(key):
            tried.pop()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
