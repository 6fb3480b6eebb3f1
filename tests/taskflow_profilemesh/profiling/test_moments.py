"""Moments against exact rational arithmetic, SciPy and numbers made by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from taskflow_profilemesh.profiling.moments import MomentState
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers


def moments(numbers: NDArray[Any]) -> MomentState:
    return MomentState.of(SortedNumbers.of(numbers))


def in_parts(numbers: NDArray[Any], parts: int) -> MomentState:
    return reduce(MomentState.combine, map(moments, np.array_split(numbers, parts)))


def exact_mean_and_variance(numbers: NDArray[Any]) -> tuple[float, float]:
    """In rational numbers: no rounding until the end."""
    exact = [Fraction(value) for value in numbers.tolist()]
    mean = sum(exact, Fraction(0)) / len(exact)
    return float(mean), float(sum(((value - mean) ** 2 for value in exact), Fraction(0)) / (len(exact) - 1))


def noise(count: int = 4000) -> NDArray[np.float64]:
    return np.random.default_rng(7).normal(size=count)


HARD = {
    "small noise on 1e15": 1e15 + noise(),
    "tiny": 1e-150 * noise(),
    "large": 1e150 * noise(),
    "mixed magnitudes": np.concatenate([noise(), 1e9 * noise(), 1e-9 * noise()]),
    "an outlier": np.append(noise(), 1e12),
    "integers": np.arange(-300, 4000, dtype=np.int32),
    "large integers close together": 2**62 + np.arange(5000, dtype=np.int64) ** 2,
    "the whole range of integers": np.array([-(2**63), 2**63 - 1, 0, 17], np.int64),
    "unsigned integers": np.array([2**64 - 1, 2**64 - 3, 2**63], np.uint64),
    "8 bits": np.arange(-128, 128, dtype=np.int8),
}


@pytest.mark.parametrize("parts", [1, 2, 7])
@pytest.mark.parametrize("name", HARD)
def test_mean_and_variance_are_those_of_exact_arithmetic(name: str, parts: int) -> None:
    numbers = HARD[name]
    if len(numbers) >= parts:
        mean, variance = exact_mean_and_variance(numbers)
        got = in_parts(np.random.default_rng(1).permutation(numbers), parts)
        assert got.count == len(numbers)
        assert got.mean_value == pytest.approx(mean, rel=1e-11, abs=1e-11 * math.sqrt(variance))
        assert got.variance == pytest.approx(variance, rel=1e-11)
        assert got.std == pytest.approx(math.sqrt(variance), rel=1e-11)


@pytest.mark.parametrize("parts", [1, 3])
@pytest.mark.parametrize("name", ["small noise on 1e15", "mixed magnitudes", "an outlier", "integers"])
def test_skewness_and_kurtosis_are_scipys(name: str, parts: int) -> None:
    numbers = HARD[name]
    centred = numbers - np.round(np.median(numbers))  # exact here, and easier for SciPy
    got = in_parts(numbers, parts)
    assert got.skewness == pytest.approx(float(stats.skew(centred)), rel=1e-9)
    assert got.kurtosis == pytest.approx(float(stats.kurtosis(centred)), rel=1e-9)


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1e200, 1e300])
def test_shape_does_not_depend_on_the_unit(unit: float) -> None:
    numbers = np.array([1.0, 2.0, 2.0, 3.0, 7.0])
    got, usual = in_parts(numbers * unit, 2), in_parts(numbers, 2)
    assert got.skewness == pytest.approx(usual.skewness, rel=1e-11)
    assert got.kurtosis == pytest.approx(usual.kurtosis, rel=1e-11)
    assert got.std == pytest.approx((usual.std or 0.0) * unit, rel=1e-11)


def test_what_exceeds_a_double_is_unknown() -> None:
    got = moments(np.array([-1e308, 1e308, 1e308]))
    assert got.variance is None
    assert got.std == pytest.approx(1e308 * (2 / math.sqrt(3)))
    assert moments(np.array([-1.7e308, 1.7e308, 1.7e308])).std is None
    assert moments(np.array([1.7e308, 1.6e308])).total is None
    assert moments(np.array([1.7e308])).combine(moments(np.array([-1.7e308]))).mean_value == 0.0


def test_tiny_and_huge_numbers_merge() -> None:
    tiny, huge = np.array([1e-300, 2e-300]), np.array([1e300, 2e300])
    both = np.concatenate([tiny, huge])
    assert moments(tiny).combine(moments(huge)).std == pytest.approx(moments(both).std, rel=1e-12)
    assert moments(huge).combine(moments(tiny)).skewness == pytest.approx(moments(both).skewness, rel=1e-12)


def test_zeros_do_not_swallow_tiny_numbers() -> None:
    zeros, tiny = np.zeros(2), np.array([1e-200, 3e-200])
    merged = moments(zeros).combine(moments(tiny))
    assert merged.std == pytest.approx(math.sqrt(2) * 1e-200)
    assert merged.skewness == pytest.approx(moments(np.array([0.0, 0.0, 1.0, 3.0])).skewness)


@pytest.mark.parametrize("value", [0.1, 1e300, -3.0, 0.0])
def test_a_constant_has_no_spread_and_no_shape(value: float) -> None:
    got = in_parts(np.full(1001, value), 3)
    assert (got.mean_value, got.variance, got.std, got.skewness, got.kurtosis) == (value, 0.0, 0.0, None, None)


def test_one_value_has_a_mean_and_nothing_more() -> None:
    got = moments(np.array([42], np.int64))
    assert (got.mean_value, got.total, got.variance, got.std, got.skewness) == (42.0, 42.0, None, None, None)


def test_nothing_has_no_moments() -> None:
    got = MomentState.EMPTY.combine(MomentState.EMPTY)
    assert (got.mean_value, got.total, got.variance, got.skewness, got.kurtosis) == (None, None, None, None, None)
    assert moments(np.array([np.nan, np.inf])) is MomentState.EMPTY


def test_totals_of_floats_are_those_of_exact_summation() -> None:
    numbers = np.concatenate([noise(), 1e9 * noise()])
    assert in_parts(numbers, 5).total == pytest.approx(math.fsum(numbers), rel=1e-12)
