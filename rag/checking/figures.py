"""Numbers and dates of both languages as values that compare.

`1.000`, `1,000` and "một nghìn" are one thousand; "10 and 11 February 2025" and "10 - 11/2/2025"
hold the same four numbers; "một phần ba" is a third.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from bilingual.orthography import nfc
from rag.checking.dates import weekdays
from rag.checking.number_words import ENGLISH_ORDINALS, ENGLISH_UNITS, SCALES, VIETNAMESE_UNITS
from rag.checking.numerals import Figure, FigureKind, single
from rag.checking.quantifiers import Bound, bound

__all__ = ["Figure", "FigureKind", "bounded", "figures", "held", "rounded", "values"]

_SCALE_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(SCALES)})(?!\w)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:[-–]|to|and|or|đến|tới|và|hoặc)\s*", re.IGNORECASE)
# "half a million", "a hundred", "nửa triệu".
_UNCOUNTED = re.compile(
    rf"\b(?:(?P<half>half\s+an?|nửa)|an?)\s+(?P<scale>{'|'.join(SCALES)}|century|thế kỷ)\b",
    re.IGNORECASE,
)
_UNCOUNTED_SCALES = SCALES | {"century": 100, "thế kỷ": 100}
# "two and a half million", "2½ hours"; "hai năm rưỡi", "một tỷ rưỡi"; "an hour and a half".
_HALF_MORE = re.compile(
    rf"(?:\s+and\s+a\s+half|½)(?:\s+(?P<scale>{'|'.join(SCALES)})\b)?", re.IGNORECASE
)
_RUOI = re.compile(r"(?:\s+(?P<thing>\w+))?\s+rưỡi\b", re.IGNORECASE)
_ONE_AND_A_HALF = re.compile(r"\b(?:an?|one)\s+(?P<thing>\w+)\s+and\s+a\s+half\b", re.IGNORECASE)
_OF_UNIT = re.compile(r"\s+(?P<thing>\w+)")
_SMALLER = {
    "minute": 60, "minutes": 60, "phút": 60, "hour": 60, "hours": 60, "giờ": 60, "tiếng": 60,
    "day": 24, "days": 24, "ngày": 24, "year": 12, "years": 12, "năm": 12,
    "km": 1000, "kg": 1000, "tấn": 1000, "tonne": 1000, "tonnes": 1000, "tons": 1000,
}  # fmt: skip
# Two decades are 20 years; "the 19th century" is not 1900.
_OF_YEARS = re.compile(
    r"[\s-]+(?:(decades?|thập kỷ|thập niên)|(centuries|thế kỷ))\b", re.IGNORECASE
)
_DECADE = re.compile(r"\b(?:decades?|thập kỷ|thập niên)\b", re.IGNORECASE)
_NINETIES_BEFORE = re.compile(r"(?:thập niên|thập kỷ|những năm|the|['’])\s*\Z", re.IGNORECASE)
_HALF_YEAR = re.compile(
    r"\b(?:first|second)\s+half\b|\bhalf[\s-]year|\bH[12]\b|\bnửa\s+(?:đầu\s+|cuối\s+)?năm\b",
    re.IGNORECASE,
)
_AFTERNOON = re.compile(
    r"(?::\d{2}|h(?:\d{2})?|\s+giờ(?:\s+\d{1,2}(?:\s+phút)?)?)?\s*(?:p\.?m\b|chiều\b|tối\b)",
    re.IGNORECASE,
)

_PARTS = {"half": 2, "quarter": 4} | {
    word: number for word, number in ENGLISH_ORDINALS.items() if 3 <= number <= 10
}
_COUNTS = {"a": 1, "an": 1} | {word: at for word, at in ENGLISH_UNITS.items() if at < 10}
_ENGLISH_FRACTION = re.compile(
    rf"\b({'|'.join(_COUNTS)})[\s-]({'|'.join(_PARTS)})(s)?\b(\s+of\b)?", re.IGNORECASE
)
_VIETNAMESE_PARTS = VIETNAMESE_UNITS | {"mười": 10, "trăm": 100}
_VIETNAMESE_FRACTION = re.compile(
    rf"\b({'|'.join(VIETNAMESE_UNITS)})\s+phần\s+({'|'.join(_VIETNAMESE_PARTS)})\b", re.IGNORECASE
)
_SLASHED = re.compile(r"(?<![\d/.,])([1-9])/([2-9]|10)(?![\d/]|[.,]\d)")
_HALF = re.compile(r"\b(?:half|nửa)\b(?!\s+(?:an?\b|đêm|ngày))", re.IGNORECASE)

_HEDGE = re.compile(
    r"(?<!\w)(?:(?P<less>gần|nearly|almost|just under)|(?P<more>hơn|trên|over|more than|just over)"
    r"|khoảng|xấp xỉ|chừng|ước tính|ước|about|around|roughly|approximately|some|close to"
    r"|an estimated)\W+(?:là\s+)?(?:\w+\s+)?\W?\Z",
    re.IGNORECASE,
)
_BARE_YEAR = re.compile(r"[12]\d{3}")
_LOOK_BACK = 32
# A rounded value is not off by more; and below a hundred only a fraction is rounded away.
_ROUNDED_BY = Decimal("0.05")
# "At least 40 beds" may be told of 48, as what is not known to be wrong, but hardly of 80.
_BOUND_WITHIN = Decimal("0.25")
_YEARS_END = 10_000  # decades are of years below it
_ROUNDED_FROM = 100


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def figures(text: str) -> tuple[Figure, ...]:
    """The numbers of `text`, in both languages' notations; a number word may overlap another."""
    text = nfc(text)
    found = single(text)
    made = [*_fractions(text), *_uncounted(text), *_halves(text, found)]
    found = [_part_of(one, made, text) for one in found]
    found = [_with_others(text, one) for one in _ranges(text, found)]
    return (*found, *made, *_spans_of_time(text))


@lru_cache(maxsize=2048)
def values(text: str) -> frozenset[Decimal]:
    """Every number that `text` holds or may hold."""
    return frozenset(value for one in figures(text) for value in (one.value, *one.also))


def held(figure: Figure, text: str, known: Collection[Figure]) -> bool:
    """Whether one of `known` has the value of `figure` of `text` (in NFC), or is told as it."""
    said = {figure.value, *figure.also}
    if any(one.value in said or not said.isdisjoint(one.also) for one in known):
        return True
    return rounded(figure, text, known)


def rounded(figure: Figure, text: str, known: Collection[Figure]) -> bool:
    """Whether `figure` of `text` (in NFC) is about, nearly or over one of `known`, so rounded."""
    hedge = _HEDGE.search(text, max(0, figure.start - _LOOK_BACK), figure.start)
    side = bound(figure, text)
    if side is None and hedge is not None:
        side = "less" if hedge["less"] else "more" if hedge["more"] else None
    elif side is None:
        return False
    share = any(value < 1 for value in figure.also)
    # A year is never rounded.
    there = {one.value for one in known if not _BARE_YEAR.fullmatch(one.text)}
    said = {figure.value, *figure.also}
    return any(_rounds(value, one, side, share=share) for one in said for value in there)


def bounded(figure: Figure, text: str, known: Collection[Figure]) -> bool:
    """Whether one of `known` is somewhat more, or less, than `figure`, as `text` (in NFC) says."""
    side = bound(figure, text)
    if side is None:
        return False
    more = [one.value - figure.value for one in known]
    most = _BOUND_WITHIN * figure.value
    return any(0 < (off if side == "more" else -off) <= most for off in more)


def _rounds(value: Decimal, said: Decimal, side: Bound | None, *, share: bool) -> bool:
    """Whether `value` may be told as about `said`; "about a third" has no digits to round to."""
    off = abs(value - said)
    if said < _ROUNDED_FROM and value == int(value):
        return False
    # 3.2 km are over 3 km, but not about as many.
    cut = side is not None and said < _ROUNDED_FROM and off < 1
    if off > _ROUNDED_BY * abs(said) and not cut:
        return False
    step = Decimal(10) ** int(said.normalize().as_tuple().exponent)
    if side == "less":
        return value < said and (share or said - step < value)
    if side == "more":
        return said < value and (share or value < said + step)
    return share or off * 2 <= step


def _part_of(figure: Figure, made: Sequence[Figure], text: str) -> Figure:
    """The figure, no longer sure where it is a part of another one or the name of a weekday."""
    spans = [(one.start, one.end) for one in made]
    spans += [(day.start, day.end) for day in weekdays(text) if day.sure]
    if any(start <= figure.start and figure.end <= end for start, end in spans):
        return replace(figure, kind="doubtful")
    return figure


def _ranges(text: str, found: Sequence[Figure]) -> Iterator[Figure]:
    """Each figure; the first of "28 to 90 million" with the scale that it shares."""
    by_start = {one.start: one for one in found}
    for one in found:
        between = _RANGE.match(text, one.end)
        other = by_start.get(between.end()) if between else None
        if other is not None and not _SCALE_WORD.search(one.text):
            scale = Decimal(1)
            for word in _SCALE_WORD.findall(other.text):
                scale *= SCALES[word.lower()]
            if scale > 1:
                one = replace(one, also=(*one.also, one.value * scale))
        yield one


def _with_others(text: str, one: Figure) -> Figure:
    """The figure with what else it may mean: hours of the afternoon, decades in years."""
    also: list[Decimal] = []
    if one.value < 12 and _AFTERNOON.match(text, one.end):
        also.append(one.value + 12)
    if years := _OF_YEARS.match(text, one.end):
        also.append(one.value)
        value = one.value * (10 if years[1] else 100)
        end = years.end()
        one = replace(one, text=text[one.start : end], value=value, end=end)
    if one.value < _YEARS_END and one.value % 10 == 0 and text[one.end : one.end + 1] == "s":
        also.append(one.value % 100)
    if one.value in range(10, 100, 10) and _NINETIES_BEFORE.search(
        text, max(0, one.start - 12), one.start
    ):
        also.append(one.value + 1900)
    return replace(one, also=(*one.also, *also)) if also else one


def _fractions(text: str) -> Iterator[Figure]:
    """Shares: "a third", "ba phần tư", with what they are in percent, and perhaps 1/3 and half."""
    for found in _ENGLISH_FRACTION.finditer(text):
        count, parts = _COUNTS[found[1].lower()], _PARTS[found[2].lower()]
        # "a third time" is none, and "three quarters" may be nine months.
        sure = found[4] or (count > 1 and found[3] and parts != 4)
        yield from _fraction(text, found, count, parts, "word" if sure else "doubtful")
    for found in _VIETNAMESE_FRACTION.finditer(text) if "phần" in text.lower() else ():
        count = VIETNAMESE_UNITS[found[1].lower()]
        yield from _fraction(text, found, count, _VIETNAMESE_PARTS[found[2].lower()], "word")
    for found in _SLASHED.finditer(text):
        count, parts = int(found[1]), int(found[2])
        if count < parts:
            start, end = found.end(), found.end()  # its digits stay sure
            share = _share(count, parts)
            yield Figure(found[0], share[0], start, end, "doubtful", share[1:])
    for found in _HALF.finditer(text):
        share = _share(1, 2)
        yield Figure(found[0], share[0], *found.span(), "doubtful", share[1:])


def _fraction(
    text: str, found: re.Match[str], count: int, parts: int, kind: FigureKind
) -> Iterator[Figure]:
    if count >= parts:
        return
    start, end = found.start(), found.end(3) if found.re.groups > 2 and found[3] else found.end(2)
    value, *also = _share(count, parts)
    yield Figure(text[start:end], value, start, end, kind, tuple(also))
    for part in (count, parts):
        yield Figure(text[start:end], Decimal(part), start, end, "doubtful")


def _share(count: int, parts: int) -> tuple[Decimal, ...]:
    """A share in percent, with as many decimals as one gives, and as a number."""
    share = Decimal(count) / Decimal(parts)
    percent = dict.fromkeys(round(share * 100, decimals).normalize() for decimals in (0, 1, 2))
    return *percent, round(share, 4)


def _uncounted(text: str) -> Iterator[Figure]:
    for found in _UNCOUNTED.finditer(text):
        scale = " ".join(found["scale"].lower().split())
        value = Decimal(_UNCOUNTED_SCALES[scale]) / (2 if found["half"] else 1)
        kind: FigureKind = "word" if scale in SCALES else "doubtful"
        yield Figure(found[0], value, *found.span(), kind)


def _halves(text: str, found: Sequence[Figure]) -> Iterator[Figure]:
    """Numbers and a half; the whole one stays as evidence: "more than two years"."""
    for one in found:
        if more := _HALF_MORE.match(text, one.end):
            scale = SCALES[more["scale"].lower()] if more["scale"] else 1
            value = (one.value + Decimal("0.5")) * scale
            thing = _OF_UNIT.match(text, more.end())
            yield _half(text, one.start, more.end(), value, thing)
        elif more := _RUOI.match(text, one.end):
            scales = _SCALE_WORD.findall(one.text)
            # The "năm" of "một năm rưỡi" is a year.
            if not (scales or more["thing"]):
                continue
            last = Decimal(SCALES[scales[-1].lower()] if scales else 1)
            yield _half(text, one.start, more.end(), one.value + last / 2, more)
    for more in _ONE_AND_A_HALF.finditer(text):
        yield _half(text, *more.span(), Decimal("1.5"), more)


def _half(text: str, start: int, end: int, value: Decimal, thing: re.Match[str] | None) -> Figure:
    smaller = _SMALLER.get((thing["thing"] or "").lower()) if thing else None
    also = (value * smaller,) if smaller else ()
    return Figure(text[start:end], value, start, end, "word", also)


def _spans_of_time(text: str) -> Iterator[Figure]:
    """A decade is ten years, a half-year six months; told so, they are no figures of their own."""
    for pattern, value in ((_DECADE, 10), (_HALF_YEAR, 6)):
        for found in pattern.finditer(text):
            yield Figure(found[0], Decimal(value), *found.span(), "doubtful")
