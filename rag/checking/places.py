"""Whether a sentence repeats one of a passage with another name or figure in some place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations
from typing import Literal

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.name_matching import evidence_keys, is_found, without_initials
from bilingual.names import Name, untitled
from bilingual.orthography import nfc
from bilingual.stems import stems
from bilingual.texts import InterfaceLanguage
from bilingual.units import Word, raw_words
from rag.checking.contrary import Contrary
from rag.checking.figures import Figure, bounded, figures, rounded, values
from rag.checking.measures import told_otherwise
from rag.checking.reading import names_in

# Share of the sentence's words that stand in the passage's sentence, in its order.
_MUCH_THE_SAME = 0.6
# Words in a place, and equal words on its two sides together, by which it is the same place.
_PLACE_WORDS = 6
_SIDE_WORDS = 3
# Between names in a list.
_LISTS = frozenset("and or và hoặc cùng".split())
# "A is B", "from A to B": no more than these between names tells no order.
_EITHER_WAY = frozenset("is are was were be been as to là đến tới".split())
_FUNCTION_WORDS = ENGLISH | VIETNAMESE
# Whoever meets somebody is met: what is so between two names says the same of them exchanged.
_MUTUAL = frozenset(
    "with met meet meets meeting married marries border borders adjoins resembles versus vs "
    "với cùng gặp giáp cưới hòa hoà".split()
)

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
    words: Sequence[str]
    items: Sequence[_Item]
    names: frozenset[str]
    values: frozenset[Decimal]


def replaced(claim: str, sentence: str, language: InterfaceLanguage) -> Contrary | None:
    """What `claim` has in the place of a name or figure of `sentence`, both in one language.

    Only where they are much the same otherwise, so that the place is beyond doubt.
    """
    ours, theirs = _read(nfc(claim), language), _read(nfc(sentence), language)
    matcher = SequenceMatcher(None, ours.keys, theirs.keys, autojunk=False)
    steps = matcher.get_opcodes()
    same = sum(step[2] - step[1] for step in steps if step[0] == "equal")
    if same < _MUCH_THE_SAME * len(ours.keys):
        return _exchanged(ours, theirs)
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
        if _differ(one, other, ours, theirs):
            return Contrary(one.text, other.text)
    return _exchanged(ours, theirs)


def nearest(claim: str, sentences: Sequence[str], language: InterfaceLanguage) -> list[str]:
    """Those of `sentences` that share most words with `claim`; several of equals."""
    ours = set(_keys(nfc(claim)))
    shared = [len(ours.intersection(_keys(nfc(one)))) for one in sentences]
    return [one for one, count in zip(sentences, shared, strict=True) if count == max(shared)]


def _equal_beside(steps: Sequence[tuple[str, int, int, int, int]], at: int) -> int:
    """Equal words right before and behind a step that replaces."""
    return sum(steps[i][2] - steps[i][1] for i in (at - 1, at + 1) if 0 <= i < len(steps))


def _exchanged(ours: _Read, theirs: _Read) -> Contrary | None:
    """A name or figure that stands in the place of another one, which stands in its own.

    For this a name or figure is one word, the same whichever it is, so that the words between and
    around them tell which places are the same.
    """
    if not _may_be_exchanged(ours, theirs):
        return None
    laid, beside = _laid(ours), _laid(theirs)
    keys, others = ([key for key, _ in one] for one in (laid, beside))
    matcher = SequenceMatcher(None, keys, others, autojunk=False)
    blocks = matcher.get_matching_blocks()
    if sum(block.size for block in blocks) < _MUCH_THE_SAME * len(keys):
        return None
    places = [(block.a + at, block.b + at) for block in blocks for at in range(block.size)]
    places = [(at, there) for at, there in places if isinstance(laid[at][1], _Item)]
    found = [
        Contrary(one.text, other.text)
        for (at, there), (until, there_until) in combinations(places, 2)
        for one, two in _items(laid[at], laid[until])
        for other, another in _items(beside[there], beside[there_until])
        if _alike(one, another)
        and _alike(two, other)
        and not _alike(one, other)
        and _tells_order(laid, at, until, one.kind)
        and _same_between(laid[at + 1 : until], beside[there + 1 : there_until])
    ]
    # "In 2020 there were 90, in 2010 40": with another pair whole clauses change places.
    pairs = [{one.said, one.written} for one in found]
    clauses = any(one.isdisjoint(other) for one, other in combinations(pairs, 2))
    return found[0] if found and not clauses else None


def _items(*words: tuple[str, _Item | str]) -> list[list[_Item]]:
    """All of `words` as names and figures, in a list; nothing where one is neither."""
    items = [what for _, what in words if isinstance(what, _Item)]
    return [items] if len(items) == len(words) else []


def _may_be_exchanged(ours: _Read, theirs: _Read) -> bool:
    """Whether two of a kind stand in both, in one order here and in the other there."""
    for one, two in combinations(ours.items, 2):
        if one.kind != two.kind:
            continue
        first = [item.first for item in theirs.items if _alike(one, item)]
        second = [item.first for item in theirs.items if _alike(two, item)]
        if first and second and min(second) < max(first):
            return True
    return False


_Laid = Sequence[tuple[str, "_Item | str"]]


def _laid(read: _Read) -> _Laid:
    """The words of a sentence, each name and figure as one: its key, and itself."""
    found: list[tuple[str, _Item | str]] = []
    at = 0
    for item in sorted(read.items, key=lambda item: (item.first, -item.last)):
        if item.first < at:
            continue
        found += zip(read.keys[at : item.first], read.words[at : item.first], strict=True)
        found.append((f"@{item.kind}", item))
        at = item.last
    return [*found, *zip(read.keys[at:], read.words[at:], strict=True)]


def _tells_order(laid: _Laid, at: int, until: int, kind: Kind) -> bool:
    """Whether what stands between two names or figures makes their order mean something.

    Nothing does in a list, "ông A và ông B" or "4 km and 6 km", or where they are said to meet.
    """
    between = [what for _, what in laid[at + 1 : until] if what not in _LISTS]
    words = [what for what in between if isinstance(what, str)]
    if len(words) < len(between):
        return bool(words)
    size = len(words)
    around = [
        [what for _, what in laid[max(0, at - size) : at]],
        [what for _, what in laid[until + 1 : until + 1 + size]],
    ]
    if not words or words in around:
        return False
    if kind == "figure":
        return True
    return _MUTUAL.isdisjoint(words) and not _EITHER_WAY.issuperset(words)


def _same_between(ours: _Laid, theirs: _Laid) -> bool:
    """Whether the words are the same but for some of content that one leaves out.

    "Was defeated by" is not "defeated".
    """
    matcher = SequenceMatcher(
        None, [key for key, _ in ours], [key for key, _ in theirs], autojunk=False
    )
    return all(
        step == "equal"
        or (
            step != "replace"
            and all(
                isinstance(what, str) and (what in _LISTS or what not in _FUNCTION_WORDS)
                for _, what in (*ours[first:last], *theirs[start:end])
            )
        )
        for step, first, last, start, end in matcher.get_opcodes()
    )


def _alike(one: _Item, other: _Item) -> bool:
    """Whether they are the same figure, or a name and it or a part of it."""
    if isinstance(one.what, Figure) and isinstance(other.what, Figure):
        return one.what.value == other.what.value
    if isinstance(one.what, Name) and isinstance(other.what, Name):
        ours, theirs = set(untitled(one.what).keys), set(untitled(other.what).keys)
        return ours <= theirs or theirs <= ours
    return False


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
            if text[max(0, start - 1) : start] != "/":  # "147/QĐ-UBND"
                add("name", without_initials(name), start, at)
    words = [word.key for word in found]
    return _Read(text, _keys(text), words, items, evidence_keys(text), values(text))
