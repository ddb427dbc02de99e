"""What the reader is trained on is what it says, and what comes out can be read."""

import random
from pathlib import Path

import numpy as np
import pytest

from bilingual.tokens import QuestionTokens
from rag.reader import Reader
from rag.reader.training.loop import Recipe, batch, train
from rag.reader.training.pairs import ANSWERS, SUPPORTS, Pair, held_back, of_written
from rag.reader.training.tokens import Asking, Texts, Told, retrieved
from rag.reader.training.written import Answered, NearMiss, Written

DIM = 32


def passage(name: str) -> Written:
    sentences = [f"{name} {number}" for number in range(4)]
    answered = [Answered(1, f"{name} asked", "", f"{name} claimed", f"{name} lied")]
    return Written("en-en", sentences, answered, [NearMiss(f"{name} missed", "x", "", "y")])


@pytest.fixture
def passages() -> list[Written]:
    return [passage(f"passage {number}") for number in range(12)]


@pytest.fixture
def texts(passages: list[Written]) -> Texts:
    chosen = np.random.default_rng(0)

    def row() -> np.ndarray[tuple[int], np.dtype[np.float16]]:
        found = chosen.normal(size=DIM)
        return (found / np.linalg.norm(found)).astype(np.float16)

    askings = {
        question: Asking(row(), np.stack([row(), row()]), np.full(2, 0.5, np.float16))
        for one in passages
        for question in one.questions
    }
    sentences = {
        sentence: Told(row(), (np.stack([row()] * 3) * 127).astype(np.int8))
        for one in passages
        for sentence in one.sentences
    }
    return Texts(askings, sentences)


def test_what_was_retrieved_is_of_other_passages_and_never_held_back(
    passages: list[Written], texts: Texts
) -> None:
    found = list(retrieved(passages, texts, random.Random(1)))
    trained = [one for number, one in enumerate(passages) if not held_back(number)]
    assert len(found) == 2 * 2 * len(trained) and len(trained) == 11
    for pair in found:
        asker = pair.asking.rsplit(" ", 1)[0]
        assert not pair.holds and pair.task == ANSWERS
        assert all(not sentence.startswith(f"{asker} ") for sentence in pair.piece)
        assert all(not sentence.startswith("passage 9 ") for sentence in pair.piece)


def test_pairs_of_different_length_make_one_batch(passages: list[Written], texts: Texts) -> None:
    first = passages[0]
    pairs = [
        Pair(ANSWERS, first.questions[0], tuple(first.sentences[:1]), True, "written"),
        Pair(SUPPORTS, first.questions[1], tuple(first.sentences), False, "written"),
    ]
    asking, weights, asked, text, there, task, holds = batch(pairs, texts)
    assert asking.shape == (2, 2, DIM) and weights.shape == asked.shape == (2, 2)
    assert text.shape == (2, 12, DIM) and there.sum(1).tolist() == [3, 12]
    assert task.tolist() == [0, 1] and holds.tolist() == [1.0, 0.0]


def test_what_is_trained_can_be_read(passages: list[Written], texts: Texts, tmp_path: Path) -> None:
    made = [
        Pair(ANSWERS, question, (sentence,), number % 2 == 0, "written")
        for one in passages
        for question in one.questions
        for number, sentence in enumerate(one.sentences)
    ]
    found = list(retrieved(passages, texts, random.Random(1)))
    train([*made, *found], texts, "some/encoder", Recipe(epochs=1, threads=1), tmp_path)
    asking = texts.askings[passages[0].questions[0]]
    tokens = QuestionTokens(
        asking.tokens.astype(np.float32),
        asking.weights.astype(np.float32),
        np.zeros((2, 2), np.int32),
    )
    reader = Reader(tmp_path)
    logits = reader.read(tokens, [texts.of(passages[0].sentences)])
    assert reader.encoder == "some/encoder" and np.isfinite(logits).all()


def test_the_answer_is_cut_out_of_a_sentence_and_as_much_of_the_rest(tmp_path: Path) -> None:
    told = Answered(0, "Where?", "in Old Hanoi", "c", "f")
    text = [
        "They signed the treaty of friendship in Old Hanoi on a Monday in May.",
        "So.",
        "It is.",
    ]
    passage = Written("en-vi", text, [told], [])
    for seed in range(20):
        found = [
            pair
            for pair in of_written(passage, random.Random(seed))
            if pair.task == ANSWERS and pair.piece[0] not in [*text, "c", "f"]
        ]
        without, kept = found
        assert without.piece == ("They signed the treaty of friendship on a Monday in May.",)
        assert not without.holds and kept.holds
        assert "in Old Hanoi" in kept.piece[0] and kept.piece[0].startswith("They")
        assert len(kept.piece[0].split()) == len(without.piece[0].split())


def test_a_claim_answers_its_own_question_and_not_the_others() -> None:
    answered = [Answered(0, "Who leads it?", "Anna Berg", "Berg leads.", "Dahl leads.")]
    missed = [NearMiss("Where is it?", "It is in Hue.", "Hue", "Hue has it.")]
    text = ["Anna Berg leads it.", "It opened in May.", "It has two rooms."]
    passage = Written("en-en", text, answered, missed)
    plain = {
        (pair.asking, pair.piece[0], pair.holds)
        for seed in range(20)
        for pair in of_written(passage, random.Random(seed))
        if pair.task == ANSWERS and pair.piece[0] in ("Berg leads.", "Dahl leads.", "Hue has it.")
    }
    assert plain == {
        ("Who leads it?", "Berg leads.", True),
        ("Who leads it?", "Dahl leads.", True),
        ("Who leads it?", "Hue has it.", False),
        ("Where is it?", "Hue has it.", True),
        ("Where is it?", "Berg leads.", False),
        ("Where is it?", "Dahl leads.", False),
    }
