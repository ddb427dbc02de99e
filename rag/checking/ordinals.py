"""Which of several: "lần thứ tư", "the third transplant", "người đầu tiên"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bilingual.function_words import ENGLISH
from bilingual.orthography import nfc, words
from bilingual.stems import stems
from rag.checking.dates import weekdays
from rag.checking.figures import figures
from rag.checking.number_words import ENGLISH_ORDINALS, ENGLISH_TENS, MONTHS

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
_ONE_NTH = (
    rf"(?:(?:{'|'.join(ENGLISH_TENS)})[\s-])?(?:{'|'.join(ENGLISH_ORDINALS)})"
    r"|\d{1,3}(?:st|nd|rd|th)"
)
# "The second and fourth timelines"; "the First Doctor" is a name.
_NTH = re.compile(
    rf"(?<![\w-])(?P<all>(?:{_ONE_NTH})(?:(?:,|\s+(?:and|or|to))+\s+(?:the\s+)?(?:{_ONE_NTH}))*)"
    r"\s+(?P<thing>(?-i:[a-z])[^\W\d_]+)",
    re.IGNORECASE,
)
_EACH_NTH = re.compile(_ONE_NTH, re.IGNORECASE)
# "Ngày thứ hai" may be a Monday, "the third of March" is a date, "last year" is no last one.
_NO_THING = (
    ENGLISH
    | frozenset(
        "ngày sáng trưa chiều tối đêm hôm vào từ đến tới và hoặc là trong của các những mỗi".split()
    )
    | frozenset(
        "kỷ kỉ second minute hour day week month quarter year night summer century half".split()
    )
    | MONTHS.keys()
)


@dataclass(frozen=True, slots=True)
class Other:
    """What a reason shows, and whether the texts surely count the same thing off."""

    text: str
    sure: bool


@lru_cache(maxsize=2048)  # an answer's sentences are held against the same few passages
def ordinals(text: str) -> dict[str, dict[int, str]]:
    """What `text` counts off: folded stem of the thing → which one → as written."""
    text = nfc(text)
    found: dict[str, dict[int, str]] = {}

    def add(thing: str, number: int, written: str) -> None:
        if thing.lower() not in _NO_THING:
            found.setdefault(stems(words(thing))[0], {}).setdefault(number, written)

    counted = list(_THING_BEFORE.finditer(text))
    numbers = {one.start: one for one in reversed(figures(text))} if counted else {}
    days = [(day.start, day.end) for day in weekdays(text) if day.sure] if counted else []
    for match in counted:
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
    for match in _NTH.finditer(text):
        for nth in _EACH_NTH.findall(match["all"]):
            add(match["thing"], _value(nth), match[0])
    return found


def _value(nth: str) -> int:
    if nth[0].isdecimal():
        return int(nth[:-2])
    return sum((ENGLISH_TENS | ENGLISH_ORDINALS)[one] for one in re.split(r"[\s-]", nth.lower()))


def other_ordinal(claim: str, evidence: str, *, across: bool) -> Other | None:
    """Which of several `claim` says that `evidence`, where the same are counted off, does not."""
    told = ordinals(claim)
    there = ordinals(evidence) if told else {}
    every = {number for of in there.values() for number in of}
    said = set(stems(words(claim))) if there else set()
    for thing, claimed in told.items():
        # Across languages the things do not compare, only which ones there are.
        known = every if across else there.get(thing, {})
        # "Đợt lúa đầu tiên …, đợt thứ hai" counts the rice off too.
        beside = {number for other in said & there.keys() for number in there[other]}
        for number, written in claimed.items():
            # "Đầu tiên" and "cuối cùng" are also said of no thing: "at first", "at last".
            if not known or number in known or (across and number in (1, LAST)):
                continue
            if across:
                return Other(written, sure=False)
            if number not in beside:
                return Other(next(iter(there[thing].values())), sure=number not in every)
    return None
