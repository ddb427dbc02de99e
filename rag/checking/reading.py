"""What a text names, read once: several rules look at the same sentences and passages."""

from __future__ import annotations

from functools import lru_cache

from bilingual import names
from bilingual.names import Name
from bilingual.texts import InterfaceLanguage


@lru_cache(maxsize=2048)
def names_in(text: str, language: InterfaceLanguage) -> tuple[Name, ...]:
    """The names of `text`, as of `bilingual.names.names_in`."""
    return tuple(names.names_in(text, language))
