"""Names in both languages, and whether a text holds them.

A name is a run of capitalised words. It is compared without marks, so that Bùi Hoàng Phương is
Bui Hoang Phuong, and through a table where the languages differ (Pháp, France, French).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import fold, nfc, normalise
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


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    Attributes:
        key: Folded and in lower case; or the place or body it stands for, as "=n".
        initial: It opens a sentence, where a capital means nothing.
    """

    text: str
    key: str
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
    """

    text: str
    keys: tuple[str, ...]


def names_in(text: str, language: InterfaceLanguage) -> list[Name]:
    """The names of `text`, in order; months, week days and lone sentence openers are none."""
    text = nfc(text)
    runs = (_trimmed(run, language) for run in _runs(text))
    return [
        Name(text[run[0].start : run[-1].end], tuple(token.key for token in run))
        for run in runs
        if run
    ]


@lru_cache(maxsize=512)  # an answer's sentences are held against the same few passages
def evidence_keys(text: str) -> frozenset[str]:
    """Everything in `text` that a name's keys may be found among."""
    text = nfc(text)
    tokens = list(_tokens(text))
    found = {token.key for token in tokens}
    found.update(fold(token.text).lower() for token in tokens)
    for token in tokens:
        found.update(_stems(token.key))
    for run in _runs(text):
        # "Open AI" for OpenAI, and "LMCA" for a name written out.
        found.update(one.key + two.key for one, two in pairwise(run))
        if len(run) > 1:
            found.add("".join(token.key[0] for token in run))
    return frozenset(found)


def names_place(text: str) -> bool:
    """Whether `text` names a country or body of the table."""
    return any(token.key.startswith("=") for token in _tokens(nfc(text)))


def is_found(name: Name, evidence: frozenset[str], *, across: bool) -> bool:
    """Whether all words of `name` are in the evidence.

    Args:
        name: The name.
        evidence: From `evidence_keys`.
        across: The evidence is in the other language: words of titles are not looked for.
    """
    keys: Sequence[str] = name.keys
    if across:
        keys = [key for key in keys if key not in _table().titles] or keys
    # As one word: "OpenAI" for "Open AI"; and "Pháp luật", whose first word is not France.
    if "".join(keys) in evidence or fold(name.text).lower() in evidence:
        return True
    return all(key in evidence or not evidence.isdisjoint(_stems(key)) for key in keys)


def _runs(text: str) -> Iterator[list[Token]]:
    """Capitalised words that stand together, with nothing but a space between."""
    run: list[Token] = []
    for token in _tokens(text):
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
    return run[1:] if function_word or opener else run


def _tokens(text: str) -> Iterator[Token]:
    """The words of `text`; words that make up a known place or body are one token."""
    table = _table()
    found = list(_TOKEN.finditer(text))
    index = 0
    while index < len(found):
        match = found[index]
        capital = match[0][0].isupper()
        size, key = 0, ""
        if capital:
            following = found[index : index + table.longest]
            size, key = table.lookup([normalise(word[0]) for word in following])
        if size == 0:
            size, key = 1, fold(_POSSESSIVE.sub("", match[0])).lower()
        last = found[index + size - 1]
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        initial = capital and (match.start() == 0 or bool(_SENTENCE_START.search(before)))
        yield Token(
            text[match.start() : last.end()], key, match.start(), last.end(), capital, initial
        )
        index += size


def _stems(key: str) -> frozenset[str]:
    """`key` without an ending of nationality or number, in every way that leaves a stem."""
    if key.startswith("="):
        return frozenset()
    return frozenset(
        key[: -len(ending)]
        for ending in _ENDINGS
        if key.endswith(ending) and len(key) - len(ending) >= _LEAST_STEM
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The known places and bodies: normalised words → key."""

    keys: dict[tuple[str, ...], str]
    longest: int
    titles: frozenset[str]

    def lookup(self, following: Sequence[str]) -> tuple[int, str]:
        """How many of the words that follow make up an entry, and its key; 0 where none do."""
        for size in range(len(following), 0, -1):
            words = (*following[: size - 1], _POSSESSIVE.sub("", following[size - 1]))
            if key := self.keys.get(words):
                return size, key
        return 0, ""


@cache
def _table() -> _Table:
    given: dict[str, Any] = tomllib.loads(
        Path(__file__).with_name("names.toml").read_text(encoding="utf-8")
    )
    keys = {
        tuple(normalise(word) for word in _TOKEN.findall(name)): f"={number}"
        for number, names in enumerate(given["same"])
        for name in names
    }
    titles = frozenset(fold(word).lower() for word in given["titles"].split())
    return _Table(keys, max(map(len, keys)), titles)
