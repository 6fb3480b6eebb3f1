"""Frequent values: exact while few, then too low by at most what is stated."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.profiling import Distinct, Kind, TopValue
from taskflow_profilemesh.profiling.heavy_hitters import CAPACITY, HeavyHitterState
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers
from tests.taskflow_profilemesh.profiling.frames import column_of


def zipf(rows: int, *, seed: int = 3) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.random.default_rng(seed).zipf(1.3, rows) % 10**7


def summary(numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> HeavyHitterState:
    return HeavyHitterState.of(SortedNumbers.of(numbers).frequencies())


def top(column_distinct: Distinct | None) -> dict[str, int]:
    assert column_distinct is not None
    return {value.value: value.count for value in column_distinct.top}


def test_few_values_are_counted_exactly_over_any_number_of_batches() -> None:
    parts = [pl.Series(["a", "b", "b", None]), pl.Series(["c", "b", "a"]), pl.Series(["d", None])]
    distinct = column_of(*parts, kind=Kind.TEXT, small_rows=0).distinct
    expected = (TopValue("b", 3), TopValue("a", 2), TopValue("c", 1), TopValue("d", 1))
    assert distinct == Distinct(count=4, top=expected, repeated_ratio=0.5)


@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.TEXT])
def test_the_frequent_values_of_a_long_tail_are_found_within_the_bound(kind: Kind) -> None:
    numbers = pl.Series(zipf(400_000))
    truth = dict(numbers.value_counts(sort=True).head(10).iter_rows())
    values = numbers.cast(pl.String) if kind is Kind.TEXT else numbers
    parts = [values.slice(start, 60_000) for start in range(0, len(values), 60_000)]
    distinct = column_of(*parts, kind=kind, small_rows=0).distinct
    assert distinct is not None
    assert 0 < distinct.top_error_rows <= len(numbers) / (CAPACITY + 1)
    found = top(distinct)
    assert list(found)[:5] == [str(value) for value in list(truth)[:5]]
    for value, count in truth.items():
        assert count - distinct.top_error_rows <= found[str(value)] <= count


def test_the_error_stays_below_its_promise_over_any_tree_of_merges() -> None:
    states = [summary(part) for part in np.array_split(zipf(300_000), 32)]
    while len(states) > 1:
        states = [one.combine(two) for one, two in zip(states[::2], states[1::2], strict=True)]
    assert 0 < states[0].error_rows <= 300_000 / (CAPACITY + 1)
    assert len(states[0].kept.hashes) <= CAPACITY


def test_a_key_column_has_no_frequent_values_and_says_so() -> None:
    distinct = column_of(pl.Series(range(100_000)), kind=Kind.INTEGER, small_rows=0).distinct
    assert distinct is not None
    assert distinct.top == ()
    assert distinct.top_error_rows == 1


def test_a_frequent_text_of_one_part_keeps_its_name_in_the_whole() -> None:
    often = ["often"] * 3000
    parts = [
        pl.Series(often + [f"{part}-{number}" for number in range(20_000)]).sample(fraction=1, shuffle=True, seed=part)
        for part in range(4)
    ]
    distinct = column_of(*parts, kind=Kind.TEXT, small_rows=0).distinct
    assert distinct is not None
    assert distinct.top[0].value == "often"
    assert 12_000 - distinct.top_error_rows <= distinct.top[0].count <= 12_000


def test_top_values_are_capped_at_256_characters() -> None:
    distinct = column_of(pl.Series(["ä" * 1000]), kind=Kind.TEXT).distinct
    assert top(distinct) == {"ä" * 256: 1}


def test_at_most_fifty_are_shown_the_most_frequent_first() -> None:
    values = [str(number) for number in range(70) for _ in range(number)]
    shown = top(column_of(pl.Series(values), kind=Kind.TEXT).distinct)
    assert list(shown.items()) == [(str(n), n) for n in range(69, 19, -1)]
