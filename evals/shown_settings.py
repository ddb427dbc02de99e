"""The settings as a run records them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from rag.settings import Settings

# Places on this machine, and what only the server heeds.
_SHAPES_NO_ANSWER = frozenset({
    "library", "state", "llm_proxy", "llm_ca_file", "proxy_user_header", "proxy_addresses",
    "questions_a_minute", "upload_mb", "log_level", "log_questions", "shutdown_s",
    "chroma_url", "chroma_token", "chroma_tenant", "chroma_database",
})  # fmt: skip


def shown_settings(settings: Settings) -> dict[str, Any]:
    """The settings that shape an answer: no places on this machine, no password in a URL."""
    values = {n: v for n, v in asdict(settings).items() if n not in _SHAPES_NO_ANSWER}
    url = urlsplit(settings.llm_base_url)
    values["llm_base_url"] = urlunsplit(url._replace(netloc=url.netloc.rpartition("@")[2]))
    return {n: v if isinstance(v, bool | int | float | str) else str(v) for n, v in values.items()}
