"""Which interface language a browser asks for."""

from __future__ import annotations

from typing import get_args

from bilingual.texts import InterfaceLanguage

FALLBACK: InterfaceLanguage = "en"


def preferred(accept_language: str | None) -> InterfaceLanguage:
    """The interface language that an Accept-Language header likes best, else English."""
    best, best_weight = FALLBACK, 0.0
    for item in (accept_language or "").split(","):
        tag, _, parameters = item.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        for language in get_args(InterfaceLanguage):
            if primary == language and weight > best_weight:
                best, best_weight = language, weight
    return best


def as_language(value: object) -> InterfaceLanguage:
    """`value` where it names an interface language, else English."""
    for language in get_args(InterfaceLanguage):
        if value == language:
            return language  # type: ignore[no-any-return]
    return FALLBACK


def _weight(parameters: str) -> float:
    """The q of one Accept-Language item: 1 where it is left out, 0 where it is unreadable."""
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
