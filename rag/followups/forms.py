"""The words by which a question shows what it asks for, and that it leans on another."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from bilingual.language import QuestionLanguage
from bilingual.orthography import fold
from bilingual.texts import InterfaceLanguage
from rag.answer_type import lower_in_place
from rag.types import Question

END = re.compile(r"[\s?!.…]+$")
WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
_TECHNOLOGY = re.compile(r"\bAI\b")  # in lower case "ai" is "who"

# Words of "who else" and "which other country" that say nothing of their own.
GENERIC = frozenset(
    "nuoc quoc gia country countries company companies cong ty nguoi person people else other "
    "others khac nua them more lanh dao leader leaders topic topics chu de place places".split()
)

_ASKING = {
    "en": (
        ("how_many", r"\bhow (?:many|much)\b"),
        (
            "which",
            r"\b(?:which(?: \w+){0,2}?|what) (?:countr(?:y|ies)|nations?|compan(?:y|ies)"
            r"|corporations?|organi[sz]ations?|leaders?|places?|cit(?:y|ies))\b",
        ),
        ("who", r"\bwho(?:m|se)?\b"),
        ("other", r"\b(?:what|when|where|why|how|which)\b"),
        ("yes_no", r"^(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b"),
    ),
    "vi": (
        ("how_many", r"\bbao nhiêu\b|\bmấy\b"),
        (
            "which",
            r"\b(?:(?:những|các) )?(?:nước|quốc gia|công ty|tập đoàn|tổ chức|cơ quan|nơi"
            r"|thành phố)(?: [^\W\d]+){0,2}? nào\b",
        ),
        ("who", r"(?<!\S)(?:những )?ai(?!\S)|\bngười nào\b"),
        ("other", r"\b(?:gì|nào|khi nào|ở đâu|đâu|vì sao|tại sao|sao|thế nào|bao giờ|bao lâu)\b"),
        ("yes_no", r"\bkhông$|\bchưa$|\bcó phải\b"),
    ),
}


def lowered(text: str) -> str:
    """As the patterns want it, with as many characters as before but the end."""
    return END.sub("", lower_in_place(text))


def without_technology(text: str) -> str:
    """`text` with as many other characters in place of each "AI", which asks for nobody.

    All in capitals it stays as it is: "AI CHỦ TRÌ?" may be who.
    """
    return text if text.isupper() else _TECHNOLOGY.sub("__", text)


def asking(text: str, language: InterfaceLanguage) -> tuple[str, re.Match[str]] | None:
    """What a question asks for, and by which words, if it holds any; these in lower case."""
    asked = lowered(without_technology(text))
    for kind, pattern in _ASKING[language]:
        if found := re.search(pattern, asked):
            return kind, found
    return None


def asked_by(question: Question) -> tuple[str, re.Match[str]] | None:
    """The same of a question that was checked."""
    return asking(question.marked, question.answer_language)


def rules(name: str, question: Question) -> tuple[re.Pattern[str], ...]:
    """Patterns over a whole question."""
    return _compiled(name, question.language)


def pattern(name: str, question: Question) -> re.Pattern[str]:
    """One pattern for any pronoun of a kind, as whole words, longer ones first."""
    return _any_of(name, question.answer_language)


@cache
def listed(name: str) -> frozenset[str]:
    """A list of single words, as they are written and without their marks."""
    table: dict[str, str] = _table()[name]  # type: ignore[assignment]
    words = table["words"].split()
    return frozenset([*words, *map(fold, words)])


@cache
def phrases(name: str, *, marked: bool) -> tuple[str, ...]:
    """A list of words and phrases.

    Args:
        name: Of the list.
        marked: They are looked for in a text with marks. Without them, "trường" is also
            "trưởng": only what has several words is sure.
    """
    every: list[str] = _table()[name]["phrases"]
    if marked:
        return tuple(every)
    return tuple(fold(one) for one in every if one.isascii() or " " in one)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    with Path(__file__).with_name("followups.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _compiled(name: str, language: QuestionLanguage) -> tuple[re.Pattern[str], ...]:
    if language == "vi-nomarks":
        return tuple(re.compile(fold(rule)) for rule in _table()[name]["vi"])
    return tuple(re.compile(rule) for rule in _table()[name][language])


@cache
def _any_of(name: str, language: InterfaceLanguage) -> re.Pattern[str]:
    forms = sorted(_table()[name][language], key=len, reverse=True)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(forms)})(?![^\W_])")
