"""What the reader is trained on is what it says, and what comes out can be read."""

import json
import random
from dataclasses import asdict
from pathlib import Path

import pytest

from bilingual.taught import TaughtMiniLM, blended_weights
from rag.reader import Piece, Reader
from rag.reader.training.loop import Recipe, export, fit
from rag.reader.training.network import Network
from rag.reader.training.readings import (
    ANSWERS,
    SUPPORTS,
    Reading,
    elsewhere,
    held_back,
    of_written,
    readings_found,
)
from rag.reader.training.tokens import Cutting, Read, batch
from rag.reader.training.written import Answered, NearMiss, Written


def passage(name: str) -> Written:
    sentences = [f"{name} says {number}" for number in range(4)]
    answered = [Answered(1, f"{name} asked", "", f"{name} claimed", f"{name} lied")]
    return Written("en-en", sentences, answered, [NearMiss(f"{name} missed", "x", "", "y")])


@pytest.fixture
def passages() -> list[Written]:
    return [passage(f"passage {number}") for number in range(12)]


@pytest.fixture(scope="module")
def encoder() -> TaughtMiniLM:
    return TaughtMiniLM()


def test_what_stands_elsewhere_is_of_other_passages_and_never_held_back(
    passages: list[Written],
) -> None:
    found = [one for seed in range(4) for one in elsewhere(passages, random.Random(seed))]
    assert held_back(9) and len(found) > 20
    for one in found:
        asker = one.asking.rsplit(" ", 1)[0]
        assert one.task == ANSWERS and not any(one.holds)
        assert all(not sentence.startswith(f"{asker} ") for sentence in one.sentences)
        assert all(not sentence.startswith("passage 9 ") for sentence in one.sentences)


def test_an_answered_question_is_also_read_without_and_a_near_miss_with_its_answer() -> None:
    one = passage("it")
    found = [r for seed in range(30) for r in of_written(one, random.Random(seed))]
    asked = {(r.asking, any(r.holds)) for r in found if r.task == ANSWERS}
    assert asked == {(f"it {kind}", holds) for kind in ("asked", "missed") for holds in (0, 1)}
    claimed = {(r.asking, any(r.holds)) for r in found if r.task == SUPPORTS}
    assert claimed == {("it claimed", True), ("it lied", False), ("y", True), ("y", False)}
    for r in found:
        told = [s for s, holds in zip(r.sentences, r.holds, strict=True) if holds]
        assert told in ([], ["it says 1"], ["x"], ["it claimed"], ["it lied"], ["y"])


def test_the_answer_is_cut_out_of_a_sentence_and_as_much_of_the_rest() -> None:
    told = Answered(0, "Where?", "in Old Hanoi", "c", "f")
    text = [
        "They signed the treaty of friendship in Old Hanoi on a Monday in May.",
        "So.",
        "It is.",
    ]
    passage = Written("en-vi", text, [told], [])
    found = [
        one
        for seed in range(30)
        for one in of_written(passage, random.Random(seed))
        if one.task == ANSWERS and one.source == "cut"
    ]
    without = [one for one in found if not any(one.holds)]
    kept = [one for one in found if any(one.holds)]
    assert len(without) == len(kept) > 10
    short = "They signed the treaty of friendship on a Monday in May."
    assert all(short in one.sentences for one in without)
    for one in kept:
        sentence = one.sentences[one.holds.index(True)]
        assert "in Old Hanoi" in sentence and len(sentence.split()) == len(short.split())


def test_a_claim_answers_its_own_question_and_not_the_others() -> None:
    answered = [Answered(0, "Who leads it?", "Anna Berg", "Berg leads.", "Dahl leads.")]
    missed = [NearMiss("Where is it?", "It is in Hue.", "Hue", "Hue has it.")]
    text = ["Anna Berg leads it.", "It opened in May.", "It has two rooms."]
    plain = {
        (one.asking, one.sentences[0], one.holds[0])
        for seed in range(30)
        for one in of_written(Written("en-en", text, answered, missed), random.Random(seed))
        if one.source == "plain"
    }
    plain = {one for one in plain if one[1] in ("Berg leads.", "Dahl leads.", "Hue has it.")}
    assert plain == {
        ("Who leads it?", "Berg leads.", True),
        ("Who leads it?", "Dahl leads.", True),
        ("Who leads it?", "Hue has it.", False),
        ("Where is it?", "Hue has it.", True),
        ("Where is it?", "Berg leads.", False),
        ("Where is it?", "Dahl leads.", False),
    }


def read(encoder: TaughtMiniLM, *made: Reading) -> list[Read]:
    cutting = Cutting(encoder.tokenizer)
    return [row for one in made if (row := cutting.read(one)) is not None]


def test_readings_of_different_length_make_one_batch(encoder: TaughtMiniLM) -> None:
    rows = read(
        encoder,
        Reading(ANSWERS, "Who?", ("One two.",), (True,), "test"),
        Reading(SUPPORTS, "It is so.", ("One.", "Two three.", "Bốn."), (False, True, False), "t"),
        Reading(ANSWERS, "Who?", ("word " * 900,), (True,), "beyond the window"),
    )
    embedded, text, vietnamese, there, shares, task, holds, weights = batch(
        rows, encoder.embeddings
    )
    assert embedded.shape[0] == 2 and embedded.shape[2] == 384
    assert there.sum(1).tolist() == [row.length for row in rows]
    assert [round(of.sum().item(), 4) for of in shares] == [1.0, 3.0]
    assert (shares > 0).any(1).sum(1).tolist() == [
        row.row.sentences[-1].stop - row.row.question_end for row in rows
    ]
    assert text.sum(1).tolist() == [row.length - row.row.question_end for row in rows]
    assert task.tolist() == [0, 1] and holds.tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    assert weights[0].tolist() == [1.0, 0.0, 0.0] and vietnamese[0].sum() == 0


def test_what_is_trained_can_be_read(encoder: TaughtMiniLM, tmp_path: Path) -> None:
    made = [
        Reading(ANSWERS, f"Who is {name}?", (f"{name} is here.", "So."), (True, False), "test")
        for name in ("Anna", "Karl", "Mai")
    ]
    network = Network(blended_weights(0.5))
    before = network.h2.weight.detach().clone()
    fit(network, read(encoder, *made), encoder.embeddings, Recipe(epochs=2, threads=1))
    assert (network.h2.weight != before).any()
    export(network, encoder.name, tmp_path)
    reader = Reader(encoder.tokenizer, encoder.embeddings, tmp_path)
    [logits] = reader.read("Who is Anna?", [Piece(["Anna is here."], "en", [range(1)])])
    assert logits.shape == (1,)


def test_what_was_found_is_read_whole_without_what_answers_and_that_alone(tmp_path: Path) -> None:
    path = tmp_path / "found.jsonl"
    found = [
        Reading(ANSWERS, "Who?", ("One.", "Anna.", "Two."), (False, True, False), "f", ("T", "H")),
        Reading(ANSWERS, "When?", ("One.",), (False,), "f", ("T",)),
    ]
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in found), encoding="utf-8")
    seen = [one for seed in range(60) for one in readings_found(path, random.Random(seed))]
    assert {(one.asking, one.sentences, one.holds) for one in seen} == {
        ("Who?", ("One.", "Anna.", "Two."), (False, True, False)),
        ("Who?", ("Anna.",), (True,)),
        ("Who?", ("One.", "Two."), (False, False)),
        ("When?", ("One.",), (False,)),
    }
    assert {one.context for one in seen if one.asking == "Who?"} == {("T", "H"), ("T",), ()}
    with_all = [one.context == ("T", "H") for one in seen if one.asking == "Who?"]
    assert 0.5 < sum(with_all) / len(with_all) < 0.8
