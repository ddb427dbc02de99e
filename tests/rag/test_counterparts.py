"""A passage that says the same in the other language stands right behind the better one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bilingual.encoder import Encoder
from ingest import ingest
from rag import Assistant
from rag.retriever import fused
from rag.settings import Settings
from rag.types import Hit

QUESTION = "Nhà máy điện mặt trời ở Ninh Thuận cung cấp điện cho bao nhiêu hộ gia đình?"

TEXTS = {
    "answer_vi": "Nhà máy điện mặt trời mới ở Ninh Thuận cung cấp điện cho 120.000 hộ gia đình.",
    "answer_en": "The new solar power plant in Ninh Thuan supplies electricity to 120,000 "
    "households.",
    "subject_en": "Ninh Thuan wants more solar power plants, and farmers ask who will pay for the "
    "electricity lines.",
    "near_vi": "Nhà máy điện mặt trời ở Bình Thuận bán điện cho các hộ gia đình quanh hồ.",
    "other_vi": "Điện mặt trời trên mái nhà giúp nhiều hộ gia đình ở Ninh Thuận trả ít tiền hơn.",
    "more_vi": "Bao nhiêu nhà máy điện ở miền Nam phải dừng vì thiếu nước là điều chưa ai rõ.",
}


@pytest.fixture(scope="module")
def plants(
    tmp_path_factory: pytest.TempPathFactory, default_encoder: Encoder
) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("plants")
    for name, text in TEXTS.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    library = folder / "library"
    assert len(ingest([folder], library, default_encoder).added) == len(TEXTS)
    with Assistant.open(Settings(library=library)) as assistant:
        yield assistant


def ranked(assistant: Assistant) -> dict[str, Hit]:
    _, hits = assistant.search(QUESTION)
    return {Path(hit.document.source).stem: hit for hit in hits}


def test_a_translation_of_the_best_passage_comes_second(plants: Assistant) -> None:
    hits = ranked(plants)
    assert list(hits)[:2] == ["answer_vi", "answer_en"]
    translation = hits["answer_en"]
    assert translation.parts["counterpart"] > 0
    assert translation.score < hits["answer_vi"].score
    # By its own words it would come later.
    own = fused({name: part for name, part in translation.parts.items() if name != "counterpart"})
    assert own < hits[list(hits)[2]].score


def test_a_passage_about_the_same_subject_is_not_taken_for_a_translation(plants: Assistant) -> None:
    hits = ranked(plants)
    assert {name for name, hit in hits.items() if "counterpart" in hit.parts} == {"answer_en"}


def test_what_says_something_else_is_ranked_by_itself(paris: Assistant) -> None:
    _, hits = paris.search("What did Macron say about nuclear power?")
    assert {hit.document.language for hit in hits} == {"en", "vi"}
    assert not any("counterpart" in hit.parts for hit in hits)
