"""Question in, checked and cited answer out. Start reading at `rag/assistant.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.settings import Settings
    from rag.types import Answer, Citation, Claim, Hit

__all__ = ["Answer", "Assistant", "Citation", "Claim", "Hit", "Settings"]

_HOMES = {"Assistant": "rag.assistant", "Settings": "rag.settings"}


def __getattr__(name: str) -> Any:
    """Load what is asked for: `rag.settings` and `rag.errors` need none of the rest."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES.get(name, "rag.types")), name)
