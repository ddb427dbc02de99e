"""Every setting, read once at start: defaults, then one TOML file, then the environment.

`TRICHDAN_LIBRARY=…` sets `library`, and so on for each field of `Settings`; the TOML file is
`trichdan.toml` in the working directory, or what `TRICHDAN_CONFIG` names.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from rag.errors import SettingsError, SettingUnknownError

PREFIX = "TRICHDAN_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen. Names carry their units.

    Attributes:
        library: The library's folder.
        encoder: "default", or "sentence-transformers/NAME" (a local path or an installed model).
        llm: "none" (answers quote the documents), or "openai" for any OpenAI-compatible endpoint.
        llm_base_url: The endpoint, e.g. "http://127.0.0.1:11434/v1".
        llm_model: The model's name at that endpoint.
        llm_context_tokens: Size of the model's window.
        llm_answer_tokens: Longest answer.
        llm_connect_timeout_s: Longest wait for a connection.
        llm_read_timeout_s: Longest silence in the middle of an answer.
        llm_deadline_s: Longest wait for a whole answer, retries included.
        llm_retries: How often 429, 5xx and lost connections are tried again.
        question_chars: Longest question.
        passages: How many passages are retrieved for an answer.
    """

    library: Path = Path("library")
    encoder: str = "default"
    llm: str = "none"
    llm_base_url: str = ""
    llm_model: str = ""
    llm_context_tokens: int = 8192
    llm_answer_tokens: int = 700
    llm_connect_timeout_s: float = 5.0
    llm_read_timeout_s: float = 60.0
    llm_deadline_s: float = 120.0
    llm_retries: int = 2
    question_chars: int = 2000
    passages: int = 8

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of this process.

        Raises:
            SettingsError: The file is not TOML, or names or values in it are wrong.
        """
        environ = os.environ if environ is None else environ
        chosen = environ.get(f"{PREFIX}CONFIG")
        path = Path(chosen) if chosen else Path("trichdan.toml")
        values: dict[str, Any] = {}
        if path.is_file():
            try:
                values = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
                raise SettingsError(name=str(path), value=str(exc), expected="TOML") from exc
        elif chosen:
            raise SettingsError(name=f"{PREFIX}CONFIG", value=chosen, expected="a file")
        names = {field.name for field in fields(cls)}
        for name in sorted(values.keys() - names):
            raise SettingUnknownError(name=name, path=path, known=", ".join(sorted(names)))
        for name in names:
            if given := environ.get(PREFIX + name.upper()):
                values[name] = given
        return replace(cls(), **{name: _convert(name, value) for name, value in values.items()})


def _convert(name: str, value: object) -> Any:
    """`value` as the type of the setting's default: text from the environment, or TOML's own type.

    Raises:
        SettingsError: It is of another kind, or a number that is too small or not finite.
    """
    default = getattr(Settings(), name)
    least = 0 if name == "llm_retries" else 1
    if isinstance(default, int):
        expected = f"{least}, {least + 1}, {least + 2}…"
        converted = _number(value, int)
        right = converted is not None and converted >= least
    elif isinstance(default, float):
        expected = "> 0"
        converted = _number(value, float)
        right = converted is not None and 0 < converted < math.inf
    else:
        expected = '"…"'
        right = isinstance(value, str) and value != ""
        converted = type(default)(value) if right else None
    if not right:
        raise SettingsError(name=name, value=value, expected=expected)
    return converted


def _number(value: object, kind: type[int] | type[float]) -> int | float | None:
    """`value` as a number of that kind; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if kind is int and isinstance(value, float):
        return None
    try:
        return kind(value)
    except ValueError:
        return None
