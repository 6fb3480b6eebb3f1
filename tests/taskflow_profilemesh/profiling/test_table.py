"""A table's state: exact while small, sketched beyond, alike by either way of putting parts together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from taskflow_profilemesh.profiling import Kind, Precision, TableState
from tests.taskflow_profilemesh.profiling.frames import profile_of, schema_of, state_of

KINDS = {"id": Kind.INTEGER, "name": Kind.TEXT}


def rows(first: int, count: int) -> pl.DataFrame:
    return pl.DataFrame({"id": range(first, first + count), "name": [f"n{n % 7}" for n in range(first, first + count)]})


def test_a_table_without_rows() -> None:
    profile = TableState.empty(schema_of(KINDS)).profile()
    assert (profile.row_count, profile.profiled_rows, profile.exact) == (0, 0, True)
    assert [column.null_ratio for column in profile.columns] == [None, None]
    assert profile == profile_of(rows(0, 0), kinds=KINDS)


def test_a_table_without_columns() -> None:
    assert profile_of(pl.DataFrame(), kinds={}).columns == ()


def test_up_to_the_limit_everything_is_exact() -> None:
    profile = profile_of(rows(0, 6000), rows(6000, 4000), kinds=KINDS, small_rows=10_000)
    assert profile.exact
    assert profile.columns[0].distinct is not None
    assert profile.columns[0].distinct.count == 10_000


def test_beyond_the_limit_bounds_are_stated() -> None:
    state = state_of(rows(0, 6000), rows(6000, 4000), kinds=KINDS, small_rows=9_999)
    assert state.row_count == 10_000
    profile = state.profile()
    assert not profile.exact
    assert profile.columns[1].distinct is not None
    assert profile.columns[1].distinct.error_ratio == 0.0


def test_a_state_goes_on_after_a_profile() -> None:
    state = state_of(rows(0, 100), kinds=KINDS, small_rows=150)
    assert state.profile() == profile_of(rows(0, 100), kinds=KINDS)
    state.add(rows(100, 100))
    assert state.profile() == profile_of(rows(0, 200), kinds=KINDS, small_rows=150)


def test_small_states_stay_exact_together_where_they_fit() -> None:
    one, two = state_of(rows(0, 100), kinds=KINDS), state_of(rows(100, 100), kinds=KINDS)
    assert one.combine(two).profile() == profile_of(rows(0, 200), kinds=KINDS)
    assert one.profile() == profile_of(rows(0, 100), kinds=KINDS)  # neither of them is changed


@pytest.mark.parametrize("sizes", [(100, 20_000), (20_000, 100), (60, 60), (20_000, 20_000)])
def test_small_and_large_states_combine(sizes: tuple[int, int]) -> None:
    first, second = sizes
    one = state_of(rows(0, first), kinds=KINDS, small_rows=100)
    two = state_of(rows(first, second), kinds=KINDS, small_rows=100)
    both = one.combine(two).profile()
    key, name = both.columns
    assert key.distinct is not None
    assert (both.row_count, key.minimum, key.maximum) == (first + second, 0, first + second - 1)
    assert abs(key.distinct.count - first - second) <= key.distinct.error_ratio * (first + second)
    assert name.distinct == profile_of(rows(0, first + second), kinds=KINDS).columns[1].distinct


def test_a_failure_of_one_part_is_the_wholes() -> None:
    bad = state_of(rows(0, 3).with_columns(pl.col("id").cast(pl.String)), kinds=KINDS)
    good = state_of(rows(3, 3), kinds=KINDS)
    for both in (bad.combine(good), good.combine(bad)):
        key, name = both.profile().columns
        assert key.error == "it arrived as String, which is no integer"
        assert (key.row_count, name.error, name.row_count) == (6, None, 6)


def test_states_of_different_columns_do_not_combine() -> None:
    with pytest.raises(ValueError, match="different columns"):
        TableState.empty(schema_of(KINDS)).combine(TableState.empty(schema_of({"id": Kind.TEXT})))


def test_a_sample_says_so() -> None:
    sampled = state_of(rows(0, 10), kinds=KINDS).profile(row_count=1000)
    assert (sampled.row_count, sampled.profiled_rows, sampled.exact) == (1000, 10, False)
    assert {column.precision for column in sampled.columns} == {Precision.SAMPLED}
    whole = state_of(rows(0, 10), kinds=KINDS).profile(row_count=10)
    assert whole.exact


@pytest.mark.parametrize("small_rows", [50_000, 100])
def test_a_pool_of_threads_changes_nothing(small_rows: int) -> None:
    with ThreadPoolExecutor(2) as pool:
        state = TableState.empty(schema_of(KINDS), pool=pool, small_rows=small_rows)
        state.add(rows(0, 10_000))
        assert state.profile() == profile_of(rows(0, 10_000), kinds=KINDS, small_rows=small_rows)
