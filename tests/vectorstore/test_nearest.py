"""What is nearest is found, also beside thousands of passages that are nearly equal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.vectorstore.documents import ENCODER, OpenLibrary, OpenWriter, document, publish
from vectorstore import Library, Snapshot, Writer, embedding_key
from vectorstore.generation import EXACT_UP_TO

DIM = 384
NEWS, ROWS = 8, 3000


def unit(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(
        np.float32
    )
    return found


@pytest.mark.parametrize("news_first", [True, False])
def test_articles_beside_a_long_table_are_found(
    news_first: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.generation.EXACT_UP_TO", EXACT_UP_TO)  # as it is
    random = np.random.default_rng(7)
    row = random.standard_normal(DIM)
    rows = unit(row + 0.1 * random.standard_normal((ROWS, DIM)))
    news = unit(0.5 * row + random.standard_normal((NEWS, DIM)))
    written = [
        (document("/in/news.txt", *(f"Article {n}." for n in range(NEWS))), news),
        (document("/in/rows.txt", *(f"Row {n}." for n in range(ROWS))), rows),
    ]
    with Writer(folder, "drawn", DIM) as writer:
        for one, vectors in written if news_first else written[::-1]:
            keys = [embedding_key(passage.embedded_text) for passage in one.passages]
            writer.keep_vectors(dict(zip(keys, vectors, strict=True)))
            writer.publish(added=[one])
    with Library.open(folder, "drawn", DIM) as library, library.snapshot() as snapshot:
        for n, vector in enumerate(unit(news + 0.05 * random.standard_normal(news.shape))):
            assert told(snapshot, vector, 10)[0] == f"Article {n}."


def test_the_nearest_of_some_documents_come_best_first(
    writer: OpenWriter, open_library: OpenLibrary
) -> None:
    topics = (
        "apple pie with cream",
        "apple pie",
        "apple",
        "banana",
        "apple pie with cream and ice",
    )
    with writer() as w:
        publish(w, document("/in/a.txt", *topics), document("/in/b.txt", "apple pie with cream"))
    with open_library() as library, library.snapshot() as snapshot:
        (wanted,) = (d.id for d in snapshot.documents() if d.source == "/in/a.txt")
        found = snapshot.dense(ENCODER.encode_question("apple pie with cream"), 4, [wanted])
    assert len(found) == 4
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def told(snapshot: Snapshot, vector: NDArray[np.float32], limit: int) -> list[str]:
    near = snapshot.dense(vector, limit)
    return [passage.text for passage in snapshot.passages([one.passage for one in near])]
