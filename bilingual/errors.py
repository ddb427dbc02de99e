"""The root of the error tree, and the errors of this layer.

Each package adds its own branch in its own `errors.py`; everything Trichdan raises on purpose
descends from `TrichdanError`:

    TrichdanError
    ├── SettingsError            a setting is wrong                        (rag)
    ├── QuestionError            a question cannot be asked                (rag)
    ├── LLMError                 the language model gave no whole answer   (rag)
    ├── ReadError                a file cannot become a document           (ingest)
    ├── StoreError               the library cannot be read or written     (vectorstore)
    ├── QuestionSetError         a question set is malformed               (evals)
    └── EncoderError             a text cannot be turned into a vector     (bilingual)
"""

from __future__ import annotations

from typing import ClassVar

from bilingual.texts import InterfaceLanguage, text


class TrichdanError(Exception):
    """An error with a message in both interface languages.

    The wording lives in `bilingual/texts/errors.toml` under the class's `code`; keyword
    arguments fill its placeholders and stay readable as `params`.

    Attributes:
        code: Key of the message, stable for callers that switch on it.
        params: The values that the message names.
    """

    code: ClassVar[str] = "unexpected"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.message("en"))

    def message(self, language: InterfaceLanguage) -> str:
        """What is wrong and what to do about it, in `language`."""
        return text(f"errors.{self.code}", language, **self.params)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.params))


def _rebuild(kind: type[TrichdanError], params: dict[str, object]) -> TrichdanError:
    """Unpickle an error, whose constructor takes keywords only."""
    return kind(**params)


class EncoderError(TrichdanError):
    """A text cannot be turned into a vector, or the encoder cannot be loaded."""

    code = "encoder"


class EncoderUnknownError(EncoderError):
    """No encoder has that name (params: name)."""

    code = "encoder-unknown"


class EncoderMissingError(EncoderError):
    """The encoder's package or files are not on this machine (params: name, install)."""

    code = "encoder-missing"


class EncoderDamagedError(EncoderError):
    """The encoder's weights are not the published ones (params: path, expected, got)."""

    code = "encoder-damaged"


class EncoderOutputError(EncoderError):
    """The encoder gave NaN, zero or misshapen rows (params: name, detail)."""

    code = "encoder-output"
