"""Every question of the shipped set over the shipped documents, and over the originals.

The originals belong to their publishers and are not in the repository: they are looked for where
TRICHDAN_ORIGINALS says, else in `../shared/documents`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from evals.cli import DEFAULT_SET
from evals.set_files import load
from ingest import ingest
from rag import Answer, Assistant, Settings
from tests.conftest import ROOT

ORIGINALS = Path(os.environ.get("TRICHDAN_ORIGINALS") or ROOT.parent / "shared" / "documents")
QUESTIONS = load(DEFAULT_SET).questions

Answered = tuple[Assistant, dict[str, Answer]]


def ask_all(assistant: Assistant) -> Answered:
    return assistant, {question.id: assistant.ask(question.question) for question in QUESTIONS}


@pytest.fixture(scope="module", params=["shipped", "originals"])
def answered(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Answered]:
    """The answer to each question of the set, and who gave it."""
    if request.param == "shipped":
        yield ask_all(request.getfixturevalue("paris"))
        return
    if not ORIGINALS.is_dir():
        pytest.skip("the originals are not here")
    encoder: Encoder = request.getfixturevalue("default_encoder")
    library = tmp_path_factory.mktemp("originals") / "library"
    report = ingest([ORIGINALS], library, encoder)
    assert len(report.added) == 2 and not report.skipped
    with Assistant.open(Settings(library=library)) as assistant:
        yield ask_all(assistant)


def test_every_quote_stands_at_its_place_in_its_document(answered: Answered) -> None:
    assistant, answers = answered
    texts = {one.id: assistant.document_text(one.id) for one in assistant.documents()}
    checked = 0
    for answer in answers.values():
        for citation in (citation for claim in answer.claims for citation in claim.citations):
            assert citation.quote.strip()
            assert texts[citation.document][citation.start : citation.end] == citation.quote
            checked += 1
        for hit in answer.hits:
            passage = hit.passage
            assert texts[passage.document][passage.start : passage.end] == passage.text
    assert checked > len(QUESTIONS) / 2


def test_every_sentence_of_an_answer_is_a_quotation_and_a_refusal_has_none(
    answered: Answered,
) -> None:
    for answer in answered[1].values():
        if answer.refused:
            assert answer.claims == () and answer.refusal
        else:
            assert answer.claims and answer.refusal is None
        for claim in answer.claims:
            assert claim.citations and claim.verdict == "supported"


def test_answers_are_in_the_language_of_the_question(answered: Answered) -> None:
    wrong = [
        question.id
        for question in QUESTIONS
        if answered[1][question.id].language != ("en" if question.language == "en" else "vi")
    ]
    assert wrong == []


def test_the_questions_that_must_be_answered_are(answered: Answered) -> None:
    must = [question for question in QUESTIONS if question.must_pass and question.answerable]
    assert must
    assert [question.id for question in must if answered[1][question.id].refused] == []
