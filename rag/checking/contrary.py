"""What a sentence says, and what the passage says instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contrary:
    """Both as written."""

    said: str
    written: str
