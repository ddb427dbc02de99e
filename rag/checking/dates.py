"""Dates and weekdays of both languages: "10/2/2025" is "10 February 2025", and not 2 October."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from bilingual.orthography import nfc
from bilingual.texts import InterfaceLanguage
from rag.checking.number_words import ENGLISH_UNITS, MONTHS, SCALES, VIETNAMESE_UNITS


@dataclass(frozen=True, slots=True)
class Date:
    """A day of a calendar, or as much of it as a text tells.

    Attributes:
        day: 1 to 31; None where it is not told, as are the others.
        month: 1 to 12.
        start: Where it stands in the text, in NFC.
        either: Day and month may be exchanged: "10/2/2025" in English.
    """

    day: int | None
    month: int | None
    year: int | None
    start: int
    end: int
    either: bool = False


@dataclass(frozen=True, slots=True)
class Weekday:
    """A day of the week.

    Attributes:
        number: As Vietnamese counts: Monday 2 to Saturday 7, and Sunday 8.
        sure: Not perhaps an ordinal, "thứ ba", or an abbreviation that means something else.
    """

    number: int
    sure: bool
    start: int
    end: int


_MONTH = rf"(?P<name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_TO = r"\s*(?:[-–,&]|and|to|or|và|đến|tới|hoặc)\s*"
# "10", "10th", "10 and 11", "10-13".
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DAYS = rf"(?P<days>(?<![\d./]){_DAY}(?:{_TO}(?:ngày\s+)?{_DAY})*)"
_YEAR = r"(?P<year>[12]\d{3})(?!\d)"
VIETNAMESE_MONTHS = {
    "giêng": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười một": 11, "mười hai": 12, "mười": 10, "chạp": 12,
}  # fmt: skip
# "tháng năm" may be "months and years"; it is left to the figures.
_VIETNAMESE_MONTH = (
    r"tháng\s+(?P<month>0?[1-9](?!\d)|1[0-2](?!\d)"
    rf"|(?:{'|'.join(sorted(VIETNAMESE_MONTHS, key=len, reverse=True))})\b)"
)
_NUMERIC = re.compile(
    r"(?<![\d./])(?P<before>(?:\d{1,2}(?:\s*[-–,]\s*|\s+(?:and|và|đến)\s+(?:ngày\s+)?))+)?"
    r"(?P<one>\d{1,2})(?P<sign>[/.-])(?P<two>\d{1,2})(?P=sign)(?P<year>[12]\d{3})(?![\d/])"
)
_ISO = re.compile(r"(?<!\d)(?P<year>[12]\d{3})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d)")
_SHORT = re.compile(  # "31/3", which might be a share, and "3/2025"
    r"(?P<led>(?:ngày|hôm|sáng|trưa|chiều|tối|mùng|mồng|tháng)\s+)?(?<![\d./-])"
    r"(?P<before>(?:\d{1,2}(?:\s*[-–,]\s*|\s+(?:và|đến)\s+(?:ngày\s+)?))+)?"
    r"(?P<one>\d{1,2})/(?P<two>\d{1,2}|[12]\d{3})(?![\d/%])",
    re.IGNORECASE,
)
_NOT_A_MONTH = re.compile(r"(?:quý|số|khóa|Q|No\.?)\s*\Z", re.IGNORECASE)
_WRITTEN = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAYS}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?",
        rf"\b{_MONTH}\s+{_DAYS}(?!\d|[.,/]\d)(?:,?\s+{_YEAR})?",
        rf"\b{_MONTH},?(?:\s+{_YEAR})?",
        rf"{_DAYS}\s+{_VIETNAMESE_MONTH}(?:(?:,?\s+năm|,|/|\s)\s*{_YEAR})?",
        rf"\b{_VIETNAMESE_MONTH}(?:(?:,?\s+năm|,|/|\s)\s*{_YEAR})?",
        r"\b(?:ngày|mùng|mồng)\s+(?P<days>\d{1,2})(?![\d/.-])",
    )
]
_NUMBER = re.compile(r"\d+")
# "5 million", "5%" and "5.2" belong to no date.
_BARE_NUMBER = re.compile(
    rf"(?<!\d[.,])(?<!\d)\d+(?!\d|[.,]\d|\s?%|\s(?:{'|'.join(SCALES)})\b)", re.IGNORECASE
)
_YEAR_TOLD = re.compile(r"(?<![\d.,])[12]\d{3}(?![\d]|[.,]\d)")
_COUNT = rf"(?:\d{{1,2}}|{'|'.join((*ENGLISH_UNITS, *VIETNAMESE_UNITS, 'mười', 'an?'))})"
# "Two years later", "the following year", "tháng 4 năm sau"; "ba năm trước đó".
_YEARS_ON = re.compile(
    rf"\b(?:(?<!tháng )(?P<later>{_COUNT})\s+(?:years?\s+(?:later|after|on)|năm\s+sau)"
    rf"|(?:after|sau)\s+(?P<after>{_COUNT})\s+(?:years?|năm)"
    r"|(?P<next>(?:following|next)\s+year|year\s+(?:after|later)"
    r"|năm\s+(?:sau|tiếp theo|kế tiếp|tới|liền sau))"
    rf"|(?<!tháng )(?P<earlier>{_COUNT})\s+"
    r"(?:years?\s+(?:earlier|before|ago|previously)|năm\s+trước)"
    r"|(?P<last>(?:previous|preceding|prior|last)\s+year|year\s+(?:earlier|before)"
    r"|năm\s+(?:trước|ngoái|liền trước)))\b",
    re.IGNORECASE,
)
_ENGLISH_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_WEEKDAY = re.compile(rf"\b({'|'.join(_ENGLISH_WEEKDAYS)})s?\b", re.IGNORECASE)
_SHORT_WEEKDAY = re.compile(r"\b(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b([.,])?")
_VIETNAMESE_WEEKDAYS = {
    "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
}  # fmt: skip
_VIETNAMESE_WEEKDAY = re.compile(
    r"(?P<led>\b(?:vào|ngày|sáng|trưa|chiều|tối|đêm|hôm)\s+)?"
    rf"\bthứ\s+(?P<which>{'|'.join(_VIETNAMESE_WEEKDAYS)}|[2-7](?!\d))\b|\bchủ\s+nhật\b",
    re.IGNORECASE,
)


_DAY_TO = re.compile(r"[.,]?\s*(?:[-–]|to|through|until|till|đến|tới|đến hết)\s*", re.IGNORECASE)
# "Xếp từ thứ 2 đến thứ 5" are ranks.
_FROM_DAY = re.compile(r"(?<!xếp )(?<!hạng )(?<!đứng )\btừ\s+\Z", re.IGNORECASE)
_NAMED_RUNS = {
    re.compile(pattern, re.IGNORECASE): days
    for pattern, days in {
        r"\bweekdays?\b|\bworking days?\b|\bngày (?:thường|trong tuần|làm việc)\b": range(2, 7),
        r"\bweekends?\b|\bcuối tuần\b": range(7, 9),
        r"\b(?:every day|daily|all week|seven days)\b"
        r"|\b(?:hằng|hàng|mỗi|mọi|các|tất cả các) ngày\b|\bcả tuần\b": range(2, 9),
    }.items()
}


@lru_cache(maxsize=2048)
def dates(text: str, language: InterfaceLanguage) -> tuple[Date, ...]:
    """The dates of `text`, one for each day of "10 and 11 February"."""
    text = nfc(text)
    found: list[Date] = []
    for one in _read(text, language):
        # The longer forms come first: "February 2025" is no date of its own in "10 February 2025".
        if not any(other.start < one[0].end and one[0].start < other.end for other in found):
            found += one
    return tuple(found)


def _read(text: str, language: InterfaceLanguage) -> Iterator[list[Date]]:
    for match in _ISO.finditer(text):
        parts = int(match["day"]), int(match["month"]), int(match["year"])
        yield from _dates(match, [parts])
    for match in _NUMERIC.finditer(text):
        days = [*map(int, _NUMBER.findall(match["before"] or "")), int(match["one"])]
        month, year = int(match["two"]), int(match["year"])
        if month > 12:
            days, month = [month], days[-1]
        either = language == "en" and len(days) == 1 and days[0] <= 12
        yield from _dates(match, [(day, month, year) for day in days], either=either)
    for match in _SHORT.finditer(text) if "/" in text else ():
        if _NOT_A_MONTH.search(text, max(0, match.start() - 8), match.start()):
            continue
        days = [*map(int, _NUMBER.findall(match["before"] or "")), int(match["one"])]
        second = int(match["two"])
        if second > 31:
            yield from _dates(match, [(None, days[-1], second)])
        elif match["led"]:
            yield from _dates(match, [(day, second, None) for day in days])
    for pattern in _WRITTEN:
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if groups.get("name"):
                # "may" and "march" are verbs.
                if not groups["name"][0].isupper():
                    continue
                months: int | None = MONTHS[groups["name"].lower()]
            elif groups.get("month"):
                name = " ".join(groups["month"].lower().split())
                months = VIETNAMESE_MONTHS.get(name) or int(name)
            else:
                months = None
            told_year = int(groups["year"]) if groups.get("year") else None
            named: list[int | None] = [*map(int, _NUMBER.findall(groups.get("days") or ""))]
            yield from _dates(match, [(day, months, told_year) for day in named or [None]])


def _dates(
    match: re.Match[str],
    read: Iterable[tuple[int | None, int | None, int | None]],
    *,
    either: bool = False,
) -> Iterator[list[Date]]:
    """The readings that are in a calendar, as one list; nothing where none is."""
    found = [
        Date(day, month, year, match.start(), match.end(), either)
        for day, month, year in read
        if (day is None or 1 <= day <= 31) and (month is None or 1 <= month <= 12)
    ]
    if found:
        yield found


def agree(one: Date, other: Date) -> bool:
    """Whether two dates may be one; what either does not tell is no difference."""
    return any(
        all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)
        for ours in _ways(one)
        for others in _ways(other)
        for pairs in [list(zip(ours, others, strict=True))]
    )


def _ways(date: Date) -> list[tuple[int | None, int | None, int | None]]:
    read = [(date.day, date.month, date.year)]
    return [*read, (date.month, date.day, date.year)] if date.either else read


def belied(
    claim: str, language: InterfaceLanguage, passages: Sequence[tuple[str, InterfaceLanguage]]
) -> str | None:
    """A date of `claim`, as written, that is made of other dates' parts in `passages`.

    Day and month, or month and year, stand together in no date there; and day or year stand
    nowhere outside dates, where they might belong to one that was not read as such.

    Args:
        claim: A sentence.
        language: Of the sentence.
        passages: Texts and their languages.
    """
    claimed = dates(claim, language)
    if not claimed:
        return None
    known = [date for text, written in passages for date in dates(text, written)]
    parts = {part for one in known for part in (one.day, one.month, one.year)}
    loose: set[int] | None = None
    for date in claimed:
        for pair in _pairs(date):
            # "The next day" may be told as a date of its own, with a new number.
            if any(agree(pair, one) for one in known) or not parts.issuperset(
                {pair.day, pair.month, pair.year} - {None}
            ):
                continue
            if loose is None:
                loose = set().union(*(_loose(text, written) for text, written in passages))
            if loose.isdisjoint((pair.day, pair.year)):
                return nfc(claim)[date.start : date.end].rstrip(".")
    return None


def _pairs(date: Date) -> Iterator[Date]:
    if date.day and date.month:
        yield replace(date, year=None)
    if date.month and date.year and not date.either:
        yield replace(date, day=None)


def _loose(text: str, language: InterfaceLanguage) -> set[int]:
    """The whole numbers of a text that stand outside its dates."""
    text = nfc(text)
    spans = [(date.start, date.end) for date in dates(text, language)]
    return {
        int(found[0])
        for found in _BARE_NUMBER.finditer(text)
        if len(found[0]) <= 4 and not any(start <= found.start() < end for start, end in spans)
    }


@lru_cache(maxsize=2048)
def years_reckoned(text: str) -> frozenset[str]:
    """The years that `text` tells by another one: 2011 of "in 2010 … the following year"."""
    text = nfc(text)
    steps: set[int] = set()
    for found in _YEARS_ON.finditer(text):
        later, earlier = found["later"] or found["after"], found["earlier"]
        if found["next"] or later:
            steps.add(_counted(later or "a"))
        else:
            steps.add(-_counted(earlier or "a"))
    if not steps:
        return frozenset()
    years = {int(found[0]) for found in _YEAR_TOLD.finditer(text)}
    # "The following year … and two years later", counted from there.
    once = {year + step for year in years for step in steps}
    twice = {year + step for year in once for step in steps}
    return frozenset(map(str, once | twice))


def _counted(word: str) -> int:
    word = word.lower()
    if word.isdecimal():
        return int(word)
    return {"a": 1, "an": 1, "mười": 10, **ENGLISH_UNITS, **VIETNAMESE_UNITS}[word]


@lru_cache(maxsize=2048)
def weekdays(text: str) -> tuple[Weekday, ...]:
    """The weekdays of `text`, and what may be one."""
    text = nfc(text)
    found = [
        Weekday(_ENGLISH_WEEKDAYS.index(match[1].lower()) + 2, True, match.start(), match.end())
        for match in _WEEKDAY.finditer(text)
    ]
    for match in _SHORT_WEEKDAY.finditer(text):
        number = [name[:2] for name in _ENGLISH_WEEKDAYS].index(match[1][:2].lower()) + 2
        found.append(Weekday(number, bool(match[2]), match.start(), match.end(1)))
    lowered = text.lower()
    may_have = "thứ" in lowered or "chủ" in lowered
    for match in _VIETNAMESE_WEEKDAY.finditer(text) if may_have else ():
        which = match["which"]
        if which is None:
            # "chủ nhật" has no other sense, but for "Chủ Nhật Bản": the owner.
            after = text[match.end() :].lstrip()
            found.append(Weekday(8, not after.startswith("Bản"), match.start(), match.end()))
            continue
        number = int(which) if which.isdecimal() else _VIETNAMESE_WEEKDAYS[which.lower()]
        sure = match["led"] is not None or which[0].isupper()
        start = match.start() + len(match["led"] or "")
        found.append(Weekday(number, sure, start, match.end()))
    return tuple(_led_by_another(text, sorted(found, key=lambda day: day.start)))


def _led_by_another(text: str, found: Sequence[Weekday]) -> Iterator[Weekday]:
    """The weekdays; sure where they begin or end a run of them, "từ thứ 2 đến thứ 7"."""
    runs = [
        (one.start, other.start)
        for one, other in pairwise(found)
        if _DAY_TO.fullmatch(text, one.end, other.start)
        and (one.sure or other.sure or _FROM_DAY.search(text, max(0, one.start - 20), one.start))
    ]
    ends = {start for run in runs for start in run}
    for one in found:
        yield replace(one, sure=one.sure or one.start in ends)


@lru_cache(maxsize=2048)
def weekday_runs(text: str) -> tuple[frozenset[int], ...]:
    """The days of each run of weekdays in `text`: 2 to 6 of "Monday to Friday"."""
    text = nfc(text)
    days = weekdays(text)
    found = [
        _run(one.number, other.number)
        for one, other in pairwise(days)
        if one.sure and other.sure and _DAY_TO.fullmatch(text, one.end, other.start)
    ]
    for named, numbers in _NAMED_RUNS.items():
        if named.search(text):
            found.append(frozenset(numbers))
    return tuple(found)


def _run(first: int, last: int) -> frozenset[int]:
    days = range(first, last + 1) if first <= last else (*range(first, 9), *range(2, last + 1))
    return frozenset(days)
