"""What can go wrong at the page's and the HTTP API's own doors.

The face's branch of the error tree:

TrichdanError
├── BusyError                too many questions at this moment
├── RequestMalformedError    the request is not what the API expects
├── RequestTooLargeError     the request's body is over the limit
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


class PortTakenError(FaceError):
    """The address cannot be listened at (params: host, port, detail)."""

    code = "port-taken"
