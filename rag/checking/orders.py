"""Which of two things came first: "before the drug was approved", "trước khi qua đời"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bilingual.texts import InterfaceLanguage
from rag.checking.case import QUOTED_CHARS
from rag.checking.citations import content_keys
from rag.checking.contrary import Contrary

# Behind a count they tell how long: "two years before", "ba ngày sau".
_ORDER = re.compile(
    r"(?<!\w)(?:(?P<before>before|prior to|trước khi)|(?P<after>after|sau khi))(?!\w)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^.;!?\n]+")
# Words that must have changed sides, none having stayed.
_CHANGED = 3


@dataclass(frozen=True, slots=True)
class _Order:
    earlier: frozenset[str]
    later: frozenset[str]
    written: str


def other_order(claim: str, passage: str, language: InterfaceLanguage) -> Contrary | None:
    """What `claim` puts first that `passage` puts last, as written in both; None if nothing.

    Both name two things, and all that they have in common has changed sides.
    """
    there = list(_orders(passage, language))
    for ours in _orders(claim, language):
        for theirs in there:
            changed = len(ours.earlier & theirs.later) + len(ours.later & theirs.earlier)
            same = ours.earlier & theirs.earlier or ours.later & theirs.later
            both = ours.earlier & theirs.later and ours.later & theirs.earlier
            if both and not same and changed >= _CHANGED:
                return Contrary(ours.written, theirs.written)
    return None


def _orders(text: str, language: InterfaceLanguage) -> Iterator[_Order]:
    for clause in _CLAUSE.finditer(text):
        found = list(_ORDER.finditer(clause[0]))
        if len(found) != 1:
            continue
        first = content_keys(clause[0][: found[0].start()], language)
        last = content_keys(clause[0][found[0].end() :], language)
        written = clause[0][found[0].start() :].strip()[:QUOTED_CHARS]
        if found[0]["before"]:
            yield _Order(first, last, written)
        else:
            yield _Order(last, first, written)
