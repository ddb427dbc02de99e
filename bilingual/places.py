"""Places, bodies and languages under their names in both languages, looked up in running text.

The table is made of the names that Unicode CLDR carries (`data/cldr_names.json`) and of what people
write besides (`places.toml`, `names.toml`). Hyphens and spaces inside a name make no difference:
Ả-rập Xê-út is Ả Rập Xê Út.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from bilingual.orthography import fold, has_marks, normalise
from bilingual.texts import InterfaceLanguage
from bilingual.units import DATA, default_units

_HERE = Path(__file__).parent
_PART = re.compile(r"[\s-]+")
_HYPHENED = re.compile(r"\w-\w")
_POSSESSIVE = re.compile(r"['’]s?\Z")
_PARENTHESES = re.compile(r"(?P<before>.*?) ?\((?P<inside>.*)\) ?(?P<after>.*)")
# What may stand between two words of one name; a full stop only as in "St. Lucia".
_GAP = re.compile(r"[ \u00a0,&()–'’-]{1,3}")
_ABBREVIATED = re.compile(r"\w{1,2}|(?:\w\.)+\w")
_LANGUAGE = "=lang-"
_COUNTRY = re.compile(r"=[A-Z]{2}")  # CLDR's codes
_ACRONYM_LETTERS = 4
_SURELY_SPACES = 2  # three words are no accident: "Lien hop quoc", but not "An do"
# Words that names open with and that running text writes small: "quần đảo Cook", "southern Africa".
_WRITTEN_SMALL = frozenset(
    "quần đảo châu cộng các tiếng bắc nam đông tây trung vùng liên thành lãnh đặc khu bờ người "
    "miền tòa ủy hội hiệp tổ ngân quỹ nghị diễn đế xứ southern northern eastern western "
    "southeast south north east west central middle sub republic democratic kingdom state".split()
)
# English names of places that are said with "the".
_WITH_ARTICLE = re.compile(r"^United |Union$|Republic$|Islands$|Territories$|^Nether|^Phili|^Baha")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names by what they are made of: letters and digits, normalised, run together.

    Attributes:
        keys: Name → what it stands for, as "=VN".
        spellings: Names with a space between their words: without marks and with capitals, and,
            where that can be nothing else, in lower case.
        prefixes: The beginnings of names, up to the end of each of their words.
        acronyms: Names that stand for nothing unless written in capitals: US, but not "us".
        syllables: Vietnamese names of one syllable, which may also begin another word.
        foreign: English names of one syllable that Vietnamese writes with marks: Thai, Thái.
    """

    keys: dict[str, str]
    spellings: frozenset[str]
    prefixes: frozenset[str]
    acronyms: frozenset[str]
    syllables: frozenset[str]
    foreign: frozenset[str]

    def longest(self, text: str, tokens: Sequence[re.Match[str]], first: int) -> tuple[int, str]:
        """The longest name that begins with token number `first` of `text`.

        Returns:
            How many tokens it has, and what it stands for; 0 and "" where there is none.
        """
        if not (tokens[first][0][0].isupper() or tokens[first][0] in _WRITTEN_SMALL):
            return 0, ""
        so_far, capital = "", False
        best, key = 0, ""
        for at in range(first, len(tokens)):
            if at > first and not _belongs(text, tokens[at - 1], tokens[at]):
                break
            written = tokens[at][0]
            capital = capital or written[0].isupper()
            whole = so_far + _letters(_POSSESSIVE.sub("", written))
            if capital and (found := self.keys.get(whole)):
                run = tokens[first : at + 1]
                if self._written(run, found) and self._meant(whole, text, tokens, at):
                    best, key = at - first + 1, found
            so_far += _letters(written)
            if so_far not in self.prefixes:
                break
        return best, key

    def _written(self, run: Sequence[re.Match[str]], key: str) -> bool:
        """Whether the words of `run` have the capitals that a name needs.

        "Việt nam" will do, but neither "I do" for Ido nor "An do" for Ấn Độ: a name written
        otherwise than in the table has a capital at each word.
        """
        small = [one[0] for one in run if not one[0][0].isupper() and one[0] not in _WRITTEN_SMALL]
        if not small or len(run) == 1:
            return True
        spelling = " ".join(one[0] for one in run)
        if fold(spelling[0].upper() + spelling[1:]) in self.spellings:
            return True
        return not key.startswith(_LANGUAGE) and _spelling(spelling) in self.spellings

    def _meant(self, name: str, text: str, tokens: Sequence[re.Match[str]], at: int) -> bool:
        """Whether `name`, which ends with token `at`, is meant as a name."""
        if name in self.acronyms:
            return _POSSESSIVE.sub("", tokens[at][0]).isupper()
        following = tokens[at + 1 : at + 2]
        small = not tokens[at][0][0].isupper()
        if (small or name in self.syllables) and following and text[tokens[at].end()] == " ":
            # "Pháp luật" is law and not France, "Anh ấy" is he; "Do thái độ" is no Jew.
            if name in self.foreign and has_marks(following[0][0]) and following[0][0].islower():
                return False  # "Thai sản" is no country's either
            begun = f"{normalise(tokens[at][0])} {normalise(following[0][0])}"
            return begun not in default_units().compounds
        return True


def is_place(key: str) -> bool:
    """Whether a key of `KnownNames` stands for a place or body, not for a language."""
    return key.startswith("=") and not key.startswith(_LANGUAGE)


def is_country(key: str) -> bool:
    """Whether a key stands for a country, a territory or a union of them, and no city or body."""
    return _COUNTRY.fullmatch(key) is not None


@cache
def _cldr() -> dict[str, dict[str, list[str]]]:
    """Names of "territories" and "languages" by code, Vietnamese and English."""
    with (DATA / "cldr_names.json").open(encoding="utf-8") as file:
        found: dict[str, dict[str, list[str]]] = json.load(file)
    return found


def place_name(key: str, language: InterfaceLanguage) -> str | None:
    """The name that CLDR gives a place in a language, by its key ("=GB"); None if it has none."""
    names = _cldr()["territories"].get(key.removeprefix("="))
    return names[language == "en"] if names else None


def place_in_sentence(key: str, language: InterfaceLanguage) -> str | None:
    """The same as a sentence says it: "the United Kingdom"."""
    name = place_name(key, language)
    return f"the {name}" if name and language == "en" and _WITH_ARTICLE.search(name) else name


def capitals() -> dict[str, list[str]]:
    """How the seat of each government is written, by its country's key."""
    table: dict[str, list[str]] = tomllib.loads((_HERE / "capitals.toml").read_text("utf-8"))
    return {f"={code}": names for code, names in table.items()}


@cache
def known_names() -> KnownNames:
    """The table that ships with the program, read once."""
    keys: dict[str, str] = {}
    prefixes: set[str] = set()
    acronyms: set[str] = set()
    entries = list(_entries())
    # A name without its marks stands for the same, unless it is a name of something else.
    unmarked = [(fold(name), key) for name, key in entries if len(_PART.split(name)) > 1]
    for name, key in [*entries, *unmarked]:
        whole = _letters(name)
        if keys.setdefault(whole, key) != key:
            continue
        so_far = ""
        for part in _PART.split(name):
            so_far += _letters(part)
            prefixes.add(so_far)
        if name.isupper() and 1 < len(whole) <= _ACRONYM_LETTERS:
            acronyms.add(whole)
    syllables = {name for name, key in keys.items() if name in default_units().numbers}
    return KnownNames(
        keys,
        frozenset(form for name, key in entries for form in _spellings(name, key)),
        frozenset(prefixes),
        frozenset(acronyms),
        frozenset(syllables),
        frozenset(
            fold(name)
            for name in syllables
            if has_marks(name) and keys.get(fold(name)) == keys[name]
        ),
    )


def _entries() -> Iterator[tuple[str, str]]:
    """Every name with what it stands for; the first to claim a name has it."""
    cldr = _cldr()
    places = tomllib.loads((_HERE / "places.toml").read_text(encoding="utf-8"))
    bodies: dict[str, Any] = tomllib.loads((_HERE / "names.toml").read_text(encoding="utf-8"))
    groups = [
        *((code, [*names, *places.get(code, ())]) for code, names in cldr["territories"].items()),
        *((str(number), names) for number, names in enumerate(bodies["same"])),
    ]
    claimed: dict[str, str] = {}
    for code, names in groups:
        for form in (form for name in names for form in _forms(name)):
            claimed.setdefault(_letters(form), f"={code}")
            yield form, f"={code}"
    for code, (vietnamese, english) in cldr["languages"].items():
        # "tiếng Thái" and "Thai": a language goes by its country where the country's name does.
        place = claimed.get(_letters(english)) or claimed.get(_letters(vietnamese))
        key = place or f"{_LANGUAGE}{code}"
        yield from ((name, key) for name in (f"Tiếng {vietnamese}", english))
        if len(_PART.split(vietnamese)) > 1 and not place:
            yield vietnamese, key


def _forms(name: str) -> Iterator[str]:
    """`name` as it may be written: with "and" for "&", "Saint" for "St.", without parentheses."""
    for form in dict.fromkeys([name, name.replace("&", "and"), name.replace("&", "và")]):
        yield form
        if "St. " in form:
            yield form.replace("St. ", "Saint ")
        if found := _PARENTHESES.fullmatch(form):
            yield f"{found['before']} {found['after']}".strip()
            if not found["after"]:
                yield found["inside"]


@lru_cache(maxsize=1 << 16)
def _letters(name: str) -> str:
    return "".join(char for char in normalise(name) if char.isalnum())


def _spelling(name: str) -> str:
    """`name` in lower case; its words, which hyphens may join, stand apart."""
    return " ".join(filter(None, map(_letters, _PART.split(name))))


def _spellings(name: str, key: str) -> Iterator[str]:
    """The forms of `name` that `KnownNames.spellings` has."""
    if _HYPHENED.search(name):
        return  # "I-ran" is Iran, "I ran" is not
    yield fold(name)
    if not key.startswith(_LANGUAGE):
        lower = _spelling(name)
        yield lower
        if lower.count(" ") >= _SURELY_SPACES:
            yield fold(lower)


def _belongs(text: str, one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two neighbouring words may be of one name."""
    gap = text[one.end() : other.start()]
    if gap == " " or _GAP.fullmatch(gap):
        return True
    return gap == ". " and _ABBREVIATED.fullmatch(one[0]) is not None
