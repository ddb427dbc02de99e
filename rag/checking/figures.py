"""Numbers and dates of both languages as values that compare.

`1.000`, `1,000` and "một nghìn" are one thousand; "10 and 11 February 2025" and "10 - 11/2/2025"
hold the same four numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from bilingual.orthography import nfc

FigureKind = Literal["digits", "word", "doubtful"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text.

    Attributes:
        text: As written, with its scale: "1,5 triệu".
        kind: Written in digits; in words; or in words that often mean something else ("một",
            "năm", "second", "May"), which can support a claim but not belie it.
    """

    text: str
    value: Decimal
    start: int
    end: int
    kind: FigureKind


_SCALES = {
    "hundred": 100, "trăm": 100, "thousand": 1000, "nghìn": 1000, "ngàn": 1000,
    "million": 10**6, "mln": 10**6, "triệu": 10**6,
    "billion": 10**9, "bn": 10**9, "tỷ": 10**9, "tỉ": 10**9,
    "trillion": 10**12,
}  # fmt: skip
_SCALE = re.compile(rf"[\s-]*({'|'.join(_SCALES)})(?!\w)", re.IGNORECASE)
# Not "G7", "v1.2.3" or the inside of a longer number. "10th", "5G" and "12%" are figures.
_NOT_INSIDE = r"(?<![^\W\d_])(?<!\d)(?<!\d[.,])"
_DIGITS = re.compile(
    rf"{_NOT_INSIDE}(?:\d{{1,3}}(?:[.,\u00a0\u202f]\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
)
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,\u00a0\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
_ROMAN = re.compile(r"\b(?=[IVX]{2,})(X{0,3})(IX|IV|V?I{0,3})\b")

_ENGLISH_UNITS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split(),
        start=1,
    )
}
_ENGLISH_TENS = {
    word: number * 10
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_ENGLISH_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        start=1,
    )
}
_VIETNAMESE_UNITS = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_MONTH_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
    "|september sep sept|october oct|november nov|december dec"
)
_MONTHS = {
    word: number
    for number, names in enumerate(_MONTH_NAMES.split("|"), start=1)
    for word in names.split()
}
# "năm" is also "year", "ba" also "father", "tư" a syllable of "đầu tư", "May" also a verb.
_DOUBTFUL = frozenset("one first second một mốt năm tư lăm both cả hai đôi once twice half".split())
_OTHER_WORDS = {"both": 2, "đôi": 2, "twice": 2, "giêng": 1, "chạp": 12, "nhất": 1, "dozen": 12}
_ENGLISH_NUMBERS = _ENGLISH_UNITS | _ENGLISH_ORDINALS | _OTHER_WORDS
_DOUBTFUL_ENGLISH = _DOUBTFUL | _OTHER_WORDS.keys()

_ENGLISH_WORD = re.compile(
    rf"\b(?:({'|'.join(_ENGLISH_TENS)})(?:[\s-]({'|'.join(list(_ENGLISH_UNITS)[:9])}))?"
    rf"|({'|'.join(_ENGLISH_NUMBERS)}))\b",
    re.IGNORECASE,
)
_UNIT = "|".join(_VIETNAMESE_UNITS)
_VIETNAMESE_WORD = re.compile(
    rf"\b(?:(?:({_UNIT})\s+mươi|(mười))(?:\s+((?!năm\b)(?:{_UNIT})))?|({_UNIT}))\b", re.IGNORECASE
)
_PART_BEFORE = re.compile(r"(?<!\w)(?:phần|bộ)\s\Z", re.IGNORECASE)
_JOINED = re.compile(r"[\s-]+(?:(?:and|lẻ|linh|không trăm(?: linh)?)\s+)?")
_MONTH_WORD = re.compile(rf"\b({'|'.join(_MONTHS)})\b\.?", re.IGNORECASE)
_NEAR_DIGIT = re.compile(r"\d(?:st|nd|rd|th)?,?\s*(?:of\s+)?\Z")


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def figures(text: str) -> tuple[Figure, ...]:
    """The numbers of `text`, in both languages' notations; a number word may overlap another."""
    text = nfc(text)
    return (*_in_digits(text), *_roman(text), *_composed(text, _in_words(text)), *_months(text))


@lru_cache(maxsize=2048)
def values(text: str) -> frozenset[Decimal]:
    """Every number that `text` holds or may hold."""
    return frozenset(figure.value for figure in figures(text))


def _in_digits(text: str) -> Iterator[Figure]:
    for found in _DIGITS.finditer(text):
        value = _value(found[0])
        yield _scaled(text, value, found.start(), found.end(), "digits")


def _value(digits: str) -> Decimal:
    """The value of digits with separators: groups of three are thousands in either notation."""
    if grouped := _GROUPED.fullmatch(digits):
        whole = digits.replace(grouped[1], "")
        return Decimal(whole.replace(",", "."))
    return Decimal(digits.replace(",", "."))


def _scaled(text: str, value: Decimal, start: int, end: int, kind: FigureKind) -> Figure:
    """The figure with the scale words that follow it: "109 tỷ", "two hundred million"."""
    while scale := _SCALE.match(text, end):
        value *= _SCALES[scale[1].lower()]
        end = scale.end()
        # A scale makes a number of a doubtful word: "một triệu".
        kind = "word" if kind == "doubtful" else kind
    return Figure(text[start:end], value, start, end, kind)


def _roman(text: str) -> Iterator[Figure]:
    """Centuries and the like: "thế kỷ XXI"."""
    for found in _ROMAN.finditer(text):
        units = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8,
                 "IX": 9}  # fmt: skip
        value = Decimal(10 * len(found[1]) + units[found[2]])
        yield Figure(found[0], value, found.start(), found.end(), "doubtful")


def _in_words(text: str) -> Iterator[Figure]:
    for found in _ENGLISH_WORD.finditer(text):
        word = (found[3] or "").lower()
        if found[1]:
            unit = _ENGLISH_UNITS.get((found[2] or "").lower(), 0)
            number = _ENGLISH_TENS[found[1].lower()] + unit
        else:
            number = _ENGLISH_NUMBERS[word]
        kind: FigureKind = "doubtful" if word in _DOUBTFUL_ENGLISH else "word"
        yield _scaled(text, Decimal(number), found.start(), found.end(), kind)
    for found in _VIETNAMESE_WORD.finditer(text):
        kind = "word"
        if found[1] or found[2]:
            number = 10 * (_VIETNAMESE_UNITS[found[1].lower()] if found[1] else 1)
            number += _VIETNAMESE_UNITS[found[3].lower()] if found[3] else 0
        else:
            number = _VIETNAMESE_UNITS[found[4].lower()]
            # "Ba Lan" is Poland, "phần ba" a third, "bộ ba" a set of three.
            named = found[4][0].isupper() and text[found.end() + 1 : found.end() + 2].isupper()
            part = _PART_BEFORE.search(text, 0, found.start()) is not None
            doubtful = named or part or found[4].lower() in _DOUBTFUL
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
        value = Decimal(_MONTHS[found[1].lower()])
        yield Figure(found[1], value, found.start(), found.end(1), kind)
