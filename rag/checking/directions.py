"""Whether what a figure counts went up or down, came early or late, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from bilingual.orthography import nfc
from rag.checking.contrary import Contrary
from rag.checking.figures import Figure, figures

Direction = Literal["up", "down", "early", "late"]

_OPPOSITE: Mapping[Direction, Direction] = {
    "up": "down", "down": "up", "early": "late", "late": "early",
}  # fmt: skip
_UP = "ros(?:e|en)|rise(?:s|n)?|rising|increas(?:e[sd]?|ing)|grew|grows?|grown|climbed|up|tăng"
_DOWN = (
    "fell|fall(?:s|en|ing)?|decreas(?:e[sd]?|ing)|dropp?(?:s|ed|ing)?|declin(?:e[sd]?|ing)|shrank"
    "|down|giảm|sụt"
)
_WAYS = rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN})|(?P<early>sớm)|(?P<late>chậm|trễ|muộn))"
# "Rose by about 12%", "tăng thêm gần 12%"; "down from 460" tells nothing of the 460.
_BEFORE = re.compile(
    rf"(?<!\w){_WAYS}(?:\s+(?:by|of|another|a further|further|about|around|nearly|almost|some"
    r"|over|more than|less than|at least|thêm|khoảng|gần|hơn|tới|đến|được|trên|dưới))*\s+[$€£]?\Z",
    re.IGNORECASE,
)
# "A 12% increase", "eight months late".
_BEHIND = re.compile(
    r"\s?(?:%|[^\W\d_]+)?\s+(?:(?P<up>increase|rise)|(?P<down>decrease|fall|drop|decline)"
    r"|(?P<late>late|behind schedule)|(?P<early>early|ahead of schedule))(?!\w)",
    re.IGNORECASE,
)
_LOOK_BACK = 40
_FROM = re.compile(r"(?<!\w)(?:from|từ)(?!\w)[^\w.;!?]*\Z", re.IGNORECASE)
_TO = re.compile(r"(?<!\w)(?:to|lên|xuống|còn)(?:\s+(?:đến|tới|còn))?[^\w.;!?]*\Z", re.IGNORECASE)
# "From £61 million in 2022 to £54 million".
_BETWEEN_CHARS = 40


def turned(claim: str, evidence: str) -> Contrary | None:
    """A figure of `claim` that went up, or was early, where in `evidence` it went down, or late.

    Also a change from one figure to another that is told from the other to the one.
    """
    ours, theirs = _directions(claim), _directions(evidence)
    for value, ways in ours.items():
        there = theirs.get(value, {})
        for way, said in ways.items():
            written = there.get(_OPPOSITE[way])
            if written and way not in there:
                return Contrary(said, written)
    changes = _changes(evidence)
    for (first, last), said in _changes(claim).items():
        if (last, first) in changes and (first, last) not in changes:
            return Contrary(said, changes[last, first])
    return None


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def _directions(text: str) -> dict[str, dict[Direction, str]]:
    """Value → which way → as written."""
    text = nfc(text)
    found: dict[str, dict[Direction, str]] = {}
    for figure in figures(text):
        before = _BEFORE.search(text, max(0, figure.start - _LOOK_BACK), figure.start)
        behind = _BEHIND.match(text, figure.end)
        match = before or behind
        if match is None:
            continue
        start, end = min(match.start(), figure.start), max(match.end(), figure.end)
        for way in _OPPOSITE:
            if match.groupdict().get(way):
                found.setdefault(str(figure.value), {})[way] = text[start:end].strip()
    return found


@lru_cache(maxsize=2048)
def _changes(text: str) -> dict[tuple[str, str], str]:
    """The changes from one figure to another → as written."""
    text = nfc(text)
    return {
        (str(one.value), str(other.value)): text[one.start : other.end]
        for one, other in _pairs(text)
    }


def _pairs(text: str) -> Iterator[tuple[Figure, Figure]]:
    found = list(figures(text))
    for at, one in enumerate(found):
        if not _FROM.search(text, max(0, one.start - _LOOK_BACK), one.start):
            continue
        for other in found[at + 1 :]:
            if other.start - one.end > _BETWEEN_CHARS or one.value == other.value:
                break
            if _TO.search(text, one.end, other.start):
                yield one, other
                break
