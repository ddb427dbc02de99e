"""Which of several: "lần thứ tư", "the third transplant", "người đầu tiên"."""

from __future__ import annotations

import re
from functools import lru_cache

from bilingual.function_words import ENGLISH
from bilingual.orthography import nfc, words
from bilingual.stems import stems
from rag.checking.dates import weekdays
from rag.checking.figures import figures
from rag.checking.number_words import ENGLISH_ORDINALS, MONTHS

LAST = -1
_THING_BEFORE = re.compile(
    r"(?<!\w)(?P<thing>[^\W\d_]+)\s+(?:thứ\s+(?P<named>nhất|nhì)|(?P<nth>thứ)(?=\s)"
    r"|(?P<first>đầu tiên)|(?P<last>cuối cùng))(?!\w)",
    re.IGNORECASE,
)
_FIRST_TIME = re.compile(r"\b(lần) đầu(?!\s+(?:tư|tiên)\b)\b", re.IGNORECASE)
_LAST_THING = re.compile(
    r"\b(?:the|its|his|her|their)\s+last\s+(?P<thing>[^\W\d_]+)", re.IGNORECASE
)
_NTH = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_BEHIND_CHARS = 40
# "Ngày thứ hai" may be a Monday, "the third of March" is a date, "last year" is no last one.
_NO_THING = (
    ENGLISH
    | frozenset(
        "ngày sáng trưa chiều tối đêm hôm vào từ đến tới và hoặc là trong của các những mỗi".split()
    )
    | frozenset("second minute hour day week month quarter year night summer century half".split())
    | MONTHS.keys()
)


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def ordinals(text: str) -> dict[str, dict[int, str]]:
    """What `text` counts off: folded stem of the thing → which one → as written."""
    text = nfc(text)
    found: dict[str, dict[int, str]] = {}

    def add(thing: str, number: int, written: str) -> None:
        if thing.lower() not in _NO_THING:
            found.setdefault(stems(words(thing))[0], {}).setdefault(number, written)

    lowered = text.lower()
    numbers = {one.start: one for one in reversed(figures(text))}
    days = [(day.start, day.end) for day in weekdays(text) if day.sure]
    for match in _THING_BEFORE.finditer(text):
        number = numbers.get(match.end() + 1)
        at = match.start("nth")
        if match["first"] or match["last"]:
            add(match["thing"], 1 if match["first"] else LAST, match[0])
        elif match["named"]:
            add(match["thing"], 1 if match["named"].lower() == "nhất" else 2, match[0])
        elif number and not any(start <= at < end for start, end in days):
            add(match["thing"], int(number.value), text[match.start() : number.end])
    for match in _FIRST_TIME.finditer(text):
        add(match[1], 1, match[0])
    for match in _LAST_THING.finditer(text):
        add(match["thing"], LAST, match[0])
    for figure in figures(text):
        end = figure.end
        if suffix := _NTH.match(text, end):
            end = suffix.end()
        elif re.split(r"[\s-]", lowered[figure.start : end])[-1] not in ENGLISH_ORDINALS:
            continue
        after = words(text[end : end + _BEHIND_CHARS])[:1]
        if after:
            add(after[0], int(figure.value), f"{text[figure.start : end]} {after[0]}")
    return found


def other_ordinal(claim: str, evidence: str, *, across: bool) -> str | None:
    """One of `claim` that is another in `evidence`, as written there; across languages as here.

    Across languages the things do not compare, only which ones there are.
    """
    there = ordinals(evidence)
    for thing, claimed in ordinals(claim).items():
        known = {one for of in there.values() for one in of} if across else there.get(thing, {})
        for number, written in claimed.items():
            if known and number not in known:
                return written if across else next(iter(there[thing].values()))
    return None
