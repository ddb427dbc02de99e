"""A question in the library's words: misspelt ones put right, a capital for its government.

Both only where the documents do not have what was typed, so that nothing that they tell of is
changed: "Thialand" becomes Thailand where Thailand is known, and "London declined" the United
Kingdom where only that is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from string import ascii_lowercase

import bilingual
from bilingual.lexicon import default_lexicon
from bilingual.marks import Counts
from bilingual.names import evidence_keys, names_place
from bilingual.orthography import ADDRESS, fold, is_syllable, normalise, words
from bilingual.places import place_name
from bilingual.stems import stems
from bilingual.texts import InterfaceLanguage

_LEAST_LETTERS = 5  # shorter words have too many neighbours
_WORD = re.compile(r"(?<![\w.@/-])[A-Za-z]+(?![\w@/-])")
_PREFIX = re.compile(r"^(?:un|re|non|over|under|mis)(?=\w{4})")
_PLURAL = re.compile("(?<!ed|fe|.f)(?<!ing)s$")  # no "drilleds", no "midwifes"
_PLURAL_Y = re.compile("ies?$")
# What may stand before a capital that acts: it is a place in "in London" and "the London summit".
_BEFORE_ACTOR = {
    "en": frozenset(
        "did do does has have had will would is was and or but by why how that when with than "
        "unlike whether".split()
    ),
    "vi": frozenset(
        "sao và cùng với của bởi do bên phía liệu khi nếu cả hay hoặc mà thì như nước "
        "quyền phủ".split()  # "chính quyền", "chính phủ"
    ),
}
_PLACE_AFTER = {"en": frozenset({"based"}), "vi": frozenset[str]()}


def misspelt(text: str, counts: Counts) -> dict[str, str]:
    """Words of `text` that nobody knows → the known ones that are meant.

    That is a word of the library with a letter more, less or another, or with two exchanged
    (Damerau, 1964); where the library has none, the only one of the lexicon or, for a name, the
    only place. No other form of the same word, and no other ending of a name: Petrov is not
    Petrova.

    Args:
        text: A question.
        counts: In how many passages of the library words stand.
    """
    found: dict[str, str] = {}
    for match in _WORD.finditer(ADDRESS.sub(lambda one: " " * len(one[0]), text)):
        typed = match[0]
        word = typed.lower()
        if typed in found or len(word) < _LEAST_LETTERS or _is_known(word, counts):
            continue
        meant = _meant(word, counts, name=typed[0].isupper())
        if meant:
            found[typed] = meant.capitalize() if typed[0].isupper() else meant
    return found


def _meant(word: str, counts: Counts, *, name: bool) -> str | None:
    """The known word that an unknown one was to be, if one can be told."""
    exchanged = [f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in _inner(word)]
    for near in (exchanged, list(_changed(word, name=name))):
        near = [one for one in dict.fromkeys(near) if stems([one]) != stems([word])]
        count, best = max(
            ((count, one) for count, one in zip(counts(near), near, strict=True)), default=(0, "")
        )
        if count:
            return best
        known = [one for one in near if (names_place(one.capitalize()) if name else _has(one))]
        if len(known) == 1:
            return known[0]
    return None


def put_right(text: str, corrections: Mapping[str, str]) -> str:
    """`text` with the words that `misspelt` found exchanged."""
    for typed, meant in corrections.items():
        text = re.sub(rf"\b{typed}\b", meant, text)
    return text


def with_governments(
    text: str, language: InterfaceLanguage, passages: Iterable[str], counts: Counts
) -> str:
    """A question with countries in place of capitals that act for them.

    Args:
        text: The question, with its marks.
        language: What it is written in.
        passages: What was found for it, which must speak of the country.
        counts: In how many passages of the library words stand.
    """
    acting = [one for one in _capitals().finditer(text) if _acts(text, one, language)]
    if not acting:
        return text
    told = "\n".join(passages)
    known = evidence_keys(told)
    for match in reversed(acting):
        key, forms = _of_capital()[_letters(match[0])]
        country = place_name(key, language)
        if key not in known or not country or any(_stands(one, told, counts) for one in forms):
            continue
        text = f"{text[: match.start()]}{country}{text[match.end() :]}"
    return text


def _is_known(word: str, counts: Counts) -> bool:
    """Whether the library or the lexicon has it, or it could be Vietnamese without marks."""
    forms = {word, f"{word}s", _PREFIX.sub("", word)}
    forms |= {one.removesuffix("es") for one in forms}
    forms |= {_PLURAL_Y.sub("y", one) for one in forms} | set(stems(list(forms)))
    return is_syllable(word) or any(map(_has, forms)) or any(counts(list(forms)))


def _has(word: str) -> bool:
    """Whether the lexicon has it, or what it may be the plural of."""
    lexicon = default_lexicon()
    return any(
        one in lexicon.vietnamese or one in lexicon.english for one in (word, _PLURAL.sub("", word))
    )


def _inner(word: str) -> range:
    """Where letters can be wrong; people get the first one right."""
    return range(1, len(word) - 1)


def _changed(word: str, *, name: bool) -> Iterator[str]:
    """`word` with a letter less, another or one more; the last of a name stays."""
    for at in range(1, len(word) - name):
        yield word[:at] + word[at + 1 :]
        yield from (word[:at] + letter + word[at + 1 :] for letter in ascii_lowercase)
    for at in range(1, len(word) + 1 - name):
        yield from (word[:at] + letter + word[at:] for letter in ascii_lowercase)


def _stands(name: str, told: str, counts: Counts) -> bool:
    """Whether the library has a name: one of several words, in what was found."""
    parts = words(name)
    return bool(counts(parts)[0]) if len(parts) == 1 else " ".join(parts) in " ".join(words(told))


def _acts(text: str, match: re.Match[str], language: InterfaceLanguage) -> bool:
    """Whether a capital does something in a question, and is not where something is."""
    before = words(text[: match.start()])[-1:]
    after = words(text[match.end() :])[:1]
    if after and after[0] in _PLACE_AFTER[language]:
        return False
    return not before or before[0] in _BEFORE_ACTOR[language]


@cache
def _of_capital() -> dict[str, tuple[str, list[str]]]:
    """Each capital's letters → its country's key, and how the capital is written."""
    file = Path(bilingual.__file__).parent / "capitals.toml"
    table: dict[str, list[str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return {_letters(form): (f"={code}", forms) for code, forms in table.items() for form in forms}


@cache
def _capitals() -> re.Pattern[str]:
    """Any of them."""
    forms = sorted((one for _, of in _of_capital().values() for one in of), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, dict.fromkeys(forms)))})\b", re.IGNORECASE)


def _letters(name: str) -> str:
    return fold(normalise(name))
