"""From what somebody typed to a question that can be asked."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from bilingual.language import QuestionLanguage, identify
from bilingual.marks import Counts, WordPair, default_marks
from bilingual.orthography import nfc, words
from rag.courtesy import without_courtesy
from rag.errors import QuestionEmptyError, QuestionTooLongError, QuestionUnreadableError
from rag.source_reference import references, without_references
from rag.types import Question
from rag.wording import respelt, with_governments, written_out

# Cc: control characters, Cs: lone surrogates, Cn: not assigned. Tabs and line ends are allowed.
_UNREADABLE = frozenset({"Cc", "Cs", "Cn"})
_ALLOWED = frozenset("\t\n\r")


def check_question(
    text: str, limit_chars: int, counts: Counts | None = None, of_stems: Counts | None = None
) -> Question:
    """Check and normalise what was typed, before any model is called.

    Args:
        counts: How often words stand in the library, which helps to restore marks and to tell
            shorthand from words.
        of_stems: How often words of a stem do; with both, misspelt words are put right.

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
    typed = nfc(" ".join(text.split()))
    if not any(char.isalnum() for char in typed):
        raise QuestionEmptyError()
    asked = written_out(typed, identify(typed), counts)
    asked = respelt(asked, counts, of_stems) if counts and of_stems else asked
    return replace(_searched(asked, identify(asked), counts), typed=typed)


def reread(question: Question, counts: Counts, passages: Sequence[str]) -> Question:
    """Read a question once more, by what the passages that it found say.

    A capital may stand for its government, and one typed without marks may get others.

    Args:
        counts: As for `check_question`.
        passages: Texts of the passages found, best first, and their headings.
    """
    if question.language == "vi-nomarks":
        pairs = frozenset(pair for told in passages for pair in pairwise(words(told)))
        again = _searched(question.text, question.language, counts, pairs)
        question = replace(again, typed=question.typed)
    # Where it has got its marks, it is told with them.
    now = question.marked if question.language == "vi-nomarks" else question.text
    text = with_governments(now, question.answer_language, passages, counts)
    if text == now:
        return question
    return replace(
        _searched(text.lstrip(",;: "), question.language, counts),
        typed=question.typed,
        document_language=question.document_language,
    )


def _searched(
    cleaned: str,
    language: QuestionLanguage,
    counts: Counts | None,
    pairs: Collection[WordPair] = (),
) -> Question:
    """A question with what is searched for, and where."""
    marked = without_courtesy(cleaned)
    if language == "vi-nomarks":
        marked = default_marks().restore(marked, counts, pairs)
    named = next((one.language for one in references(marked) if one.language), None)
    searched = " ".join(without_references(marked).split())
    return Question(cleaned, language, searched, named)
