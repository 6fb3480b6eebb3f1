"""Ranks and quantiles: within the bound that is stated, in any order of arrival."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from taskflow_profilemesh.profiling import Distribution, Kind
from taskflow_profilemesh.profiling.ranks import POINTS, RankState
from tests.taskflow_profilemesh.profiling.frames import column_of

ROWS = 300_000


def orders() -> dict[str, NDArray[np.float64]]:
    random = np.random.default_rng(11)
    rising = np.arange(ROWS, dtype=np.float64)
    ties = random.lognormal(size=ROWS)
    ties[random.random(ROWS) < 0.4] = 0.0
    return {
        "sorted": rising,
        "reversed": rising[::-1],
        "shuffled": random.permutation(rising),
        "sawtooth": rising % 5003,
        "from the ends inwards": np.where(rising % 2, rising, ROWS - rising),
        "two clusters, one after the other": np.concatenate([random.normal(size=ROWS // 2), 1e6 + rising[: ROWS // 2]]),
        "heavy ties": ties,
        "negative and positive": random.standard_cauchy(ROWS),
    }


def summary(values: NDArray[Any], batch: int) -> RankState:
    state = RankState.EMPTY
    for start in range(0, len(values), batch):
        state = state.add(np.sort(values[start : start + batch]))
    return state


def worst_miscount(state: RankState, values: NDArray[Any]) -> float:
    points, ranks = state.ranks()
    return float(np.abs(np.searchsorted(np.sort(values), points, side="right") - ranks).max())


@pytest.mark.parametrize("batch", [1000, 4096, 40_000, 131_072])
@pytest.mark.parametrize("name", list(orders()))
def test_no_rank_is_off_by_more_than_the_bound(name: str, batch: int) -> None:
    values = orders()[name]
    state = summary(values, batch)
    assert state.count == ROWS
    assert worst_miscount(state, values) <= state.error_rows
    assert state.error_rows <= 0.003 * ROWS


def test_few_rows_are_ranked_exactly() -> None:
    state = summary(np.array([3.0, 1.0, 2.0, 2.0]), 3)
    points, ranks = state.ranks()
    assert (points.tolist(), ranks.tolist(), state.error_rows) == ([1.0, 2.0, 3.0], [1.0, 3.0, 4.0], 0.0)


def test_a_billion_rows_in_small_batches_would_stay_within_the_bar() -> None:
    # The width grows by one level's steps with each doubling: measured over ten, extended to eighteen.
    shares = []
    for doublings in (8, 9, 10):
        rows = POINTS << doublings
        state = summary(np.arange(rows, dtype=np.int64), POINTS)
        shares.append(state.error_rows / rows)
    growth = max(shares[1] - shares[0], shares[2] - shares[1])
    assert shares[2] + 8 * growth <= 0.003


def distribution_of(values: NDArray[Any], kind: Kind = Kind.FLOAT, *, small_rows: int = 0) -> Distribution:
    parts = [pl.Series(values[start : start + 50_000]) for start in range(0, len(values), 50_000)]
    distribution = column_of(*parts, kind=kind, small_rows=small_rows).distribution
    assert distribution is not None
    return distribution


@pytest.mark.parametrize("name", list(orders()))
def test_a_distribution_keeps_its_word(name: str) -> None:
    values = orders()[name]
    distribution = distribution_of(values)
    points, ratios = np.array(distribution.points), np.array(distribution.cumulative_ratio)
    assert len(points) <= 513
    assert (np.diff(points) > 0).all()
    assert (np.diff(ratios) >= 0).all()
    assert (points[0], points[-1], ratios[-1]) == (values.min(), values.max(), 1.0)
    assert distribution.rank_error_ratio <= 0.003
    truth = np.searchsorted(np.sort(values), points, side="right") / len(values)
    assert np.abs(truth - ratios).max() <= distribution.rank_error_ratio + 1e-12


@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99])
def test_quantiles_of_a_sketch_lie_within_the_bound(share: float) -> None:
    values = orders()["shuffled"]
    distribution = distribution_of(values)
    rank = (np.sort(values) <= distribution.quantile(share)).mean()
    step = 100 / ROWS  # from one sketched point to the next
    assert abs(rank - share) <= distribution.rank_error_ratio + step


@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
def test_quantiles_of_a_small_table_are_exact(share: float) -> None:
    values = np.random.default_rng(5).normal(size=9_999)
    distribution = distribution_of(values, small_rows=50_000)
    assert distribution.rank_error_ratio == 0.0
    assert distribution.quantile(share) == np.quantile(values, share, method="inverted_cdf")


def test_a_value_that_many_rows_hold_shows_its_whole_weight() -> None:
    values = orders()["heavy ties"]
    distribution = distribution_of(values)
    assert distribution.points[0] == 0.0
    assert distribution.cumulative_ratio[0] == pytest.approx((values == 0).mean(), abs=distribution.rank_error_ratio)
    assert distribution.quantile(0.3) == 0.0


def test_few_different_values_are_exact_however_many_rows() -> None:
    values = np.repeat(np.arange(100), 2000)
    distribution = distribution_of(values, Kind.INTEGER)
    assert distribution.points == tuple(map(float, range(100)))
    assert distribution.cumulative_ratio == tuple((n + 1) / 100 for n in range(100))
    assert distribution.rank_error_ratio == 0.0


def test_quantile_zero_is_the_minimum_and_one_the_maximum() -> None:
    for small_rows in (0, 50_000):
        distribution = distribution_of(np.arange(20_000.0), small_rows=small_rows)
        assert (distribution.quantile(0), distribution.quantile(1)) == (0.0, 19_999.0)
