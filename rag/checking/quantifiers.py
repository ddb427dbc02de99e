"""How much of something a sentence speaks of: all or some of it, more or less than a number."""

from __future__ import annotations

import re
from typing import Literal

from bilingual.orthography import normalise, words
from bilingual.stems import stems
from bilingual.units import default_units
from rag.checking.figures import Figure

Bound = Literal["more", "less"]
Amount = Literal["all", "some"]

_NOT = r"(?:no|not|cannot|không|chẳng)\s+(?:(?:be|to|được|phải)\s+)*"
# A "not" just before turns these about; "quá" and "kém" are bounds only then.
_OVER = (
    "(?:more|greater|higher|larger|longer|older) than|over|above|exceed(?:s|ed|ing)?"
    "|(?:cao|lớn|nhiều|dài|lâu) hơn|vượt quá|vượt|hơn|trên"
)
_UNDER = (
    "(?:less|fewer|lower|smaller|shorter|younger) than|under|below"
    "|(?:thấp|nhỏ|ít|kém|ngắn) hơn|dưới"
)
_MORE = rf"at least|upwards of|minimum of|ít nhất|tối thiểu|chí ít|{_NOT}kém"
_LESS = (
    "at most|up to|nearly|almost|maximum of|nhiều nhất|tối đa|gần"
    rf"|(?:chưa|không) (?:đầy|đến|tới|đạt)|{_NOT}quá"
)
_BOUND = re.compile(
    rf"(?<!\w)(?:(?P<less>{_LESS})|(?P<more>{_MORE})"
    rf"|(?P<turned>{_NOT})?(?:(?P<over>{_OVER})|(?P<under>{_UNDER})))\W+(?:\w+\s)?\Z",
    re.IGNORECASE,
)
# "would not rise by more than 10%", "không có hơn 100": a bound, but on which side?
_DENIED = re.compile(
    r"(?<!\w)(?:no|not|never|cannot|\w+n['’]t|không|chẳng|chưa)"
    r"(?:\s+(?!(?:and|or|but|và|hoặc|nhưng|mà)(?!\w))\w+){1,4}\s+\Z"
)
_LOOK_BACK = 48
_ALL = (
    "all of the|all the|all|every one of the|every|each of the|each"
    "|tất cả các|tất cả những|tất cả mọi|tất cả|toàn bộ các|toàn bộ|mọi"
)
_SOME = (
    "some of the|some|most of the|most|a few|few|several of the|several|many of the|many"
    "|half of the|một số|một vài|phần lớn các|phần lớn|đa số các|đa số|hầu hết các|hầu hết"
    "|nhiều|vài|một nửa"
)
# Before "all" these make some of it.
_NOT_QUITE = (
    r"not|never|\w+n['’]t|nearly|almost|virtually|practically|không phải là|không phải|chẳng phải"
    "|không|gần như|hầu như"
)
_QUANTIFIED = re.compile(
    rf"(?<!\w)(?P<part>(?:{_NOT_QUITE})\s+)?(?:(?P<all>{_ALL})|(?P<some>{_SOME}))\s+"
    r"(?=(?P<rest>\w+(?:\s+\w+){0,3}))"
)


def bound(figure: Figure, text: str) -> Bound | None:
    """Whether `text` says more or less than `figure`; None for the figure itself."""
    before = normalise(text[max(0, figure.start - _LOOK_BACK) : figure.start])
    found = _BOUND.search(before)
    if found is None or (not found["turned"] and _DENIED.search(before[: found.start()])):
        return None
    less = found["over"] if found["turned"] else found["less"] or found["under"]
    return "less" if less else "more"


def around(figure: Figure, text: str) -> str:
    """The figure with the words before it that make it a bound."""
    start = max(0, figure.start - _LOOK_BACK)
    found = _BOUND.search(normalise(text[start : figure.start]))
    return text[start + found.start() : figure.end] if found else figure.text


def quantified(text: str) -> dict[str, dict[Amount, str]]:
    """What `text` speaks of all, or of some of: stems of the word → "all", "some" → as written.

    The word is a compound in Vietnamese: "công chức" is not "công ty".
    """
    found: dict[str, dict[Amount, str]] = {}
    for match in _QUANTIFIED.finditer(normalise(text)):
        which: Amount = "all" if match["all"] and not match["part"] else "some"
        for unit in default_units().segment(words(match["rest"]))[:1]:
            key = " ".join(stems(unit.split()))
            found.setdefault(key, {}).setdefault(which, match[0] + unit)
    return found
