"""What figures count: currencies, shares and measures under their names in both languages."""

from __future__ import annotations

import re

from bilingual.orthography import normalise
from rag.checking.figures import Figure

# Each line is one unit; the first form is how reasons name it where nothing else is at hand.
_UNITS = [
    "euro euros eur €",
    "usd dollar dollars đôla đô us$ $",
    "đồng vnd vnđ dong ₫",
    "yên yen jpy ¥",
    "bảng pound pounds gbp £",
    "nhân_dân_tệ yuan rmb cny renminbi",
    "won krw ₩",
    "rúp ruble rubles rouble roubles rub ₽",
    "rupee rupees inr ₹",
    "% phần_trăm percent per_cent",
    "km ki-lô-mét kilômét kilomet kilometre kilometres kilometer kilometers",
    "m mét metre metres meter meters",
    "cm xăng-ti-mét centimetre centimetres centimeter centimeters",
    "dặm mile miles",
    "kg ki-lô-gam kilôgam kilogram kilograms",
    "tấn tonne tonnes ton tons",
    "giây second seconds",
    "phút minute minutes",
    "giờ tiếng hour hours",
    "ngày day days",
    "tuần week weeks",
    "năm year years",
    "thế_kỷ century centuries",
]
_KEYS = {
    normalise(form.replace("_", " ")): number
    for number, line in enumerate(_UNITS)
    for form in line.split()
}
# "3 days", but "ngày 3" and "năm 2025" are dates: a unit stands behind its figure, a sign before.
_BEHIND = re.compile(
    rf"[\s-]*({'|'.join(sorted(map(re.escape, _KEYS), key=len, reverse=True))})(?![\w-])",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(US\$|[$€£¥₩₽₹₫])\s*\Z", re.IGNORECASE)


def unit_of(figure: Figure, text: str) -> int | None:
    """The number of the unit that `figure` of `text` (in NFC) is given in; None where it is bare.

    A unit has one number in both languages: "109 tỷ euro" and "€109 billion" are in the same.
    """
    if found := _BEHIND.match(text, figure.end):
        return _KEYS[normalise(found[1])]
    if found := _BEFORE.search(text, max(0, figure.start - 4), figure.start):
        return _KEYS[normalise(found[1])]
    return None


def with_unit(figure: Figure, text: str) -> str:
    """The figure as written, with its unit."""
    start, end = figure.start, figure.end
    if found := _BEHIND.match(text, end):
        end = found.end()
    elif found := _BEFORE.search(text, max(0, start - 4), start):
        start = found.start()
    return text[start:end]
