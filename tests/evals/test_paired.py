from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from evals.paired import Matrix, Sums, differences


def singles(*columns: Matrix) -> Sums:
    """One question a cluster, each figure applying to all of them."""
    values = np.column_stack(columns).astype(np.float64)
    return Sums(values, np.ones_like(values))


def flipped(n: int, lost: int, won: int) -> tuple[Sums, Sums]:
    """`n` questions, half right; `lost` go from right to wrong and `won` the other way."""
    base = np.arange(n) % 2 == 0
    candidate = base.copy()
    candidate[np.flatnonzero(base)[:lost]] = False
    candidate[np.flatnonzero(~base)[:won]] = True
    return singles(base), singles(candidate)


@pytest.mark.parametrize(("lost", "won"), [(6, 0), (5, 0), (9, 2), (12, 4), (3, 3), (0, 8)])
def test_p_of_single_questions_is_exact_mcnemars(lost: int, won: int) -> None:
    found = differences(*flipped(80, lost, won))
    reference = stats.binomtest(lost, lost + won, 0.5).pvalue
    assert found.p[0] == pytest.approx(reference, abs=0.012)
    assert (found.candidate - found.base)[0] == pytest.approx((won - lost) / 80)


def test_p_of_a_mean_is_scipys_permutation_test() -> None:
    random = np.random.default_rng(5)
    base = random.random(30)
    candidate = base - random.normal(0.05, 0.15, 30)
    reference = stats.permutation_test(
        (base, candidate),
        lambda x, y, axis: np.mean(x - y, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=9999,
        rng=np.random.default_rng(2),
    )
    assert differences(singles(base), singles(candidate)).p[0] == pytest.approx(
        reference.pvalue, abs=0.015
    )


def test_the_interval_is_scipys_paired_bootstrap() -> None:
    random = np.random.default_rng(9)
    base = random.random(60)
    candidate = base + random.normal(0.1, 0.2, 60)
    found = differences(singles(base), singles(candidate))
    reference = stats.bootstrap(
        (candidate - base,), np.mean, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert (found.low[0], found.high[0]) == pytest.approx((reference.low, reference.high), abs=0.01)


def test_equal_runs_have_p_1_and_the_rule_of_three() -> None:
    run = singles(np.arange(60) % 2)
    found = differences(run, run)
    assert (found.p[0], found.adjusted_p[0]) == (1, 1)
    assert (found.low[0], found.high[0]) == pytest.approx((-0.05, 0.05))
    assert found.visible[0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("drop", "interval"), [(1.0, (-1, -0.925)), (0.5, (-0.575, -0.425)), (-1.0, (0.925, 1))]
)
def test_where_all_questions_move_alike_the_interval_stands_around_the_difference(
    drop: float, interval: tuple[float, float]
) -> None:
    before = np.full(40, max(drop, 0.0))
    found = differences(singles(before), singles(before - drop))
    assert (found.candidate - found.base)[0] == pytest.approx(-drop)
    assert (found.low[0], found.high[0]) == pytest.approx(interval)


def test_a_cluster_that_flips_as_one_counts_once() -> None:
    base, candidate = np.ones((20, 1)), np.ones((20, 1))
    candidate[:4] = 0
    counts = np.full((20, 1), 3.0)
    found = differences(Sums(base * 3, counts), Sums(candidate * 3, counts))
    assert found.p[0] == pytest.approx(stats.binomtest(4, 4, 0.5).pvalue, abs=0.012)


def test_a_figure_may_apply_to_different_questions_in_the_runs() -> None:
    base = Sums(np.array([[1.0], [0.0], [1.0], [0.0]]), np.array([[1.0], [0.0], [1.0], [0.0]]))
    candidate = Sums(np.array([[1.0], [0], [0], [0]]), np.array([[1.0], [1.0], [0.0], [0.0]]))
    found = differences(base, candidate)
    assert (found.base[0], found.candidate[0]) == (1, 0.5)
    assert 0 < found.p[0] <= 1
    assert np.isfinite(found.low[0]) and np.isfinite(found.high[0])


def test_a_figure_that_a_swap_would_empty_never_alarms() -> None:
    nothing = np.zeros(30)
    base, candidate = nothing.copy(), nothing.copy()
    base[0] = candidate[1] = 1
    values = np.column_stack([base]), np.column_stack([nothing])
    found = differences(
        Sums(values[0], np.column_stack([base])), Sums(values[1], np.column_stack([candidate]))
    )
    assert found.base[0] == 1 and found.candidate[0] == 0
    assert found.p[0] == found.adjusted_p[0] == 1


def test_figures_that_stay_perfect_are_not_taken_for_certain() -> None:
    # Both runs are right wherever the figure applies, but it applies to different questions.
    counts = np.ones((50, 1)), np.ones((50, 1))
    counts[1][:5] = 0
    found = differences(Sums(counts[0], counts[0]), Sums(counts[1], counts[1]))
    assert (found.low[0], found.high[0]) == pytest.approx((-0.06, 0.06))


def test_looking_at_more_figures_never_lowers_a_p() -> None:
    random = np.random.default_rng(4)
    base = random.integers(0, 2, (60, 12))
    candidate = np.where(random.random((60, 12)) < 0.2, 1 - base, base)
    found = differences(singles(*base.T), singles(*candidate.T))
    assert (found.adjusted_p >= found.p).all()


def simulate(*, runs: int, drop: float) -> float:
    """How often any of 12 correlated figures on 40 clusters of 3 is found to differ."""
    random = np.random.default_rng(2026)
    alarms = 0
    for _ in range(runs):
        ease = random.beta(4, 1, (40, 1))
        sums = []
        for loss in (0.0, drop):
            good = random.random((40, 3)) < ease - loss
            kept = [good & (random.random((40, 3)) < 0.95) for _ in range(11)]
            columns = [figure.sum(1).astype(float) for figure in (good, *kept)]
            sums.append(Sums(np.column_stack(columns), np.full((40, 12), 3.0)))
        alarms += bool((differences(*sums, swaps=999).adjusted_p <= 0.05).any())
    return alarms / runs


def test_no_difference_seldom_alarms_and_a_large_one_mostly_does() -> None:
    # 100 runs: a true rate of 5 % stays within 10 % in 98 of 100 cases.
    assert simulate(runs=100, drop=0.0) <= 0.10
    assert simulate(runs=20, drop=0.2) >= 0.8


def test_a_thousand_questions_are_compared_quickly() -> None:
    random = np.random.default_rng(8)
    base = random.integers(0, 2, (1000, 150))
    candidate = np.where(random.random((1000, 150)) < 0.05, 1 - base, base)
    began = time.process_time()
    differences(singles(*base.T), singles(*candidate.T))
    assert time.process_time() - began < 10
