"""Names in both languages, and whether a text holds them.

A name is a run of capitalised words. It is compared without marks, so that Bùi Hoàng Phương is
Bui Hoang Phuong, and through a table where the languages differ (Pháp, France, French).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import fold, nfc
from bilingual.places import is_place, known_names
from bilingual.texts import InterfaceLanguage

# Dots inside keep "U.S" whole; a hyphen inside keeps "GPT-4" and "Ả-rập".
_TOKEN = re.compile(r"[^\W_]+(?:[.’'&-][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:[.!?…:\n]\s|[\"“«])\s*\Z")
_LOOK_BACK = 4
_POSSESSIVE = re.compile(r"['’]s?\Z")
_ROMAN = re.compile(r"[IVX]{2,}")
_CALENDAR = frozenset(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday tháng thứ chủ nhật".split()
)
# English endings of nationalities and plurals: Russia/Russian, Italy/Italian, Google/Googles.
_ENDINGS = ("ian", "ese", "ish", "an", "n", "s", "y", "a", "i")
_LEAST_STEM = 4
# Before a key of the evidence: written with a capital there.
_CAPITAL = "^"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    Attributes:
        key: What it stands for, as "=VN", or the same as `plain`.
        plain: Folded and in lower case.
        initial: It opens a sentence, where a capital means nothing.
    """

    text: str
    key: str
    plain: str
    start: int
    end: int
    capital: bool
    initial: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words.

    Attributes:
        text: As written.
        keys: What must be found, one for each word or known place.
        plain: The same without knowing any place: "Đức" is also a person's name.
    """

    text: str
    keys: tuple[str, ...]
    plain: tuple[str, ...]


def names_in(text: str, language: InterfaceLanguage) -> list[Name]:
    """The names of `text`, in order; months, week days and lone sentence openers are none."""
    text = nfc(text)
    runs = (_trimmed(run, language) for run in _runs(text, _tokens(text)))
    return [
        Name(
            text[run[0].start : run[-1].end],
            tuple(token.key for token in run),
            tuple(token.plain for token in run),
        )
        for run in runs
        if run
    ]


@lru_cache(maxsize=4096)  # an answer's sentences are held against the same few passages
def evidence_keys(text: str) -> frozenset[str]:
    """Everything in `text` that a name's keys may be found among."""
    text = nfc(text)
    tokens = _tokens(text)
    found = {token.key for token in tokens}
    for token in tokens:
        found.update(token.plain.split())
        found.update(_stems(token.plain))
        if token.capital:
            found.add(_CAPITAL + token.plain)
    for run in _runs(text, tokens):
        # "Open AI" for OpenAI, and "LMCA" for a name written out.
        found.update(one.key + two.key for one, two in pairwise(run))
        if len(run) > 1:
            found.add("".join(token.key[0] for token in run))
    return frozenset(found)


def names_place(text: str) -> bool:
    """Whether `text` names a country or body of the table."""
    return any(is_place(token.key) for token in _tokens(nfc(text)))


def is_found(name: Name, evidence: frozenset[str], *, across: bool) -> bool:
    """Whether all words of `name` are in the evidence.

    Args:
        name: The name.
        evidence: From `evidence_keys`.
        across: The evidence is in the other language: words of titles are not looked for.
    """
    parts = list(zip(name.keys, name.plain, strict=True))
    if across:
        parts = [part for part in parts if part[1] not in _titles()] or parts
    # As one word: "OpenAI" for "Open AI".
    if "".join(plain for _, plain in parts) in evidence or fold(name.text).lower() in evidence:
        return True
    return all(
        key in evidence
        or (not key.startswith("=") and not evidence.isdisjoint(_stems(key)))
        # A person may be called like a country: Nguyễn Văn Đức, Michael Jordan.
        or (len(parts) > 1 and _CAPITAL + plain in evidence)
        for key, plain in parts
    )


def _runs(text: str, tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Capitalised words that stand together, with nothing but a space between."""
    run: list[Token] = []
    for token in tokens:
        if run and not (token.capital and text[run[-1].end : token.start] == " "):
            yield run
            run = []
        if token.capital and not _ROMAN.fullmatch(token.text):
            run.append(token)
    if run:
        yield run


def _trimmed(run: list[Token], language: InterfaceLanguage) -> list[Token]:
    """`run` without what is capitalised for its place only; empty where nothing is left."""
    run = [token for token in run if token.text.lower() not in _CALENDAR]
    if not run or run[0].key.startswith("=") or sum(map(str.isupper, run[0].text)) > 1:
        return run
    first = run[0]
    function_word = first.text.lower() in (ENGLISH if language == "en" else VIETNAMESE)
    # "Nước Pháp …": in Vietnamese a common noun opens before a name as in no other place.
    opener = first.initial and (len(run) == 1 or (language == "vi" and len(run) == 2))
    if not function_word and not opener:
        return run
    return run[2:] if len(run) > 1 and run[1].text == "I" else run[1:]  # "Can I …"


@lru_cache(maxsize=4096)  # a text is read for its names and for what names are found among
def _tokens(text: str) -> tuple[Token, ...]:
    """The words of `text`; words that make up a known place or body are one token."""
    return tuple(_read(text))


def _read(text: str) -> Iterator[Token]:
    known = known_names()
    found = list(_TOKEN.finditer(text))
    index = 0
    while index < len(found):
        match = found[index]
        size, key = known.longest(text, found, index)
        capital = size > 0 or match[0][0].isupper()
        last = found[index + max(size, 1) - 1]
        written = text[match.start() : last.end()]
        plain = _plain(written)
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        initial = capital and (match.start() == 0 or bool(_SENTENCE_START.search(before)))
        yield Token(written, key or plain, plain, match.start(), last.end(), capital, initial)
        index += max(size, 1)


@lru_cache(maxsize=1 << 16)
def _plain(written: str) -> str:
    """A word as others are compared with it: folded, in lower case, without "'s"."""
    return fold(_POSSESSIVE.sub("", written)).lower()


@lru_cache(maxsize=1 << 16)
def _stems(key: str) -> frozenset[str]:
    """`key` without an ending of nationality or number, in every way that leaves a stem."""
    return frozenset(
        key[: -len(ending)]
        for ending in _ENDINGS
        if key.endswith(ending) and len(key) - len(ending) >= _LEAST_STEM
    )


@cache
def _titles() -> frozenset[str]:
    """Words before names that each language has its own of, folded."""
    path = Path(__file__).with_name("names.toml")
    given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return frozenset(fold(word).lower() for word in given["titles"].split())
