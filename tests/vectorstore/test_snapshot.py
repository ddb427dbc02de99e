from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest

from tests.vectorstore.documents import DIM, ENCODER, OpenLibrary, OpenWriter, document, publish
from vectorstore import Snapshot
from vectorstore.errors import DocumentMissingError, PassageMissingError

VI = document(
    "/in/Tuyên bố.txt",
    "Hơn 1.000 đại diện đã tới Paris.",
    "Hòa bình là mục tiêu.",
    section="Hội nghị thượng đỉnh",
)
EN = document("/in/summit.txt", "Over 1,000 delegates came.", "The US did not sign.", "Peace.")


@pytest.fixture
def snapshot(writer: OpenWriter, open_library: OpenLibrary) -> Iterator[Snapshot]:
    with writer() as open_writer:
        publish(open_writer, VI, EN)
    with open_library() as library, library.snapshot() as snapshot:
        yield snapshot


def texts(snapshot: Snapshot, found: list) -> list[str]:
    return [p.text for p in snapshot.passages([neighbour.passage for neighbour in found])]


def test_every_passage_is_nearest_to_its_own_vector(snapshot: Snapshot) -> None:
    passages = snapshot.passages_of("summit")
    assert len(passages) == 3
    for passage in passages:
        best = snapshot.dense(ENCODER.encode_question(passage.text), 1)[0]
        assert best.passage == passage.id
        assert best.score == pytest.approx(1.0, abs=1e-5)


def test_dense_scores_are_cosines_best_first(snapshot: Snapshot) -> None:
    question = ENCODER.encode_question("delegates in Paris")
    found = snapshot.dense(question, 10)
    exact = snapshot.vectors([neighbour.passage for neighbour in found]) @ question
    assert [neighbour.score for neighbour in found] == pytest.approx(exact.tolist(), abs=1e-5)
    assert [n.score for n in found] == sorted((n.score for n in found), reverse=True)
    assert len(found) == snapshot.passage_count == 5


def test_dense_looks_only_in_the_documents_given(snapshot: Snapshot) -> None:
    question = ENCODER.encode_question("anything")
    found = snapshot.dense(question, 10, documents=["tuyen-bo"])
    assert {p.document for p in snapshot.passages([n.passage for n in found])} == {"tuyen-bo"}
    assert snapshot.dense(question, 10, documents=[]) == []


def test_headings_are_told_of_the_passages_that_have_any(snapshot: Snapshot) -> None:
    ids = [passage.id for passage in snapshot.passages_of("tuyen-bo")]
    assert snapshot.headings() == [(number, ["Hội nghị thượng đỉnh"]) for number in ids]


def test_words_keep_marks_and_the_folded_field_does_without(snapshot: Snapshot) -> None:
    assert snapshot.lexical({"hoa": 1.0}, 5) == []
    assert texts(snapshot, snapshot.lexical({"hòa": 1.0}, 5)) == ["Hòa bình là mục tiêu."]
    assert texts(snapshot, snapshot.lexical({"hoa": 1.0}, 5, "stems")) == ["Hòa bình là mục tiêu."]


def test_a_figure_is_found_across_separators(snapshot: Snapshot) -> None:
    assert len(snapshot.lexical({"1000": 1.0}, 5)) == 2
    assert len(snapshot.lexical({"1000": 1.0}, 5, documents=["summit"])) == 1


def test_boosts_decide_the_order(snapshot: Snapshot) -> None:
    by_sign = snapshot.lexical({"sign": 5.0, "delegates": 0.1}, 5)
    assert texts(snapshot, by_sign) == ["The US did not sign.", "Over 1,000 delegates came."]
    assert len(snapshot.lexical({"sign": 0.0, "delegates": 1.0}, 5)) == 1


def test_words_of_the_heading_count_as_words_of_the_passage(snapshot: Snapshot) -> None:
    assert len(snapshot.lexical({"thượng": 1.0}, 5)) == 2
    assert snapshot.document_frequency("thượng") == 2
    assert snapshot.document_frequency("thuong", "stems") == 2
    assert snapshot.document_frequency("missing") == 0


def test_passages_come_in_the_order_asked_with_their_sentences(snapshot: Snapshot) -> None:
    ids = [passage.id for passage in snapshot.passages_of("summit")][::-1]
    passages = snapshot.passages(ids)
    assert [passage.id for passage in passages] == ids
    text = snapshot.text("summit")
    for passage in passages:
        assert passage.text == text[passage.start : passage.end]
        assert [(s.start, s.end) for s in passage.sentences] == [(passage.start, passage.end)]
    assert len(snapshot.sentences("summit")) == 3


def test_what_is_not_there_is_an_error(snapshot: Snapshot) -> None:
    with pytest.raises(DocumentMissingError, match="nowhere"):
        snapshot.text("nowhere")
    with pytest.raises(PassageMissingError, match="99"):
        snapshot.passages([1, 99])


@pytest.mark.parametrize("vector", [np.ones(DIM + 1), np.full(DIM, np.nan)])
def test_an_unusable_question_vector_is_refused(snapshot: Snapshot, vector: np.ndarray) -> None:
    with pytest.raises(ValueError, match="finite vector"):
        snapshot.dense(vector.astype(np.float32), 3)


def test_holdings_count_the_passages_and_say_when_a_document_came(snapshot: Snapshot) -> None:
    holdings = {holding.document.id: holding for holding in snapshot.holdings()}
    assert [holding.document for holding in holdings.values()] == snapshot.documents()
    assert holdings["summit"].passages == len(snapshot.passages_of("summit"))
    assert all(re.match(r"\d{4}-\d\d-\d\dT", each.added_at) for each in holdings.values())
