"""Words that stand for numbers, in both languages."""

from __future__ import annotations

SCALES = {
    "chục": 10, "dozen": 12, "tá": 12, "hundred": 100, "trăm": 100,
    "thousand": 1000, "nghìn": 1000, "ngàn": 1000, "vạn": 10**4,
    "million": 10**6, "mln": 10**6, "mn": 10**6, "triệu": 10**6,
    "billion": 10**9, "bn": 10**9, "tỷ": 10**9, "tỉ": 10**9,
    "trillion": 10**12,
}  # fmt: skip
# Right behind digits; "m" may be metres too.
SUFFIXES = {"k": 10**3, "m": 10**6, "tr": 10**6, "b": 10**9, "t": 10**12}


def _numbered(names: str, start: int = 1, step: int = 1) -> dict[str, int]:
    return {word: start + at * step for at, word in enumerate(names.split())}


ENGLISH_UNITS = _numbered(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
ENGLISH_TENS = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", start=20, step=10)
ENGLISH_ORDINALS = _numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
) | _numbered(
    "twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth",
    start=20,
    step=10,
)
VIETNAMESE_UNITS = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_MONTH_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug"
    "|september sep sept|october oct|november nov|december dec"
)
MONTHS = {
    word: number
    for number, names in enumerate(_MONTH_NAMES.split("|"), start=1)
    for word in names.split()
}
ROMAN_UNITS = {"": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8,
               "IX": 9}  # fmt: skip
