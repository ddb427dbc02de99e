"""The address of a remote model, the key for it, and the client that talks to it."""

from __future__ import annotations

import os
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from rag.errors import SettingsError
from rag.settings import PREFIX, Settings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from rag.llm.wire import PatientClient

KEY_VARIABLE = f"{PREFIX}LLM_API_KEY"
# Where an engine's own servers are, unless llm_base_url says otherwise.
HOMES = {"ollama": "http://127.0.0.1:11434", "anthropic": "https://api.anthropic.com"}
IN_PROCESS = ("llama.cpp", "transformers")


def base_url(settings: Settings) -> str:
    """The address that requests are sent to, without a slash at its end."""
    return (settings.llm_base_url or HOMES.get(settings.llm, "")).rstrip("/")


def endpoint_of(settings: Settings) -> str:
    """How errors and reports name where the model is: no password, no query.

    A model in this process is named by its file or folder.
    """
    if settings.llm in IN_PROCESS:
        return settings.llm_model
    try:
        parts = urlsplit(base_url(settings))
    except ValueError:
        return ""
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def endpoint_or_name(llm: LLM, settings: Settings) -> str:
    """How errors and traces name where `llm` is: as `endpoint_of`, without an address its name."""
    return endpoint_of(settings) or str(llm.metadata.model_name)


def check_endpoint(settings: Settings) -> None:
    """See that the address and the model's name can be used.

    Raises:
        SettingsError: They cannot.
    """
    try:
        address = urlsplit(base_url(settings))
        usable = address.scheme in ("http", "https") and bool(address.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(
            name="llm_base_url",
            value=endpoint_of(settings),
            expected='an address such as "http://127.0.0.1:8080/v1"',
        )
    if not settings.llm_model:
        raise SettingsError(name="llm_model", value="", expected="the model's name there")


def open_client(settings: Settings) -> PatientClient:
    """The client for the model that the settings name.

    Raises:
        SettingsError: The key, the proxy or the certificates cannot be used.
    """
    from rag.llm.wire import PatientClient

    transport: dict[str, Any] = {}
    if settings.llm_ca_file:
        transport["verify"] = _trusting(settings.llm_ca_file)
    if settings.llm_proxy:
        transport["proxy"] = settings.llm_proxy
    try:
        return PatientClient(
            key=_key(),
            key_header="X-Api-Key" if settings.llm == "anthropic" else "Authorization",
            connect_timeout_s=settings.llm_connect_timeout_s,
            read_timeout_s=settings.llm_read_timeout_s,
            deadline_s=settings.llm_deadline_s,
            retries=settings.llm_retries,
            **transport,
        )
    except ValueError as exc:  # of the proxy's address, which may hold a password
        raise SettingsError(
            name="llm_proxy", value="…", expected='an address such as "http://proxy:3128"'
        ) from exc


def _trusting(path: str) -> ssl.SSLContext:
    """TLS that trusts the certificates of `path` as well."""
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ssl.SSLError) as exc:
        raise SettingsError(
            name="llm_ca_file", value=path, expected="a file of certificates in PEM"
        ) from exc
    return context


def _key() -> str:
    """The key from the environment, "" where there is none.

    Raises:
        SettingsError: It cannot be sent as a header. Checked here, because the library that
            would find out prints the whole header.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable() and " " not in key):
        raise SettingsError(name=KEY_VARIABLE, value="[key]", expected="printable ASCII, no spaces")
    return key
