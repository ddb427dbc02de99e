"""From what somebody typed to a question that can be asked."""

from __future__ import annotations

import unicodedata

from bilingual.language import identify
from bilingual.marks import default_marks
from bilingual.orthography import nfc
from rag.errors import QuestionEmptyError, QuestionTooLongError, QuestionUnreadableError
from rag.types import Question

# Cc: control characters, Cs: lone surrogates, Cn: not assigned. Tabs and line ends are allowed.
_UNREADABLE = frozenset({"Cc", "Cs", "Cn"})
_ALLOWED = frozenset("\t\n\r")


def check_question(text: str, limit_chars: int) -> Question:
    """Check and normalise what was typed, before any model is called.

    Raises:
        QuestionTooLongError: It has more than `limit_chars` characters.
        QuestionUnreadableError: It holds control characters or broken Unicode.
        QuestionEmptyError: It holds no letter or digit.
    """
    if len(text) > limit_chars:
        raise QuestionTooLongError(length=len(text), limit=limit_chars)
    for char in text:
        if unicodedata.category(char) in _UNREADABLE and char not in _ALLOWED:
            raise QuestionUnreadableError(character=f"U+{ord(char):04X}")
    cleaned = nfc(" ".join(text.split()))
    if not any(char.isalnum() for char in cleaned):
        raise QuestionEmptyError()
    language = identify(cleaned)
    marked = default_marks().restore(cleaned) if language == "vi-nomarks" else cleaned
    return Question(text=cleaned, language=language, marked=marked)
