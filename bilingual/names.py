"""Names in both languages: runs of capitalised words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import fold, is_syllable, nfc, normalise
from bilingual.places import is_country, is_place, known_names
from bilingual.texts import InterfaceLanguage
from bilingual.units import default_units

# Dots inside keep "U.S" whole; a hyphen inside keeps "GPT-4" and "Ả-rập".
_TOKEN = re.compile(r"[^\W_]+(?:[.’'&-][^\W_]+)*")
_SENTENCE_START = re.compile(r"(?:[.!?…:;\n]\s|[\"“«(\[•*–-])\s*\Z")
_LOOK_BACK = 4
POSSESSIVE = re.compile(r"['’]s?\Z")
_ROMAN = re.compile(r"[IVX]{2,}")
_CALENDAR = frozenset(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday tháng thứ chủ "
    "feb apr aug sep sept oct nov dec tue tues wed thur thurs fri".split()
)
# Days and months only beside a number: Sun and Jan are names too.
_SHORT_CALENDAR = frozenset("jan mar jun jul mon thu sat sun".split())
_DATED_AFTER = re.compile(
    r"[.,]{0,2} ?(?:\d|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)\b)"
)
_DATED_BEFORE = re.compile(r"\d(?:st|nd|rd|th)?[ /-]\Z")
# "Thứ Ba", "Tháng Năm", "Chủ Nhật".
_COUNTED = frozenset("giêng hai ba tư năm sáu bảy tám chín mười nhật chạp".split())
_MONTH_BEFORE = re.compile(r"\b(?:tháng|thứ|chủ|mùng|mồng)(?: mười)? \Z", re.IGNORECASE)
_MONTH_CHARS = 12
# "P. R. Okonjo", "J.D. Quill": what stands before the full stop.
_INITIALS = re.compile(r"[^\W\d_](?:\.[^\W\d_])*")
# Before a person, in what capitals they are written; another text may leave them out.
_COURTESIES = frozenset(
    "Mr Mrs Ms Miss Madam Sir Dame Lord Lady Dr Doctor Prof Professor Ông Bà Thầy Giáo Sư Tiến "
    "Thạc Bác Sĩ Sỹ TS GS PGS ThS BS KS LS TSKH NSND NSƯT ĐBQH".split()
)
# They open a sentence as prepositions and adverbs do, before a name that they are no part of.
_OPENERS = frozenset(
    "unlike despite within without against across toward towards regarding concerning following "
    "meanwhile however today yesterday tomorrow beyond amid alongside including given once "
    "whether whereas thus therefore hence besides near behind throughout".split()
)
_LOOK_AHEAD = 24
# Family names, by which a person's name is told from words that only begin with a capital.
_SURNAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ ngô đinh đoàn trịnh trương lâm mai "
    "tô tạ cao lưu lương châu hà thái quách doãn tôn phùng vương đàm kiều".split()
)


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
        written: The same as they are written.
    """

    text: str
    keys: tuple[str, ...]
    plain: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def marked(self) -> tuple[str, ...]:
        """Its words normalised, with their marks."""
        return tuple(map(with_marks, self.written))

    @property
    def is_vietnamese(self) -> bool:
        """Whether it is two syllables or more, as persons and places of Vietnam are called."""
        name = untitled(self)
        return len(name.plain) > 1 and all(
            is_syllable(part) for words in name.plain for part in words.split()
        )


def names_in(text: str, language: InterfaceLanguage) -> list[Name]:
    """The names of `text`, in order; dates, lone titles and lone sentence openers are none."""
    text = nfc(text)
    trimmed = (_trimmed(text, run, language) for run in runs(text, tokens_of(text)))
    return [
        Name(
            text[run[0].start : run[-1].end],
            tuple(token.key for token in run),
            tuple(token.plain for token in run),
            tuple(token.text for token in run),
        )
        for run in trimmed
        if run
    ]


def names_place(text: str) -> bool:
    """Whether `text` names a country or body of the table."""
    return any(is_place(token.key) for token in tokens_of(nfc(text)))


def names_country(text: str) -> bool:
    """Whether `text` names a country, and not only a city or body."""
    return any(is_country(token.key) for token in tokens_of(nfc(text)))


def runs(text: str, tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """Capitalised words that stand together: a space between, behind an initial a full stop."""
    run: list[Token] = []
    for token in tokens:
        if run and not (token.capital and _is_beside(text, run[-1], token)):
            yield run
            run = []
        if token.capital and not _ROMAN.fullmatch(token.text):
            run.append(token)
    if run:
        yield run


def _is_beside(text: str, one: Token, other: Token) -> bool:
    between = text[one.end : other.start]
    return between == " " or (between == ". " and bool(_INITIALS.fullmatch(one.text)))


def _trimmed(text: str, run: list[Token], language: InterfaceLanguage) -> list[Token]:
    """`run` without what is capitalised for its place only; empty where nothing is left."""
    run = _undated(text, run)
    if all(_is_courtesy(token.text) for token in run):
        return []
    first = run[0]
    if not first.key.startswith("=") and sum(map(str.isupper, first.text)) <= 1:
        run = run[_opening(run, language) :]
    return _without_compound(text, run) if language == "vi" else run


def _undated(text: str, run: list[Token]) -> list[Token]:
    """`run` without days and months."""
    kept: list[Token] = []
    before = text[max(0, run[0].start - _MONTH_CHARS) : run[0].start]
    counted = bool(_MONTH_BEFORE.search(before))  # "tháng Chín", "thứ Sáu"
    for token in run:
        lower = token.text.lower()
        dated = lower in _CALENDAR or (counted and lower in _COUNTED)
        if lower in _SHORT_CALENDAR:
            dated = bool(
                _DATED_AFTER.match(text, token.end)
                or _DATED_BEFORE.search(text[max(0, token.start - _LOOK_BACK) : token.start])
            )
        counted = lower in _CALENDAR or (dated and lower == "mười")
        if not dated:
            kept.append(token)
    return kept


def _without_compound(text: str, run: list[Token]) -> list[Token]:
    """`run` without the syllables that begin a compound which goes on in lower case.

    "Tổng Giám đốc", "Phòng Nhân sự": such words, and the syllable before them, are no names.
    """
    if not run or run[-1].key.startswith("=") or text[run[-1].end : run[-1].end + 1] != " ":
        return run
    following = [found[0] for found in _TOKEN.finditer(text[run[-1].end :][:_LOOK_AHEAD])][:2]
    units = default_units()
    if not following or not following[0][0].islower():
        return run
    own = [normalise(token.text) for token in run]
    if f"{own[-1]} {normalise(following[0])}" not in units.compounds:
        return run
    if len(run) > 1 and own[0] in _SURNAMES:
        return run  # "Nguyễn Thị Minh chứng minh": a person's name ends where it will
    at = 0
    for word in units.segment([*own, *map(normalise, following)]):
        size = word.count(" ") + 1
        if at < len(own) < at + size:
            lone = at == 1 and own[0] in units.numbers and not run[0].text.isupper()
            return [] if lone else run[:at]
        at += size
    return run


def _opening(run: list[Token], language: InterfaceLanguage) -> int:
    """How many words of `run` stand before the name that it holds."""
    first, second = run[0], run[1] if len(run) > 1 else None
    lower = first.text.lower()
    words = ENGLISH | _OPENERS if language == "en" else VIETNAMESE
    if second is None:
        return int(first.initial or lower in words)
    if lower in ("the", "a", "an") and (language == "en" or lower == "the"):  # "An Giang"
        return 1
    if not first.initial:
        return 0
    placed = second.key.startswith("=")
    together = language == "vi" and not placed and _is_compound(first, second)  # "Bà Rịa"
    if together:
        return 0
    if lower in words:
        return 2 if second.text == "I" else 1  # "Can I …"
    # "Nước Pháp …", "Hãng Apple …": a common noun opens before a name that is one word.
    opener = (
        language == "vi"
        and len(run) == 2
        and lower in default_units().numbers
        and (placed or second.text.isupper() or not is_syllable(second.plain))
    )
    return int(opener)


def _is_compound(one: Token, other: Token) -> bool:
    return f"{normalise(one.text)} {normalise(other.text)}" in default_units().compounds


def _is_courtesy(word: str) -> bool:
    """Whether `word` is a title or several: Dr, PGS.TS."""
    return all(part in _COURTESIES for part in word.split("."))


def untitled(name: Name) -> Name:
    """`name` without the titles that another text may leave out: "Dr Smith" is "Smith"."""
    text, first = name.text, 0
    while first + 1 < len(name.keys) and _is_courtesy(text.split()[0]):
        text, first = text.split(maxsplit=1)[1], first + 1
    return Name(text, *(part[first:] for part in (name.keys, name.plain, name.written)))


@lru_cache(maxsize=4096)  # a text is read for its names and for what names are found among
def tokens_of(text: str) -> tuple[Token, ...]:
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
        if initial and index and before.endswith(". ") and _is_courtesy(found[index - 1][0]):
            initial = False  # "Dr. Smith"
        yield Token(written, key or plain, plain, match.start(), last.end(), capital, initial)
        index += max(size, 1)


@lru_cache(maxsize=1 << 16)
def _plain(written: str) -> str:
    """A word as others are compared with it: folded, in lower case, without "'s"."""
    return fold(POSSESSIVE.sub("", written)).lower()


@lru_cache(maxsize=1 << 16)
def with_marks(written: str) -> str:
    """As `_plain`, but with its marks."""
    return normalise(POSSESSIVE.sub("", written))
