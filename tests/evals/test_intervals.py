from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evals import intervals


def singles(n: int) -> list[str]:
    return [str(i) for i in range(n)]


@pytest.mark.parametrize(
    ("k", "n"), [(0, 1), (1, 1), (0, 20), (3, 20), (19, 20), (20, 20), (81, 263)]
)
def test_wilson_equals_scipy(k: int, n: int) -> None:
    reference = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert intervals.wilson(k, n) == pytest.approx((reference.low, reference.high), abs=1e-12)


def test_wilson_of_nothing_says_nothing() -> None:
    assert intervals.wilson(0, 0) == (0, 1)


def test_a_proportion_of_independent_questions_is_plain_wilson() -> None:
    values = [1.0] * 15 + [0.0] * 5
    found = intervals.proportion(values, singles(20))
    low, high = intervals.wilson(15, 20)
    # One question a cluster: the design effect is n/(n-1) over (n-1)/n… = 1.
    assert (found.value, found.n) == (0.75, 20)
    assert (found.low, found.high) == pytest.approx((low, high))


def test_questions_that_only_repeat_each_other_count_once() -> None:
    values = [1.0, 0.0, 1.0, 1.0] * 10
    clusters = [str(i % 40) for i in range(40)]
    tripled = intervals.proportion(values * 3, clusters * 3)
    once = intervals.proportion(values, clusters)
    assert intervals.effective_size(values * 3, clusters * 3) == pytest.approx(40, rel=0.03)
    assert (tripled.low, tripled.high) == pytest.approx((once.low, once.high), abs=0.01)


def test_where_all_agree_each_cluster_counts_once() -> None:
    assert intervals.effective_size([1.0] * 6, list("aabbcc")) == 3
    assert intervals.effective_size([1.0, 0.0], list("aa")) == 1


def test_bootstrap_of_a_mean_agrees_with_scipy() -> None:
    values = np.random.default_rng(7).gamma(2.0, 1.0, 200)
    found = intervals.mean(values.tolist(), singles(200))
    reference = stats.bootstrap(
        (values,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval
    assert found.value == pytest.approx(values.mean())
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), abs=0.03)


@pytest.mark.parametrize("most", [1, 500])
def test_clusters_widen_the_interval_of_a_mean(most: int) -> None:
    values = (most * np.repeat(np.random.default_rng(3).random(20), 10)).tolist()
    clusters = [str(i // 10) for i in range(200)]
    apart, together = intervals.mean(values, singles(200)), intervals.mean(values, clusters)
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_the_bootstrap_gives_the_same_interval_each_time() -> None:
    values = [20.0, 40.0, 90.0, 10.0]
    assert intervals.mean(values, singles(4)) == intervals.mean(values, singles(4))


def test_quantile_is_numpys_within_scipys_interval() -> None:
    values = list(map(float, range(101)))
    found = intervals.quantile(values, 0.95)
    assert found.value == np.quantile(values, 0.95)
    reference = stats.quantile_test(values, p=0.95).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high), abs=1.01)
    assert intervals.quantile([7.0], 0.5) == intervals.Estimate(7.0, 7.0, 7.0, 1)


@pytest.mark.parametrize(
    ("values", "clusters"), [([0.4], "a"), ([0.5, 0.5], "ab"), ([0.2, 0.6, 0.6, 0.2], "aabb")]
)
def test_shares_on_which_all_clusters_agree_are_not_taken_for_certain(
    values: list[float], clusters: str
) -> None:
    found = intervals.mean(values, list(clusters))
    n = len(set(clusters))
    assert (found.low, found.high) == pytest.approx(intervals.wilson(found.value * n, n))
    assert found.low < found.value < found.high
    assert found.n == len(values)


def test_one_amount_has_a_degenerate_interval() -> None:
    assert intervals.mean([812.0], ["a"]) == intervals.Estimate(812.0, 812.0, 812.0, 1)


def test_clustered_wilson_covers_the_truth_as_often_as_promised() -> None:
    """400 simulated sets of 40 facts, each asked three times; the truth is .8."""
    random = np.random.default_rng(11)
    covered = 0
    for _ in range(400):
        rates = random.beta(4, 1, 40)  # mean .8, facts differ in how hard they are
        values = (random.random((40, 3)) < rates[:, None]).astype(float)
        clusters = [str(i) for i in range(40) for _ in range(3)]
        found = intervals.proportion(values.ravel().tolist(), clusters)
        covered += found.low <= 0.8 <= found.high
    assert covered / 400 >= 0.93


def test_shares_of_yes_or_no_questions_have_wilsons_interval() -> None:
    values = [1.0] * 15 + [0.0] * 5
    found = intervals.mean(values, singles(20))
    assert (found.low, found.high) == pytest.approx(intervals.wilson(15, 20), abs=0.01)


def test_the_mean_of_shares_is_covered_nearly_as_often_as_promised() -> None:
    """400 simulated sets of 15 facts, each asked three times, of three parts; the truth is .97."""
    random = np.random.default_rng(12)
    clusters = [str(i) for i in range(15) for _ in range(3)]
    covered = 0
    for _ in range(400):
        rates = random.beta(2.263, 0.07, (15, 1))
        shares = random.binomial(3, rates, (15, 3)) / 3
        found = intervals.mean(shares.ravel().tolist(), clusters)
        covered += found.low <= 0.97 <= found.high
    assert covered / 400 >= 0.93


def test_a_mean_without_spread_is_not_taken_for_certain() -> None:
    found = intervals.mean([1.0, 1.0, 1.0], singles(3))
    assert (found.low, found.high) == pytest.approx(intervals.wilson(3, 3))
