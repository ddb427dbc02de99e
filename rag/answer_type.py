"""What kind of answer a question wants, and whether a sentence holds one of that kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bilingual.names import names_place
from bilingual.orthography import fold, has_marks, nfc
from rag.types import Question

AnswerType = Literal["who", "when", "where", "how_many", "why", "country", "other"]

# On folded text (no marks), so that questions typed without marks are read alike. The first that
# matches wins. "ai" is "who" in Vietnamese and AI in both languages: see _asks_who.
_PATTERNS: Mapping[AnswerType, re.Pattern[str]] = {
    "how_many": re.compile(r"\bhow (?:many|much)\b|\bnumber of\b|\bbao nhieu\b|\bso luong\b"),
    "why": re.compile(
        r"\bwhy\b|\breasons?\b|\bgrounds\b|\bvi sao\b|\btai sao\b|\bly do\b|\bli do\b"
        r"|\bsao lai\b"
    ),
    "when": re.compile(
        r"\bwhen\b|\b(?:what|which) (?:date|year|day|month|time)s?\b|\bhow long\b|\bkhi nao\b"
        r"|\bbao gio\b|\b(?:ngay|nam|thang|hom|luc|thoi gian|thoi diem) nao\b|\bngay may\b"
        r"|\bbao lau\b|\bhoi nao\b"
    ),
    "where": re.compile(
        r"\bwhere\b|\b(?:what|which) (?:city|place|venue|location|town)\b|\bo dau\b|\btai dau\b"
        r"|\bnoi nao\b|\b(?:thanh pho|dia diem|thu do) nao\b|\bden dau\b"
    ),
    "country": re.compile(
        r"\b(?:which|what) (?:\w+ )?(?:countr|nation|state)(?:y|ies|s)\b"
        r"|\b(?:nuoc|quoc gia) (?:lon |thanh vien )?nao\b"
    ),
    "who": re.compile(r"\bwho(?:m|se)?\b|\bnguoi nao\b|\bnhung ai\b|\bvi nao\b"),
}
_MONTHS = "january february march april may june july august september october november december"
_DATE = re.compile(
    r"\b(?:1[0-9]|20)\d\d\b|\b\d{1,2}\s*[/.-]\s*\d{1,2}(?:\s*[/.-]\s*\d{2,4})?\b|\b\d{1,2}:\d\d\b"
    rf"|\b(?:{'|'.join(_MONTHS.split())})\b|\b(?:ngay|thang|nam|tuan|gio|quy) \d"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bthu (?:hai|ba|tu|nam|sau|bay)\b"
    r"|\b\d+ (?:days?|weeks?|months?|years?|hours?|ngay|tuan|thang|nam|gio)\b"
    r"|\b\d{1,2} ?(?:am|pm|h|gio)\b|\b(?:at|luc) (?:\d|noon|midnight|one|two|three|four|five|six)"
    r"|\bat (?:seven|eight|nine|ten|eleven|twelve)\b|\b(?:every|hang|moi) (?:day|week|month|year)\b"
    r"|\b(?:today|yesterday|tomorrow|daily|weekly|monthly|annually|spring|summer|autumn|winter)\b"
    r"|\b(?:hang|moi) (?:ngay|tuan|thang|nam|quy)\b|\bhom (?:nay|qua)\b|\bngay mai\b"
    r"|\bcentury\b|\bthe ky\b|\b\d{3,4}s\b"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TO = r"\s*(?:and|va|,|-|–|to|den)\s*"
_DAYS_BEFORE = re.compile(rf"\b{_DAY}(?:{_TO}{_DAY})*,?\s*$")
_DAYS_AFTER = re.compile(rf"\s*{_DAY}(?:{_TO}{_DAY})*\b")
_ENGLISH_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve dozen hundred thousand million "
    "billion first second third fourth fifth once twice both half"
)
_VIETNAMESE_NUMBERS = (
    "một hai ba bốn năm sáu bảy bẩy tám chín mười mươi trăm nghìn ngàn triệu tỷ tỉ"
)


def _numbers(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(' '.join(words).split())})\b")


_NUMBERS = _numbers(_ENGLISH_NUMBERS, _VIETNAMESE_NUMBERS)
_UNMARKED_NUMBERS = _numbers(_ENGLISH_NUMBERS, fold(_VIETNAMESE_NUMBERS))
_COUNTS = re.compile(r"\bhow many\b|\bhow much\b|\bnumber of\b|\bbao nhiêu\b|\bmấy\b|\bsố lượng\b")
_TOPIC = re.compile(
    r"\b(?:about|regarding|concerning|with regard to)\b"
    r"|\b(?:noi gi ve|the nao ve|noi ve|ban ve|lien quan den)\b"
)
_REASON = re.compile(
    r"\bbecause\b|\bdue to\b|\bsince\b|\bciting\b|\breasons?\b|\bin order to\b|\bso that\b|\bto\b"
    r"|\bfor\b|\bas\b|\bvi\b|\bdo\b|\bboi\b|\bly do\b|\bnham\b|\bde\b|\bnen\b"
    r"|\bkhong dong y\b|\bcaus"
)
_NAME = re.compile(r"(?<![.!?…]\s)(?<!^)\b[A-ZĐÀ-Ỹ][\w'’.-]+|\b[A-Z]{2,}\b")
# With its marks: "máy" is a machine. "Mấy giờ" asks when.
_HOW_MANY = re.compile(r"\bmấy (?!giờ\b)\w+")
# Without its marks "may" may be a machine or a cloud too: only before what people count.
_HOW_MANY_UNMARKED = re.compile(
    r"\bco may \w+|\bmay (?:nuoc|quoc gia|nguoi|lan|ngay|tuan|thang|nam|cai|phan|loai)\b"
)
_WHAT_TIME = re.compile(r"\bmấy giờ\b")
_ASKS_WHO = re.compile(
    r"(?:^|\b(?:do|la|boi|voi|cua|cho|gom|ten|va) )ai\b"
    r"|\bai (?:la|da|se|dang|du|co|chu|dai|noi|phat|dan|ky|dung|duoc)\b|\bai\W*$"
)


def answer_type(question: Question) -> AnswerType:
    """The kind of answer that `question` wants; "other" where its words do not tell."""
    folded, marked = fold(question.text).lower(), question.marked.lower()
    if _WHAT_TIME.search(marked):
        return "when"
    if _HOW_MANY.search(marked):
        return "how_many"
    if question.language == "vi-nomarks" and _HOW_MANY_UNMARKED.search(folded):
        return "how_many"
    for kind, pattern in _PATTERNS.items():
        if pattern.search(folded):
            return kind
    return "who" if question.language != "en" and _asks_who(question.text) else "other"


def _asks_who(question: str) -> bool:
    """Whether "ai" in the question is the Vietnamese "who" and not artificial intelligence."""
    # Written "AI" it is the technology; in lower case its place in the sentence tells.
    lowered = re.sub(r"\bAI\b", " ", question)
    return bool(_ASKS_WHO.search(fold(lowered).lower()))


def counted(question: Question) -> int | None:
    """Where, in the question's `marked` text, what is to be counted is named; None elsewhere."""
    found = _COUNTS.search(question.marked.lower())
    return found.end() if found else None


def topic(question: Question) -> int | None:
    """Where, in the question's `marked` text, its topic is named after "about"; None elsewhere."""
    found = _TOPIC.search(fold(question.marked).lower())
    return found.end() if found else None


def numbers(sentence: str) -> list[tuple[int, int]]:
    """Where `sentence` holds numbers, in digits or in words."""
    # Without their marks "sau" (after) and "bà" (Mrs) would be numbers.
    found = _NUMBERS if has_marks(sentence) else _UNMARKED_NUMBERS
    return [match.span() for match in found.finditer(nfc(sentence).lower())]


def date_spans(sentence: str) -> list[tuple[int, int]]:
    """Where `sentence` holds dates and times, with the days before or after a month."""
    text = fold(sentence).lower()
    found: list[tuple[int, int]] = []
    for match in _DATE.finditer(text):
        before = _DAYS_BEFORE.search(text, 0, match.start())
        after = _DAYS_AFTER.match(text, match.end())
        start = before.start() if before else match.start()
        end = after.end() if after else match.end()
        if found and start < found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def holds(kind: AnswerType, sentence: str) -> bool:
    """Whether `sentence` holds something that could be an answer of this kind."""
    folded = fold(sentence)
    if kind == "when":
        return bool(_DATE.search(folded.lower()))
    if kind == "how_many":
        return bool(numbers(sentence))
    if kind == "why":
        return bool(_REASON.search(folded.lower()))
    if kind == "country":
        return names_place(sentence)
    if kind in ("who", "where"):
        return bool(_NAME.search(sentence))
    return True
