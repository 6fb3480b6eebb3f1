"""Rows as wholes: duplicates, columns that are null together, keys, correlations, the sample behind the looks."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from taskflow_profilemesh.profiling import Kind, Precision, TableProfile
from taskflow_profilemesh.profiling.correlations import pearson
from taskflow_profilemesh.profiling.facts import Correlation, DuplicateRows, NullPair
from taskflow_profilemesh.profiling.row_sample import RowSample
from tests.taskflow_profilemesh.profiling.frames import profile_of, state_of

PATHS = pytest.mark.parametrize("small_rows", [50_000, 0], ids=["small", "sketched"])
KINDS = {"id": Kind.INTEGER, "name": Kind.TEXT}


@PATHS
def test_duplicate_rows_of_few_are_counted_exactly(small_rows: int) -> None:
    frame = pl.DataFrame({"id": [1, 1, None, None, 2, 1], "name": ["a", "a", None, None, None, "b"]})
    profile = profile_of(frame, frame[:1], kinds=KINDS, small_rows=small_rows)
    assert profile.duplicates == DuplicateRows(distinct_count=4, duplicate_count=3, repeated_ratio=0.5)


@PATHS
def test_minus_zero_nan_and_the_width_of_a_type_make_no_other_row(small_rows: int) -> None:
    one = pl.DataFrame({"n": pl.Series([7], dtype=pl.Int16), "x": [-0.0]})
    two = pl.DataFrame({"n": pl.Series([7], dtype=pl.UInt64), "x": [0.0]})
    odd = pl.DataFrame({"n": [8, 8], "x": [float("nan"), -float("nan")]})
    profile = profile_of(one, two, odd, kinds={"n": Kind.INTEGER, "x": Kind.FLOAT}, small_rows=small_rows)
    assert profile.duplicates == DuplicateRows(distinct_count=2, duplicate_count=2, repeated_ratio=1.0)


def test_a_null_is_no_value_of_a_row() -> None:
    kinds = {"a": Kind.TEXT, "b": Kind.TEXT, "c": Kind.INTEGER}
    frame = pl.DataFrame({"a": ["", None, "x", None], "b": [None, "", None, "x"], "c": [0, 0, None, 0]})
    duplicates = profile_of(frame, kinds=kinds).duplicates
    assert duplicates is not None
    assert duplicates.duplicate_count == 0


@pytest.mark.parametrize("repeats", [1, 3])
def test_duplicates_of_many_rows_lie_within_their_bound(repeats: int) -> None:
    frame = pl.DataFrame({"id": np.tile(np.arange(60_000), repeats), "name": ["n"] * (60_000 * repeats)})
    profile = profile_of(*frame.iter_slices(25_000), kinds=KINDS)
    duplicates = profile.duplicates
    assert duplicates is not None
    assert 0 < duplicates.error_rows <= 0.048 * duplicates.distinct_count
    assert abs(duplicates.distinct_count - 60_000) <= duplicates.error_rows
    assert duplicates.distinct_count + duplicates.duplicate_count == 60_000 * repeats
    assert duplicates.repeated_ratio == (repeats > 1)
    assert (duplicates.duplicate_count == 0) == (repeats == 1)
    assert not profile.exact


LAST: list[tuple[Kind, pl.DataType | type[pl.DataType], list[Any]]] = [
    (Kind.BOOLEAN, pl.Boolean, [True, False]),
    (Kind.BOOLEAN, pl.Boolean, [True, None]),
    (Kind.BOOLEAN, pl.Boolean, [True]),
    (Kind.INTEGER, pl.Int16, [1, None, 3]),
    (Kind.FLOAT, pl.Float32, [0.5, -0.0]),
    (Kind.DECIMAL, pl.Decimal(12, 2), [1, 2]),
    (Kind.TEXT, pl.String, ["", "a", None]),
    (Kind.BINARY, pl.Binary, [b"", b"a"]),
    (Kind.DATE, pl.Date, [0, 1]),
    (Kind.DATETIME, pl.Datetime("us"), [0, None]),
]


@pytest.mark.parametrize(("kind", "dtype", "values"), LAST)
@pytest.mark.parametrize("columns", [1, 3])
def test_no_row_is_taken_for_another_whatever_the_last_columns_are(
    kind: Kind, dtype: pl.DataType, values: list[Any], columns: int
) -> None:
    rows = 100_000
    cells = (values * rows)[:rows]
    frame = pl.DataFrame(
        {"id": np.arange(rows)} | {f"x{place}": pl.Series(cells, dtype=dtype) for place in range(columns)}
    )
    kinds = {"id": Kind.INTEGER} | {f"x{place}": kind for place in range(columns)}
    duplicates = profile_of(frame, kinds=kinds).duplicates
    assert duplicates is not None
    assert (duplicates.distinct_count, duplicates.duplicate_count) == (rows, 0)


def test_rows_that_could_not_be_read_whole_have_no_duplicates() -> None:
    good, bad = pl.DataFrame({"id": [1], "name": ["a"]}), pl.DataFrame({"id": ["x"], "name": [None]})
    for profile in (profile_of(good, bad, kinds=KINDS), profile_of(bad, good, kinds=KINDS, small_rows=0)):
        assert (profile.duplicates, profile.correlations) == (None, ())
        assert profile.columns[1].looks is None


def test_an_error_in_the_rows_costs_no_column(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> None:
        message = "secret"
        raise ValueError(message)

    monkeypatch.setattr(RowSample, "add", fails)
    profile = profile_of(pl.DataFrame({"id": [None, 1], "name": [None, "a"]}), kinds=KINDS)
    assert profile.duplicates is None
    assert [column.error for column in profile.columns] == [None, None]
    assert profile.null_pairs == (NullPair("id", "name", 1, 1.0),)


@PATHS
def test_columns_that_are_null_together_are_told_the_closest_first(small_rows: int) -> None:
    frame = pl.DataFrame({"a": [None, None, 1, 1], "b": [None, None, 2, 2], "c": [None, 3, None, 3], "d": [4] * 4})
    kinds = dict.fromkeys("abcd", Kind.INTEGER)
    pairs = profile_of(frame, frame, kinds=kinds, small_rows=small_rows).null_pairs
    assert pairs == (NullPair("a", "b", 4, 1.0), NullPair("a", "c", 2, 1 / 3), NullPair("b", "c", 2, 1 / 3))


def test_a_column_that_failed_is_in_no_pair() -> None:
    frame = pl.DataFrame({"id": [None, None, "x"], "name": [None, None, "y"]})
    assert profile_of(frame[:2], frame[2:], kinds=KINDS, small_rows=0).null_pairs == ()


def test_the_pairs_of_a_wide_table_are_bounded() -> None:
    kinds = {f"c{number}": Kind.INTEGER for number in range(70)}
    frame = pl.DataFrame({name: [None, 1] for name in kinds})
    pairs = profile_of(frame, kinds=kinds).null_pairs
    assert len(pairs) == 50
    assert "c64" not in {name for pair in pairs for name in (pair.left, pair.right)}


@PATHS
def test_a_column_in_which_no_value_repeats_could_be_a_key(small_rows: int) -> None:
    rows = 20_000
    frame = pl.DataFrame(
        {"id": range(rows), "name": [f"n{number // 2}" for number in range(rows)], "hole": range(rows)}
    )
    frame = frame.with_columns(pl.when(pl.col("hole") > 0).then(pl.col("hole")), price=pl.col("id") + 0.5)
    profile = profile_of(frame, kinds=KINDS | {"hole": Kind.INTEGER, "price": Kind.FLOAT}, small_rows=small_rows)
    assert [column.is_key_candidate for column in profile.columns] == [True, False, False, True]
    assert profile.candidate_keys == (("id",),), "prices are all different by their nature"
    assert profile.columns[0].unique_ratio == 1.0
    assert profile.columns[1].unique_ratio == pytest.approx(0.5, rel=0.05)
    nothing = profile_of(frame[:0], kinds=KINDS)
    assert [column.is_key_candidate for column in nothing.columns] == [None, None]
    assert [column.unique_ratio for column in nothing.columns] == [None, None]


def numbers(rows: int) -> pl.DataFrame:
    random = np.random.default_rng(9)
    x = random.normal(size=rows)
    return pl.DataFrame(
        {
            "x": x,
            "twice": 1e15 + np.round(x * 2000),
            "against": -x + random.normal(size=rows),
            "noise": random.normal(size=rows),
            "constant": np.full(rows, 0.1),
        }
    )


NUMBERS = dict.fromkeys(["x", "twice", "against", "noise", "constant"], Kind.FLOAT)


def strongest(profile: TableProfile) -> dict[tuple[str, str], Correlation]:
    return {(pair.left, pair.right): pair for pair in profile.correlations}


def test_the_correlations_of_few_rows_are_scipys() -> None:
    frame = numbers(900).with_columns(pl.when(pl.col("x") > -1).then(pl.col("against")))
    found = strongest(profile_of(frame, kinds=NUMBERS))
    assert set(found) == {("x", "twice"), ("x", "against"), ("twice", "against")}
    whole = frame.drop_nulls()
    truth = stats.pearsonr(whole["x"], whole["against"]).statistic
    assert found["x", "against"].coefficient == pytest.approx(truth, rel=1e-9)
    assert found["x", "against"].sampled_rows == len(whole)
    assert found["x", "against"].precision is Precision.EXACT


def test_the_correlations_of_many_rows_are_sampled_and_say_so() -> None:
    frame = numbers(120_000)
    found = strongest(profile_of(*frame.iter_slices(50_000), kinds=NUMBERS))
    pair = found["x", "against"]
    truth = stats.pearsonr(frame["x"], frame["against"]).statistic
    assert (pair.sampled_rows, pair.precision) == (1024, Precision.SAMPLED)
    assert abs(pair.coefficient - truth) <= 4 * (1 - truth**2) / 32
    assert found["x", "twice"].coefficient == pytest.approx(1.0, abs=1e-6)


def test_a_drawn_row_weighs_as_much_as_its_copies() -> None:
    few = pl.DataFrame({"x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 0.0]})
    rows = few[[0] * 20 + [1] * 20 + [2]]
    (pair,) = profile_of(rows, kinds={"x": Kind.FLOAT, "y": Kind.FLOAT}).correlations
    assert pair.coefficient == pytest.approx(stats.pearsonr(rows["x"], rows["y"]).statistic, rel=1e-9)
    assert pair.sampled_rows == 41


def test_correlations_of_what_has_none_are_undefined() -> None:
    cells: Any = [[1.0, np.inf, np.nan, 5e-324], [2.0, -np.inf, np.nan, 1e-323], [3.0, 1.0, np.nan, 1.5e-323]]
    coefficients, counts = pearson(np.array(cells), np.ones(3))
    assert coefficients[0, 0] == pytest.approx(1.0)
    assert np.isnan(coefficients[0, 1])
    assert np.isnan(coefficients[0, 2])
    assert counts[0].tolist() == [3, 1, 0, 3]


def test_a_profile_says_nothing_of_the_rows_before_the_first() -> None:
    profile = state_of(kinds=NUMBERS).profile()
    assert (profile.correlations, profile.null_pairs, profile.candidate_keys) == ((), (), ())
    assert profile.duplicates == DuplicateRows(0, 0)
