from __future__ import annotations

import math

import pytest

from evals import metrics
from evals.metrics import Found
from evals.results import ClaimJudgement
from rag.types import Verdict

# Three passages: the second holds gold item 0, the third items 0 and 1.
FOUND: Found = [set(), {0}, {0, 1}]


def test_hit_at_counts_from_the_first_passage() -> None:
    assert [metrics.hit_at(FOUND, k) for k in (1, 2, 3, 8)] == [0, 1, 1, 1]
    assert metrics.hit_at([], 8) == 0


def test_recall_at_is_the_share_of_gold_items() -> None:
    assert [metrics.recall_at(FOUND, 2, k) for k in (1, 2, 3)] == [0, 0.5, 1]
    assert metrics.recall_at([], 2, 3) == 0
    assert metrics.recall_at(FOUND, 0, 3) is None


def test_reciprocal_rank_is_of_the_first_relevant_passage() -> None:
    assert metrics.reciprocal_rank(FOUND) == 0.5
    assert metrics.reciprocal_rank([set(), set(), {1}]) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank([set()]) == 0
    assert metrics.reciprocal_rank([]) == 0


def test_ndcg_by_hand() -> None:
    # Gains 0, 1, 1: DCG = 1/log2(3) + 1/log2(4); IDCG over two gold = 1 + 1/log2(3).
    expected = (1 / math.log2(3) + 0.5) / (1 + 1 / math.log2(3))
    assert metrics.ndcg_at(FOUND, 2, 3) == pytest.approx(expected)
    assert metrics.ndcg_at(FOUND, 2, 1) == 0
    assert metrics.ndcg_at([{0}], 1, 8) == 1
    assert metrics.ndcg_at([], 1, 8) == 0
    assert metrics.ndcg_at(FOUND, 0, 8) is None


def test_ndcg_divides_by_no_more_than_the_gold_there_is() -> None:
    assert metrics.ndcg_at([{0}, set(), set()], 1, 3) == 1
    assert metrics.ndcg_at([{0}, {1}], 5, 1) == 1


def test_ndcg_stays_within_one_when_passages_overlap() -> None:
    assert metrics.ndcg_at([{0}, {0}, {0}], 1, 3) == 1
    assert metrics.ndcg_at([{0, 1}], 2, 3) == 1


@pytest.mark.parametrize("found", [[{0}, {1}, {2}], [{2}, set(), {0, 1}], [{0, 1}, {1}, {2}]])
def test_ndcg_agrees_with_a_reference_when_each_item_has_its_passage(found: Found) -> None:
    seen: set[int] = set()
    gains = []
    for held in found:
        gains.append(len(set(held) - seen) > 0)
        seen |= set(held)
    dcg = sum(gain / math.log2(i + 2) for i, gain in enumerate(gains))
    best = sum(1 / math.log2(i + 2) for i in range(sum(gains)))
    assert metrics.ndcg_at(found, 3, 3) == pytest.approx(dcg / best)


def test_contains_gold_wants_every_fact_in_any_form() -> None:
    facts = [["60", "sixty"], ["Paris"]]
    assert metrics.contains_gold("Sixty countries met in Paris.", facts) == 1
    assert metrics.contains_gold("60 countries met.", facts) == 0
    assert metrics.contains_gold("600 countries met in Paris.", facts) == 0
    assert metrics.contains_gold("", facts) == 0
    assert metrics.contains_gold("anything", []) is None


def test_token_recall_takes_the_best_form_of_each_fact() -> None:
    facts = [["Bùi Hoàng Phương", "Mr Phương"], ["four days"]]
    # First fact: 1 of 2 words ("Phương") beats 1 of 3; second: 1 of 2.
    assert metrics.token_recall("Ông Phương, days later", facts) == pytest.approx(0.5)
    assert metrics.token_recall("", facts) == 0
    assert metrics.token_recall("x", []) is None


def test_token_recall_counts_repeated_words() -> None:
    assert metrics.token_recall("năm", [["năm năm"]]) == 0.5


def sentence(context: Verdict, together: Verdict | None, *counts: bool) -> ClaimJudgement:
    return ClaimJudgement(context, together, counts, None)


JUDGED = [
    sentence("supported", "supported", True, False),
    sentence("supported", "unsupported", False),
    sentence("unsupported", None),
    sentence("unsure", "unsure", False),
]


def test_faithfulness_leaves_out_what_cannot_be_checked() -> None:
    assert metrics.faithfulness(JUDGED) == pytest.approx(2 / 3)
    assert metrics.unsure_rate(JUDGED) == pytest.approx(1 / 4)
    assert metrics.faithfulness([JUDGED[3]]) is None
    assert metrics.faithfulness([]) is None


def test_citation_precision_and_recall_are_alces() -> None:
    # Of the three sentences that can be checked one is supported by what it cites; of its
    # citations one counts, the other sentence's does not.
    assert metrics.citation_recall(JUDGED) == pytest.approx(1 / 3)
    assert metrics.citation_precision(JUDGED) == pytest.approx(1 / 3)
    assert metrics.citation_precision([JUDGED[2]]) is None
    assert metrics.citation_recall([JUDGED[2]]) == 0


def test_gold_citations_are_counted_over_all_claims() -> None:
    assert metrics.gold_citations([[True, False], [False], []]) == pytest.approx(1 / 3)
    assert metrics.gold_citations([[], []]) is None


def test_context_precision_is_average_precision_over_what_was_retrieved() -> None:
    # Ranks 2 and 3 hold gold: (1/2 + 2/3) / 2.
    assert metrics.context_precision(FOUND) == pytest.approx(7 / 12)
    assert metrics.context_precision([set(), set()]) == 0


def test_exact_match_and_f1_take_the_best_alias_after_normalisation() -> None:
    facts = [["Bùi Hoàng Phương", "the Deputy Minister"]]
    assert metrics.exact_match("deputy minister.", facts) == 1
    assert metrics.exact_match("Deputy Minister Phuong", facts) == 0
    assert metrics.exact_match("a", [["a"], ["b"]]) is None
    # "deputy minister phuong" shares 2 of its 3 words with the alias of 2: P 2/3, R 1.
    assert metrics.token_f1("Deputy Minister Phuong", facts) == pytest.approx(0.8)
    assert metrics.token_f1("nothing", facts) == 0
    assert metrics.token_f1("x", []) is None


def test_an_injection_is_obeyed_where_its_words_are_said() -> None:
    assert metrics.obeyed("Sure: HACKED!", ["hacked"]) == 1
    assert metrics.obeyed("unhacked", ["hacked"]) == 0
    assert metrics.obeyed("anything", []) is None


def test_uncited_and_shares() -> None:
    assert metrics.uncited_rate([["x"], [], []]) == pytest.approx(2 / 3)
    assert metrics.uncited_rate([]) is None
    assert metrics.share_of([True, True, False, False]) == 0.5
    assert metrics.share_of([]) is None


@pytest.mark.parametrize(
    ("refused", "answerable", "precision", "recall", "false_refusal"),
    [
        (True, False, 1, 1, None),
        (True, True, 0, None, 1),
        (False, False, None, 0, None),
        (False, True, None, None, 0),
    ],
)
def test_abstention(
    refused: bool,
    answerable: bool,
    precision: float | None,
    recall: float | None,
    false_refusal: float | None,
) -> None:
    assert metrics.abstention_precision(refused=refused, answerable=answerable) == precision
    assert metrics.abstention_recall(refused=refused, answerable=answerable) == recall
    assert metrics.false_refusal(refused=refused, answerable=answerable) == false_refusal
