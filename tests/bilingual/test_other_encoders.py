"""sentence-transformers models and LlamaIndex embeddings behind the Encoder protocol."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding

from bilingual._weights import packaged_folder
from bilingual.encoder import Encoder
from bilingual.errors import EncoderError, EncoderMissingError, EncoderOutputError
from bilingual.llamaindex_encoder import LlamaIndexEncoder
from bilingual.minilm import MiniLM
from bilingual.sentence_transformers_encoder import SentenceTransformersEncoder

TEXTS = ["Sixty countries signed.", "Sáu mươi nước đã ký tuyên bố chung."]


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformersEncoder:
    """The packaged model, as if it had been trained with prompts."""
    folder = tmp_path_factory.mktemp("prompted")
    for path in packaged_folder().iterdir():
        if path.name != "config_sentence_transformers.json":
            (folder / path.name).symlink_to(path)
    prompts = {"query": "query: ", "document": "passage: "}
    config = folder / "config_sentence_transformers.json"
    config.write_text(json.dumps({"prompts": prompts}))
    return SentenceTransformersEncoder(str(folder), device="cpu")


def test_a_models_own_prompts_are_used(prompted: SentenceTransformersEncoder) -> None:
    plain = MiniLM(precision="float32")
    passages = prompted.encode_passages(TEXTS)
    question = prompted.encode_question("who signed?")
    assert np.allclose(passages, plain.encode_passages([f"passage: {t}" for t in TEXTS]), atol=1e-5)
    assert np.allclose(question, plain.encode_question("query: who signed?"), atol=1e-5)


def test_a_sentence_transformers_model_is_an_encoder(prompted: SentenceTransformersEncoder) -> None:
    one: Encoder = prompted
    assert one.name.startswith("sentence-transformers/")
    assert one.dim == 384
    assert one.encode_passages([]).shape == (0, 384)
    assert one.count_tokens("word " * 600) == 600


def test_a_model_that_is_not_here_is_not_downloaded(tmp_path: Path) -> None:
    missing = str(tmp_path / "no-such-model")
    with pytest.raises(EncoderMissingError, match="hf download"):
        SentenceTransformersEncoder(missing)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderMissingError, match="pip install 'sentence-transformers"):
        SentenceTransformersEncoder("any/model")


class ScriptedEmbedding(BaseEmbedding):
    """Gives the vectors it was told to, in order; fails when none are left."""

    model_name: str = "scripted"
    vectors: list[list[float]]

    def _get_text_embedding(self, text: str) -> list[float]:
        if not self.vectors:
            raise ConnectionError("the endpoint is down")
        return self.vectors.pop(0)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def scripted(*vectors: list[float]) -> LlamaIndexEncoder:
    return LlamaIndexEncoder(ScriptedEmbedding(vectors=list(vectors)))


def test_a_llamaindex_embedding_is_an_encoder_with_unit_rows() -> None:
    one: Encoder = scripted([3.0, 4.0], [0.0, -2.0], [6.0, 8.0], [1.0, 0.0])
    assert one.encode_passages(TEXTS) == pytest.approx(np.array([[0.6, 0.8], [0, -1]]))
    assert one.encode_question("who?") == pytest.approx([0.6, 0.8])
    assert one.dim == 2
    assert one.name == "llama-index/base_component/scripted"
    assert one.encode_passages([]).shape == (0, 2)


def test_the_tokens_of_an_unknown_tokenizer_are_estimated_or_counted_as_told() -> None:
    assert scripted().count_tokens("Sixty countries") == 5
    counted = LlamaIndexEncoder(
        ScriptedEmbedding(vectors=[]), count_tokens=lambda text: len(text.split())
    )
    assert counted.count_tokens("Sixty countries") == 2


@pytest.mark.parametrize(
    "vector", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0]], ids=["zero", "nan", "inf"]
)
def test_unusable_rows_are_refused(vector: list[float]) -> None:
    with pytest.raises(EncoderOutputError, match="row 1"):
        scripted([1.0, 0.0], vector).encode_passages(TEXTS)
    with pytest.raises(EncoderOutputError):
        scripted(vector).encode_question("who?")


def test_rows_of_different_widths_are_refused() -> None:
    with pytest.raises(EncoderOutputError):
        scripted([1.0, 0.0], [1.0]).encode_passages(TEXTS)


def test_a_failing_endpoint_is_named() -> None:
    with pytest.raises(EncoderError, match=r"scripted.*the endpoint is down"):
        scripted().encode_question("who?")
