"""Words that name a document to look in are recognised, and left out of what is searched for."""

from __future__ import annotations

import pytest

from rag.question import check_question
from rag.source_reference import references, without_references


@pytest.mark.parametrize(
    ("question", "searched", "language"),
    [
        (
            "AI được kỳ vọng phát triển ở đâu, theo bài tiếng Anh?",
            "AI được kỳ vọng phát triển ở đâu, ?",
            "en",
        ),
        ("Bài tiếng Việt lấy tin từ những nguồn nào?", "lấy tin từ những nguồn nào?", "vi"),
        ("According to the English article, who led?", ", who led?", "en"),
        ("Which sources does the Vietnamese article cite?", "Which sources does cite?", "vi"),
        ("Bài báo nói gì về năng lượng?", "nói gì về năng lượng?", None),
        ("What does the article say about energy?", "What does say about energy?", None),
    ],
)
def test_a_reference_is_left_out(question: str, searched: str, language: str | None) -> None:
    asked = check_question(question, 2000)
    assert asked.text == question
    assert asked.marked == searched
    assert asked.document_language == language


@pytest.mark.parametrize(
    "question",
    [
        "Which article of the law forbids this?",
        "What does Article 5 say?",
        "Trong văn bản số 5 có những gì?",
        "Trong bài phát biểu, ông Macron nói gì?",
        "Theo bài phát biểu của ông Macron thì AI là gì?",
        "Which report was published in May?",
    ],
)
def test_documents_that_are_the_subject_stay(question: str) -> None:
    assert references(question) == []
    assert check_question(question, 2000).marked == question


def test_a_question_that_is_nothing_else_stays_whole() -> None:
    assert without_references("What does this document say?") == "What does this document say?"


def test_offsets_hold() -> None:
    question = "Theo tài liệu, ai dẫn đầu đoàn?"
    assert len(without_references(question)) == len(question)
