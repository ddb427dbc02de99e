"""The reader tells what answers from what only sounds like it, in and between both languages."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bilingual.encoders import load_encoder
from bilingual.tokens import QuestionTokens, TokenEncoder
from rag.reader import Reader, reader_for
from rag.reader.model import ASKING_TOKENS, PIECE_TOKENS, default_reader
from rag.reader.training.loop import export
from rag.reader.training.network import TASKS, Network
from rag.reader.training.pairs import ANSWERS, held_back
from rag.reader.training.written import written


@pytest.fixture(scope="module")
def encoder() -> TokenEncoder:
    found = load_encoder("default")
    assert isinstance(found, TokenEncoder)
    return found


def pieces(encoder: TokenEncoder, texts: list[str]) -> list[NDArray[np.int8]]:
    return [tokens.vectors for tokens in encoder.encode_passages_with_tokens(texts)[1]]


def read(encoder: TokenEncoder, asking: str, texts: list[str]) -> list[float]:
    _, tokens = encoder.encode_question_with_tokens(asking)
    return [float(logit) for logit in default_reader().read(tokens, pieces(encoder, texts))]


def test_it_goes_with_the_encoder_that_ships(encoder: TokenEncoder) -> None:
    assert reader_for(encoder.name) is default_reader()
    assert reader_for("somebody/else") is None


@pytest.mark.parametrize(
    ("question", "answer", "near_miss"),
    [
        ("When was the bridge opened?", "The bridge was opened in May 2003.",
         "The bridge cost 12 million dollars."),
        ("How much did the factory cost?", "Nhà máy tiêu tốn 40 triệu đô la.",
         "Nhà máy nằm ở ngoại ô Đà Nẵng."),
    ],
)  # fmt: skip
def test_an_answer_is_told_from_a_sentence_about_the_same(
    encoder: TokenEncoder, question: str, answer: str, near_miss: str
) -> None:
    right, wrong = read(encoder, question, [answer, near_miss])
    assert right > 0 and right > wrong + 1


def test_near_misses_of_passages_it_was_not_trained_on_are_told_apart(
    encoder: TokenEncoder,
) -> None:
    passages = [one for number, one in enumerate(written()) if held_back(number)][::12]
    answered: list[float] = []
    missed: list[float] = []
    for passage in passages:
        told = pieces(encoder, passage.sentences)
        for questions, found in (
            (passage.answered, answered),
            (passage.near_misses, missed),
        ):
            for one in questions:
                _, tokens = encoder.encode_question_with_tokens(one.question)
                found.append(float(default_reader().read(tokens, told).max()))
    assert len(answered) == len(missed) > 70
    assert np.mean(np.array(answered)[:, None] > np.array(missed)[None]) > 0.7


def test_each_piece_is_read_by_itself(encoder: TokenEncoder) -> None:
    texts = ["Cầu khánh thành năm 1998.", "It cost 12 million dollars.", "word " * 2_000]
    together = read(encoder, "When was the bridge opened?", texts)
    alone = [read(encoder, "When was the bridge opened?", [one])[0] for one in texts]
    assert together == pytest.approx(alone, abs=1e-3)
    assert np.isfinite(read(encoder, "word " * 2_000, texts)).all()


def test_without_pieces_or_words_nothing_is_told(encoder: TokenEncoder) -> None:
    assert read(encoder, "Who?", []) == []
    _, tokens = encoder.encode_question_with_tokens("")
    assert np.isfinite(default_reader().read(tokens, pieces(encoder, ["One."]))).all()


def test_it_computes_what_was_trained(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = Network(32, layers=2)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    export(network, "some/encoder", tmp_path)
    reader = Reader(tmp_path)
    assert reader.encoder == "some/encoder"
    rounded = {name: tensor.half().float() for name, tensor in network.state_dict().items()}
    network.load_state_dict(rounded)
    chosen = np.random.default_rng(0)
    asking = chosen.normal(size=(5, 32)).astype(np.float32)
    text = chosen.integers(-127, 128, size=(9, 32), dtype=np.int8)
    weights = np.full(5, 0.2, np.float32)
    tokens = QuestionTokens(asking, weights, np.zeros((5, 2), np.int32))
    with torch.no_grad():
        expected = network(
            torch.from_numpy(asking)[None],
            torch.from_numpy(weights)[None],
            torch.ones(1, 5, dtype=torch.bool),
            torch.from_numpy(text.astype(np.float32) / 127)[None],
            torch.ones(1, 9, dtype=torch.bool),
            torch.tensor([TASKS.index(ANSWERS)]),
        )
    assert reader.read(tokens, [text])[0] == pytest.approx(float(expected), abs=0.02)


def test_what_is_too_long_is_cut() -> None:
    dim = 128
    chosen = np.random.default_rng(0)
    long = QuestionTokens(
        chosen.normal(size=(ASKING_TOKENS + 9, dim)).astype(np.float32),
        np.full(ASKING_TOKENS + 9, 0.01, np.float32),
        np.zeros((ASKING_TOKENS + 9, 2), np.int32),
    )
    short = QuestionTokens(
        long.vectors[:ASKING_TOKENS], long.weights[:ASKING_TOKENS], long.spans[:ASKING_TOKENS]
    )
    text = chosen.integers(-127, 128, size=(PIECE_TOKENS + 9, dim), dtype=np.int8)
    reader = default_reader()
    whole, cut = (
        reader.read(long, [text]),
        reader.read(short, [text[:PIECE_TOKENS]]),
    )
    assert whole == pytest.approx(cut)
