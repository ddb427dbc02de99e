"""The default encoder: two languages in one space, and token vectors sentence by sentence."""

from __future__ import annotations

import numpy as np
import pytest

from bilingual.sentences import split
from bilingual.taught import TaughtMiniLM
from bilingual.tokens import SCALE

VIETNAMESE = "Chính phủ khuyến khích năng lượng tái tạo. Giá điện sẽ giảm vào năm 2030."
ENGLISH = "The government promotes renewable energy. Electricity prices will fall in 2030."
OTHER = "Đội tuyển bóng đá thắng ba trận liên tiếp."


@pytest.fixture(scope="module")
def encoder(default_encoder: object) -> TaughtMiniLM:
    assert isinstance(default_encoder, TaughtMiniLM)
    return default_encoder


def test_a_translation_is_nearer_than_another_subject(encoder: TaughtMiniLM) -> None:
    vietnamese, english, other = encoder.encode_passages([VIETNAMESE, ENGLISH, OTHER])
    assert vietnamese @ english > 0.6 > vietnamese @ other


def test_text_without_marks_is_read_with_them(encoder: TaughtMiniLM) -> None:
    with_marks, without = encoder.encode_passages(
        ["Chính phủ khuyến khích năng lượng tái tạo", "Chinh phu khuyen khich nang luong tai tao"]
    )
    assert with_marks @ without > 0.99


@pytest.mark.parametrize("text", [VIETNAMESE, ENGLISH, f"{ENGLISH}\n\n{VIETNAMESE}", OTHER, ""])
def test_vectors_are_the_same_with_and_without_tokens(encoder: TaughtMiniLM, text: str) -> None:
    rows, [tokens] = encoder.encode_passages_with_tokens([text])
    assert rows[0] @ encoder.encode_passages([text])[0] == pytest.approx(1, abs=1e-5)
    assert tokens.vectors.shape == (len(tokens.spans), encoder.token_dim)
    lengths = np.linalg.norm(tokens.vectors.astype(np.float32) / SCALE, axis=1)
    assert lengths == pytest.approx(1, abs=0.02)
    assert tokens.characters == len(text)


def test_each_sentence_is_encoded_by_itself_in_its_own_language(encoder: TaughtMiniLM) -> None:
    text = f"{ENGLISH} {VIETNAMESE}"
    _, [tokens] = encoder.encode_passages_with_tokens([text])
    for start, end in split(text):
        _, [alone] = encoder.encode_passages_with_tokens([text[start:end]])
        inside = (tokens.spans[:, 0] >= start) & (tokens.spans[:, 1] <= end)
        assert np.array_equal(tokens.spans[inside] - start, alone.spans)
        # A batch of other lengths rounds a little differently.
        assert np.abs(tokens.vectors[inside].astype(int) - alone.vectors).max() <= 3


def test_sentences_beyond_the_window_have_tokens(encoder: TaughtMiniLM) -> None:
    text = " ".join(f"Sentence number {n} says a little more." for n in range(80))
    assert encoder.count_tokens(text) > 254
    _, [tokens] = encoder.encode_passages_with_tokens([text])
    assert tokens.spans[-1, 1] >= len(text) - 1


def test_a_questions_weights_add_up(encoder: TaughtMiniLM) -> None:
    _, tokens = encoder.encode_question_with_tokens("Which countries did not sign?")
    assert tokens.weights.sum() == pytest.approx(1)
    assert len(tokens.weights) == len(tokens.vectors) == len(tokens.spans)
