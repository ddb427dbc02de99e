"""What figures count: currencies, shares and measures under their names in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from bilingual.orthography import nfc, normalise
from rag.checking.figures import Figure, figures, held


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure of a text with its unit, or several that are one: "1 giờ 20 phút".

    Attributes:
        value: In the smallest unit that it is told in.
        size: That unit in the dimension's own.
    """

    dimension: int
    value: Decimal
    size: Decimal
    start: int
    end: int


# Each line is one unit; the first form is how reasons name it where nothing else is at hand.
_UNITS = [
    "euro euros eur €",
    "usd dollar dollars đôla đô us_dollars us_dollar us$ $",
    "đồng vnd vnđ dong ₫",
    "yên yen jpy ¥",
    "bảng pound pounds gbp £",
    "nhân_dân_tệ yuan rmb cny renminbi",
    "won krw ₩",
    "rúp ruble rubles rouble roubles rub ₽",
    "rupee rupees inr rs ₹",
    "% phần_trăm percent per_cent",
    "điểm_phần_trăm điểm_% percentage_point percentage_points",
    "km ki-lô-mét kilômét kilomet kilometre kilometres kilometer kilometers",
    "m mét metre metres meter meters",
    "mm mi-li-mét milimét milimet millimetre millimetres millimeter millimeters",
    "cm xăng-ti-mét centimetre centimetres centimeter centimeters",
    "dặm mile miles",
    "inch inches",
    "ft feet foot",
    "hải_lý nautical_mile nautical_miles",
    "kg ki-lô-gam kilôgam kilogram kilograms",
    "g gam gram grams",
    "mg mi-li-gam miligam milligram milligrams",
    "µg μg mcg microgram micrograms",
    "tạ quintal quintals",
    "tấn tonne tonnes ton tons",
    "oz ounce ounces",
    "giây second seconds",
    "phút minute minutes min mins",
    "giờ tiếng hour hours h hr hrs",
    "ngày day days",
    "đêm night nights",
    "tuần week weeks",
    "tháng month months",
    "quý quarter quarters",
    "năm year years",
    "thế_kỷ century centuries",
    "°c độ_c ℃ degrees_celsius degree_celsius degrees_c",
    "°f độ_f ℉ degrees_fahrenheit degree_fahrenheit degrees_f",
    "km/h km/giờ km_một_giờ km_mỗi_giờ kph kmh kilometres_per_hour kilometers_per_hour "
    "kilometres_an_hour kilometers_an_hour km_per_hour km_an_hour",
    "mph dặm/giờ dặm_một_giờ dặm_mỗi_giờ miles_per_hour miles_an_hour",
    "w oát watt watts",
    "kw ki-lô-oát kilowatt kilowatts",
    "mw mê-ga-oát megawatt megawatts",
    "gw gi-ga-oát gigawatt gigawatts",
    "wh watt-hours watt_hours",
    "kwh kilowatt-hours kilowatt_hours",
    "mwh megawatt-hours megawatt_hours",
    "gwh gigawatt-hours gigawatt_hours",
    "ha hecta héc-ta hectare hectares",
    "km² km2 km_vuông ki-lô-mét_vuông square_kilometres square_kilometers square_km sq_km",
    "m² m2 mét_vuông square_metres square_meters",
    "acre acres mẫu_anh",
    "m³ m3 mét_khối cubic_metres cubic_meters",
    "ml mi-li-lít mililít millilitre millilitres milliliter milliliters",
    "l lít litre litres liter liters",
    "gallon gallons",
    "kb kilobyte kilobytes",
    "mb megabyte megabytes",
    "gb gigabyte gigabytes",
    "tb terabyte terabytes",
    "khz kilohertz",
    "mhz megahertz",
    "ghz gigahertz",
    "v vôn volt volts",
]
_KEYS = {
    normalise(form.replace("_", " ")): number
    for number, line in enumerate(_UNITS)
    for form in line.split()
}
_FORMS = "|".join(sorted(map(re.escape, _KEYS), key=len, reverse=True))
# Each dimension's units by their size in one another; months are of no certain number of days.
_SIZES: tuple[dict[str, str], ...] = (
    {"µg": "0.000001", "mg": "0.001", "g": "1", "kg": "1000", "tạ": "100000", "tấn": "1000000"},
    {"mm": "0.001", "cm": "0.01", "m": "1", "km": "1000"},
    {"m²": "1", "ha": "10000", "km²": "1000000"},
    {"ml": "0.001", "l": "1", "m³": "1000"},
    {"giây": "1", "phút": "60", "giờ": "3600", "ngày": "86400", "tuần": "604800"},
    {"tháng": "1", "quý": "3", "năm": "12", "thế kỷ": "1200"},
    {"w": "1", "kw": "1000", "mw": "1000000", "gw": "1000000000"},
    {"wh": "1", "kwh": "1000", "mwh": "1000000", "gwh": "1000000000"},
    {"kb": "0.001", "mb": "1", "gb": "1000", "tb": "1000000"},
    {"khz": "1", "mhz": "1000", "ghz": "1000000"},
)
_SIZE = {
    _KEYS[normalise(unit)]: (dimension, Decimal(size))
    for dimension, sizes in enumerate(_SIZES)
    for unit, size in sizes.items()
}
# "1m82", "1h20", "2 năm 6 tháng"; "1 giờ 20 phút", "2 hours and 15 minutes"; "nửa tấn".
_RUN_ON = re.compile(
    r"(?<![\w.,])(\d{1,3})(?:(m|h)|\s?(giờ)|\s(năm))\s?(\d{1,2})"
    r"(?(4)\s+tháng(?!\s+\d))(?!\w|[.,/]\d)",
    re.IGNORECASE,
)
_RUN_ON_PARTS = {"m": ("cm", 100), "h": ("phút", 60), "giờ": ("phút", 60), "năm": ("tháng", 12)}
_JOINS = re.compile(r"\s*(?:,|and|và)?\s*", re.IGNORECASE)
_HALF_OF = re.compile(rf"\b(?:half an?|nửa)\s+({_FORMS})(?![\w-])", re.IGNORECASE)
# "3 days", but "ngày 3" and "năm 2025" are dates: a unit stands behind its figure, a sign before.
_BEHIND = re.compile(rf"[\s-]*({_FORMS})(?![\w-])", re.IGNORECASE)
_BEFORE = re.compile(
    r"(US\$|[$€£¥₩₽₹₫]|\b(?:USD|EUR|VND|VNĐ|GBP|JPY|CNY|RMB|KRW|INR|Rs))\s*\Z", re.IGNORECASE
)
_SIGN_CHARS = 5
_RATE_CHARS = 32
# "-12 °C" and "€ 250" as one word each; the hyphen of "10-12" is no minus.
_SIGNED = re.compile(
    r"(?P<minus>(?<![\w.,)])[-−–](?=[$€£¥₩₽₹₫]?\d))?(?:(?P<before>[$€£¥₩₽₹₫])[ \u00a0]?)?"
    r"(?P<digits>\d+(?:[.,]\d+)*)(?:[ \u00a0]?(?P<behind>[%‰°$€£¥₩₽₹₫]))?"
    r"|[^\W_]+(?:['’][^\W_]+)*"
)
_PERCENT = re.compile(r"%|\b(?:phần trăm|per\s?cent(?:age)?|points?|điểm)\b", re.IGNORECASE)
_DEGREES = re.compile(r"\s*(?:°|℃|℉|độ\b|degrees?\b)", re.IGNORECASE)
_MINUS = re.compile(r"(?:(?<![\w.,)])[-−–]|\b(?:âm|minus|negative)\s+)\Z", re.IGNORECASE)
_BELOW = re.compile(
    r"(?<!\w)(?:below|sub-?zero|dưới\s+(?:0|không)|âm|minus|negative|frost|băng giá)(?!\w)",
    re.IGNORECASE,
)
# "5G" is no weight, "5 Ha" no area, and "5M" rather a million; "2 v 1" is a match.
_LETTER_CASE = frozenset(("G", "M", "Ha", "HA", "H", "v", "w", "mW"))
# "10 tháng 2" and "tháng 5 năm 2025" are dates.
_OF_DATES = frozenset(map(_KEYS.__getitem__, ("ngày", "tháng", "năm")))
_DATE_BEFORE = re.compile(r"\b(?:ngày|tháng|quý|mùng|mồng|thứ)\s+\Z", re.IGNORECASE)
_DATE_BEHIND = re.compile(r"\s+(?:\d|giêng\b|chạp\b)", re.IGNORECASE)
# Of a rate that is not among the units, "90 km/24h", the first unit alone says little.
_RATE = re.compile(r"\s?(?:/|per\b|mỗi\b|một\b|an?\b)", re.IGNORECASE)
_SPEEDS = frozenset(map(_KEYS.__getitem__, ("km", "m", "dặm")))
_RATED = _SPEEDS | frozenset(map(_KEYS.__getitem__, ("kg", "g", "mg", "ml", "l", "kb", "mb", "gb")))
# "30 tấn rác mỗi ngày", "40 tonnes of waste a day", "500 MB/s"; "mỗi ngày 30 tấn".
_PERIODS = (
    "second|minute|hour|day|night|week|month|quarter|year"
    "|giây|phút|giờ|tiếng|ngày|đêm|tuần|tháng|quý|năm"
)
_OFTEN = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"} | dict.fromkeys(
    ("yearly", "annually", "per annum"), "year"
)
_EACH = (
    rf"(?:(?:per|an?|each|every|mỗi|một|hằng|hàng)\s+(?P<each>{_PERIODS})"
    rf"|(?P<often>{'|'.join(_OFTEN)}))(?!\w)(?!\s+(?:later|earlier|ago|before|after|sau|trước)\b)"
)
_PER = re.compile(
    rf"(?:\s?(?:[%°]|[^\W\d_]+(?:[²³]|-[^\W\d_]+)?))?\s?/\s?(?P<slash>{_PERIODS}|h|s)(?!\w)"
    rf"|(?:[%°]|[\s-]+[^\W\d_]+[²³]?){{0,4}}?\s+{_EACH}",
    re.IGNORECASE,
)
_EACH_BEFORE = re.compile(
    rf"(?<!\w)(?:mỗi|một|hằng|hàng)\s+(?P<each>{_PERIODS})\s+(?:[^\W\d_]+\s+){{0,2}}\Z",
    re.IGNORECASE,
)
_ANY_RATE = re.compile(rf"(?<!\w){_EACH}|/\s?(?P<slash>{_PERIODS}|h|s)(?!\w)", re.IGNORECASE)
_SLASHED = {"h": "hour", "s": "second"}


def unit_of(figure: Figure, text: str) -> int | None:
    """The number of the unit that `figure` of `text` (in NFC) is given in; None where it is bare.

    A unit has one number in both languages: "109 tỷ euro" and "€109 billion" are in the same.
    """
    if found := _behind(figure, text):
        return _KEYS[normalise(found[1])]
    if found := _BEFORE.search(text, max(0, figure.start - _SIGN_CHARS), figure.start):
        return _KEYS[normalise(found[1])]
    return None


def _behind(figure: Figure, text: str) -> re.Match[str] | None:
    found = _BEHIND.match(text, figure.end)
    if found is None or found[1] in _LETTER_CASE:
        return None
    unit = _KEYS[normalise(found[1])]
    if unit in _OF_DATES and (
        _DATE_BEHIND.match(text, found.end())
        or _DATE_BEFORE.search(text, max(0, figure.start - 8), figure.start)
    ):
        return None
    if unit in _RATED and _RATE.match(text, found.end()):
        # "40 mg a day" are milligrams.
        return found if unit not in _SPEEDS and rate_of(figure, text) is not None else None
    return found


def rate_of(figure: Figure, text: str) -> int | None:
    """The unit of time in each of which `text` (in NFC) counts `figure`; None where it has none."""
    found = _PER.match(text, figure.end) or _EACH_BEFORE.search(
        text, max(0, figure.start - _RATE_CHARS), figure.start
    )
    return _period(found) if found else None


def rates(text: str) -> frozenset[int]:
    """The units of time that `text` tells a rate in, of whatever."""
    return frozenset(map(_period, _ANY_RATE.finditer(text)))


def _period(found: re.Match[str]) -> int:
    told = found.groupdict()
    word = next(filter(None, map(told.get, ("each", "often", "slash")))).lower()
    return _KEYS[normalise(_OFTEN.get(word) or _SLASHED.get(word) or word)]


def told_otherwise(figure: Figure, text: str, evidence: str) -> bool:
    """Whether `evidence` tells what `figure` of `text` (in NFC) counts in another unit.

    30 tonnes are 30,000 kg, and "1 giờ 20 phút" are 80 minutes.
    """
    for one in amounts(text):
        if not (one.start <= figure.start and figure.end <= one.end):
            continue
        known = [
            Figure("", other.value * other.size / one.size, other.start, other.end, "digits")
            for other in amounts(evidence)
            if other.dimension == one.dimension
        ]
        said = Figure(text[one.start : one.end], one.value, one.start, one.end, "digits")
        if held(said, text, known):
            return True
    return False


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def amounts(text: str) -> tuple[Amount, ...]:
    """What `text` tells in units that others can be put in, and parts of one together."""
    text = nfc(text)
    found = sorted(_amounts(text), key=lambda one: one.start)
    whole = [
        Amount(
            two.dimension, one.value * one.size / two.size + two.value, two.size, one.start, two.end
        )
        for one, two in pairwise(found)
        if one.dimension == two.dimension
        and two.value * two.size < one.size
        and _JOINS.fullmatch(text, one.end, two.start)
    ]
    return (*found, *whole)


def _amounts(text: str) -> Iterator[Amount]:
    for figure in figures(text):
        found = _behind(figure, text)
        if found and (size := _SIZE.get(_KEYS[normalise(found[1])])):
            dimension, unit = size
            yield Amount(dimension, figure.value, unit, figure.start, found.end())
    for found in _HALF_OF.finditer(text):
        if size := _SIZE.get(_KEYS[normalise(found[1])]):
            dimension, unit = size
            yield Amount(dimension, Decimal("0.5"), unit, *found.span())
    for found in _RUN_ON.finditer(text):
        smaller, parts = _RUN_ON_PARTS[normalise(found[2] or found[3] or found[4])]
        dimension, unit = _SIZE[_KEYS[smaller]]
        # "1m8" is 1.80 m.
        part = Decimal(found[5].ljust(2, "0") if smaller == "cm" else found[5])
        yield Amount(dimension, Decimal(found[1]) * parts + part, unit, *found.span())


def with_unit(figure: Figure, text: str) -> str:
    """The figure as written, with its unit and its minus."""
    start, end = figure.start, figure.end
    if found := _behind(figure, text):
        end = found.end()
    elif found := _BEFORE.search(text, max(0, start - _SIGN_CHARS), start):
        start = found.start()
    if found := _MINUS.search(text, max(0, start - 10), start):
        start = found.start()
    return text[start:end]


def with_rate(figure: Figure, text: str) -> str:
    """The figure as written, with the time in each of which it is counted."""
    start, end = figure.start, figure.end
    if found := _PER.match(text, end):
        end = found.end()
    elif found := _EACH_BEFORE.search(text, max(0, start - _RATE_CHARS), start):
        start = found.start()
    return text[start:end]


def signed(text: str) -> str:
    """The words of `text`, each between blanks, its figures with minus, percent and currency.

    For looking one text up in another, where "€250" is not "$250".
    """
    found = []
    for word in _SIGNED.finditer(normalise(text)):
        minus = "-" if word["minus"] else ""
        digits = f"{minus}{word['before'] or ''}{word['digits']}{word['behind'] or ''}"
        found.append(digits if word["digits"] else word[0])
    return f" {' '.join(found)} "


def only_share(figure: Figure, text: str, there: Sequence[Figure], evidence: str) -> bool:
    """Whether `figure` of `text` is bare, and all of `there`, in `evidence`, are percent."""
    if _PERCENT.search(text) or unit_of(figure, text) is not None:
        return False
    return bool(there) and all(unit_of(one, evidence) == _KEYS["%"] for one in there)


def in_degrees(figure: Figure, text: str) -> bool:
    """Whether `figure` is a temperature."""
    return _DEGREES.match(text, figure.end) is not None


def comparable(unit: int, figure: Figure, text: str) -> bool:
    """Whether `figure` of `text` is in a unit that measures the same as `unit`."""
    other = _SIZE.get(-1 if (own := unit_of(figure, text)) is None else own)
    return other is not None and unit in _SIZE and _SIZE[unit][0] == other[0]


def frosty(figure: Figure, text: str) -> bool | None:
    """Whether `figure` is of degrees below zero; None if it is of none, or this cannot be told."""
    if not in_degrees(figure, text):
        return None
    if _MINUS.search(text, max(0, figure.start - 10), figure.start):
        return True
    return None if _BELOW.search(text) else False
