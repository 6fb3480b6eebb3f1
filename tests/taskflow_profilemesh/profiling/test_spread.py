"""Quantiles, IQR, MAD, histogram, deciles: NumPy's and SciPy's where exact, within their bounds where sketched."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy import stats

from taskflow_profilemesh.profiling import Distribution, Kind
from taskflow_profilemesh.profiling.profile import even_steps
from tests.taskflow_profilemesh.profiling.frames import column_of


def distribution_of(values: NDArray[Any], *, kind: Kind = Kind.FLOAT, small_rows: int = 50_000) -> Distribution:
    parts = [pl.Series(values[start : start + 60_000]) for start in range(0, len(values), 60_000)]
    distribution = column_of(*parts, kind=kind, small_rows=small_rows).distribution
    assert distribution is not None
    return distribution


SAMPLES = {
    "normal": np.random.default_rng(1).normal(size=9_999),
    "lognormal": np.random.default_rng(2).lognormal(0, 2, 9_999),
    "few": np.random.default_rng(3).integers(0, 7, 9_999).astype(float),
    "large and close together": 1e15 + np.random.default_rng(4).integers(0, 50, 9_999),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_small_tables_spread_is_numpys_and_scipys(name: str) -> None:
    values = SAMPLES[name]
    found = distribution_of(values)
    quartiles = np.quantile(values, [0.25, 0.75], method="inverted_cdf")
    assert found.iqr == quartiles[1] - quartiles[0]
    assert found.mad == stats.median_abs_deviation(values)  # an odd number of rows has one median
    deciles = np.quantile(values, np.arange(1, 10) / 10, method="inverted_cdf")
    assert found.deciles == tuple(deciles.tolist())
    counts, borders = np.histogram(-values, 20)  # of the negatives: its bins are closed on the other side
    assert found.histogram_borders == pytest.approx((-borders[::-1]).tolist(), rel=1e-14)
    assert sum(found.histogram) == len(values)
    assert found.histogram == tuple(counts[::-1].tolist())


@pytest.mark.parametrize("seed", range(5))
def test_a_sketched_spread_keeps_its_word(seed: int) -> None:
    values = np.random.default_rng(seed).standard_t(2, 200_000)
    found = distribution_of(values)
    assert 0 < found.rank_error_ratio <= 0.003
    borders = np.array(found.histogram_borders)
    at_most = np.searchsorted(np.sort(values), borders[1:], side="right")
    truth = np.diff(at_most, prepend=0)
    assert np.abs(truth - found.histogram).max() <= 2 * found.rank_error_ratio * len(values) + 1
    assert sum(found.histogram) == len(values)
    inside = (np.abs(values - found.quantile(0.5)) <= (found.mad or 0.0)).mean()
    assert inside == pytest.approx(0.5, abs=2 * found.rank_error_ratio + 1e-5)


def test_integers_keep_their_distances_where_doubles_do_not() -> None:
    found = distribution_of(2**62 + np.array([0, 1, 2, 3, 7], np.int64), kind=Kind.INTEGER)
    assert found.mad == 1.0
    ends = distribution_of(np.array([-(2**63), 0, 2**63 - 1], np.int64), kind=Kind.INTEGER)
    assert ends.mad == 2.0**63


def test_a_constant_has_no_histogram_and_no_spread() -> None:
    found = distribution_of(np.full(10, 3.5))
    assert (found.histogram, found.histogram_borders, found.mad, found.iqr) == ((), (), 0.0, 0.0)


def test_a_range_that_exceeds_a_double_is_no_obstacle() -> None:
    found = distribution_of(np.array([-1.7e308, 1.7e308, 1.6e308, 1.5e308, -1.6e308, -1.5e308, 0.0]))
    assert found.mad == 1.6e308
    assert sum(found.histogram) == 7
    ends = distribution_of(np.array([-1.7e308] * 4 + [1.7e308] * 4))
    assert ends.mad == 0.0  # half of the values are the lower median


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.7e308, 1.7e308), (1.0, 1.0 + 2**-52), (5e-324, 1e-323)])
def test_borders_ascend_between_the_ends(low: float, high: float) -> None:
    steps = even_steps(low, high, 20)
    assert (len(steps), steps[0], steps[-1]) == (21, low, high)
    assert list(steps) == sorted(steps)


def test_quantiles_and_distinct_counts_of_a_thousand_random_tables_lie_within_their_bounds() -> None:
    random = np.random.default_rng(20)
    beyond = 0
    for _ in range(1000):
        rows = int(random.integers(1, 20_000))
        values = random.integers(0, int(10 ** random.uniform(0, 7)), rows) / 8
        parts = np.array_split(values, int(random.integers(1, 5)))
        column = column_of(*[pl.Series(part) for part in parts], kind=Kind.FLOAT, small_rows=0)
        distribution, distinct = column.distribution, column.distinct
        assert distribution is not None
        assert distinct is not None
        ordered = np.sort(values)
        truth = np.searchsorted(ordered, distribution.points, side="right") / rows
        assert np.abs(truth - distribution.cumulative_ratio).max() <= distribution.rank_error_ratio + 1e-12
        different = len(np.unique(values))
        assert (distinct.error_ratio == 0) == (different <= 4096)
        beyond += abs(distinct.count - different) > distinct.error_ratio * distinct.count
    assert beyond <= 3  # three standard errors hold for 997 of 1,000


def test_the_coefficient_of_variation_is_scipys() -> None:
    column = column_of(pl.Series([1.0, 2.0, 4.0]), kind=Kind.FLOAT)
    assert column.numbers is not None
    assert column.numbers.coefficient_of_variation == pytest.approx(stats.variation([1.0, 2.0, 4.0], ddof=1))
    around_zero = column_of(pl.Series([-1.0, 1.0]), kind=Kind.FLOAT)
    assert around_zero.numbers is not None
    assert around_zero.numbers.coefficient_of_variation is None
