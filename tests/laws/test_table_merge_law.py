"""The merge law for whole tables, over every kind of column, on both sides of the limit between exact and sketched."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.profiling import (
    ColumnProfile,
    ColumnSchema,
    Distribution,
    Kind,
    Numbers,
    TableProfile,
    TableSchema,
    TableState,
)
from taskflow_profilemesh.tables import TableRef
from tests.laws.trees import cut, few_dozen, merge, merges, splits

KINDS = {
    "key": Kind.INTEGER,
    "code": Kind.INTEGER,
    "amount": Kind.FLOAT,
    "day": Kind.DATE,
    "at": Kind.DATETIME,
    "flag": Kind.BOOLEAN,
    "name": Kind.TEXT,
    "note": Kind.JSON,
    "blob": Kind.BINARY,
}
SCHEMA = TableSchema(TableRef("law"), tuple(ColumnSchema(name, kind, kind.value) for name, kind in KINDS.items()))


def table(rows: int, seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    code = random.integers(0, 50, rows)
    amount = random.normal(size=rows)
    amount[random.random(rows) < 0.1] = np.nan
    frame = pl.DataFrame({"key": random.permutation(rows), "code": code, "amount": amount}).with_columns(
        day=pl.lit(date(2020, 1, 1)) + pl.col("code") * timedelta(days=1),
        at=pl.lit(datetime(2020, 1, 1)) + pl.col("key") * timedelta(seconds=1),  # noqa: DTZ001 -- without a zone
        flag=pl.col("code") > 10,
        name=pl.format("n{}", pl.col("code")),
        note=pl.concat_str(pl.lit('{"key": '), pl.col("key"), pl.lit("}")),
        blob=pl.col("code").cast(pl.String).cast(pl.Binary),
    )
    return frame.with_columns(pl.when(pl.col("code") != 7).then(pl.all().exclude("code")))


def state_of(frame: pl.DataFrame, small_rows: int) -> TableState:
    state = TableState.empty(SCHEMA, small_rows=small_rows)
    state.add(frame)
    return state


@few_dozen
@given(st.integers(0, 20_000), st.integers(0, 99), st.sampled_from([0, 5000, 50_000]), splits, merges)
def test_tables_obey_the_law(rows: int, seed: int, small_rows: int, shares: list[float], order: Random) -> None:
    frame = table(rows, seed)
    whole = state_of(frame, small_rows).profile()
    states = [state_of(frame[piece], small_rows) for piece in cut(rows, shares)]
    merged = merge(states, TableState.combine, order).profile()
    assert (merged.row_count, merged.exact) == (whole.row_count, whole.exact)
    same_rows(merged, whole)
    for one, other in zip(merged.columns, whole.columns, strict=True):
        same_exact_values(one, other)
        within_bounds(one.distribution, frame.get_column(one.schema.name))


@few_dozen
@given(st.integers(1, 12_000), st.sampled_from([0, 5000]), splits)
def test_batches_obey_the_law(rows: int, small_rows: int, shares: list[float]) -> None:
    frame = table(rows, seed=1)
    state = TableState.empty(SCHEMA, small_rows=small_rows)
    for piece in cut(rows, shares):
        state.add(frame[piece])
    profile, whole = state.profile(), state_of(frame, small_rows).profile()
    same_rows(profile, whole)
    for one, other in zip(profile.columns, whole.columns, strict=True):
        same_exact_values(one, other)


def same_rows(one: TableProfile, other: TableProfile) -> None:
    """What is read from row hashes is the same to the last bit."""
    assert one.duplicates == other.duplicates
    assert one.null_pairs == other.null_pairs
    assert one.correlations == other.correlations
    assert one.candidate_keys == other.candidate_keys


def same_exact_values(one: ColumnProfile, other: ColumnProfile) -> None:
    assert (one.error, one.schema, one.precision) == (None, other.schema, other.precision)
    assert (one.row_count, one.null_count, one.true_count) == (other.row_count, other.null_count, other.true_count)
    assert (one.minimum, one.maximum, one.lengths) == (other.minimum, other.maximum, other.lengths)
    assert one.distinct is not None
    assert other.distinct is not None
    assert (one.distinct.count, one.distinct.error_ratio) == (other.distinct.count, other.distinct.error_ratio)
    assert one.distinct.repeated_ratio == other.distinct.repeated_ratio
    assert (one.looks, one.json_keys) == (other.looks, other.json_keys)
    assert (one.time_span, one.is_key_candidate) == (other.time_span, other.is_key_candidate)
    if not one.distinct.top_error_rows:
        assert one.distinct.top == other.distinct.top
    same_numbers(one.numbers, other.numbers)


def same_numbers(one: Numbers | None, other: Numbers | None) -> None:
    if one is None or other is None:
        assert one is other
        return
    assert (one.zero_count, one.negative_count) == (other.zero_count, other.negative_count)
    assert (one.nan_count, one.infinite_count) == (other.nan_count, other.infinite_count)
    for name in ("mean", "std", "variance", "skewness", "kurtosis", "total"):
        expected = getattr(other, name)
        near = pytest.approx(expected, rel=1e-10, abs=1e-10) if isinstance(expected, float) else expected
        assert getattr(one, name) == near, name


def within_bounds(distribution: Distribution | None, cells: pl.Series) -> None:
    if distribution is None:
        return
    values = cells.drop_nulls().to_physical().cast(pl.Float64).drop_nans().to_numpy()
    truth = np.searchsorted(np.sort(values), distribution.points, side="right") / len(values)
    assert np.abs(truth - distribution.cumulative_ratio).max() <= distribution.rank_error_ratio + 1e-12
    assert distribution.rank_error_ratio <= 0.003
    if distribution.histogram:
        bound = 2 * distribution.rank_error_ratio * len(values) + 1
        counts = np.diff(np.searchsorted(np.sort(values), distribution.histogram_borders, side="right"))
        counts[0] += (values == distribution.points[0]).sum()
        assert np.abs(counts - distribution.histogram).max() <= bound
    assert distribution.mad is not None
    distances = np.abs(values - distribution.quantile(0.5))
    inside, at_most = (distances < distribution.mad).mean(), (distances <= distribution.mad).mean()
    bound = 2 * distribution.rank_error_ratio + 2 / len(values)
    assert inside - bound <= 0.5 <= at_most + bound
