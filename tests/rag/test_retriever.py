"""Passages found across languages and without marks, each saying why."""

import re

import pytest

from rag import Assistant
from rag.question import check_question
from rag.retriever import fused


def found(paris: Assistant, question: str) -> list[str]:
    return [hit.passage.text for hit in paris.retrieve(check_question(question, 2000))]


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Ai dẫn đầu đoàn Việt Nam?", "Bui Hoang Phuong"),
        ("ai dan dau doan viet nam", "Bui Hoang Phuong"),
        ("Which countries founded the AI platform?", "Morocco"),
        ("Who works at Eurasia Group?", "Nick Reiners"),
    ],
)
def test_the_passage_is_among_the_first_three_in_either_language(
    paris: Assistant, question: str, word: str
) -> None:
    assert any(word in text for text in found(paris, question)[:3])


def test_a_hit_says_which_words_met_across_languages(paris: Assistant) -> None:
    question = "Theo ông Macron, châu Âu nên ưu tiên loại năng lượng nào?"
    best = paris.retrieve(check_question(question, 2000))[0]
    assert ("năng lượng", "energy") in best.matches
    # Whole words, though the encoder's tokens may be pieces of them.
    words = set(re.findall(r"\w+", best.passage.text))
    assert {word for _, word in best.matches} <= words


def test_the_score_is_made_of_its_parts(paris: Assistant) -> None:
    hits = paris.retrieve(check_question("What is Current AI?", 2000))
    assert len(hits) == paris.settings.passages
    for hit in hits:
        assert hit.score == fused(hit.parts)
        assert {"dense", "late", "sentence"} <= set(hit.parts)


def test_scores_fall_and_no_passage_comes_twice(paris: Assistant) -> None:
    hits = paris.retrieve(check_question("What did Macron say about nuclear power?", 2000))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage.id for hit in hits}) == len(hits) == paris.settings.passages


def test_without_token_vectors_lexical_evidence_carries_more() -> None:
    parts = {"dense": 0.5, "words": 0.4, "stems": 0.4}
    assert fused(parts) > 0.5 + 0.75 * 0.4


def test_a_document_named_by_its_language_is_searched_alone(paris: Assistant) -> None:
    _, hits = paris.search("Theo bài tiếng Anh, ai dẫn đầu đoàn Việt Nam?")
    assert {hit.document.language for hit in hits} == {"en"}


def test_a_question_without_marks_is_read_again_by_what_it_found(paris: Assistant) -> None:
    asked, hits = paris.search("nuoc nao khong ky tuyen bo chung ve AI")
    assert asked.marked == "nước nào không ký tuyên bố chung về AI"
    assert any("không ký" in hit.passage.text for hit in hits)
