"""Where a question speaks of the documents themselves: "theo bài tiếng Anh", "in this article".

Such words say where to look and not what to look for: no sentence of the article repeats them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bilingual.function_words import ENGLISH, VIETNAMESE
from bilingual.orthography import fold, words
from vectorstore import DocumentLanguage

# On folded text. A noun alone is left: "which article of the law" asks about its content.
_VIETNAMESE_NOUN = r"(?:bai (?:bao|viet)|bai|tai lieu|van ban|ban tin)"
_LANGUAGE = r"(?: bang)? tieng (?P<language>viet|anh)"
_THIS = r"(?:nay|do|tren|kia)"
# What may follow: "theo bài phát biểu của …" is about a speech.
_GOING_ON = "thi|co|khong|ve|noi|cho|la|ai|nuoc|nhung|bao|vi|hoi|viet|my|phap|anh"
_REFERENCES = (
    re.compile(
        rf"\b(?:theo|trong|o|tu) (?:cac |nhung |mot )?{_VIETNAMESE_NOUN}(?:{_LANGUAGE})?"
        rf"(?: {_THIS})?(?! (?:so )?\d)\b(?=\s*(?:$|[,.?!:;]|{_GOING_ON}))"
    ),
    re.compile(rf"\b(?:cac |nhung )?{_VIETNAMESE_NOUN}{_LANGUAGE}\b"),
    re.compile(
        rf"\b{_VIETNAMESE_NOUN}(?: {_THIS})?(?= (?:noi|neu|cho biet|cho hay|dua tin|viet)\b)"
    ),
    re.compile(
        r"\b(?:according to|in|per|from|by) (?:the|this|that|these|those) "
        r"(?:(?P<language>english|vietnamese)(?:[- ]language)? )?"
        r"(?:article|document|text|source|piece)s?\b(?! \d)"
    ),
    re.compile(
        r"\b(?:the|this|that) (?P<language>english|vietnamese)(?:[- ]language)? "
        r"(?:article|document|text|source|piece|version)s?\b"
    ),
    re.compile(
        r"\b(?:the|this|that|these) (?:article|document|text|piece)s?"
        r"(?= (?:say|state|mention|report|describe|explain|claim|note)s?\b)"
    ),
)
_SAYING = frozenset("say says said mention mentions nói nêu viết".split())
_LANGUAGES: dict[str, DocumentLanguage] = {
    "viet": "vi",
    "vietnamese": "vi",
    "anh": "en",
    "english": "en",
}


@dataclass(frozen=True, slots=True)
class SourceReference:
    """Words of a question that name a document to look in.

    Attributes:
        start: Where they stand in the text.
        end: Where they end there.
        language: The language of the document, where they say it.
    """

    start: int
    end: int
    language: DocumentLanguage | None


def references(text: str) -> list[SourceReference]:
    """The references to documents in a question, given with its marks."""
    folded = fold(text).lower()
    found: list[SourceReference] = []
    for pattern in _REFERENCES:
        for match in pattern.finditer(folded):
            if any(one.start < match.end() and match.start() < one.end for one in found):
                continue
            named = match.groupdict().get("language")
            language = _LANGUAGES[named] if named else None
            found.append(SourceReference(match.start(), match.end(), language))
    return found


def without_references(text: str) -> str:
    """`text` with spaces in place of its references, so that offsets hold.

    A question that is nothing else, such as "What does this document say?", stays as it is.
    """
    bare = text
    for one in references(text):
        bare = bare[: one.start] + " " * (one.end - one.start) + bare[one.end :]
    left = set(words(bare)) - ENGLISH - VIETNAMESE - _SAYING
    return bare if left else text
