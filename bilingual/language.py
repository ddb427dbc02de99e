"""Which language a text is written in: Vietnamese, Vietnamese without marks, or English.

Evidence is counted word by word. Words that carry Vietnamese marks and are spelt like Vietnamese
syllables speak for Vietnamese; the commonest function words speak for English, or, without their
marks, for unmarked Vietnamese. Capitalised words inside a sentence are taken for names and count
less, so that "Who is Bùi Hoàng Phương?" stays English and "Emmanuel Macron la ai" Vietnamese.
"""

from __future__ import annotations

import re
from typing import Literal

from bilingual.orthography import fold, has_marks, is_syllable, normalise

QuestionLanguage = Literal["vi", "vi-nomarks", "en"]

_TOKEN = re.compile(r"[^\W\d_]+")

# Function and question words. A form that both languages write ("to", "an", "do", "so", "the",
# "in", "on", "me", "can") speaks only for the language in which it is far commoner in running
# text, or is left out.
_ENGLISH = frozenset(
    "the of and to in is was were are be been being for with by from that this these those it "
    "its he she they we you i his her their our your who whom whose what which when where why how "
    "did does do has have had not but or if at as on into about than then will would should could "
    "may might must many much more most any some all no other between during after before under "
    "over there here also only such each both between please tell me summit".split()
)
_UNMARKED = frozenset(
    "la cua va co khong duoc cac nhung nay voi cho trong tai den tu ve nguoi mot da dang se nao "
    "gi ai sao the bao nhieu khi dau bi vi theo ra cung nhu nuoc ngay nam thang hoi nghi tuyen bo "
    "quoc gia chu tri tham du ky viec lam phat trien hay neu ten ho ong ba anh chi em toi minh "
    "ban doi nguyen tac hop tac cong ty thanh vien dai bieu phat bieu noi muon can phai hon nhat "
    "truoc sau tren duoi giua vao len xuong nhieu it moi cu lon nho tat ca thi ma con lai y kien "
    "nghi phep luong hop dong nhan vien bao lau may lan thu hai ba bon nuoc ngoai viet".split()
)
# Written the same in both; they say nothing.
_SHARED = frozenset("ban can do to so an no me on in the a i ma hay con may them hang sang".split())

# So begins an English question whose first word is a Vietnamese syllable, too, and so does nothing
# in Vietnamese; it counts like several words.
_ENGLISH_OPENING = re.compile(r"\W*(?:can|do|may|am) (?:i|you|we|they|she|my|your|our|their)\b")
_OPENING_WEIGHT = 2.0


def identify(text: str) -> QuestionLanguage:
    """The language of a question or sentence; "en" where nothing speaks for Vietnamese."""
    vietnamese = unmarked = 0.0
    english = _OPENING_WEIGHT if _ENGLISH_OPENING.match(text.lower()) else 0.0
    capitals = text.isupper()
    for position, token in enumerate(_TOKEN.findall(text)):
        word = normalise(token)
        # A capital inside the text marks a name, unless everything is in capitals.
        weight = 0.25 if position and token[0].isupper() and not capitals else 1.0
        if has_marks(word) and is_syllable(word):
            vietnamese += weight
            continue
        folded = fold(word)
        if folded in _ENGLISH and folded not in _SHARED:
            english += weight
        elif folded in _UNMARKED and folded not in _SHARED:
            unmarked += weight
        elif not is_syllable(folded):
            english += 0.4 * weight
        else:
            unmarked += 0.3 * weight
    if vietnamese and vietnamese + 0.5 * unmarked >= english:
        return "vi"
    return "vi-nomarks" if unmarked > english else "en"


def document_language(text: str) -> Literal["vi", "en"]:
    """The language most of a longer text is written in; unmarked Vietnamese counts as such."""
    return "en" if identify(text[:20_000]) == "en" else "vi"
