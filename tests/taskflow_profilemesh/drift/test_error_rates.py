"""How often the comparison cries wolf, and how often it sees what is there: seeded samples, the same each time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from taskflow_profilemesh.drift import compare
from taskflow_profilemesh.profiling.profile import Distribution, TableProfile
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.profiles import numbers, table

_PAIRS = 300
Sample = Callable[[np.random.Generator, int], NDArray[np.float64]]

_SOURCES: dict[str, Sample] = {
    "normal": lambda random, n: random.normal(0, 1, n),
    "heavy tails": lambda random, n: random.standard_cauchy(n),
    "lognormal": lambda random, n: random.lognormal(0, 2, n),
    "a few numbers": lambda random, n: random.integers(0, 5, n).astype(float),
    "mostly zero": lambda random, n: random.poisson(0.1, n).astype(float),
}


def _profile(values: NDArray[np.float64], nulls: int = 0) -> TableProfile:
    return table(numbers("a", values, nulls=nulls, kind=Kind.FLOAT))


@pytest.mark.parametrize("source", _SOURCES)
@pytest.mark.parametrize("size", [500, 5000])
def test_two_samples_of_one_source_are_rarely_told_apart(source: str, size: int) -> None:
    random = np.random.default_rng(size)
    sample = _SOURCES[source]
    alarms = 0
    for _ in range(_PAIRS):
        nulls = random.binomial(size, 0.1, 2)
        before, after = (_profile(sample(random, size), int(count)) for count in nulls)
        alarms += compare(before, after).detected
    assert alarms / _PAIRS < 0.01


@pytest.mark.parametrize(("size", "found_ratio"), [(500, 0.99), (1000, 1.0), (5000, 1.0)])
def test_a_shift_of_half_a_standard_deviation_is_seen(size: int, found_ratio: float) -> None:
    random = np.random.default_rng(size)
    found = 0
    for _ in range(_PAIRS):
        before, after = (_profile(random.normal(mean, 1, size)) for mean in (0.0, 0.5))
        found += [finding.column for finding in compare(before, after).findings] == ["a"]
    assert found / _PAIRS >= found_ratio


def test_a_burst_of_ten_points_of_nulls_is_always_seen() -> None:
    random = np.random.default_rng(5)
    for _ in range(_PAIRS):
        values = random.normal(0, 1, 500)
        report = compare(_profile(values, 5), _profile(values, 5 + 56))
        assert [finding.metric for finding in report.findings] == ["null_ratio"]


def test_profiles_that_keep_few_points_are_not_told_apart_either() -> None:
    random = np.random.default_rng(6)
    for _ in range(20):
        before, after = (_coarse(random.normal(0, 1, 50_000)) for _ in range(2))
        report = compare(before, after)
        assert not report.detected
        assert max(abs(distance.value) for distance in report.distances) < 0.02


def _coarse(values: NDArray[np.float64]) -> TableProfile:
    shares = np.linspace(0, 1, 101)
    points = np.quantile(values, shares, method="inverted_cdf")
    kept = Distribution(tuple(points.tolist()), tuple(shares.tolist()), rank_error_ratio=0.0026)
    return table(numbers("a", values, distribution=kept))
