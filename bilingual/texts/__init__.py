"""Every text that a person reads, in Vietnamese and English, side by side.

One TOML file a topic; a key is written `topic.name`, and each entry has a `vi` and an `en`
wording with `{placeholders}`.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal, get_args

InterfaceLanguage = Literal["vi", "en"]
INTERFACE_LANGUAGES: tuple[InterfaceLanguage, ...] = get_args(InterfaceLanguage)


@cache
def catalogue(topic: str) -> dict[str, dict[str, str]]:
    """The entries of one topic: name → language → wording."""
    path = Path(__file__).with_name(f"{topic}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def text(key: str, language: InterfaceLanguage, **params: object) -> str:
    """The wording of `key` in `language`, its placeholders filled.

    Raises:
        KeyError: There is no such key, or a placeholder was not given.
    """
    topic, _, name = key.partition(".")
    return catalogue(topic)[name][language].format(**params)
