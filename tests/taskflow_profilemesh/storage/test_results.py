from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from taskflow_profilemesh.profiling.looks import Looks, SemanticType
from taskflow_profilemesh.profiling.profile import (
    ColumnProfile,
    Distinct,
    DuplicateRows,
    Lengths,
    Monotonicity,
    Precision,
    Scalar,
    SyncSignals,
    TimeSpan,
)
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.scope import Counted
from taskflow_profilemesh.storage.results import Result, results_of
from tests.taskflow_profilemesh.profiles import distribution, numbers, table, texts


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (3, 3.0, None),
        (0.5, 0.5, None),
        (2**53 + 1, float(2**53), str(2**53 + 1)),
        (10**400, None, "1" + "0" * 255),
        (Decimal("1.25"), 1.25, None),
        (Decimal("0.1"), 0.1, "0.1"),
        (float("inf"), None, "inf"),
        (float("nan"), None, "nan"),
        ("a\x00b", None, "a\\u0000b"),
        ("x" * 300, None, "x" * 256),
        (datetime(2026, 1, 1, tzinfo=UTC), None, "2026-01-01 00:00:00+00:00"),
    ],
)
def test_a_value_stands_as_a_number_and_as_text_where_that_says_more(
    value: Scalar, number: float | None, text: str | None
) -> None:
    result = Result("a", "max", value)
    assert (result.numeric_value, result.text_value) == (number, text)


def test_a_numeric_column_has_every_number_that_is_known() -> None:
    found = _values(numbers("a", [1.0, 2.0, 2.0, 3.0], nulls=4))
    assert found["null_count"] == 4
    assert found["null_ratio"] == 0.5
    assert (found["min"], found["max"], found["mean"], found["sum"]) == (1.0, 3.0, 2.0, 8.0)
    assert (found["distinct_count"], found["quantile_0.50"], found["quantile_0.99"]) == (3, 2.0, 3.0)
    assert "skewness" not in found
    assert "error" not in found


def test_a_text_column_has_its_lengths() -> None:
    found = _values(texts("a", ["xx", "", " "]))
    assert (found["length_min"], found["length_mean"], found["length_max"]) == (0, 1.0, 2)
    assert (found["empty_count"], found["blank_count"], found["max"]) == (1, 2, "xx")


def test_what_is_estimated_says_so_and_tells_its_bound() -> None:
    column = replace(
        numbers("a", [1.0, 2.0]), distinct=Distinct(2, 0.05), distribution=distribution([1, 2], rank_error_ratio=0.01)
    )
    results = {result.metric: result for result in results_of(table(column), {})}
    assert results["approx_distinct_count"].precision is Precision.APPROXIMATE
    assert results["approx_distinct_error_ratio"].value == 0.05
    assert results["approx_quantile_0.50"].value == 1.0
    assert results["approx_quantile_rank_error_ratio"].value == 0.01
    assert results["mean"].precision is Precision.EXACT


def test_what_was_sampled_says_so() -> None:
    column = numbers("a", [1.0, 2.0], precision=Precision.SAMPLED, distinct=Distinct(2, 0.05))
    found = {result.metric: result.precision for result in results_of(table(column, rows=99), {})}
    assert found["approx_distinct_count"] is Precision.SAMPLED
    assert found["quantile_0.50"] is Precision.SAMPLED
    assert found["row_count"] is Precision.EXACT


def test_the_distances_of_drift_stand_beside_the_numbers() -> None:
    drift = {"distances": [{"column": "a", "metric": "psi", "value": 0.3}]}
    assert Result("a", "drift_psi", 0.3) in results_of(table(numbers("a", [1.0])), drift)


def test_a_column_without_statistics_says_why() -> None:
    column = numbers("a", [], error="unreadable", numbers=None, distinct=None)
    assert _values(column)["error"] == "unreadable"


def test_spread_uniqueness_and_lengths_stand_beside_the_others() -> None:
    found = _values(numbers("a", [1.0, 2.0, 2.0, 3.0], kind=Kind.INTEGER))
    assert (found["iqr"], found["unique_ratio"], found["is_key_candidate"]) == (1.0, 0.75, 0)
    assert found["coefficient_of_variation"] == pytest.approx(0.408248290463863)
    assert "mad" not in found
    spread = replace(distribution([1, 2]), mad=0.5)
    assert _values(numbers("a", [1.0, 2.0], distribution=spread))["mad"] == 0.5
    lengths = Lengths(1, 100.0, 300, 0, 0, 400, distribution([1] * 90 + [300] * 10))
    found = _values(texts("a", ["x"], lengths=lengths))
    assert (found["length_total"], found["length_quantile_0.50"], found["approx_length_quantile_0.95"]) == (400, 1, 300)


def test_time_looks_and_order_are_told_where_they_are_known() -> None:
    span = TimeSpan(60.0, datetime(2026, 1, 1, tzinfo=UTC), -1.5, 7, 2)
    looks = Looks(SemanticType.UUID, 0.96, (), 256)
    column = numbers("a", [1.0], time_span=span, monotonicity=Monotonicity.INCREASING, looks=looks)
    results = {result.metric: result for result in results_of(table(column), {})}
    assert (results["range_seconds"].value, results["freshness_seconds"].value) == (60.0, -1.5)
    assert results["approx_future_count"] == Result("a", "approx_future_count", 7, Precision.APPROXIMATE)
    assert results["approx_future_error_rows"].value == 2
    assert results["semantic_type"] == Result("a", "semantic_type", "uuid", Precision.SAMPLED)
    assert results["monotonicity"].value == "increasing"


@pytest.mark.parametrize("bound", [0, 5])
def test_a_table_tells_its_duplicates_its_size_and_its_syncs(bound: int) -> None:
    signals = SyncSignals(datetime(2026, 1, 1, tzinfo=UTC), 0.25, (3, 4))
    profile = replace(
        table(numbers("a", [1.0]), size_bytes=8192), duplicates=DuplicateRows(90, 10, bound), signals=signals
    )
    found = {result.metric: result for result in results_of(profile, {}) if result.column is None}
    prefix, precision = ("approx_", Precision.APPROXIMATE) if bound else ("", Precision.EXACT)
    assert found[f"{prefix}duplicate_row_count"] == Result(None, f"{prefix}duplicate_row_count", 10, precision)
    assert found[f"{prefix}distinct_row_count"].value == 90
    assert ("approx_duplicate_row_error_rows" in found) == bool(bound)
    assert found["size_bytes"].value == 8192
    assert (found["changed_row_ratio"].value, found["latest_generation"].value) == (0.25, 4)
    assert found["latest_extracted_at"].text_value == "2026-01-01 00:00:00+00:00"


def test_counts_of_decimals_that_were_told_apart_as_doubles_are_no_exact_ones() -> None:
    column = replace(numbers("a", [1.0]), distinct=Distinct(5, repeated_ratio=0.0, is_rounded=True))
    profile = replace(table(column), duplicates=DuplicateRows(90, 10, is_rounded=True))
    found = {result.metric: result for result in results_of(profile, {})}
    for metric in ("approx_distinct_count", "approx_unique_ratio", "approx_distinct_row_count"):
        assert found[metric].precision is Precision.APPROXIMATE
    assert not {"distinct_count", "unique_ratio", "duplicate_row_count"} & set(found)


def test_what_was_counted_beside_a_sample_is_exact_and_the_rest_is_sampled() -> None:
    counted = Counted(100, 3, has_extremes=True)
    column = numbers("a", [1.0, 2.0], precision=Precision.SAMPLED, counted=counted)
    assert column.numbers is not None
    column = replace(
        column,
        numbers=replace(column.numbers, total=Decimal("7.50")),
        time_span=TimeSpan(9.0, freshness_seconds=1.0, future_count=0),
    )
    found = {result.metric: result.precision for result in results_of(table(column), {})}
    exact = {"min", "max", "null_count", "sum", "range_seconds", "freshness_seconds"}
    assert {found[metric] for metric in exact} == {Precision.EXACT}
    assert {found[metric] for metric in ("mean", "std", "distinct_count", "future_count")} <= {Precision.SAMPLED}


def _values(column: ColumnProfile) -> dict[str, Scalar]:
    return {result.metric: result.value for result in results_of(table(column), {}) if result.column == "a"}
