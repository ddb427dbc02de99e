"""Files in, passages with exact offsets out.

What is offered is loaded when it is first asked for: the process that parses formats
(`ingest/worker.py`) is started often and needs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.ingestion import ingest, plan_ingest
    from ingest.limits import Limits
    from ingest.report import OnProgress, Progress, Report

__all__ = ["Limits", "OnProgress", "Progress", "Report", "ingest", "plan_ingest"]

_MODULES = {
    "Limits": "limits",
    "OnProgress": "report",
    "Progress": "report",
    "Report": "report",
    "ingest": "ingestion",
    "plan_ingest": "ingestion",
}


def __getattr__(name: str) -> Any:
    """Load what is offered under `name`."""
    if name not in _MODULES:
        raise AttributeError(f"module 'ingest' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"ingest.{_MODULES[name]}"), name)
