"""How much of something a sentence speaks of: all or some of it, more or less than a number."""

from __future__ import annotations

import re
from typing import Literal

from bilingual.orthography import normalise, words
from bilingual.stems import stems
from rag.checking.figures import Figure

Bound = Literal["more", "less"]

_MORE = (
    "more than|over|above|at least|no fewer than|no less than|exceeding|exceeded|upwards of"
    "|hơn|trên|ít nhất|tối thiểu|không dưới|không ít hơn|vượt|vượt quá"
)
_LESS = (
    "less than|fewer than|under|below|at most|no more than|up to|nearly|almost|not exceeding"
    "|dưới|ít hơn|không quá|nhiều nhất|tối đa|gần|chưa đến|chưa tới|không vượt quá|không hơn"
)
_BOUND = re.compile(
    rf"(?<!\w)(?:(?P<less>{_LESS})|(?P<more>{_MORE}))\W+(?:\w+\s)?\Z", re.IGNORECASE
)
_LOOK_BACK = 32
_ALL = (
    "all of the|all the|all|every one of the|every|each of the|each"
    "|tất cả các|tất cả những|tất cả|toàn bộ các|toàn bộ|mọi"
)
_SOME = (
    "some of the|some|most of the|most|a few|few|several of the|several|many of the|many"
    "|half of the|một số|một vài|phần lớn các|phần lớn|đa số các|đa số|hầu hết các|hầu hết"
    "|nhiều|vài|một nửa"
)
_QUANTIFIED = re.compile(rf"(?<!\w)(?:(?P<all>{_ALL})|(?P<some>{_SOME}))\s+(?P<rest>\w+)")


def bound(figure: Figure, text: str) -> Bound | None:
    """Whether `text` says more or less than `figure`; None for the figure itself."""
    before = normalise(text[max(0, figure.start - _LOOK_BACK) : figure.start])
    found = _BOUND.search(before)
    if found is None:
        return None
    return "less" if found["less"] else "more"


def around(figure: Figure, text: str) -> str:
    """The figure with the words before it that make it a bound."""
    start = max(0, figure.start - _LOOK_BACK)
    found = _BOUND.search(normalise(text[start : figure.start]))
    return text[start + found.start() : figure.end] if found else figure.text


def quantified(text: str) -> dict[str, tuple[str, str]]:
    """What `text` speaks of all, or of some of: stem → ("all" or "some", the words)."""
    found: dict[str, tuple[str, str]] = {}
    for match in _QUANTIFIED.finditer(normalise(text)):
        which = "all" if match["all"] else "some"
        for stem in stems(words(match["rest"]))[:1]:
            found.setdefault(stem, (which, match[0]))
    return found
