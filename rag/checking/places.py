"""Whether a sentence repeats one of a passage with another name or figure in some place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from bilingual.name_matching import evidence_keys, is_found
from bilingual.names import Name
from bilingual.orthography import nfc
from bilingual.stems import stems
from bilingual.texts import InterfaceLanguage
from bilingual.units import Word, raw_words
from rag.checking.figures import Figure, bounded, figures, rounded, values
from rag.checking.measures import told_otherwise
from rag.checking.reading import names_in

# Share of the sentence's words that stand in the passage's sentence, in its order.
_MUCH_THE_SAME = 0.6
# Words in a place, and equal words on its two sides together, by which it is the same place.
_PLACE_WORDS = 6
_SIDE_WORDS = 3
# Between names in a list, folded.
_LISTS = frozenset(("and", "or", "va", "hoac", "cung"))

Kind = Literal["figure", "name"]


@dataclass(frozen=True, slots=True)
class _Item:
    """A name or figure and the words that it is made of."""

    kind: Kind
    what: Name | Figure
    text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Read:
    """A sentence as words to be laid beside another's."""

    text: str
    keys: Sequence[str]
    items: Sequence[_Item]
    names: frozenset[str]
    values: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a sentence says, and what the passage has in that place."""

    said: str
    written: str


def replaced(claim: str, sentence: str, language: InterfaceLanguage) -> Replaced | None:
    """What `claim` has in the place of a name or figure of `sentence`, both in one language.

    Only where they are much the same otherwise, so that the place is beyond doubt.
    """
    ours, theirs = _read(nfc(claim), language), _read(nfc(sentence), language)
    matcher = SequenceMatcher(None, ours.keys, theirs.keys, autojunk=False)
    steps = matcher.get_opcodes()
    same = sum(step[2] - step[1] for step in steps if step[0] == "equal")
    if same < _MUCH_THE_SAME * len(ours.keys):
        return None
    pairs = [
        (one, other)
        for at, (step, first, last, start, end) in enumerate(steps)
        if step == "replace"
        and max(last - first, end - start) <= _PLACE_WORDS
        and _equal_beside(steps, at) >= _SIDE_WORDS
        for one in _within(ours, first, last)
        for other in _within(theirs, start, end)
        if one.kind == other.kind
    ]
    for one, other in pairs:
        if _differ(one, other, ours, theirs) or _exchanged(one, other, pairs, ours):
            return Replaced(one.text, other.text)
    return None


def nearest(claim: str, sentences: Sequence[str], language: InterfaceLanguage) -> list[str]:
    """Those of `sentences` that share most words with `claim`; several of equals."""
    ours = set(_keys(nfc(claim)))
    shared = [len(ours.intersection(_keys(nfc(one)))) for one in sentences]
    return [one for one, count in zip(sentences, shared, strict=True) if count == max(shared)]


def _equal_beside(steps: Sequence[tuple[str, int, int, int, int]], at: int) -> int:
    """Equal words right before and behind a step that replaces."""
    return sum(steps[i][2] - steps[i][1] for i in (at - 1, at + 1) if 0 <= i < len(steps))


def _exchanged(one: _Item, other: _Item, pairs: Sequence[tuple[_Item, _Item]], ours: _Read) -> bool:
    """Whether two names stand in each other's place, and not in a list, where any order is good."""
    for two, another in pairs:
        if _alike(one, another) and _alike(other, two) and not _alike(one, other):
            first, last = sorted((one, two), key=lambda item: item.first)
            named = {at for item in ours.items for at in range(item.first, item.last)}
            between = {ours.keys[at] for at in range(first.last, last.first) if at not in named}
            return bool(between - _LISTS)
    return False


def _alike(one: _Item, other: _Item) -> bool:
    return (
        isinstance(one.what, Name)
        and isinstance(other.what, Name)
        and (one.what.keys == other.what.keys)
    )


def _within(read: _Read, first: int, last: int) -> list[_Item]:
    return [item for item in read.items if item.first < last and item.last > first]


def _differ(one: _Item, other: _Item, ours: _Read, theirs: _Read) -> bool:
    """Whether the passage's stands nowhere in the sentence, under another form neither."""
    if isinstance(one.what, Figure) and isinstance(other.what, Figure):
        if not ours.values.isdisjoint({other.what.value, *other.what.also}):
            return False
        # "Over 1,400" for 1,460, "1,800 m" for 1.8 km.
        known = [item.what for item in theirs.items if isinstance(item.what, Figure)]
        return not (
            rounded(one.what, ours.text, known)
            or bounded(one.what, ours.text, [other.what])
            or told_otherwise(one.what, ours.text, theirs.text)
        )
    if isinstance(one.what, Name) and isinstance(other.what, Name):
        return not (
            set(one.what.plain) & set(other.what.plain)
            or is_found(one.what, evidence_keys(other.text), across=True)
            or is_found(other.what, ours.names, across=True)
        )
    return False


def _words(text: str) -> list[Word]:
    return [word for word in raw_words(text) if word.key[0].isalnum()]


@lru_cache(maxsize=4096)
def _keys(text: str) -> tuple[str, ...]:
    return tuple(stems([word.key for word in _words(text)]))


@lru_cache(maxsize=1024)  # an answer's sentences are held against the same few passages
def _read(text: str, language: InterfaceLanguage) -> _Read:
    found = _words(text)
    items: list[_Item] = []

    def add(kind: Kind, what: Name | Figure, start: int, end: int) -> None:
        inside = [at for at, word in enumerate(found) if word.start < end and word.end > start]
        if inside:
            items.append(_Item(kind, what, text[start:end], inside[0], inside[-1] + 1))

    for figure in figures(text):
        if figure.kind != "doubtful":
            add("figure", figure, figure.start, figure.end)
    at = 0
    for name in names_in(text, language):
        start = text.find(name.text, at)
        if start >= 0:
            at = start + len(name.text)
            add("name", name, start, at)
    return _Read(text, _keys(text), items, evidence_keys(text), values(text))
