"""Misspelt words of a question become the library's: "Thialand" is Thailand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from string import ascii_lowercase

from bilingual.lexicon import default_lexicon
from bilingual.marks import Counts
from bilingual.names import names_place
from bilingual.orthography import ADDRESS, is_syllable
from bilingual.stems import stems
from rag.wording.neighbours import QUOTED, is_within, name_goes_on

_LETTERS = range(5, 21)  # shorter words have too many neighbours, longer ones are none
_LONG_LETTERS = 7  # from here on one letter less or more is a slip
_LOOKED_AT = 8  # unknown words of a question
_WORD = re.compile(r"(?<![\w.@/'’-])[A-Za-z]+(?![\w@/-]|\.\w)")
_VOWELS = frozenset("aeiouy")
_PREFIX = re.compile(r"^(?:un|re|non|over|under|mis)(?=\w{4})")
_PLURAL = re.compile("(?<!ed|fe|.f)(?<!ing)s$")  # no "drilleds", no "midwifes"


def respelt(text: str, counts: Counts, of_stems: Counts) -> str:
    """`text` with its misspelt words put right.

    Misspelt is what neither the library nor the lexicon knows. Meant is a word of the library with
    two letters exchanged, one less, one more or, if it is long, another (Damerau, 1964); where
    the library has none, the only one of the lexicon, or for a name the only place, by the first
    three of these. The first letter is right, quotations and addresses stay, and so do names of
    several words.

    Args:
        text: A question.
        counts: In how many passages of the library words stand.
        of_stems: In how many passages words of a stem stand.
    """
    hidden = [one.span() for one in (*ADDRESS.finditer(text), *QUOTED.finditer(text))]
    found: list[tuple[int, int, str]] = []
    tried: dict[str, str | None] = {}
    for match in _WORD.finditer(text):
        typed, word = match[0], match[0].lower()
        if len(word) not in _LETTERS or is_within(match, hidden):
            continue
        if word not in tried:
            if len(tried) >= _LOOKED_AT or _is_known(word, counts, of_stems):
                continue
            tried[word] = _meant(word, counts, _kinds(text, match))
        meant = tried[word]
        if meant is not None:
            like = str.upper if typed.isupper() else str.capitalize
            found.append((*match.span(), meant if typed.islower() else like(meant)))
    for start, end, meant in reversed(found):
        text = f"{text[:start]}{meant}{text[end:]}"
    return text


def _kinds(text: str, match: re.Match[str]) -> Sequence[bool]:
    """As what a word may be meant: as a word (False), as a name (True); part of a name as none."""
    if match[0].islower():
        return (False,)
    before = text[: match.start()].split()
    if name_goes_on(text[match.end() :]) or (len(before) > 1 and before[-1][0].isupper()):
        return ()
    return (True,) if before and not match[0].isupper() else (False, True)


def _meant(word: str, counts: Counts, kinds: Sequence[bool]) -> str | None:
    """The known word that an unknown one was to be, if one can be told."""
    if not kinds:
        return None
    near = list(dict.fromkeys(one for one in _slips(word) if one != word))
    if False not in kinds:  # Romana and Marco are not Romania and Maroc
        longer = len(word) + (word[-1] not in _VOWELS)
        near = [one for one in near if one[-1] == word[-1] and len(one) <= longer]
    for group in (near, list(_changed(word)) if False in kinds else []):
        found = zip(counts(group), group, strict=True)
        count, best = max(found, default=(0, ""), key=lambda one: one[0])
        if count:
            return best
    for name in kinds:
        is_known = _names_place if name else _has
        known = [one for one in near if is_known(one)]
        if len(known) == 1:
            return known[0]
    return None


def _slips(word: str) -> Iterator[str]:
    """`word` with a letter doubled or not, two exchanged, one less or one more."""
    inner = range(1, len(word))
    yield from (word[:at] + word[at] + word[at:] for at in inner)
    yield from (word[:at] + word[at + 1 :] for at in inner if word[at] == word[at - 1])
    yield from (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in inner[:-1])
    if len(word) > _LONG_LETTERS:
        yield from (word[:at] + word[at + 1 :] for at in inner)
    if len(word) + 1 >= _LONG_LETTERS:
        yield from (word[:at] + letter + word[at:] for at in inner for letter in ascii_lowercase)


def _changed(word: str) -> Iterator[str]:
    """A long `word` with another letter."""
    if len(word) >= _LONG_LETTERS:
        for at in range(1, len(word)):
            yield from (word[:at] + letter + word[at + 1 :] for letter in ascii_lowercase)


def _is_known(word: str, counts: Counts, of_stems: Counts) -> bool:
    """Whether the library or the lexicon has it, or it could be Vietnamese without marks."""
    forms = {word, _PREFIX.sub("", word)}
    stem = stems(list(forms))
    forms |= {one.removesuffix("es") for one in forms} | {*stem}
    forms |= {re.sub("ies?$", "y", one) for one in forms}
    return (
        is_syllable(word)
        or any(map(_has, forms))
        or any(counts(list(forms)))
        or any(of_stems(stem))
    )


def _has(word: str) -> bool:
    """Whether the lexicon has it, or what it may be the plural of."""
    lexicon = default_lexicon()
    return any(
        one in lexicon.vietnamese or one in lexicon.english for one in (word, _PLURAL.sub("", word))
    )


def _names_place(word: str) -> bool:
    return names_place(word.capitalize())
