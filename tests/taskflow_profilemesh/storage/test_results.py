from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct, Precision, Scalar
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


def _values(column: ColumnProfile) -> dict[str, Scalar]:
    return {result.metric: result.value for result in results_of(table(column), {}) if result.column == "a"}
