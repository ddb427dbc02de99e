"""The retrieval benchmark's arithmetic, with values worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.retrieval import tables
from benchmarks.retrieval.pairs import read_pairs
from evals.benchmark import xquad
from evals.benchmark.metrics import (
    Share,
    Summary,
    average_precision,
    mean_reciprocal_rank,
    ndcg_at,
    rank_of,
    recall_at,
)

RANKS = [1, 3, None, 12]


def test_recall_counts_the_questions_answered_within_k() -> None:
    assert recall_at(RANKS, 1) == 1 / 4
    assert recall_at(RANKS, 3) == 2 / 4
    assert recall_at(RANKS, 100) == 3 / 4


def test_reciprocal_ranks_are_averaged_over_all_questions() -> None:
    assert mean_reciprocal_rank(RANKS) == pytest.approx((1 + 1 / 3 + 1 / 12) / 4)


def test_ndcg_discounts_by_the_logarithm_of_the_rank_and_stops_at_k() -> None:
    # 1 / log2(2) = 1 and 1 / log2(4) = 1/2; rank 12 lies beyond 10.
    assert ndcg_at(RANKS, 10) == pytest.approx(1.5 / 4)
    assert ndcg_at([2], 10) == pytest.approx(1 / math.log2(3))


def test_average_precision_takes_the_precision_at_each_relevant_text() -> None:
    assert average_precision([1, 2]) == 1.0
    assert average_precision([4, 2]) == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert average_precision([3, None]) == pytest.approx((1 / 3) / 2)
    assert average_precision([None, None]) == 0.0


def test_no_question_is_worth_nothing_and_is_no_error() -> None:
    assert recall_at([], 1) == mean_reciprocal_rank([]) == ndcg_at([], 10) == 0.0


def test_a_rank_counts_better_texts_and_earlier_equals() -> None:
    scores = np.array([0.5, 0.9, 0.5, 0.1, 0.5], np.float32)
    assert [rank_of(scores, at) for at in range(5)] == [2, 1, 3, 5, 4]


def test_a_share_has_wilsons_interval() -> None:
    share = Share.of(8, 10)
    # Wilson, z = 1.96: centre (.8 + 3.8415/20) / 1.38415, half width .2273.
    assert share.value == 0.8
    assert share.low == pytest.approx(0.4902, abs=1e-4)
    assert share.high == pytest.approx(0.9433, abs=1e-4)


def test_a_summary_holds_every_figure() -> None:
    summary = Summary.of(RANKS)
    assert (summary.recall_1.value, summary.recall_1.n, summary.recall_5) == (0.25, 4, 0.5)
    assert summary.ndcg_10 == pytest.approx(0.375)
    assert summary.mrr == pytest.approx(17 / 48)


def test_the_answers_start_decides_which_sentence_is_relevant(tmp_path: Path) -> None:
    write(tmp_path, "en", "One is red. Two is blue.", "blue", "Which is blue?")
    write(tmp_path, "vi", "Một màu đỏ. Hai màu xanh.", "xanh", "Cái nào màu xanh?")
    data = xquad.read(tmp_path)
    [first, second] = data.questions
    assert (first.gold["paragraphs", "en"], first.gold["sentences", "en"]) == (0, 1)
    assert (second.gold["paragraphs", "nm"], second.gold["sentences", "nm"]) == (1, 3)
    assert data.texts["sentences", "vi"][second.gold["sentences", "vi"]].text == "Hai màu xanh."
    assert data.texts["sentences", "nm"][3].text == "Hai mau xanh."
    assert first.text == {
        "en": "Which is blue?",
        "vi": "Cái nào màu xanh?",
        "nm": "Cai nao mau xanh?",
    }


def test_files_that_are_not_parallel_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "en", "One. Two.", "Two", "Which?")
    write(tmp_path, "vi", "Một. Hai.", "Hai", "Nào?", ids="other")
    with pytest.raises(ValueError, match="different questions"):
        xquad.read(tmp_path)


def test_halves_are_articles_and_a_limit_spreads_over_them() -> None:
    questions = [xquad.Asked(article, {}, {}) for article in range(48) for _ in range(2)]
    data = xquad.Xquad({}, questions)
    assert {one.article for one in data.of("dev")} == set(range(24))
    assert {one.article for one in data.of("test")} == set(range(24, 48))
    assert [one.article for one in data.of("all", 4)] == [0, 12, 24, 36]


def test_pairs_need_two_columns(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("Xin chào\tHello\textra\n\nCảm ơn\tThanks\n", encoding="utf-8")
    assert read_pairs(path) == [("Xin chào", "Hello"), ("Cảm ơn", "Thanks")]
    path.write_text("Xin chào\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 1"):
        read_pairs(path)


def test_a_table_is_markdown() -> None:
    assert tables.table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def write(
    folder: Path, language: str, context: str, answer: str, question: str, ids: str = "q"
) -> None:
    """An XQuAD-R file of two articles with the same paragraph of two sentences."""
    end = context.index(". ") + 1
    articles: list[dict[str, Any]] = [
        {
            "paragraphs": [
                {
                    "context": context,
                    "sentence_breaks": [[0, end], [end + 1, len(context)]],
                    "qas": [
                        {
                            "id": f"{ids}{number}",
                            "question": question,
                            "answers": [{"answer_start": context.index(answer), "text": answer}],
                        }
                    ],
                }
            ]
        }
        for number in range(2)
    ]
    stored = json.dumps({"data": articles}, ensure_ascii=False)
    (folder / f"xquad-r.{language}.json").write_text(stored, encoding="utf-8")
