"""Every setting, read once at start: defaults, then one TOML file, then the environment.

`TRICHDAN_LIBRARY=…` sets `library`, and so on for each field of `Settings`; the TOML file is
`trichdan.toml` in the working directory, or what `TRICHDAN_CONFIG` names. An empty variable makes
empty what is so by default, whatever the file says; any other setting's counts as not set.
"""

from __future__ import annotations

import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from rag.errors import SettingsError, SettingUnknownError
from vectorstore.server import ChromaServer

PREFIX = "TRICHDAN_"


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "log_level": ("warning", "info"),
    "judge": ("rules", "llm"),
    "unsupported": ("mark", "drop", "refuse"),
}
_MAY_BE_ZERO = frozenset({"llm_retries", "history_turns"})
_EMPTY = ("", Path())


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be chosen. Names carry their units; text is taken for numbers and folders, too.

    Attributes:
        library: The library's folder.
        encoder: "default", or "sentence-transformers/NAME" (a local path or an installed model).
        llm: "none" (answers quote the documents), "openai" for any OpenAI-compatible endpoint,
            "ollama", "anthropic", or in this process "llama.cpp" and "transformers".
        llm_base_url: The endpoint, e.g. "http://127.0.0.1:8080/v1"; Ollama and Anthropic have
            one where none is given.
        llm_model: The model's name at that endpoint; for "llama.cpp" a GGUF file, for
            "transformers" a model's folder or its name among those on this machine.
        llm_context_tokens: Size of the model's window, or how much of it to use.
        llm_answer_tokens: Longest answer.
        llm_connect_timeout_s: Longest wait for a connection.
        llm_read_timeout_s: Longest silence before or within an answer.
        llm_deadline_s: Longest wait for a whole answer, retries included.
        llm_retries: How often 429, 5xx and lost connections are tried again.
        llm_proxy: Address of a proxy; where none is given, what HTTPS_PROXY and its like name.
        llm_ca_file: Certificates to trust beyond the public ones, in PEM; where none is given,
            what SSL_CERT_FILE names.
        judge: What weighs a model's sentences against the passages they cite: "rules", or "llm"
            for the language model itself, after the checks that are certain.
        unsupported: What becomes of a sentence that its passages do not support: "mark", "drop",
            or "refuse" the whole answer.
        history_turns: How many earlier turns of a conversation a question may refer to.
        question_chars: Longest question.
        passages: How many passages are retrieved for an answer.
        state: Folder of what the server keeps: users, conversations, feedback, uploaded files.
            By default beside the library, named after it with "-state".
        proxy_user_header: Header in which a proxy names the person it has signed in, e.g.
            "X-Remote-User"; empty where there is no such proxy.
        proxy_addresses: Addresses of that proxy, separated by commas; the header is believed
            from nowhere else.
        questions_a_minute: How often one person may ask, where people sign in.
        upload_mb: Largest file that may be uploaded.
        chroma_url: Address of the Chroma server that keeps the vectors' index, e.g.
            "http://127.0.0.1:8000"; empty keeps it in the library's folder.
        chroma_token: What that server, or the proxy before it, knows this program by.
        chroma_tenant: Tenant on that server.
        chroma_database: Database of that tenant.
        web_hosts: Hosts that web pages may be read from, separated by commas; "*.example.org" for
            what lies below it. Empty: web pages are off.
        log_level: "warning", or "info" for a line of JSON for each question, upload and sign-in.
        log_questions: Whether such a line holds the question's text.
        shutdown_s: How long answers in flight may go on when the server is told to end.
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
    llm_proxy: str = ""
    llm_ca_file: str = ""
    judge: str = "rules"
    unsupported: str = "mark"
    history_turns: int = 6
    question_chars: int = 2000
    passages: int = 8
    state: Path = Path()
    proxy_user_header: str = ""
    proxy_addresses: str = "127.0.0.1, ::1"
    questions_a_minute: int = 30
    upload_mb: int = 50
    chroma_url: str = ""
    chroma_token: str = field(default="", repr=False)
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"
    web_hosts: str = ""
    log_level: str = "warning"
    log_questions: bool = False
    shutdown_s: float = 30.0

    def __post_init__(self) -> None:
        """Check every value, wherever it comes from.

        Raises:
            SettingsError: A value is of another kind, or out of its bounds.
        """
        for each in fields(self):
            value = _convert(each.name, getattr(self, each.name), each.default)
            object.__setattr__(self, each.name, value)

    @property
    def state_folder(self) -> Path:
        """Where the server keeps what is not the library's."""
        if self.state != Path():
            return self.state
        library = Path(os.path.abspath(self.library))  # noqa: PTH100 keeps links as named
        return library.with_name(f"{library.name}-state")

    @property
    def chroma(self) -> ChromaServer | None:
        """The Chroma server, if there is one."""
        if not self.chroma_url:
            return None
        return ChromaServer(
            self.chroma_url, self.chroma_token, self.chroma_tenant, self.chroma_database
        )

    @property
    def users_file(self) -> Path:
        """The names, roles and password hashes of those who may use the server."""
        return self.state_folder / "users"

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
        defaults = {field.name: field.default for field in fields(cls)}
        for name in sorted(values.keys() - defaults.keys()):
            raise SettingUnknownError(name=name, path=path, known=", ".join(sorted(defaults)))
        for name, default in defaults.items():
            given = environ.get(PREFIX + name.upper())
            if given or (given is not None and default in _EMPTY):
                values[name] = given
        return cls(**values)


def _convert(name: str, value: object, default: Any) -> Any:
    """`value` as the type of the setting's default: from text, or from the type itself.

    Raises:
        SettingsError: It is of another kind, or a number that is too small or not finite.
    """
    converted: Any
    least = 0 if name in _MAY_BE_ZERO else 1
    if isinstance(default, bool):
        expected = "true, false"
        converted = _truth(value)
        right = converted is not None
    elif isinstance(default, int):
        expected = f"{least}, {least + 1}, {least + 2}…"
        converted = _number(value, int)
        right = converted is not None and converted >= least
    elif isinstance(default, float):
        expected = "> 0"
        converted = _number(value, float)
        right = converted is not None and 0 < converted < math.inf
    elif name in _CHOICES:
        expected = ", ".join(f'"{choice}"' for choice in _CHOICES[name])
        right = value in _CHOICES[name]
        converted = value
    else:
        expected = '"…"'
        right = isinstance(value, str | Path) and (value != "" or default in _EMPTY)
        converted = type(default)(value) if right else None
    if not right:
        raise SettingsError(name=name, value=value, expected=expected)
    return converted


def _truth(value: object) -> bool | None:
    """`value` as true or false; None where it is neither."""
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _number(value: object, kind: type[int] | type[float]) -> int | float | None:
    """`value` as a number of that kind; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if kind is int and isinstance(value, float):
        return None
    try:
        return kind(value)
    except (ValueError, OverflowError):
        return None
