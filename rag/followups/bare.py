"""The last question with the question word of one that is nothing else: "Why?", "Khi nào?"."""

from __future__ import annotations

import re

from rag.followups.antecedents import Leaning
from rag.followups.forms import END, asked_by, lowered

_WHY = "vì sao|tại sao|sao|do đâu|vì lý do gì"
_WHERE = "ở đâu|tại đâu|ở nơi nào"
_WHEN = "khi nào|bao giờ|lúc nào|(?:vào )?(?:ngày|năm|tháng) nào"
_HOW = "như thế nào|thế nào|ra sao|bằng cách nào"
_VIETNAMESE = re.compile(rf"(?<!\w)(?:{_WHY}|{_WHERE}|{_WHEN}|{_HOW})(?!\w)")
_BARE = re.compile(
    rf"(?:(?:và|thế|vậy|nhưng) )*(?P<word>{_WHY}|{_WHERE}|{_WHEN}|{_HOW})"
    r"(?: (?:vậy|thế|ạ|nhỉ|lại như vậy|như vậy))*"
)
_BARE_ENGLISH = re.compile(r"(?:(?:and|but|so) )*(?P<word>when|where|why|how)(?: (?:so|then))?")
_AUXILIARY = "did|does|do|is|are|was|were|will|would|can|could|should|has|have|had|must|may|might"
_FRONTED = re.compile(rf"(?:when|where|why|how)(?= (?:{_AUXILIARY})\b)", re.IGNORECASE)
_YES_NO = re.compile(rf"(?:{_AUXILIARY})\b", re.IGNORECASE)


def with_its_question_word(leaning: Leaning) -> str | None:
    """The last question asking for what this one asks for; None where it makes no sentence."""
    if leaning.asked.answer_language != leaning.past.question.answer_language:
        return None
    return _in_vietnamese(leaning) if leaning.is_vi else _in_english(leaning)


def _in_vietnamese(leaning: Leaning) -> str | None:
    found = _BARE.fullmatch(leaning.lowered)
    if found is None:
        return None
    text = END.sub("", leaning.past.question.marked)
    old = _VIETNAMESE.search(lowered(text))
    if old is not None:
        rest = f"{text[: old.start()]}{text[old.end() :]}"
    else:
        asked = asked_by(leaning.past.question)
        if asked is None or asked[0] not in ("who", "which"):
            return None
        named, old = leaning.several(), asked[1]
        if not (leaning.past.said and named):
            if old.start() or not re.fullmatch(_WHY, found["word"]):
                return None
            named = None  # "Vì sao không ký tuyên bố?"
        rest = f"{text[: old.start()]}{_joined(named or [])}{text[old.end() :]}"
    rest = " ".join(rest.split())
    if not rest:
        return None
    if re.fullmatch(_WHY, found["word"]):
        return f"{found['word'].capitalize()} {rest}?"
    return f"{rest[0].upper()}{rest[1:]} {found['word']}?"


def _in_english(leaning: Leaning) -> str | None:
    found = _BARE_ENGLISH.fullmatch(leaning.lowered)
    if found is None:
        return None
    text, word = END.sub("", leaning.past.question.marked), found["word"].capitalize()
    if old := _FRONTED.match(text):
        return f"{word}{text[old.end() :]}?"
    if _YES_NO.match(text):
        return f"{word} {text[0].lower()}{text[1:]}?"
    return None


def _joined(names: list[str]) -> str:
    return " và ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
