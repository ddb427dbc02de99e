"""What may be asked."""

import unicodedata

import pytest

from rag.errors import QuestionEmptyError, QuestionTooLongError, QuestionUnreadableError
from rag.question import check_question


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "?!…", "🙂🙂", "\u200b"])
def test_a_question_without_a_word_is_empty(text: str) -> None:
    with pytest.raises(QuestionEmptyError):
        check_question(text, 2000)


@pytest.mark.parametrize("text", ["a\x00b", "ai\ud800?", "nước\x1b[31m"])
def test_a_question_with_unreadable_characters_names_them(text: str) -> None:
    with pytest.raises(QuestionUnreadableError) as caught:
        check_question(text, 2000)
    assert "U+" in str(caught.value)


def test_a_twenty_megabyte_question_is_refused_with_both_lengths() -> None:
    with pytest.raises(QuestionTooLongError) as caught:
        check_question("a" * 20_000_000, 2000)
    assert "20000000" in str(caught.value) and "2000" in caught.value.message("vi")


def test_white_space_and_normal_form_are_settled() -> None:
    typed = unicodedata.normalize("NFD", "  Ai\n chủ trì   hội nghị? ")
    question = check_question(typed, 2000)
    assert question.text == "Ai chủ trì hội nghị?"
    assert (question.language, question.answer_language) == ("vi", "vi")


def test_a_question_without_marks_is_answered_in_vietnamese() -> None:
    question = check_question("nuoc nao khong ky tuyen bo", 2000)
    assert (question.language, question.answer_language) == ("vi-nomarks", "vi")
