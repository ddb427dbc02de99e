"""Questions about documents as a whole."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from bilingual.lexicon import default_lexicon
from bilingual.orthography import fold
from rag import Assistant, Settings
from rag.overview import asks_for_overview
from rag.question import check_question
from rag.terms import terms_of


@pytest.fixture(scope="module")
def assistant(paris_library: Path, default_encoder: Encoder) -> Iterator[Assistant]:
    with Assistant.open(replace(Settings(), library=paris_library)) as assistant:
        yield assistant


def naming(text: str) -> list[str] | None:
    asked = check_question(text, 2000)
    found = asks_for_overview(asked, terms_of(asked, default_lexicon()))
    return None if found is None else [term.text for term in found]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Tóm tắt tài liệu này", []),
        ("Hãy tóm tắt ngắn gọn bài tiếng Anh giúp mình", []),
        ("Bài tiếng Anh nói về gì?", []),
        ("Nội dung chính của tài liệu là gì?", []),
        ("Summarise the English article, please.", []),
        ("What is this document about?", []),
        ("What are the main points?", []),
        ("Tóm tắt phát biểu của Vance", ["Vance", "phát biểu"]),
        ("Bài tiếng Anh nói gì về năng lượng?", None),
        ("What does the article say about energy?", None),
        ("Nước nào không ký tuyên bố chung?", None),
        ("What is AI?", None),
    ],
)
def test_what_asks_for_an_overview(text: str, named: list[str] | None) -> None:
    assert naming(text) == named
    if named == [] and text != fold(text):
        assert naming(fold(text)) == []


@pytest.mark.parametrize(
    ("question", "language"),
    [("Tóm tắt bài tiếng Anh", "en"), ("What is the Vietnamese article about?", "vi")],
)
def test_the_document_in_the_language_that_is_named_is_opened_section_by_section(
    assistant: Assistant, question: str, language: str
) -> None:
    answer = assistant.ask(question)
    assert not answer.refused
    assert {hit.document.language for hit in answer.hits} == {language}
    sections = [claim.citations[0].section for claim in answer.claims]
    assert len(sections) == len(set(sections)) >= 3
    for claim in answer.claims:
        [citation] = claim.citations
        text = assistant.document_text(citation.document)
        assert text[citation.start : citation.end] == citation.quote == claim.text


def test_all_documents_share_the_room_where_none_is_named(assistant: Assistant) -> None:
    answer = assistant.ask("Tóm tắt các tài liệu")
    assert {claim.citations[0].document for claim in answer.claims} == {
        document.id for document in assistant.documents()
    }
    assert len(answer.claims) <= assistant.settings.passages


def test_only_the_chosen_document_is_told(assistant: Assistant) -> None:
    [first, _] = assistant.documents()
    answer = assistant.ask("Summarise this document", documents=[first.id])
    assert {claim.citations[0].document for claim in answer.claims} == {first.id}


def test_a_summary_of_a_topic_is_an_answer_about_it(assistant: Assistant) -> None:
    answer = assistant.ask("Tóm tắt phát biểu của JD Vance")
    assert any("Vance" in claim.text for claim in answer.claims)
