"""Numbers as a spreadsheet shows them: signs, groups of digits, units and codes."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

# What a format is made of: quoted and escaped text, a currency in brackets, space as wide as a sign
# and signs that fill the cell (both shown as nothing), colours and conditions, places for digits.
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]|[_*].'
    r"|(?P<places>[0#?]+)|(?P<exponent>[Ee][+-]0+)|(?P<mark>[.,%])|(?P<other>.)",
    re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*')
_PLAIN = re.compile(r"general|[#?0]\s*/\s*[#?\d]|^\s*@\s*$", re.IGNORECASE)
_MOST_DECIMALS = 8
_LARGEST = 1e15  # beyond, a spreadsheet has no more digits to show


class _Format(NamedTuple):
    """One section of a format.

    Attributes:
        pieces: Its texts, its places for digits before the point, and the point, in order.
        decimals: Places behind the point, of them `least` always filled.
        divided: How often what is shown was divided by a thousand.
    """

    pieces: list[tuple[str, str]]
    decimals: int
    least: int
    grouped: bool
    divided: int
    percent: bool
    exponent: bool


def number(value: float, number_format: str) -> str:
    """`value` as `number_format` shows it."""
    sections = _split(number_format or "General")
    signed = value < 0
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, signed = sections[1], False  # it writes the sign, or what stands for it, itself
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    # Fractions are shown as decimals, and what is meant for text, or for dates, as it is.
    if _PLAIN.search(section) or abs(value) >= _LARGEST:
        return _general(value)
    form = _parsed(section)
    if form.exponent:
        return f"{value:.{form.decimals}E}"
    written = _written(abs(value), form)
    negative = signed and any(char in "123456789" for char in written)
    return f"-{written}" if negative else written


def _split(number_format: str) -> list[str]:
    """The sections for what is above, below and at zero."""
    sections: list[str] = []
    place = 0
    while place <= len(number_format):
        found = _SECTION.match(number_format, place)
        sections.append(found[0] if found else "")
        place += len(sections[-1]) + 1
    return sections


def _general(value: float) -> str:
    if isinstance(value, int) or (value == int(value) and abs(value) < _LARGEST):
        return str(int(value))
    return f"{value:.10g}"


def _parsed(section: str) -> _Format:
    pieces: list[tuple[str, str]] = []
    decimals = least = divided = 0
    grouped = percent = exponent = pointed = False
    for found in _PIECE.finditer(section):
        kind = found.lastgroup
        text = found[kind] if kind else ""
        if kind == "places" and not pointed:
            grouped, divided = grouped or divided > 0, 0
            pieces.append(("places", text))
        elif kind == "places":
            decimals, least = decimals + len(text), least + text.count("0")
            divided = 0
        elif kind == "mark" and text == ".":
            pointed = True
            pieces.append(("point", ""))
        elif kind == "mark" and text == "," and any(one == "places" for one, _ in pieces):
            divided += 1
        elif kind == "exponent":
            exponent = True
        elif kind:
            percent = percent or text == "%"
            pieces.append(("text", text))
    return _Format(
        pieces, min(decimals, _MOST_DECIMALS), least, grouped, divided, percent, exponent
    )


def _written(value: float, form: _Format) -> str:
    """The digits of `value` in their places, from the right to the left."""
    shown = Decimal(repr(value)) * (100 if form.percent else 1) / 1000**form.divided
    rounded = shown.quantize(Decimal(1).scaleb(-form.decimals), ROUND_HALF_UP)
    whole, _, part = f"{rounded:f}".partition(".")
    while len(part) > form.least and part.endswith("0"):
        part = part[:-1]
    places = [place for place, (kind, _) in enumerate(form.pieces) if kind == "places"]
    zeros = sum(form.pieces[place][1].count("0") for place in places)
    whole = whole.lstrip("0").rjust(zeros, "0")
    if form.grouped:
        whole = _in_thousands(whole)
    parts: list[str] = []
    for place in range(len(form.pieces) - 1, -1, -1):
        kind, text = form.pieces[place]
        if kind == "text":
            parts.append(text)
        elif kind == "point":
            parts.append(f".{part}" if part else "")
            if not places:  # ".00" shows what is before the point, too
                parts.append(whole)
        elif place == places[0]:
            parts.append(whole)
        else:
            size = len(text)
            parts.append(whole[-size:])
            whole = whole[:-size]
    return " ".join("".join(reversed(parts)).split())


def _in_thousands(digits: str) -> str:
    first = len(digits) % 3
    groups = [digits[:first]] if first else []
    groups += [digits[place : place + 3] for place in range(first, len(digits), 3)]
    return ",".join(groups)
