"""Every kind of column, from a batch to its profile, on values made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.profiling import (
    ColumnProfile,
    ColumnSchema,
    DecimalTotals,
    Distinct,
    Distribution,
    Kind,
    Lengths,
    Numbers,
    Precision,
    TopValue,
)
from taskflow_profilemesh.profiling.columns import ColumnState
from taskflow_profilemesh.profiling.measures import Measures, measure
from tests.taskflow_profilemesh.profiling.frames import column_of, profile_of, state_of


def near(value: float) -> Any:
    return pytest.approx(value)


PATHS = pytest.mark.parametrize("small_rows", [50_000, 0], ids=["small", "sketched"])


@PATHS
def test_an_integer_column(small_rows: int) -> None:
    column = column_of(pl.Series([3, None, -1, 3, 0]), kind=Kind.INTEGER, small_rows=small_rows)
    assert column == ColumnProfile(
        schema=ColumnSchema("value", Kind.INTEGER, "integer"),
        precision=Precision.EXACT,
        row_count=5,
        null_count=1,
        minimum=-1,
        maximum=3,
        distinct=Distinct(count=3, top=(TopValue("3", 2), TopValue("-1", 1), TopValue("0", 1)), repeated_ratio=1 / 3),
        numbers=Numbers(
            mean=1.25,
            std=near(2.0615528128088303),
            variance=4.25,
            skewness=near(-0.65625 / 3.1875**1.5),
            kurtosis=near(11.70703125 / 3.1875**2 - 3),
            total=5,
            zero_count=1,
            negative_count=1,
            nan_count=0,
            infinite_count=0,
        ),
        distribution=Distribution(
            points=(-1.0, 0.0, 3.0),
            cumulative_ratio=(0.25, 0.5, 1.0),
            histogram=(1, 0, 0, 0, 1, *[0] * 14, 2),
            mad=1.0,  # of 0, the lower median
        ),
    )


@PATHS
def test_a_float_column_with_every_special_value(small_rows: int) -> None:
    values = pl.Series([float("nan"), 1.5, -0.0, 0.0, None, float("inf"), float("-inf"), float("nan")])
    column = column_of(values, kind=Kind.FLOAT, small_rows=small_rows)
    numbers = column.numbers
    assert numbers is not None
    assert (column.null_count, column.minimum, column.maximum) == (1, 0.0, 1.5)
    assert (numbers.nan_count, numbers.infinite_count, numbers.zero_count, numbers.mean) == (2, 2, 2, 0.5)
    assert column.distinct is not None
    assert column.distinct.count == 5  # 0.0, 1.5, inf, -inf and NaN, which equals itself
    assert column.distinct.top[:2] == (TopValue("0.0", 2), TopValue("nan", 2))
    assert column.distribution == Distribution((0.0, 1.5), (2 / 3, 1.0), histogram=(2, *[0] * 18, 1), mad=0.0)


@PATHS
@pytest.mark.parametrize("kind", [Kind.FLOAT, Kind.INTEGER, Kind.DATE, Kind.DECIMAL])
def test_a_column_without_values_is_unknown_throughout(kind: Kind, small_rows: int) -> None:
    column = column_of(pl.Series([None, None]), kind=kind, small_rows=small_rows)
    assert (column.row_count, column.null_count, column.minimum, column.maximum) == (2, 2, None, None)
    assert (column.distinct, column.distribution, column.error) == (Distinct(count=0), None, None)
    if kind is not Kind.DATE:
        assert column.numbers == Numbers(None, None, None, None, None, None, 0, 0, 0, 0)


@PATHS
def test_only_nan_leaves_no_number(small_rows: int) -> None:
    column = column_of(pl.Series([float("nan")]), kind=Kind.FLOAT, small_rows=small_rows)
    assert column.distribution is None
    assert column.minimum is None
    assert column.distinct == Distinct(count=1, top=(TopValue("nan", 1),), repeated_ratio=0.0)


@PATHS
def test_a_constant_column_has_no_skewness(small_rows: int) -> None:
    column = column_of(pl.Series([0.1] * 7), kind=Kind.FLOAT, small_rows=small_rows)
    assert column.numbers is not None
    assert (column.numbers.std, column.numbers.skewness, column.numbers.kurtosis) == (0.0, None, None)
    assert column.distribution == Distribution((0.1,), (1.0,), mad=0.0)


@PATHS
def test_a_text_column(small_rows: int) -> None:
    values = pl.Series(["b", "", None, " \t", "äöü€", "\u00a0", "b", "!"])
    column = column_of(values, kind=Kind.TEXT, small_rows=small_rows)
    assert (column.minimum, column.maximum, column.null_count) == ("", "äöü€", 1)
    assert column.lengths == Lengths(
        minimum=0,
        mean=10 / 7,
        maximum=4,
        empty_count=1,
        blank_count=3,
        total=10,
        distribution=Distribution((0.0, 1.0, 2.0, 4.0), (1 / 7, 5 / 7, 6 / 7, 1.0)),
    )
    assert column.distinct is not None
    assert (column.distinct.count, column.distinct.top[0]) == (6, TopValue("b", 2))


@PATHS
@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.JSON, Kind.OTHER, Kind.BINARY])
def test_texts_without_values(kind: Kind, small_rows: int) -> None:
    column = column_of(pl.Series([None]), kind=kind, small_rows=small_rows)
    assert column.distinct == Distinct(count=0)
    assert column.lengths == Lengths(minimum=None, mean=None, maximum=None, empty_count=0, blank_count=0, total=0)


@pytest.mark.parametrize("kind", [Kind.JSON, Kind.OTHER])
def test_documents_have_lengths_and_frequencies_but_no_order(kind: Kind) -> None:
    column = column_of(pl.Series(['{"a":1}', "[]", "[]"]), kind=kind)
    assert (column.minimum, column.maximum) == (None, None)
    assert column.distinct == Distinct(count=2, top=(TopValue("[]", 2), TopValue('{"a":1}', 1)), repeated_ratio=0.5)
    lengths = column.lengths
    assert lengths is not None
    assert (lengths.minimum, lengths.mean, lengths.maximum, lengths.total) == (2, 11 / 3, 7, 11)


@PATHS
def test_bytes_are_counted_and_never_shown(small_rows: int) -> None:
    column = column_of(pl.Series([b"abc", b"", b"abc"]), kind=Kind.BINARY, small_rows=small_rows)
    assert column.distinct == Distinct(count=2, repeated_ratio=0.5)
    lengths = column.lengths
    assert lengths is not None
    assert (lengths.minimum, lengths.mean, lengths.maximum, lengths.total) == (0, 2.0, 3, 6)
    assert (lengths.empty_count, lengths.blank_count) == (1, 1)


@PATHS
def test_a_boolean_column(small_rows: int) -> None:
    column = column_of(pl.Series([True, None, False, False]), kind=Kind.BOOLEAN, small_rows=small_rows)
    assert (column.true_count, column.false_count) == (1, 2)
    assert column.distinct == Distinct(count=2, top=(TopValue("false", 2), TopValue("true", 1)), repeated_ratio=0.5)
    none = column_of(pl.Series([None]), kind=Kind.BOOLEAN, small_rows=small_rows)
    assert (none.true_count, none.distinct) == (0, Distinct(count=0))


TEMPORAL: list[tuple[Kind, pl.Series, Any, Any, float]] = [
    (Kind.DATE, pl.Series([date(2020, 1, 2), date(1969, 12, 31)]), date(1969, 12, 31), date(2020, 1, 2), 18_263.0),
    (
        Kind.DATETIME,
        pl.Series([datetime(2020, 1, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2020, 1, 1, 1, tzinfo=UTC),
        1_577_840_400e6,
    ),
    (
        Kind.DATETIME,
        pl.Series([datetime(2020, 1, 1, 1), datetime(1970, 1, 1)], dtype=pl.Datetime("ns")),  # noqa: DTZ001 -- no zone
        datetime(1970, 1, 1),  # noqa: DTZ001 -- no zone
        datetime(2020, 1, 1, 1),  # noqa: DTZ001 -- no zone
        1_577_840_400e6,
    ),
    (Kind.TIME, pl.Series([time(1), time(0, 0, 1)]), time(0, 0, 1), time(1), 3_600e6),
]


@PATHS
@pytest.mark.parametrize("case", TEMPORAL)
def test_temporal_columns(case: tuple[Kind, pl.Series, Any, Any, float], small_rows: int) -> None:
    kind, values, minimum, maximum, last = case
    column = column_of(values, values, kind=kind, small_rows=small_rows)
    assert (column.minimum, column.maximum, column.numbers) == (minimum, maximum, None)
    assert column.distribution is not None
    assert column.distribution.points[-1] == last
    assert column.distribution.cumulative_ratio == (0.5, 1.0)
    assert column.distinct is not None
    assert {top.count for top in column.distinct.top} == {2}


def test_moments_beyond_pythons_calendar_are_iso_text() -> None:
    physical = pl.Series([2**62, -(2**61)], dtype=pl.Int64).cast(pl.Datetime("us"))
    column = column_of(physical, kind=Kind.DATETIME)
    assert column.error is None
    assert column.maximum == "148108-07-06T14:00:27.387904"
    assert str(column.minimum).startswith("-71100-")


def test_exact_totals_of_a_decimal_column_take_precedence() -> None:
    exact = DecimalTotals(Decimal("0.10"), Decimal("99999999999999999999.99"), Decimal("100000000000000000000.09"))
    frame = pl.DataFrame({"price": [0.1, 1e20]})
    state = state_of(frame, kinds={"price": Kind.DECIMAL})
    assert state.rounded_decimals == ("price",)
    column = state.profile(decimals={"price": exact}).columns[0]
    assert column.numbers is not None
    assert (column.minimum, column.maximum, column.numbers.total) == (exact.minimum, exact.maximum, exact.total)
    plain = profile_of(frame, kinds={"price": Kind.DECIMAL}).columns[0]
    assert (plain.minimum, plain.maximum) == (0.1, 1e20)


def test_integers_of_any_width_keep_their_values() -> None:
    unsigned = column_of(pl.Series([2**64 - 1, 2**64 - 1, 0], dtype=pl.UInt64), kind=Kind.INTEGER)
    assert (unsigned.minimum, unsigned.maximum) == (0, 2**64 - 1)
    assert unsigned.numbers is not None
    assert unsigned.numbers.total == 2**65 - 2
    assert unsigned.distinct is not None
    assert unsigned.distinct.top[0] == TopValue(str(2**64 - 1), 2)
    wide = column_of(pl.Series([-(2**63), 5], dtype=pl.Int128), kind=Kind.INTEGER)
    assert wide.minimum == -(2**63)


def test_batches_may_differ_in_the_width_of_a_type() -> None:
    parts = [
        pl.Series([1], dtype=pl.Int8),
        pl.Series([None], dtype=pl.Null),
        pl.Series([2**40]),
        pl.Series([7], dtype=pl.UInt64),
    ]
    for small_rows in (50_000, 0):
        column = column_of(*parts, kind=Kind.INTEGER, small_rows=small_rows)
        assert (column.error, column.null_count, column.minimum, column.maximum) == (None, 1, 1, 2**40)
        assert column.distinct is not None
        assert column.distinct.count == 3


@pytest.mark.parametrize(
    ("kind", "values", "reason"),
    [
        (Kind.INTEGER, pl.Series(["secret"]), "it arrived as String, which is no integer"),
        (Kind.DATE, pl.Series([[1]]), "it arrived as List, which is no date"),
        (Kind.BOOLEAN, pl.Series([1]), "it arrived as Int64, which is no boolean"),
    ],
)
def test_an_unexpected_type_is_named(kind: Kind, values: pl.Series, reason: str) -> None:
    column = column_of(values, kind=kind)
    assert (column.error, column.row_count, column.distinct) == (reason, 1, None)


def test_a_number_beyond_64_bits_costs_its_column_and_no_other() -> None:
    frame = pl.DataFrame({"huge": pl.Series([2**100, 1], dtype=pl.Int128), "fine": ["a", "b"]})
    huge, fine = profile_of(frame, kinds={"huge": Kind.INTEGER, "fine": Kind.TEXT}).columns
    assert huge.error == "it holds whole numbers beyond 64 bits"
    assert (fine.error, fine.distinct and fine.distinct.count) == (None, 2)


def test_a_column_that_failed_once_stays_failed_and_goes_on_counting() -> None:
    first, second = pl.DataFrame({"n": ["x", None], "fine": [1, 2]}), pl.DataFrame({"n": [1, None], "fine": [3, 4]})
    for small_rows in (50_000, 0):
        kinds = {"n": Kind.INTEGER, "fine": Kind.INTEGER}
        failed, fine = profile_of(first, second, kinds=kinds, small_rows=small_rows).columns
        assert failed.error == "it arrived as String, which is no integer"
        assert (failed.row_count, failed.null_count) == (4, 2)
        assert (fine.error, fine.maximum) == (None, 4)


def test_a_missing_column_is_named() -> None:
    kinds = {"here": Kind.INTEGER, "gone": Kind.TEXT}
    here, gone = profile_of(pl.DataFrame({"here": [1], "more": [2]}), kinds=kinds).columns
    assert (here.error, gone.error, gone.row_count) == (None, "the batch lacks it", 1)


def test_what_polars_says_of_a_failure_is_not_repeated() -> None:
    measured, failures = measure(pl.DataFrame({"0": ["secret"], "1": [5]}), [Kind.BOOLEAN, Kind.INTEGER])
    assert failures == {0: "InvalidOperationError when it was measured"}
    assert list(measured) == [1]


def test_an_error_in_a_statistic_costs_only_its_column() -> None:
    impossible = Measures(cells=pl.Series(["secret"]), numbers=np.array(["secret"]))
    state = ColumnState.empty(Kind.INTEGER).seen(row_count=1, null_count=0).add(impossible, exact=True)
    assert state.error == "ValueError in its statistics"
    assert state.add(impossible, exact=True) is state
    merged = ColumnState.empty(Kind.INTEGER).combine(state)
    assert merged.error == state.error
    schema = ColumnSchema("value", Kind.INTEGER, "integer")
    assert merged.profile(schema, precision=Precision.EXACT).numbers is None


@pytest.mark.parametrize("name", ["^.*$", "*", "a b", "0", '"; drop table x', "ünï"])
def test_no_name_is_taken_for_a_pattern(name: str) -> None:
    frame = pl.DataFrame({name: [1, 2], "other": ["x", "y"]})
    first, second = profile_of(frame, kinds={name: Kind.INTEGER, "other": Kind.TEXT}).columns
    assert (first.error, first.maximum, second.maximum) == (None, 2, "y")
