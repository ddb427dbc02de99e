"""Words typed in a hurry become words as they are written: "ko" is "không", "didnt" "didn't".

What is lost without them is most often the "not", and with it the question.
"""

from __future__ import annotations

import re

from bilingual.language import QuestionLanguage
from bilingual.marks import Counts
from bilingual.orthography import ADDRESS, fold
from rag.wording.neighbours import QUOTED, is_within

# In small letters, unless it opens the question or all of it is in capitals.
_NOT = "không"
_VIETNAMESE = dict.fromkeys("khong khg ko kô kông hok hôk khum khôm".split(), _NOT) | {
    "ntn": "như thế nào",
    "bnhiu": "bao nhiêu",
    "bnhieu": "bao nhiêu",
}
# A letter may also be one of many, an amount or a part of a formula.
_LETTERS = {"k": _NOT, "j": "gì"}
_LETTERED = frozenset(
    "vitamin nhóm nhom hạng hang loại loai khoản khoan điểm diem mục muc khu lớp lop bảng bang lục "
    "luc án an chữ chu hệ he".split()
)
# Words of their own as well: these only where the library does not have them.
_WHERE_UNKNOWN = {"đc": "được", "dc": "được", "hông": _NOT, "hong": _NOT,
                  "hem": _NOT, "chua": "chưa"}  # fmt: skip
# … nor where the whole is typed without marks, so that they may stand for yet others.
_SYLLABLES = frozenset({"hong", "hem", "chua"})

# "Hong Kong" is a name in small letters, too.
_WORD = re.compile(r"(?<![\w.@/'’=+*-])(?!(?i:hong kong)\b)[^\W\d_]+(?![\w@/'’=+*-]|\.\w)")
# Without its apostrophe, or with a sign that only looks like one.
_ENGLISH_NOT = re.compile(
    r"(?<![\w@/'’-])((?:do|does|did|is|are|was|were|has|have|had|could|would|should|must|wo|ca)n)"
    r"[´`‘′]?(t)(?![\w@/'’-])",
    re.IGNORECASE,
)


def written_out(text: str, language: QuestionLanguage, counts: Counts | None) -> str:
    """`text` with its shorthand written out; quotations and addresses stay.

    Args:
        text: A question.
        language: What it is written in.
        counts: In how many passages of the library words stand; None where there is none.
    """
    hidden = [one.span() for one in (*ADDRESS.finditer(text), *QUOTED.finditer(text))]
    pattern = _ENGLISH_NOT if language == "en" else _WORD
    for match in reversed(list(pattern.finditer(text))):
        if is_within(match, hidden):
            continue
        if language == "en":
            meant: str | None = f"{match[1]}'{match[2]}"
        else:
            meant = _meant(text, match, language, counts)
        if meant is not None:
            text = f"{text[: match.start()]}{meant}{text[match.end() :]}"
    return text


def _meant(
    text: str, match: re.Match[str], language: QuestionLanguage, counts: Counts | None
) -> str | None:
    """What a Vietnamese question's word is short for, if it is."""
    typed, word = match[0], match[0].lower()
    shouted = text.isupper()
    if not (typed.islower() or shouted or (match.start() == 0 and typed.istitle())):
        return None
    meant = _VIETNAMESE.get(word)
    if word in _LETTERS and not (shouted or _is_one_of_many(text[: match.start()])):
        meant = _LETTERS[word] if typed.islower() else None
    if (
        word in _WHERE_UNKNOWN
        and not (language == "vi-nomarks" and word in _SYLLABLES)
        and counts is not None
        and not counts([word])[0]
    ):
        meant = _WHERE_UNKNOWN[word]
    if meant is None:
        return None
    if language == "vi-nomarks":
        meant = fold(meant)
    if shouted:
        return meant.upper()
    return meant if typed.islower() else meant.capitalize()


def _is_one_of_many(before: str) -> bool:
    """Whether a letter after `before` names something: "nhóm k", "5 k"."""
    last = before.split()[-1:]
    return bool(last) and (last[0].lower() in _LETTERED or last[0][-1].isdigit())
