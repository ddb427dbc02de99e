"""The reader tells what answers from what only sounds like it, in and between both languages."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from bilingual.minilm import MiniLM
from bilingual.taught import TaughtMiniLM, blended_weights
from rag.reader import Piece, Reader, reader_for
from rag.reader.model import LEAST, SUPPORTS, TASKS, Task, sure
from rag.reader.training.loop import export
from rag.reader.training.network import Network
from rag.reader.training.readings import Reading, held_back
from rag.reader.training.tokens import Cutting, batch
from rag.reader.training.written import written


@pytest.fixture(scope="module")
def encoder() -> TaughtMiniLM:
    return TaughtMiniLM()


@pytest.fixture(scope="module")
def reader(encoder: TaughtMiniLM) -> Reader:
    found = reader_for(encoder)
    assert found is not None
    return found


def piece(*sentences: str) -> Piece:
    """All of these, as sentences of an English passage."""
    return Piece(sentences, "en", [range(at, at + 1) for at in range(len(sentences))])


def test_it_goes_with_the_encoder_that_ships(encoder: TaughtMiniLM, reader: Reader) -> None:
    assert reader_for(encoder) is reader
    assert reader_for(MiniLM()) is None


@pytest.mark.parametrize(
    ("question", "answer", "near_miss"),
    [
        ("When was the bridge opened?", "The bridge was opened in May 2003.",
         "The bridge cost 12 million dollars."),
        ("How much did the factory cost?", "Nhà máy tiêu tốn 40 triệu đô la.",
         "Nhà máy nằm ở ngoại ô Đà Nẵng."),
        ("Ai đã ký thỏa thuận?", "The agreement was signed by Anna Berg.",
         "The agreement was signed in Hanoi."),
        ("ai da ky thoa thuan", "Thỏa thuận do bà Trần Thị Mai ký.",
         "Thỏa thuận được ký tại Hà Nội."),
    ],
)  # fmt: skip
def test_an_answer_is_told_from_a_sentence_about_the_same(
    reader: Reader, question: str, answer: str, near_miss: str
) -> None:
    [[right], [wrong]] = reader.read(question, [piece(answer), piece(near_miss)])
    assert right > 0 and right > wrong + 1
    [[beside, not_it]] = reader.read(question, [piece(answer, near_miss)])
    assert beside > not_it + 1


@pytest.mark.parametrize(
    ("question", "about", "not_about", "sentence"),
    [
        ("How much did the bridge cost?", "The bridge over the Lam", "The town hall",
         "It cost 12 million dollars and took three years."),
        ("Thư viện mở cửa lúc mấy giờ?", "Nội quy thư viện", "Nội quy bể bơi",
         "Giờ mở cửa là từ 8 giờ đến 17 giờ."),
        ("Bảo tàng mở cửa lúc mấy giờ?", "The museum: a visitor's guide", "The swimming pool",
         "It is open from 8 a.m. to 5 p.m."),
    ],
)  # fmt: skip
def test_the_title_tells_what_a_sentence_is_about(
    reader: Reader, question: str, about: str, not_about: str, sentence: str
) -> None:
    pieces = [replace(piece(sentence), context=[title]) for title in (about, not_about)]
    [[right], [wrong]] = reader.read(question, pieces)
    assert right > wrong


def test_near_misses_of_passages_it_was_not_trained_on_are_told_apart(reader: Reader) -> None:
    passages = [one for number, one in enumerate(written()) if held_back(number)][::12]
    answered: list[float] = []
    missed: list[float] = []
    for passage in passages:
        told = piece(*passage.sentences)
        for questions, found in ((passage.answered, answered), (passage.near_misses, missed)):
            for one in questions:
                [logits] = reader.read(one.question, [told])
                found.append(float(logits.max()))
    assert len(answered) == len(missed) > 70
    assert np.mean(np.array(answered)[:, None] > np.array(missed)[None]) > 0.75


def test_each_passage_is_read_by_itself(reader: Reader) -> None:
    pieces = [piece("Cầu khánh thành năm 1998."), piece("It cost 12 million.", "It is long.")]
    question = "When was the bridge opened?"
    together = reader.read(question, pieces)
    alone = [reader.read(question, [one])[0] for one in pieces]
    assert [of.tolist() for of in together] == [of.tolist() for of in alone]


def test_of_sentences_that_belong_together_the_best_counts(reader: Reader) -> None:
    text = ["The members are:", "Anna Berg;", "Karl Dahl."]
    question = "Who are the members?"
    [each] = reader.read(question, [piece(*text)])
    [[both]] = reader.read(question, [Piece(text, "en", [range(3)])])
    assert both == each.max()


def test_without_sentences_or_words_nothing_is_told(reader: Reader) -> None:
    assert reader.read("Who?", []) == []
    assert [of.tolist() for of in reader.read("Who?", [Piece(["One."], "en", [])])] == [[]]
    for question in ("", "?", "\u200b"):
        [[logit]] = reader.read(question, [piece("One.")])
        assert np.isfinite(logit)


def test_what_is_too_long_is_cut(reader: Reader) -> None:
    long = " ".join(["word"] * 2_000)
    for question, text in (("Who?", [long]), (long, ["One.", long, "Two."]), (long, [""])):
        [logits] = reader.read(question, [piece(*text)])
        assert len(logits) == len(text) and np.isfinite(logits).all()


def test_a_long_question_leaves_room_for_every_sentence(reader: Reader) -> None:
    sentences = [f"The hall number {number} was opened in May 2003." for number in range(16)]
    context = ["The halls of the fair and what became of them " * 4] * 2
    asked = "When, if I may ask, was the hall opened " * 8
    [logits] = reader.read(asked, [replace(piece(*sentences), context=context)])
    assert (logits != LEAST).all()


def test_neighbours_are_read_together(reader: Reader) -> None:
    sentences = ["One two three."] * 3 + ["word " * 150] + ["Four five."] * 2
    assert reader.stretches(sentences, "en", [0, 1, 5]) == [range(3), range(4, 6)]


def test_a_claim_is_read_with_neighbours_that_are_short(reader: Reader) -> None:
    sentences = ["One two three."] * 3 + ["word " * 40, "word " * 50] + ["Four five."] * 2
    for at, expected in ((1, range(3)), (3, range(3, 4)), (6, range(5, 7))):
        assert reader.stretches(sentences, "en", [at], SUPPORTS) == [expected]
    assert reader.stretches(sentences, "en", [3]) == [range(2, 5)]


def test_a_logit_counts_in_a_line_up_to_a_bound() -> None:
    assert [sure(logit, 6.0) for logit in (-9, -6, -3, 0, 3, 6, 9)] == [0, 0, 0.25, 0.5, 0.75, 1, 1]


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("context", [(), ("The Long Bridge", "Its history. " * 40)])
def test_it_computes_what_was_trained(
    encoder: TaughtMiniLM, tmp_path: Path, context: tuple[str, ...], task: Task
) -> None:
    torch.manual_seed(1)
    network = Network(blended_weights(0.5))
    for parameter in (network.text, network.vietnamese):
        torch.nn.init.normal_(parameter, std=0.05)
    network.h2.bias.data = torch.arange(len(TASKS)).float()  # each task's word is far from others'
    export(network, encoder.name, tmp_path)
    reader = Reader(encoder.tokenizer, encoder.embeddings, tmp_path)
    text = ("The bridge was opened in May 2003.", "Cầu dài hai cây số.", "It is green.")
    question = "Cầu khánh thành khi nào?"
    reading = Reading(task, question, text, (True,) * 3, "test", context)
    row = Cutting(encoder.tokenizer).read(reading)
    assert row is not None and len(row.holds) == 3
    *given, _, _ = batch([row], encoder.embeddings)
    with torch.no_grad():
        expected = network(*given)[0].numpy()
    [logits] = reader.read(question, [replace(piece(*text), context=context)], task)
    assert logits == pytest.approx(expected, abs=0.08)  # trained in bfloat16
