"""What kind of answer a question wants, and whether a sentence holds one of that kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from bilingual.names import names_place
from bilingual.orthography import fold, has_marks, nfc
from rag.checking.number_words import ENGLISH_ORDINALS, ENGLISH_TENS, ENGLISH_UNITS
from rag.types import Question

AnswerType = Literal["who", "when", "where", "how_many", "why", "country", "other"]

# On folded text (no marks), so that questions typed without marks are read alike. The first that
# matches wins. "ai" is "who" in Vietnamese and AI in both languages: see _asks_who.
_PATTERNS: Mapping[AnswerType, re.Pattern[str]] = {
    "how_many": re.compile(r"\bhow (?:many|much)\b|\bnumber of\b|\bbao nhieu\b|\bso luong\b"),
    "why": re.compile(
        r"\bwhy\b|\breasons?\b|\bgrounds\b|\bvi sao\b|\btai sao\b|\bly do\b|\bli do\b"
        r"|\bsao lai\b|\bnguyen nhan\b|\bwhat (?:\w+ )?caused?s?\b|\bcauses?\b(?= of\b)"
    ),
    "when": re.compile(
        # "What should I do when it breaks?" asks for no time.
        r"^\W*(?:\w+\W+)?when\b|\b(?:me|know|say|exactly|and|or|since|until) when\b"
        r"|\bwhen (?:is|are|was|were|did|do|does|will|would|can|could|should|must|has|have|had)\b"
        r"|\b(?:what|which) (?:date|year|day|month|time)s?\b|\bhow long\b|\bkhi nao\b"
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
    "who": re.compile(
        r"\bwho(?:m|se)?\b|\bnguoi nao\b|\bnhung ai\b|(?<!hanh )(?<!pham )\bvi nao\b"
    ),
}
_MONTHS = "january february april june july august september october november december"
# What may be another word: "may", "march", and "máy" when folded.
_MONTH_OR_WORD = re.compile(r"\b(?:may|march)\b")
_BEFORE_MONTH = re.compile(
    r"(?:\d(?:st|nd|rd|th)?|\b(?:in|on|of|by|from|to|until|till|since|before|after|during|between"
    r"|and|early|late|mid|last|next|this|every|each))[ -]$"
)
_AFTER_MONTH = re.compile(r" ?,? ?\d|[ -](?:and|to|until)\b|[.,)]")
_TIMES = r"(?:minute|hour|day|week|month|quarter|year|decade)s?"
_TIMES_VIETNAMESE = "(?:phút|giờ|tiếng|ngày|tuần|tháng|quý|năm|thập kỷ)"
_IN_WORDS = "|".join([*ENGLISH_UNITS, *ENGLISH_TENS])
_SMALL = f"{_IN_WORDS}|hundred|few|several|half an?"
_SMALL_VIETNAMESE = "một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mươi|trăm|vài|nửa"
_DATES = (
    r"\b(?:1[0-9]|20)\d\d\b|\b\d{1,2}\s*/\s*\d{1,2}(?:\s*/\s*\d{2,4})?\b|\b\d{1,2}:\d\d\b"
    r"|\b\d{1,2}\s*[.-]\s*\d{1,2}\s*[.-]\s*\d{2,4}\b"
    rf"|\b(?:{'|'.join(_MONTHS.split())}|may|march)\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
    rf"|\b(?:\d+|{_SMALL})[ -](?:\w+ing |business |full |more )?{_TIMES}\b"
    r"|\b\d{1,2} ?(?:am|pm|h)\b|\bat (?:\d|noon|midnight|one|two|three|four|five|six"
    rf"|seven|eight|nine|ten|eleven|twelve)\b|\b(?:every|each|per|a) {_TIMES}\b"
    r"|\b(?:today|yesterday|tomorrow|daily|weekly|monthly|annually|spring|summer|autumn|winter)\b"
    r"|\bq[1-4]\b|\b(?:first|second|third|fourth) quarter\b|\bcentury\b|\b\d{3,4}s\b"
)
_DATES_VIETNAMESE = (
    r"\b\d{1,2} tháng \d{1,2}\b(?: năm \d{4}\b)?"
    r"|\b(?:ngày|tháng|năm|tuần|giờ|lúc) \d+(?:\s*[/:.-]\s*\d+)*|\bquý (?:\d|[iv]+\b)|\bthế kỷ\b"
    rf"|\b(?:\d+|{_SMALL_VIETNAMESE}) {_TIMES_VIETNAMESE}\b(?! \d)"
    r"|\btháng (?:giêng|hai|ba|tư|năm|sáu|bảy|tám|chín|mười|chạp)\b"
    rf"|\b(?:hàng|hằng|mỗi|đầu|giữa|cuối) {_TIMES_VIETNAMESE}\b|\bhôm (?:nay|qua)\b|\bngày mai\b"
    # "thứ hai" may be Monday or the second.
    r"|(?:^|[,(] ?|\b(?:sáng|trưa|chiều|tối|đêm|ngày|vào|từ|đến|tới|mỗi|hàng|hằng|các|hôm) )"
    r"thứ (?:hai|ba|tư|năm|sáu|bảy)\b|\bthứ [2-7]\b|\bchủ nhật\b"
)
_DATE = re.compile(f"{_DATES}|{_DATES_VIETNAMESE}")
_UNMARKED_DATE = re.compile(f"{_DATES}|{fold(_DATES_VIETNAMESE)}")
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TO = r"\s*(?:and|va|và|,|-|–|to|den|đến)\s*"
_DAYS_BEFORE = re.compile(rf"\b{_DAY}(?:{_TO}{_DAY})*(?:{_TO}|,?\s*)$")
_DAYS_AFTER = re.compile(rf"\s*{_DAY}(?:{_TO}{_DAY})*\b")
_LARGE_AND_OTHER = "dozen hundred thousand million billion once twice both half"
_ENGLISH_NUMBERS = " ".join([*ENGLISH_UNITS, *ENGLISH_TENS, *ENGLISH_ORDINALS, _LARGE_AND_OTHER])
_VIETNAMESE_NUMBERS = (
    "một hai ba bốn năm sáu bảy bẩy tám chín mười mươi trăm nghìn ngàn triệu tỷ tỉ"
)


def _numbers(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{'|'.join(' '.join(words).split())})\b")


# "Năm" is five before what is counted, else a year.
_FIVE = (
    r"(?<!mỗi\s)(?<!hằng\s)(?<!hàng\s)(?<!trong\s)năm"
    r"(?!\s(?:\d|nay|ngoái|trước|qua|tới|đó|này))(?=\s\w)"
)
_NUMBERS = _numbers(_ENGLISH_NUMBERS, _VIETNAMESE_NUMBERS.replace("năm", _FIVE))
_UNMARKED_NUMBERS = _numbers(_ENGLISH_NUMBERS, fold(_VIETNAMESE_NUMBERS))
# "How much does it cost?" and "bao nhiêu tiền" name nothing that is counted.
_COUNTS = re.compile(
    r"\bhow many\b|\bnumber of\b|\bbao nhiêu\b(?! (?:tiền|phần trăm)\b)|\bmấy\b|\bsố lượng\b"
    r"|\bhow much\b(?! (?:do|does|did|is|are|was|were|will|would|can|could|should|must|has|have)\b)"
)
_TOPIC = re.compile(
    r"\b(?:about|regarding|concerning|with regard to)\b"
    r"|\b(?:noi gi ve|the nao ve|noi ve|ban ve|lien quan den)\b"
)
_STEPS = re.compile(
    r"\bhow (?:do|does|can|could|should|to|would)\b|\bsteps?\b|\blam (?:the nao|sao|cach nao)\b"
    r"|\bcach\b|\bbuoc\b|\bquy trinh\b|\bthu tuc\b"
)
_LISTS = re.compile(
    r"\bgom\b|\bnhung gi\b|\bnhung ai\b|\bliet ke\b|\bconsists? of\b|\bincludes?\b|\blist\b"
    r"|\bwhat are\b"
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
_WHAT_TIME_ENGLISH = re.compile(r"\bwhat time\b(?! of)")
_TIME_OF_DAY = re.compile(
    r"\b\d{1,2}[:h]\d\d\b|\b\d{1,2} ?(?:h|giờ|gio|a\.?m|p\.?m|o['’]clock)\b"
    r"|\b(?:noon|midnight|giữa trưa|nửa đêm)\b|\bat (?:\d|one|two|three|four|five|six|seven|eight"
    r"|nine|ten|eleven|twelve)\b|\b(?:lúc|luc) \d"
)
_ASKS_WHO = re.compile(
    r"(?:^|\b(?:do|la|boi|voi|cua|cho|gom|ten|va) )ai\b(?! la gi\b)"
    r"|\bai (?:la(?! gi\b)|da|se|dang|du|co|chu|dai|noi|phat|dan|ky|dung|duoc)\b|\bai\W*$"
)
_HEALTH_BODY = re.compile(r"\bWHO\b")  # in capitals among small letters


def answer_type(question: Question) -> AnswerType:
    """The kind of answer that `question` wants; "other" where its words do not tell."""
    folded, marked = fold(_without_body(question.text)).lower(), question.marked.lower()
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


def asks_for_time_of_day(question: Question) -> bool:
    """Whether `question` asks at what time of the day something is."""
    marked = question.marked.lower()
    return bool(_WHAT_TIME.search(marked) or _WHAT_TIME_ENGLISH.search(marked))


def holds_time_of_day(sentence: str) -> bool:
    """Whether `sentence` says at what time of the day something is."""
    return bool(_TIME_OF_DAY.search(sentence.lower()))


def _without_body(question: str) -> str:
    """`question` without the World Health Organization, which asks for nobody."""
    return question if question.isupper() else _HEALTH_BODY.sub(" ", question)


def _asks_who(question: str) -> bool:
    """Whether "ai" in the question is the Vietnamese "who" and not artificial intelligence."""
    # Written "AI" it is the technology; in lower case its place in the sentence tells.
    lowered = re.sub(r"\bAI\b", " ", question)
    return bool(_ASKS_WHO.search(fold(lowered).lower()))


def counted(question: Question) -> int | None:
    """Where, in the question's `marked` text, what is to be counted is named; None elsewhere."""
    found = _COUNTS.search(lower_in_place(question.marked))
    return found.end() if found else None


def asks_for_steps(question: Question) -> bool:
    """Whether `question` asks how something is done."""
    return answer_type(question) == "other" and bool(_STEPS.search(fold(question.text).lower()))


def asks_for_list(question: Question) -> bool:
    """Whether `question` asks what all there is."""
    return bool(_LISTS.search(fold(question.text).lower()))


def topic(question: Question) -> int | None:
    """Where, in the question's `marked` text, its topic is named after "about"; None elsewhere."""
    found = _TOPIC.search(fold(question.marked).lower())
    return found.end() if found else None


def lower_in_place(text: str) -> str:
    """`text` in lower case, of the same length: "İ" alone would be two characters."""
    return text.replace("İ", "I").lower()


def numbers(sentence: str) -> list[tuple[int, int]]:
    """Where `sentence` holds numbers, in digits or in words."""
    # Without their marks "sau" (after) and "bà" (Mrs) would be numbers.
    found = _NUMBERS if has_marks(sentence) else _UNMARKED_NUMBERS
    return [match.span() for match in found.finditer(lower_in_place(nfc(sentence)))]


def date_spans(sentence: str) -> list[tuple[int, int]]:
    """Where `sentence` holds dates, times and lengths of time, with the days beside a month."""
    text, pattern = _read_for_dates(sentence)
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        before = _DAYS_BEFORE.search(text, 0, match.start())
        after = _DAYS_AFTER.match(text, match.end())
        start = before.start() if before else match.start()
        end = after.end() if after else match.end()
        if found and start < found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _read_for_dates(sentence: str) -> tuple[str, re.Pattern[str]]:
    """`sentence` in lower case, of the same length, and the pattern to look for in it."""
    marked = has_marks(sentence)
    text = nfc(sentence) if marked else fold(sentence)
    lowered = lower_in_place(text)
    for match in _MONTH_OR_WORD.finditer(lowered):
        start, end = match.span()
        beside = _AFTER_MONTH.match(lowered, end) or _BEFORE_MONTH.search(lowered[:start])
        if not (text[start].isupper() and (beside or end == len(text))):
            lowered = lowered[:start] + "_" * (end - start) + lowered[end:]
    return lowered, _DATE if marked else _UNMARKED_DATE


def holds(kind: AnswerType, sentence: str) -> bool:
    """Whether `sentence` holds something that could be an answer of this kind."""
    folded = fold(sentence)
    if kind == "when":
        text, pattern = _read_for_dates(sentence)
        return bool(pattern.search(text))
    if kind == "how_many":
        return bool(numbers(sentence))
    if kind == "why":
        return bool(_REASON.search(folded.lower()))
    if kind == "country":
        return names_place(sentence)
    if kind in ("who", "where"):
        return bool(_NAME.search(sentence))
    return True
