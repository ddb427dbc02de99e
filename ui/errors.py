"""What can go wrong at the page's and the HTTP API's own doors.

The face's branch of the error tree:

TrichdanError
├── BusyError                too many questions at this moment
├── RequestMalformedError    the request is not what the API expects
├── RequestTooLargeError     the request's body is over the limit
├── TooOftenError            one person asks too often
├── SignInNeededError        nobody is signed in
├── SignInWrongError         no such name, or not its password
├── SignInThrottledError     too many tries
├── SignInBusyError          too many people sign in at this moment
├── RoleMissingError         only people of another role may do that
├── UsersFileError           the users file cannot be read
├── UserNameError            that cannot be a name
├── UserExistsError          there is one already
├── UserMissingError         there is none
├── PasswordShortError       too short
├── PasswordMismatchError    the two that were typed differ
├── ConversationMissingError there is no such conversation of that person's
├── FileNameError            nothing of a file's name can be used
├── UploadsFullError         too many files are on their way
├── TurnMissingError         there is no such answer
├── StateError               the server's database cannot be used
├── AddressOpenError         a server for others needs users
└── PortTakenError           the address cannot be listened at
"""

from __future__ import annotations

from bilingual.errors import TrichdanError
from bilingual.texts import InterfaceLanguage, text


class FaceError(TrichdanError):
    """An error of the face, whose wording stands with the page's."""

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong and what to do about it, in `language`."""
        return text(f"page.{self.code}", language, **self.params)


class BusyError(FaceError):
    """More questions are waiting than can be answered soon."""

    code = "busy"


class RequestMalformedError(FaceError):
    """The request's body is not what the API expects (params: detail)."""

    code = "request-malformed"


class RequestTooLargeError(FaceError):
    """The request's body is over the limit (params: limit_kb)."""

    code = "request-too-large"

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong, the limit in the unit in which it was set."""
        limit_kb = int(str(self.params["limit_kb"]))
        large = limit_kb % 1024 == 0
        limit = f"{limit_kb // 1024} MB" if large else f"{limit_kb} KB"
        return text("page.request-too-large", language, limit=limit)


class PortTakenError(FaceError):
    """The address cannot be listened at (params: host, port, detail)."""

    code = "port-taken"


class TooOftenError(FaceError):
    """One person asks more often than is allowed (params: limit, seconds)."""

    code = "too-often"


class SignInNeededError(FaceError):
    """Nobody is signed in."""

    code = "sign-in-needed"


class SignInWrongError(FaceError):
    """There is no such name, or that is not its password."""

    code = "sign-in-wrong"


class SignInThrottledError(FaceError):
    """Too many tries for a name or from an address (params: minutes)."""

    code = "sign-in-throttled"


class SignInBusyError(FaceError):
    """Too many people are signing in at this moment."""

    code = "sign-in-busy"


class RoleMissingError(FaceError):
    """Only people of another role may do that (params: role)."""

    code = "role-missing"

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong, the role named in `language`."""
        role = text(f"page.role-{self.params['role']}", language)
        return text("page.role-missing", language, role=role)


class UsersFileError(FaceError):
    """The users file cannot be read (params: path, detail)."""

    code = "users-file"


class UserNameError(FaceError):
    """That cannot be a name (params: name)."""

    code = "user-name"


class UserExistsError(FaceError):
    """There is a user of that name already (params: name)."""

    code = "user-exists"


class UserMissingError(FaceError):
    """There is no user of that name (params: name)."""

    code = "user-missing"


class PasswordShortError(FaceError):
    """The password is too short (params: least)."""

    code = "password-short"


class PasswordMismatchError(FaceError):
    """The password was typed differently the second time."""

    code = "password-mismatch"


class ConversationMissingError(FaceError):
    """There is no such conversation of that person's."""

    code = "conversation-missing"


class TurnMissingError(FaceError):
    """There is no such answer in the conversation."""

    code = "turn-missing"


class FileNameError(FaceError):
    """Nothing of a file's name can be used (params: name)."""

    code = "file-name"


class UploadsFullError(FaceError):
    """Too many files wait to be read (params: most)."""

    code = "uploads-full"


class StateError(FaceError):
    """The server's own database cannot be read or written (params: path, detail)."""

    code = "state"


class AddressOpenError(FaceError):
    """A server that others can reach needs users (params: host, file)."""

    code = "address-open"
