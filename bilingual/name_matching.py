"""Whether a text holds a name.

Compared without marks, so that Bùi Hoàng Phương is Bui Hoang Phuong, and through a table where the
languages differ (Pháp, France, French).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from bilingual.names import POSSESSIVE, Name, Token, runs, tokens_of, untitled, with_marks
from bilingual.orthography import fold, has_marks, is_syllable, nfc

# English endings of nationalities and plurals: Russia/Russian, Italy/Italian, Google/Googles.
_ENDINGS = ("ian", "ese", "ish", "an", "n", "s", "y", "a", "i")
_LEAST_STEM = 4
# Before a key of the evidence: written with a capital there; the same with its marks; the same
# where nothing around it has marks.
_CAPITAL = "^"
_CAPITAL_MARKED = "^^"
_CAPITAL_UNMARKED = "^_"
# Before the initials of all words of the evidence.
_INITIALS = "*"
_ACRONYM_LETTERS = 3
_BETWEEN_LETTERS = re.compile(r"[&.–-]")
# "J", "J.D" and "JD" of a name, which may be written out there.
_INITIALS_ONLY = re.compile(r"[^\W\d_]|[^\W\d_](?:\.[^\W\d_])+|[A-ZĐ]{2,3}")
_BREAKS = ".;:()!?"
_WORD_OR_BREAK = re.compile(rf"[^\W_]+|[{_BREAKS}]")
_PASSED_OVER = frozenset({"and", "of", "the", "for", "và"})


@lru_cache(maxsize=4096)  # an answer's sentences are held against the same few passages
def evidence_keys(text: str) -> frozenset[str]:
    """Everything in `text` that a name's keys may be found among."""
    text = nfc(text)
    tokens = tokens_of(text)
    found = {token.key for token in tokens}
    for token in tokens:
        found.update(token.plain.split())
        found.update(_stems(token.plain))
        if token.capital:
            found.add(_CAPITAL + token.plain)
            found.add(_BETWEEN_LETTERS.sub("", token.plain))
    found.add(_INITIALS + _initials(text))
    # Two words side by side, however they are written.
    found.update(f"{one.plain} {two.plain}" for one, two in pairwise(tokens))
    found.update(_hyphened(tokens))
    # "OA218" for "OA 218".
    found.update(
        one.plain + two.plain
        for one, two in pairwise(tokens)
        if one.capital and two.plain.isdecimal() and text[one.end : two.start] == " "
    )
    vietnamese = has_marks(text)
    for run in runs(text, tokens):
        marked = vietnamese and (len(run) == 1 or any(has_marks(token.text) for token in run))
        for token in run:
            found.add(_CAPITAL_MARKED + with_marks(token.text))
            if not marked:
                found.add(_CAPITAL_UNMARKED + token.plain)
        # "Open AI" for OpenAI, and "LMCA" for a name written out.
        found.update(one.key + two.key for one, two in pairwise(run))
        if len(run) > 1:
            found.add("".join(token.key[0] for token in run))
    return frozenset(found)


def _hyphened(tokens: Sequence[Token]) -> Iterator[str]:
    """The words that hyphens join, "Jean-Luc", by themselves and beside their neighbours."""
    for at, token in enumerate(tokens):
        parts = _parts(token.plain)
        if token.capital and len(parts) > 1:
            yield from parts
            yield _CAPITAL + parts[0]
            before, after = tokens[at - 1 : at], tokens[at + 1 : at + 2]
            beside = [*(one.plain for one in before), *parts, *(one.plain for one in after)]
            yield from (f"{one} {two}" for one, two in pairwise(beside))


def _parts(plain: str) -> list[str]:
    """The words of one with hyphens; itself where one of them is a number or a letter."""
    parts = plain.split("-")
    return parts if all(len(part) > 1 and part.isalpha() for part in parts) else [plain]


def is_found(name: Name, evidence: frozenset[str], *, across: bool) -> bool:
    """Whether all words of `name` are in the evidence.

    Args:
        name: The name.
        evidence: From `evidence_keys`.
        across: The evidence is in the other language: words of titles are not looked for.
    """
    name = untitled(name)
    parts = list(zip(name.keys, name.plain, name.written, strict=True))
    if across:
        parts = [part for part in parts if part[1] not in _titles()] or parts
    # As one word: "OpenAI" for "Open AI".
    if "".join(plain for _, plain, _ in parts) in evidence or fold(name.text).lower() in evidence:
        return True
    name = Name(name.text, *zip(*parts, strict=True))
    if name.is_vietnamese:
        return all(capital_found(name, evidence))
    return all(part_found(name, at, evidence) for at in range(len(parts)))


def part_found(name: Name, at: int, evidence: frozenset[str]) -> bool:
    """Whether word number `at` of `name` is in the evidence in any form."""
    key, plain, written = name.keys[at], name.plain[at], name.written[at]
    return (
        key in evidence
        or (not key.startswith("=") and not evidence.isdisjoint(_stems(key)))
        # A person may be called like a country: Nguyễn Văn Đức, Michael Jordan.
        or (len(name.keys) > 1 and _CAPITAL + plain in evidence)
        or _is_spelt_out(written, key, evidence)
        or _is_joined(plain, evidence)
        or _are_initials(name, at, evidence)
    )


def spelt_otherwise(name: Name, evidence: frozenset[str]) -> bool:
    """Whether a syllable of `name`, typed with its marks, has other marks wherever it is a name.

    Bà Hoa is not Bà Hòa. Without any marks it may be either.

    Args:
        name: A name of a text with marks.
        evidence: From `evidence_keys`.
    """
    typed, name = has_marks(name.text), untitled(name)
    # A run of capitals may also open with a word that is no part of the name: "Đội Arsenal".
    if len(name.keys) > 1 and not (typed and name.is_vietnamese):
        return False
    return any(
        not key.startswith("=")
        and is_syllable(plain)
        and _CAPITAL + plain in evidence
        and _CAPITAL_MARKED + marked not in evidence
        and _CAPITAL_UNMARKED + plain not in evidence
        for key, plain, marked in zip(name.keys, name.plain, name.marked, strict=True)
    )


def capital_found(name: Name, evidence: frozenset[str]) -> list[bool]:
    """Of each word of a Vietnamese name, whether `evidence` has it as part of a name.

    "Hải" of Bùi Thanh Hải is not in "vắng mặt hai lần": a syllable must have its capital, and its
    marks where the other text has any, or stand beside the same neighbour as in the name.
    """
    sides = [f"{one} {two}" in evidence for one, two in pairwise(name.plain)]
    typed = has_marks(name.text)
    found = []
    for at, (key, plain, marked) in enumerate(zip(name.keys, name.plain, name.marked, strict=True)):
        capital = (
            _CAPITAL_MARKED + marked in evidence or _CAPITAL_UNMARKED + plain in evidence
            if typed
            else _CAPITAL + plain in evidence
        )
        beside = any(sides[max(0, at - 1) : at + 1])
        found.append(capital or beside or (key.startswith("=") and key in evidence))
    return found


def _is_joined(plain: str, evidence: frozenset[str]) -> bool:
    """Whether a word with hyphens stands there without: "Jean Luc", "GD&ĐT"."""
    parts, whole = _parts(plain), _BETWEEN_LETTERS.sub("", plain)
    return (len(whole) > 1 and whole != plain and whole in evidence) or (
        len(parts) > 1 and all(f"{one} {two}" in evidence for one, two in pairwise(parts))
    )


def without_initials(name: Name) -> Name:
    """`name` without the initials before its last word: "R. T. Mbeki" is "Mbeki"."""
    kept = [
        part
        for at, part in enumerate(zip(name.keys, name.plain, name.written, strict=True))
        if at + 1 == len(name.keys) or not _INITIALS_ONLY.fullmatch(part[2])
    ]
    return Name(name.text, *zip(*kept, strict=True))


def _are_initials(name: Name, at: int, evidence: frozenset[str]) -> bool:
    """Whether a word of a name are initials, of words that stand before its next word there."""
    if at + 1 == len(name.keys) or not _INITIALS_ONLY.fullmatch(name.written[at]):
        return False
    first, last = at, at + 1
    while first and _INITIALS_ONLY.fullmatch(name.written[first - 1]):
        first -= 1
    while last < len(name.keys) and _INITIALS_ONLY.fullmatch(name.written[last]):
        last += 1
    letters = _BETWEEN_LETTERS.sub("", "".join(name.plain[first:last]))
    if len(letters) > 1 and letters in evidence:
        return True
    wanted = (letters + name.plain[last][0] if last < len(name.keys) else letters).upper()
    return any(one.startswith(_INITIALS) and wanted in one.upper() for one in evidence)


def _is_spelt_out(written: str, key: str, evidence: frozenset[str]) -> bool:
    """Whether `written` is an acronym of words that stand side by side in the evidence.

    "TT&TT" is "Thông tin và Truyền thông". Words in lower case begin with any three letters soon
    enough: for so few the first must have its capital.
    """
    letters = fold(_BETWEEN_LETTERS.sub("", POSSESSIVE.sub("", written)))
    if key.startswith("=") or not (letters.isalpha() and letters.isupper()):
        return False
    if len(letters) < _ACRONYM_LETTERS:
        return False
    initials = [found[1:] for found in evidence if found.startswith(_INITIALS)]
    if len(letters) > _ACRONYM_LETTERS:
        return any(letters in one.upper() for one in initials)
    spelt = re.compile(letters[0] + f"(?i:{letters[1:]})")
    return any(spelt.search(one) for one in initials)


def _initials(text: str) -> str:
    """The first letters of the words of `text`, folded; a space where they cannot be of one name.

    Words that acronyms pass over are left out.
    """
    return "".join(
        " " if word[0] in _BREAKS else fold(word[0])
        for word in _WORD_OR_BREAK.findall(text)
        if word.lower() not in _PASSED_OVER
    )


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
