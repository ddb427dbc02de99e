"""What can go wrong between a question and its answer.

SettingsError
└── SettingUnknownError      the file has a name that is no setting
QuestionError
├── QuestionEmptyError
├── QuestionTooLongError
└── QuestionUnreadableError
LLMError
├── LLMMissingError          its package is not installed
├── LLMModelMissingError     no such model on this machine
├── LLMUnreachableError      nothing answers at the endpoint
├── LLMWindowError           its window has no room for a passage
├── LLMTimeoutError          no whole answer within the deadline
│   └── LLMSilentError       nothing came for too long
├── LLMRefusedKeyError       401 or 403
├── LLMBusyError             429, after what retries there were
├── LLMServerError           5xx, after what retries there were
├── LLMRequestError          any other 4xx
│   └── LLMRedirectError     3xx, which is not followed
├── LLMCutError              the stream ended before the answer did
└── LLMUnreadableError       the reply is not what the protocol says
"""

from __future__ import annotations

from bilingual.errors import TrichdanError


class SettingsError(TrichdanError):
    """A setting is wrong (params: name, value, expected)."""

    code = "settings"


class SettingUnknownError(SettingsError):
    """The settings file has a name that is no setting (params: name, path, known).

    Its value is not named: it may be a key that somebody put there.
    """

    code = "setting-unknown"


class QuestionError(TrichdanError):
    """A question cannot be asked."""

    code = "question-unreadable"


class QuestionEmptyError(QuestionError):
    """The question holds no letter or digit."""

    code = "question-empty"


class QuestionTooLongError(QuestionError):
    """The question is longer than the limit (params: length, limit)."""

    code = "question-too-long"


class QuestionUnreadableError(QuestionError):
    """The question holds control characters or broken Unicode (params: character)."""

    code = "question-unreadable"


class LLMError(TrichdanError):
    """The language model gave no whole answer (params: endpoint, detail)."""

    code = "llm"


class LLMMissingError(LLMError):
    """The package for this kind of model is not installed (params: kind, install)."""

    code = "llm-missing"


class LLMModelMissingError(LLMError):
    """The model is not on this machine, or its files are no model (params: model, detail)."""

    code = "llm-model-missing"


class LLMUnreachableError(LLMError):
    """Nothing answers at the endpoint (params: endpoint, detail)."""

    code = "llm-unreachable"


class LLMWindowError(LLMError):
    """The window has no room for a passage and an answer (params: window, answer, needed)."""

    code = "llm-window"


class LLMTimeoutError(LLMError):
    """No whole answer came within the deadline (params: endpoint, deadline_s)."""

    code = "llm-timeout"


class LLMSilentError(LLMTimeoutError):
    """Nothing came for longer than a silence may last (params: endpoint, silence_s)."""

    code = "llm-silent"


class LLMRefusedKeyError(LLMError):
    """The endpoint refuses the key, or the lack of one (params: endpoint, status)."""

    code = "llm-refused-key"


class LLMBusyError(LLMError):
    """The endpoint says it is over its rate limit (params: endpoint)."""

    code = "llm-busy"


class LLMServerError(LLMError):
    """The endpoint failed (params: endpoint, status)."""

    code = "llm-server"


class LLMRequestError(LLMError):
    """The endpoint refuses the request (params: endpoint, status, detail)."""

    code = "llm-request"


class LLMRedirectError(LLMRequestError):
    """The endpoint names another address; nothing is sent there (params: endpoint, status)."""

    code = "llm-redirect"


class LLMCutError(LLMError):
    """The connection was cut in the middle of an answer (params: endpoint)."""

    code = "llm-cut"


class LLMUnreadableError(LLMError):
    """The reply does not follow the protocol (params: endpoint, detail)."""

    code = "llm-unreadable"
