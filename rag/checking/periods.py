"""Quarters, parts of months and years, and hours of the day, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bilingual.orthography import nfc
from bilingual.texts import InterfaceLanguage
from rag.checking.dates import VIETNAMESE_MONTHS, dates
from rag.checking.figures import figures
from rag.checking.number_words import MONTHS, ROMAN_UNITS
from rag.checking.ordinals import Other


@dataclass(frozen=True, slots=True)
class Told:
    """A part of something, as a text has it.

    Attributes:
        of: What it is a part of: a month, a year, an hour by the clock.
        part: Which one.
        text: As written.
    """

    of: str
    part: int
    text: str


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4,
             "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_QUARTER_NUMBERS = {name: number for name, number in ROMAN_UNITS.items() if 1 <= number <= 4} | {
    "nhất": 1, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4,
}  # fmt: skip
_QUARTER_NUMBER = r"(?:IV|I{1,3}|[1-4]|nhất|một|hai|ba|bốn|tư)(?!\w)"
_QUARTERS = re.compile(
    rf"\bquý\s+(?:thứ\s+)?(?P<vi>{_QUARTER_NUMBER}"
    rf"(?:\s*(?:[-–,/]|và|đến|tới|hoặc)\s*(?:quý\s+)?{_QUARTER_NUMBER})*)"
    rf"|\b(?P<en>(?:{_ORDINAL})(?:(?:,|\s+(?:and|or|to))*\s+(?:the\s+)?(?:{_ORDINAL}))*)"
    r"\s+quarters?\b"
    r"|\b(?P<q>Q[1-4](?:\s*(?:[-–,/&]|and|to|và|đến)\s*Q?[1-4](?!\d))*)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"[-–]|\b(?:to|đến|tới)\b", re.IGNORECASE)
# "Last quarter" may be any of them.
_OTHER_QUARTER = re.compile(
    r"\b(?:next|previous|last|same|following|preceding|each|every|\d+|three) quarters?\b"
    r"|\bquý\s+(?:trước|sau|này|cuối|đầu|tiếp|kế|liền)|\bmỗi quý\b|\b(?:các|ba|hai) quý\b",
    re.IGNORECASE,
)

_EARLY, _MIDDLE, _LATE = 0, 1, 2
_PARTS = {
    "early": _EARLY, "beginning of": _EARLY, "start of": _EARLY, "đầu": _EARLY,
    "thượng tuần": _EARLY, "mid": _MIDDLE, "middle of": _MIDDLE, "giữa": _MIDDLE,
    "trung tuần": _MIDDLE, "late": _LATE, "end of": _LATE, "cuối": _LATE, "hạ tuần": _LATE,
}  # fmt: skip
_VIETNAMESE_MONTH = "|".join(sorted(VIETNAMESE_MONTHS, key=len, reverse=True))
_PART = re.compile(
    r"\b(?<!bắt )(?<!khởi )(?<!lần )(?<!ban )(?<!dẫn )(?<!đứng )"
    rf"(?P<part>{'|'.join(_PARTS)})[\s-]+(?:the\s+)?(?:month\s+of\s+)?"
    rf"(?:(?:tháng\s+(?P<vi>1[0-2](?!\d)|[1-9](?!\d)|(?:{_VIETNAMESE_MONTH})\b)"
    rf"|(?P<en>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b)"
    r"|(?:năm\s+|year\s+)?(?P<year>[12]\d{3})(?!\w|[.,]\d))(?!\s+và\b)",
    re.IGNORECASE,
)
# Which days, or months, may be told as early, in the middle and late, at the widest.
_DAYS = (range(1, 14), range(8, 23), range(18, 32))
_MONTHS = (range(1, 6), range(4, 10), range(8, 13))

_AM, _PM, _UNTOLD = 0, 1, -1
_OF_A_DAY = frozenset(range(25))
_NEEDS_CLOCK = frozenset("sáng chiều tối trưa đêm khuya".split())
_NAMED_HALVES = {
    "sáng": _AM, "morning": _AM, "a.m": _AM, "am": _AM, "chiều": _PM, "tối": _PM, "p.m": _PM,
    "pm": _PM, "afternoon": _PM, "evening": _PM,
}  # fmt: skip
_HALF_OF_DAY = (
    r"(?:\s*(?P<half>a\.?m\b|p\.?m\b|(?<=\s)(?:sáng|chiều|tối|trưa|đêm|khuya)\b)"
    r"|\s+(?:o['’]clock\s+)?in\s+the\s+(?P<in>morning|afternoon|evening)\b)"
)
_HALF_BEFORE = re.compile(r"\b(sáng|trưa|chiều|tối|đêm)\s+(?:từ\s+|lúc\s+)?\Z", re.IGNORECASE)
_CLOCK = r"(?:[:.][0-5]\d|\s?h\s?(?:[0-5]\d)?|\s+giờ(?:\s+(?:rưỡi|[0-5]?\d(?:\s+phút)?))?)?"
_HOUR = re.compile(rf"(?P<clock>{_CLOCK}){_HALF_OF_DAY}", re.IGNORECASE)
_HOUR_OF_24 = re.compile(r"(?::[0-5]\d|\s?h(?:[0-5]\d)?|\s+giờ)(?!\w)", re.IGNORECASE)
_HOUR_TO = re.compile(
    rf"(?P<clock>{_CLOCK})\s*(?:[-–]|to|until|till|đến|tới)\s*(?=(?P<to>\d{{1,2}}))", re.IGNORECASE
)
_BARE_HOUR = re.compile(r"(?::[0-5]\d|\s?h(?:[0-5]\d)?|\s+(?:giờ|o['’]clock))(?!\w)", re.IGNORECASE)


def other_quarter(claim: str, evidence: str) -> Other | None:
    """A quarter of `evidence`, as written, where `claim` has one that is not among its."""
    claimed = _quarters(claim)
    if not claimed:
        return None
    there = _quarters(evidence)
    numbers = {one.part for one in there}
    if not there or all(one.part in numbers for one in claimed) or _OTHER_QUARTER.search(evidence):
        return None
    # "In the first quarter … and in the third".
    named = {_ORDINALS[word] for word in re.findall(rf"\b(?:{_ORDINAL})\b", evidence.lower())}
    return Other(there[0].text, sure=named.isdisjoint({one.part for one in claimed} - numbers))


@lru_cache(maxsize=2048)
def _quarters(text: str) -> tuple[Told, ...]:
    return tuple(_read_quarters(nfc(text)))


def _read_quarters(text: str) -> Iterator[Told]:
    for found in _QUARTERS.finditer(text):
        if found["vi"]:
            said = re.findall(_QUARTER_NUMBER, found["vi"], re.IGNORECASE)
            numbers = [_quarter_number(one) for one in said]
        elif found["en"]:
            said = re.findall(_ORDINAL, found["en"].lower())
            numbers = [_ORDINALS[one] for one in said]
        else:
            numbers = [int(one) for one in re.findall("[1-4]", found["q"])]
        if len(numbers) == 2 and _RANGE.search(found[0]):
            numbers = list(range(numbers[0], numbers[1] + 1))
        for number in numbers:
            yield Told("year", number, found[0])


def _quarter_number(word: str) -> int:
    known = _QUARTER_NUMBERS.get(word.upper()) or _QUARTER_NUMBERS.get(word.lower())
    return known or int(word)


def other_part(claim: str, passages: Sequence[tuple[str, InterfaceLanguage]]) -> str | None:
    """The part of a month or year in `claim` that the passages' dates of that one do not fall in.

    "Late March" where they have but 3 March, or "early March".
    """
    for one in _parts(claim):
        told = [part for text, _ in passages for part in _parts(text) if part.of == one.of]
        spans = _spans(one, passages)
        agrees = any(part.part == one.part for part in told) or any(
            at in (_DAYS if one.of.startswith("m") else _MONTHS)[one.part] for at in spans
        )
        if (told or spans) and not agrees:
            return one.text
    return None


def _spans(one: Told, passages: Sequence[tuple[str, InterfaceLanguage]]) -> list[int]:
    """The days that the passages tell of a month, or the months of a year."""
    found = [date for text, language in passages for date in dates(text, language)]
    of = int(one.of[1:])
    if one.of.startswith("m"):
        return [date.day for date in found if date.month == of and date.day is not None]
    return [date.month for date in found if date.year == of and date.month is not None]


@lru_cache(maxsize=2048)
def _parts(text: str) -> tuple[Told, ...]:
    """The parts of months, "m3", and of years, "y2024", that a text tells."""
    found = []
    for match in _PART.finditer(nfc(text)):
        part = _PARTS[" ".join(match["part"].lower().split())]
        if match["year"]:
            of = f"y{match['year']}"
        elif match["vi"]:
            name = " ".join(match["vi"].lower().split())
            of = f"m{VIETNAMESE_MONTHS.get(name) or int(name)}"
        elif match["en"][0].isupper():
            of = f"m{MONTHS[match['en'].lower()]}"
        else:
            continue
        found.append(Told(of, part, match[0]))
    return tuple(found)


def other_half_of_day(claim: str, evidence: str) -> str | None:
    """An hour of `evidence`, as written, that `claim` has in the other half of the day."""
    claimed = [one for one in _hours(claim) if one.part != _UNTOLD]
    there = _hours(evidence) if claimed else ()
    for one in claimed:
        same = [other for other in there if other.of == one.of]
        if same and all(other.part == 1 - one.part for other in same):
            return same[0].text
    return None


@lru_cache(maxsize=2048)
def _hours(text: str) -> tuple[Told, ...]:
    """The hours by the clock that a text tells, each in a half of the day, if one is told."""
    text = nfc(text)
    found: dict[int, Told] = {}
    for figure in sorted(figures(text), key=lambda one: -one.start):
        if figure.value not in _OF_A_DAY or text[figure.end - 1 : figure.end].isspace():
            continue
        hour, start, end = int(figure.value), figure.start, figure.end
        if half := _HOUR.match(text, end):
            word = (half["half"] or half["in"]).lower().rstrip(".")
            if not half["clock"] and word in _NEEDS_CLOCK:
                continue
            part, clock, end = _half_of_day(hour, word), half["clock"], half.end()
        elif hour > 12 and (clocked := _HOUR_OF_24.match(text, end)):
            part, clock, end = _PM, clocked[0], clocked.end()
        elif bare := _BARE_HOUR.match(text, end) or _HOUR_TO.match(text, end):
            # "From 5 to 9 a.m." begins before noon; "from 9 to 5 p.m." may do so too.
            to = _HOUR_TO.match(text, end)
            last = found.get(to.end()) if to else None
            before = last is not None and last.part == _AM and hour < int(last.of.split(":")[0])
            if not before and bare.re is _HOUR_TO:
                continue
            led = _HALF_BEFORE.search(text, max(0, start - 12), start)
            part = _AM if before else _half_of_day(hour, led[1].lower()) if led else _UNTOLD
            clock, end = bare["clock"] if bare.re is _HOUR_TO else bare[0], bare.end()
        else:
            continue
        minutes = re.findall(r"\d+|rưỡi", clock.lower()) or ["0"]
        of = f"{hour % 12}:{30 if minutes[0] == 'rưỡi' else int(minutes[0])}"
        found.setdefault(start, Told(of, part, text[start:end].strip()))
    return tuple(found.values())


def _half_of_day(hour: int, word: str) -> int:
    if word == "trưa":
        return _AM if 6 <= hour < 12 else _PM
    if word in ("đêm", "khuya"):
        return _PM if 6 <= hour < 12 or hour > 12 else _AM
    return _NAMED_HALVES[word]
