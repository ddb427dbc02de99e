"""Single numbers of both languages: digits, number words, Roman numerals, months."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from rag.checking.number_words import (
    ENGLISH_ORDINALS,
    ENGLISH_TENS,
    ENGLISH_UNITS,
    MONTHS,
    ROMAN_UNITS,
    SCALES,
    SUFFIXES,
    VIETNAMESE_UNITS,
)

FigureKind = Literal["digits", "word", "doubtful"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    Attributes:
        text: As written, with its scale: "1,5 triệu".
        kind: Written in digits; in words; or in words that often mean something else ("một",
            "năm", "second", "May"), which can support a claim but not belie it.
        also: What it may mean besides: 28 million in "28 to 90 million", 14 in "2 p.m.".
    """

    text: str
    value: Decimal
    start: int
    end: int
    kind: FigureKind
    also: tuple[Decimal, ...] = ()


# "2024 tỷ lệ" is a rate in 2024, "5 triệu chứng" are symptoms, "3 tá dược" excipients.
_NO_SCALE_BEFORE = {
    "tỷ": r"lệ|giá(?!\s+trị)|trọng|suất|số|phú",
    "tỉ": r"lệ|giá(?!\s+trị)|trọng|suất|số|phú",
    "triệu": "chứng|tập|hồi|phú",
    "tá": "dược|điền|tràng",
}
_SCALE_WORDS = "|".join(
    word + (rf"(?!\s+(?:{_NO_SCALE_BEFORE[word]})\b)" if word in _NO_SCALE_BEFORE else "")
    for word in SCALES
)
_SCALE = re.compile(rf"[\s-]*({_SCALE_WORDS})(?!\w)", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥₩₽₹₫]|\b(?:USD|EUR|GBP|VND))\s?\Z", re.IGNORECASE)
_SUFFIX = re.compile(rf"({'|'.join(SUFFIXES)})(?![\w/²³])", re.IGNORECASE)
# Not "G7", "v1.2.3" or the inside of a longer number. "10th", "5G" and "12%" are figures.
_NOT_INSIDE = r"(?<![^\W\d_])(?<!\d)(?<!\d[.,])"
_DIGITS = re.compile(
    rf"{_NOT_INSIDE}(?:(?:\d{{1,3}}(?:[.,]\d{{3}})+"
    r"|(?<!\b0\d\d[\u00a0\u202f])[1-9]\d{0,2}(?:[\u00a0\u202f]\d{3})+)(?!\d)(?:[.,]\d+)?"
    r"|\d+(?:[.,]\d+)?)"
)
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,\u00a0\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
_SEPARATOR = re.compile("[.,\u00a0\u202f]")
# "10.2.2025"; and "Q4", "FY2024".
_DOTTED = re.compile(r"(?<![\w.,])(\d{1,2})\.(\d{1,2})\.([12]\d{3})(?!\w|[.,]\d)")
_PERIOD = re.compile(r"\b(?:(?:FY|CY)(\d{4}|\d{2})|Q([1-4])|H([12]))(?!\w)")
_HOUR_BEFORE = re.compile(r"\d\s?[:h]\Z")
_MINUTES = re.compile(r"(?<=\dh)[0-5]\d(?!\w)")
_ROMAN = re.compile(r"\b(?=[IVX])(X{0,3})(IX|IV|V?I{0,3})\b")
# "thế kỷ V" and "quý I - II" are surely numbers; a lone "I" or "X" elsewhere is not.
_ROMAN_SURE = re.compile(
    r"\b(?:quý|thế kỷ|thế kỉ|quarter|century)\s+(?:thứ\s+)?"
    r"(?:[IVX]+\s*(?:[-–,/]|và|đến|tới|and|to)\s*(?:thế k[ỷỉ]\s+)?)*\Z",
    re.IGNORECASE,
)
_ROMAN_LED = re.compile(
    r"\b(?:khóa|khoá|chương|phần|tập|kỳ|chapter|part|volume|phase|article)\s+(?:thứ\s+)?\Z",
    re.IGNORECASE,
)
_CENTURY = re.compile(r"(?:st|nd|rd|th)?\s+(?:century|centuries)\b", re.IGNORECASE)
_LOOK_BACK = 40

# "năm" is also "year", "ba" also "father", "tư" a syllable of "đầu tư", "May" also a verb.
_DOUBTFUL = frozenset("one first second một mốt năm tư lăm both cả hai đôi once twice half".split())
_OTHER_WORDS = {"both": 2, "đôi": 2, "twice": 2, "giêng": 1, "chạp": 12, "nhất": 1}
_ENGLISH_NUMBERS = ENGLISH_UNITS | ENGLISH_ORDINALS | _OTHER_WORDS
_DOUBTFUL_ENGLISH = _DOUBTFUL | _OTHER_WORDS.keys()

_TO_NINE = dict([*list(ENGLISH_UNITS.items())[:9], *list(ENGLISH_ORDINALS.items())[:9]])
_ENGLISH_WORD = re.compile(
    rf"\b(?:({'|'.join(ENGLISH_TENS)})(?:[\s-]({'|'.join(_TO_NINE)}))?"
    rf"|({'|'.join(_ENGLISH_NUMBERS)}))\b"
)
_UNIT = "|".join(VIETNAMESE_UNITS)
_VIETNAMESE_WORD = re.compile(
    rf"\b(?:(?:({_UNIT})\s+mươi|(mười))(?:\s+((?!năm\b)(?:{_UNIT})))?|({_UNIT}))\b"
)
_PART_BEFORE = re.compile(r"(?<!\w)(?:phần|bộ|nấu|luộc|nướng|hấp)\s\Z", re.IGNORECASE)
_LONGEST_PART = 8
_JOINED = re.compile(r"[\s-]+(?:(?:and|lẻ|linh|không trăm(?: linh)?)\s+)?")
_MONTH_WORD = re.compile(rf"\b({'|'.join(MONTHS)})\b\.?", re.IGNORECASE)
_NEAR_DIGIT = re.compile(r"\d(?:st|nd|rd|th)?,?\s*(?:of\s+)?\Z")


def single(text: str) -> list[Figure]:
    """The numbers of `text` (in NFC) one by one; a number word may overlap another."""
    return [*_in_digits(text), *_roman(text), *_composed(text, _in_words(text)), *_months(text)]


def _in_digits(text: str) -> Iterator[Figure]:
    dotted = [found for found in _DOTTED.finditer(text) if _is_date(found)]
    for found in dotted:
        for part in (1, 2, 3):
            yield Figure(found[part], Decimal(found[part]), *found.span(part), "digits")
    for found in _DIGITS.finditer(text):
        if any(date.start() <= found.start() < date.end() for date in dotted):
            continue
        value = _value(found[0])
        # "2:00" is two o'clock.
        if value == 0 and _HOUR_BEFORE.search(text, max(0, found.start() - 3), found.start()):
            continue
        yield _suffixed(text, value, found) or _scaled(text, value, *found.span(), "digits")
    for found in _PERIOD.finditer(text):
        digits = found[1] or found[2] or found[3]
        value = Decimal(digits) + (2000 if found[1] and len(digits) == 2 else 0)
        # The first half is also told in months.
        kind: FigureKind = "doubtful" if found[3] else "digits"
        yield Figure(found[0], value, *found.span(), kind)
    for found in _MINUTES.finditer(text):
        if int(found[0]):
            yield Figure(found[0], Decimal(found[0]), *found.span(), "digits")


def _is_date(dotted: re.Match[str]) -> bool:
    return 1 <= int(dotted[1]) <= 31 and 1 <= int(dotted[2]) <= 12


def _suffixed(text: str, value: Decimal, digits: re.Match[str]) -> Figure | None:
    """Surely scaled as money or thousands, "£5m", "500k"; perhaps so, "5m" and "3K"."""
    suffix = _SUFFIX.match(text, digits.end())
    if suffix is None:
        return None
    scaled = value * SUFFIXES[suffix[1].lower()]
    start, end = digits.start(), suffix.end()
    money = _MONEY_BEFORE.search(text, max(0, start - 5), start) is not None
    if money or suffix[1] == "tr" or (suffix[1] == "k" and value >= 10):
        return Figure(text[start:end], scaled, start, end, "digits")
    return Figure(digits[0], value, start, digits.end(), "digits", (scaled,))


def _value(digits: str) -> Decimal:
    """The value of digits with separators: groups of three are thousands in either notation."""
    if grouped := _GROUPED.fullmatch(digits):
        whole = digits.replace(grouped[1], "")
        return Decimal(whole.replace(",", "."))
    parts = _SEPARATOR.split(digits)
    # "090.123.456" is a telephone number, or a code: as if written without separators.
    return Decimal(("." if len(parts) == 2 else "").join(parts))


def _scaled(text: str, value: Decimal, start: int, end: int, kind: FigureKind) -> Figure:
    """The figure with the scale words that follow it: "109 tỷ", "two hundred million"."""
    while scale := _SCALE.match(text, end):
        value *= SCALES[scale[1].lower()]
        end = scale.end()
        # A scale makes a number of a doubtful word: "một triệu".
        kind = "word" if kind == "doubtful" else kind
    return Figure(text[start:end], value, start, end, kind)


def _roman(text: str) -> Iterator[Figure]:
    """Centuries and the like: "thế kỷ XXI", "quý I"."""
    for found in _ROMAN.finditer(text):
        before = max(0, found.start() - _LOOK_BACK)
        sure = _CENTURY.match(text, found.end()) or _ROMAN_SURE.search(text, before, found.start())
        led = len(found[0]) > 1 or _ROMAN_LED.search(text, before, found.start())
        if not (sure or led):
            continue
        value = Decimal(10 * len(found[1]) + ROMAN_UNITS[found[2]])
        yield Figure(found[0], value, *found.span(), "digits" if sure else "doubtful")


def _in_words(text: str) -> Iterator[Figure]:
    # Looked for in lower case, which is several times as fast as in any case.
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = text
    for found in _ENGLISH_WORD.finditer(lowered):
        if found[1]:
            number = ENGLISH_TENS[found[1]] + (_TO_NINE[found[2]] if found[2] else 0)
        else:
            number = _ENGLISH_NUMBERS[found[3]]
        kind: FigureKind = "doubtful" if found[3] in _DOUBTFUL_ENGLISH else "word"
        yield _scaled(text, Decimal(number), found.start(), found.end(), kind)
    for found in _VIETNAMESE_WORD.finditer(lowered):
        kind = "word"
        if found[1] or found[2]:
            number = 10 * (VIETNAMESE_UNITS[found[1]] if found[1] else 1)
            number += VIETNAMESE_UNITS[found[3]] if found[3] else 0
        else:
            number = VIETNAMESE_UNITS[found[4]]
            # "Ba Lan" is Poland, "phần ba" a third, "bộ ba" a set of three, "nấu chín" cooked.
            capital = text[found.start(4)].isupper()
            named = capital and text[found.end() + 1 : found.end() + 2].isupper()
            before = max(0, found.start() - _LONGEST_PART)
            part = _PART_BEFORE.search(text, before, found.start()) is not None
            doubtful = named or part or found[4] in _DOUBTFUL
            kind = "doubtful" if doubtful else "word"
        yield _scaled(text, Decimal(number), found.start(), found.end(), kind)


def _composed(text: str, parts: Iterable[Figure]) -> Iterator[Figure]:
    """Number words that make up one number, as one: "một trăm hai mươi", "two hundred and six"."""
    so_far: Figure | None = None
    for part in sorted(parts, key=lambda figure: (figure.start, -figure.end)):
        if so_far and part.start < so_far.end:
            continue
        if so_far and _JOINED.fullmatch(text, so_far.end, part.start):
            digits = so_far.value.as_tuple()
            # The smaller part must fit into the noughts of the greater one.
            if part.value < Decimal(10) ** _noughts(so_far.value) and digits.exponent == 0:
                value = so_far.value + part.value
                so_far = Figure(
                    text[so_far.start : part.end], value, so_far.start, part.end, "word"
                )
                continue
        if so_far:
            yield so_far
        so_far = part
    if so_far:
        yield so_far


def _noughts(value: Decimal) -> int:
    digits = str(int(value))
    noughts = len(digits) - len(digits.rstrip("0"))
    return noughts if noughts > 1 else 0


def _months(text: str) -> Iterator[Figure]:
    """English months, as their number; sure only beside a figure: "May 2025", "10 May"."""
    for found in _MONTH_WORD.finditer(text):
        if not found[0][0].isupper():
            continue
        after = text[found.end() :].lstrip(" ,")
        sure = after[:1].isdigit() or _NEAR_DIGIT.search(text[: found.start()]) is not None
        kind: FigureKind = "word" if sure else "doubtful"
        value = Decimal(MONTHS[found[1].lower()])
        yield Figure(found[1], value, found.start(), found.end(1), kind)
