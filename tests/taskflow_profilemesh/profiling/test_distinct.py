"""Distinct counts: exact up to 4,096, within the stated bound beyond, and the same state whatever the split."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.profiling import Kind
from taskflow_profilemesh.profiling.distinct import CAPACITY, DistinctState
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers
from tests.taskflow_profilemesh.profiling.frames import column_of


def state(first: int, count: int, *, step: int = 1) -> DistinctState:
    numbers = np.arange(first, first + count * step, step, dtype=np.int64)
    return DistinctState.of(SortedNumbers.of(numbers).frequencies())


def test_up_to_its_capacity_it_is_exact() -> None:
    full = state(0, 3000).combine(state(CAPACITY - 3000, 3000))
    assert (full.estimate, full.error_ratio) == (CAPACITY, 0.0)
    assert full.kept.counts.sum() == 6000


def test_one_value_more_makes_it_an_estimate() -> None:
    over = state(0, CAPACITY).combine(state(CAPACITY, 1))
    assert 0 < over.error_ratio <= 0.05
    assert over.estimate > CAPACITY


@pytest.mark.parametrize("count", [5000, 20_000, 131_072, 1_000_000])
@pytest.mark.parametrize("step", [1, 1000, 2**31])
def test_estimates_lie_within_their_bound(count: int, step: int) -> None:
    got = state(17, count, step=step)
    assert abs(got.estimate - count) <= got.error_ratio * count


def test_estimates_are_not_biased() -> None:
    truth = 30_000
    errors = [state(seed * 10**9, truth, step=seed + 1).estimate / truth - 1 for seed in range(60)]
    assert abs(np.mean(errors)) < 3 * 0.0157 / np.sqrt(60)
    assert 0.010 < np.std(errors) < 0.022  # the theory says 0.0156


@pytest.mark.parametrize("pattern", ["user{}@example.com", "{}", "00000000-0000-4000-8000-{:012x}"])
@pytest.mark.parametrize("count", [20_000, 200_000])
def test_texts_are_counted_as_well_as_numbers(pattern: str, count: int) -> None:
    texts = pl.Series([pattern.format(number) for number in range(count)])
    distinct = column_of(texts, kind=Kind.TEXT, small_rows=0).distinct
    assert distinct is not None
    assert abs(distinct.count - count) <= distinct.error_ratio * count
    assert 0 < distinct.error_ratio <= 0.05


def test_an_estimate_never_exceeds_the_values() -> None:
    counts = []
    for start in range(12):
        numbers = pl.Series(range(start * 10**6, start * 10**6 + 5000))
        distinct = column_of(numbers, kind=Kind.INTEGER, small_rows=0).distinct
        assert distinct is not None
        counts.append(distinct.count)
    assert max(counts) == 5000
