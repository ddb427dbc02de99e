"""What a question and its answer name, and what kind of thing each name is of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bilingual.language import identify
from bilingual.names import Name, names_in
from bilingual.orthography import fold, has_marks, is_syllable
from bilingual.places import capitals, place_in_sentence
from bilingual.sentences import split
from bilingual.texts import InterfaceLanguage
from rag.followups.forms import WORD, listed, phrases

# "name": a person's, or else a thing's or a place's; nothing tells.
Kind = Literal["person", "place", "thing", "name"]

_MOST_WORDS = 4  # of a person's name
_STANDS_IN = frozenset("in at near ở tại".split())
_COMES_TO = frozenset("to from into đến tới từ".split())


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a question or an answer.

    Attributes:
        text: As written; titles are left off persons.
        keys: What must be found, as `Name.keys` has it.
        language: Of the text it stands in.
        located: It stands as a place does: "in Paris".
    """

    text: str
    kind: Kind
    keys: tuple[str, ...]
    language: InterfaceLanguage
    located: bool = False

    @property
    def country(self) -> str | None:
        """The key of the country it is the capital of, if it is one."""
        return _of_capitals().get(fold(self.text).lower())

    def called(self, language: InterfaceLanguage) -> str:
        """As another question's language has it: Mỹ is the United States in English."""
        if len(self.keys) != 1:
            return self.text
        other = place_in_sentence(self.keys[0], language)
        if self.language != language:
            return other or self.text
        return other if other is not None and other == f"the {self.text}" else self.text


def named_in(text: str, language: InterfaceLanguage, *, opener: bool = True) -> list[Named]:
    """The names of `text`, in order.

    Args:
        text: A question or sentence.
        language: What it is written in.
        opener: Take a lone word at its beginning for a capital that means nothing.
    """
    shifted = text if opener else f"x {text}"
    found: list[Named] = []
    done = 0
    for name in names_in(shifted, language):
        start = max(done, shifted.find(name.text, done))
        done = start + len(name.text)
        found.append(_named(name, language, shifted[:start], shifted[done:]))
    return found


def named_in_answer(said: str) -> Iterator[Named]:
    """The names of what was answered, each in the language of its sentence."""
    for start, end in split(said):
        sentence = said[start:end]
        yield from named_in(sentence, "en" if identify(sentence) == "en" else "vi")


def meeting_in(text: str) -> str | None:
    """What of `text` is a word for what one can be at, in lower case."""
    plain = f" {' '.join(WORD.findall(text.lower()))} "
    every = phrases("meetings", marked=has_marks(plain))
    return next((one for one in every if f" {one} " in plain), None)


def countries_once(names: Sequence[Named]) -> list[Named]:
    """`names` without capitals whose country is among them, each once."""
    known = {one.keys for one in names}
    kept = {one.keys: one for one in names if (one.country,) not in known}
    return list(kept.values())


def _named(name: Name, language: InterfaceLanguage, before: str, after: str) -> Named:
    words = WORD.findall(before.lower())
    if words[-1:] == ["the"]:
        del words[-1]
    last = words[-1] if words else ""
    located = last in _STANDS_IN | _COMES_TO
    if all(key.startswith("=") for key in name.keys):
        return Named(name.text, "place", name.keys, language, located)
    tokens, titled = _untitled(name)
    titled = titled or last in phrases("before_person", marked=True)  # "có" is no "cô"
    kind = _kind(tokens, words, after.lower(), titled=titled)
    text = " ".join(tokens) if kind == "person" else name.text
    return Named(text, kind, name.keys, language, located)


def _untitled(name: Name) -> tuple[list[str], bool]:
    """The words of a name without a person's titles, and whether there were any."""
    tokens = WORD.findall(name.text)
    pairs = zip(name.keys, name.plain, strict=True)
    known = {part for key, plain in pairs if key[0] == "=" for part in plain.split()}
    whole = len(tokens)
    while len(tokens) > 1 and fold(tokens[0].lower()) in listed("titles") | known:
        tokens.pop(0)
    return tokens, len(tokens) < whole


def _kind(tokens: Sequence[str], before: Sequence[str], after: str, *, titled: bool) -> Kind:
    """Of what kind a name is that no table knows.

    Args:
        tokens: Its words.
        before: The words before it, in lower case.
        after: What follows it, in lower case.
        titled: A person's title stands before it.
    """
    lower = [token.lower() for token in tokens]
    around = " ".join(before), " ".join(lower), after
    marked = has_marks(" ".join(around))
    if _ends_with_one(around[0], phrases("before_place", marked=marked)) or _opens_with_one(
        after.strip(), phrases("after_place", marked=marked)
    ):
        return "place"
    # Syllables of "liên minh" are also names: only a whole word that opens one tells.
    things = phrases("opening_thing", marked=marked)
    if (
        _opens_with_one(around[1], things)
        or _ends_with_one(around[0], things)
        or not listed("things").isdisjoint(lower)
        or len(tokens) > _MOST_WORDS
    ):
        return "thing"
    if titled:
        return "thing" if fold(lower[-1]) in listed("titles") else "person"
    if len(tokens) == 1:
        return "thing" if tokens[0].isupper() else "name"
    if len(tokens) == 2 and all(is_syllable(fold(token)) for token in lower):
        # "Hòa Bình" and "Tô Lâm": a province, and a person.
        return "place" if before and before[-1] in _STANDS_IN else "name"
    return "person"


def _ends_with_one(text: str, endings: Sequence[str]) -> bool:
    return any(f" {text}".endswith(f" {one}") for one in endings)


def _opens_with_one(text: str, openings: Sequence[str]) -> bool:
    return any(re.match(rf"{one}(?!\w)", text) for one in openings)


@cache
def _of_capitals() -> dict[str, str]:
    """Each capital, folded in lower case → its country's key."""
    return {fold(form).lower(): key for key, forms in capitals().items() for form in forms}
