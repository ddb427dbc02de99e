"""A capital that acts becomes its country: "London declined" is the United Kingdom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.marks import Counts
from bilingual.name_matching import evidence_keys
from bilingual.orthography import words
from bilingual.places import capitals, place_in_sentence
from bilingual.texts import InterfaceLanguage
from rag.wording.neighbours import QUOTED, is_within, name_goes_on

_LITTLE = ENGLISH | VIETNAMESE

# What stands before a capital that acts; it is a place in "in London" and "the London summit".
_BEFORE = {
    "en": frozenset("did does has have had will would by why how whether that unlike".split()),
    "vi": frozenset("sao bên phía quyền phủ bởi do liệu rằng".split()),
}
_NEEDS_MORE = frozenset({"by", "that"})  # "by London bus"
# What stands behind one that opens a question or clause, or behind the name joined to it.
_JOINED = r"(?:\s+(?:and|or|và|hay|hoặc)\s+\S+(?:\s+\S+)?)?"
_BEHIND = {
    "en": re.compile(
        _JOINED + r"(?:['’]s (?:reason|position|stance|refus|decision|view|signature|answer|state)|"
        r"\s+(?:has|had|will|would|did|does|want|refus|declin|sign|agree|reject|back|"
        r"support|oppos|endors|said|says|join|stay|vote))"
    ),
    "vi": re.compile(
        _JOINED + r"\s+(?:có|không|chưa|đã|sẽ|muốn|nói|phản đối|ủng hộ|đồng ý|đồng thuận|hứa|ký|"
        r"cam kết|kêu gọi|tuyên bố|từ chối|đề nghị|tham gia)\b"
    ),
}
_ENDS = re.compile(r"\s*(?:[?.,!;]|$)|\s+(?:and|or)\b")
_TOGETHER = frozenset("and or và hay hoặc".split())
# What is asked of a city, and not of a government.
_OF_A_CITY = re.compile(
    r"\b(?:population|inhabitants|mayor|airport|hosts?|hosted|how many|hotels?|dc|d\.c|"
    r"dân số|diện tích|thị trưởng|sân bay|bao nhiêu|mấy|khách sạn)\b",
    re.IGNORECASE,
)
_CLAUSE = 3  # words that make a clause before a comma, and not a list


def with_governments(
    text: str, language: InterfaceLanguage, passages: Sequence[str], counts: Counts
) -> str:
    """A question with countries in place of capitals that act for them.

    Args:
        text: The question.
        language: What it is written in.
        passages: What was found for it, which must speak of the country and not of the capital.
        counts: In how many passages of the library words stand.
    """
    if _OF_A_CITY.search(text):
        return text
    hidden = [one.span() for one in QUOTED.finditer(text)]
    acting = [
        one
        for one in _capitals().finditer(text)
        if _acts(text, one, language) and not is_within(one, hidden)
    ]
    if not acting:
        return text
    told = "\n".join(passages)
    known = evidence_keys(told)
    for match in reversed(acting):
        key, forms = _of_capital()[match[0].lower()]
        country = place_in_sentence(key, language)
        if key not in known or not country or any(_stands(one, told, counts) for one in forms):
            continue
        text = f"{text[: match.start()]}{country}{text[match.end() :]}"
    return text


def _acts(text: str, match: re.Match[str], language: InterfaceLanguage) -> bool:
    """Whether a capital does something in a question, and is not where something is."""
    before, after = text[: match.start()].split(), text[match.end() :]
    if after.startswith("-") or name_goes_on(after.removeprefix(",")):
        return False
    if before and before[-1] in _TOGETHER:  # "Why did Washington and London"
        before.pop()
        while before and before[-1][0].isupper() and before[-1].lower() not in _LITTLE:
            before.pop()
        if before and before[-1].lower() == "the":
            before.pop()
    last = before[-1].lower() if before else ""
    if not last or (last[-1] in ",;:.?!" and len(before) >= _CLAUSE):
        return _BEHIND[language].match(after) is not None
    if last in _NEEDS_MORE and not (_ENDS.match(after) or _BEHIND[language].match(after)):
        return False
    return last in _BEFORE[language]


def _stands(name: str, told: str, counts: Counts) -> bool:
    """Whether the library has a name: one of several words, in what was found."""
    parts = words(name)
    return bool(counts(parts)[0]) if len(parts) == 1 else " ".join(parts) in " ".join(words(told))


@cache
def _of_capital() -> dict[str, tuple[str, Sequence[str]]]:
    """Each capital in lower case → its country's key, and how the capital is written."""
    return {form.lower(): (key, forms) for key, forms in capitals().items() for form in forms}


@cache
def _capitals() -> re.Pattern[str]:
    """Any of them."""
    longest_first = sorted(map(re.escape, _of_capital()), key=lambda form: (-len(form), form))
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE)
