"""Token vectors: stored and read back, compared, and told which word met which."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bilingual.tokens import QuestionTokens, TokenVectors
from rag.late_interaction import interact
from vectorstore.types import Passage, Sentence

AXES = np.eye(4, dtype=np.float32)


def passage(text: str, start: int = 100) -> Passage:
    return Passage(7, "doc", text, start, start + len(text))


def stored(vectors: np.ndarray, spans: list[tuple[int, int]], characters: int) -> bytes:
    whole = np.rint(127 * vectors).astype(np.int8)
    return TokenVectors(whole, np.array(spans, np.int32), characters).to_bytes()


@given(
    arrays.arrays(np.int8, st.tuples(st.integers(0, 9), st.just(4))),
    st.integers(0, 10_000),
)
def test_token_vectors_come_back_as_they_were_stored(vectors: np.ndarray, characters: int) -> None:
    spans = np.arange(2 * len(vectors), dtype=np.int32).reshape(-1, 2)
    read = TokenVectors.from_bytes(TokenVectors(vectors, spans, characters).to_bytes())
    assert np.array_equal(read.vectors, vectors)
    assert np.array_equal(read.spans, spans)
    assert read.characters == characters


def test_the_score_is_the_weighted_mean_of_the_best_cosines() -> None:
    # "red car" against "car blue": the first token meets nothing, the second is there.
    question = QuestionTokens(
        AXES[[0, 1]], np.array([0.25, 0.75], np.float32), np.array([[0, 3], [4, 7]], np.int32)
    )
    text = "car blue"
    found = interact(question, [(passage(text), stored(AXES[[1, 2]], [(0, 3), (4, 8)], 8))])[7]
    assert abs(found.score - 0.75) < 1e-6
    assert found.met_by(4, 7) == (100, 103, 1.0)


def test_tokens_of_the_heading_stand_before_the_passage() -> None:
    question = QuestionTokens(AXES[[0]], np.ones(1, np.float32), np.array([[0, 3]], np.int32))
    text = "Body text."
    # Embedded was "Head\nBody text.": 15 characters, of which the last 10 are the passage.
    kept = stored(AXES[[0, 1]], [(0, 4), (5, 9)], 15)
    found = interact(question, [(passage(text), kept)])[7]
    assert found.spans.tolist() == [[95, 99], [100, 104]]
    assert found.score == 1.0
    assert found.score_of(Sentence(100, 110)) == 0.0


def test_words_of_a_web_address_meet_nothing() -> None:
    question = QuestionTokens(AXES[[0]], np.ones(1, np.float32), np.array([[0, 3]], np.int32))
    text = "See https://car.org now"
    kept = stored(AXES[[1, 0, 2]], [(0, 3), (12, 15), (20, 23)], len(text))
    assert interact(question, [(passage(text), kept)])[7].score == 0.0


def test_a_passage_without_tokens_scores_nothing() -> None:
    question = QuestionTokens(AXES[[0]], np.ones(1, np.float32), np.array([[0, 3]], np.int32))
    empty = TokenVectors(np.empty((0, 4), np.int8), np.empty((0, 2), np.int32), 3).to_bytes()
    assert interact(question, [(passage("..."), empty)])[7].score == 0.0
    assert interact(question, []) == {}
