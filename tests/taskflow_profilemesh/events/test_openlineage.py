from __future__ import annotations

import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.drift import ChangeKind, Distance, DriftReport, Finding, SchemaChange, Severity
from taskflow_profilemesh.events.dataset_names import DatasetName
from taskflow_profilemesh.events.openlineage import (
    Assertion,
    ColumnMetrics,
    DeclaredColumn,
    column_metrics,
    profiled_dataset,
    synced_datasets,
)
from taskflow_profilemesh.profiling import Precision
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.scope import Counted, Scope
from tests.taskflow_profilemesh.profiles import distribution, numbers, table, texts

NAME = DatasetName("postgres://db:5432", "sales.public.flights")
AGE = numbers("age", [10.0, 20.0, 20.0, 50.0], nulls=1)


def _judged(metric: str, column: str | None, value: float, *, judged: bool = True) -> Distance:
    return Distance(metric=metric, column=column, value=value, threshold=0.1, noise_floor=0.05, judged=judged)


def test_a_numeric_column_is_told_by_its_numbers() -> None:
    assert column_metrics(AGE) == ColumnMetrics(
        null_count=1,
        distinct_count=3,
        count=4,
        total=100.0,
        minimum=10.0,
        maximum=50.0,
        quantiles={0.1: 10.0, 0.25: 10.0, 0.5: 20.0, 0.75: 20.0, 0.9: 50.0},
    )


def test_of_a_text_column_only_counts_are_told() -> None:
    told = column_metrics(texts("name", ["canary", "canary", "Bob"], nulls=2))
    assert told == ColumnMetrics(null_count=2, distinct_count=2, count=3)


def test_of_dates_neither_extremes_nor_the_numbers_they_are_computed_in_are_told() -> None:
    told = column_metrics(numbers("day", [1.0, 2.0], kind=Kind.DATE))
    assert told == ColumnMetrics(null_count=0, distinct_count=2, count=2)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), Decimal("NaN"), Decimal("1e999"), True])
def test_what_is_no_finite_number_is_left_out(value: Any) -> None:
    odd = replace(AGE, minimum=value, maximum=value, distribution=distribution([float(value)]))
    told = column_metrics(odd)
    assert (told.minimum, told.maximum) == (None, None)
    json.dumps(told.quantiles, allow_nan=False)


def test_whole_numbers_keep_every_digit_and_decimals_become_floats() -> None:
    told = column_metrics(replace(AGE, minimum=-(2**63), maximum=Decimal("12.50")))
    assert (told.minimum, told.maximum) == (-9223372036854775808, 12.5)


def test_of_a_sample_only_what_holds_for_the_table_is_told() -> None:
    sampled = replace(AGE, precision=Precision.SAMPLED)
    uncounted = ColumnMetrics(quantiles=column_metrics(AGE).quantiles)
    assert column_metrics(sampled) == uncounted
    counted = replace(sampled, counted=Counted(1_000, 30))
    assert column_metrics(counted) == replace(uncounted, null_count=30, count=970)
    with_extremes = replace(sampled, counted=Counted(1_000, 30, has_extremes=True))
    assert column_metrics(with_extremes) == replace(uncounted, null_count=30, count=970, minimum=10.0, maximum=50.0)


def test_a_table_is_told_with_its_declaration_and_size_and_without_unreadable_columns() -> None:
    broken = replace(texts("note", ["a"]), error="not UTF-8")
    told = profiled_dataset(NAME, table(AGE, broken, rows=5, size_bytes=8192), None)
    assert (told.dataset, told.row_count, told.size_bytes, told.assertions) == (NAME, 5, 8192, ())
    assert told.declared == (
        DeclaredColumn(name="age", declared_type="double precision"),
        DeclaredColumn(name="note", declared_type="text"),
    )
    assert list(told.columns) == ["age"]


def test_the_size_of_a_table_is_not_told_as_that_of_a_part() -> None:
    part = replace(table(AGE, size_bytes=8192), scope=Scope(where="age > 5"))
    assert profiled_dataset(NAME, part, None).size_bytes is None


def test_each_thing_that_was_judged_is_an_assertion() -> None:
    finding = Finding(
        metric="psi",
        column="age",
        baseline_value=0,
        current_value=0,
        distance=0.4,
        threshold=0.1,
        severity=Severity.HIGH,
        sentence="age moved.",
    )
    change = SchemaChange(
        kind=ChangeKind.REMOVED,
        column="note",
        before="note",
        after=None,
        breaking=True,
        severity=Severity.MEDIUM,
        sentence="note is gone.",
    )
    distances = (
        _judged("row_count", None, 0.01),
        _judged("psi", "age", 0.4),
        _judged("ks", "age", 0.3),
        _judged("psi", "id", 9.0, judged=False),
    )
    report = DriftReport(findings=(finding,), schema_changes=(change,), distances=distances)
    assert profiled_dataset(NAME, table(AGE), report).assertions == (
        Assertion(assertion="drift.schema", success=False),
        Assertion(assertion="drift.schema.removed", success=False, column="note", severity="medium"),
        Assertion(assertion="drift.row_count", success=True),
        Assertion(assertion="drift.ks", success=False, column="age"),
        Assertion(assertion="drift.psi", success=False, column="age", severity="high"),
    )


def test_a_table_that_did_not_change_asserts_its_schema() -> None:
    told = profiled_dataset(NAME, table(AGE), DriftReport())
    assert told.assertions == (Assertion(assertion="drift.schema", success=True),)


def _stream(table_name: str, rows: int | None) -> dict[str, Any]:
    return {"table": table_name, "rows_synced": rows, "bytes_synced": 10}


def test_the_tables_of_a_sync_are_told_once_each_with_airbytes_counts() -> None:
    result = {
        "url": "http://airbyte.example:8000/workspaces/w/connections/c1/timeline?jobId=7",
        "connection_id": "c1",
        "connection_name": "Shop",
        "tables": ["users", "orders"],
        "streams": [_stream("users", 3), _stream("users", 4), _stream("orders", None)],
    }
    users, orders = synced_datasets(result)
    assert users.dataset == ("airbyte://airbyte.example:8000", "c1.users")
    assert users.description == "The table users of the Airbyte connection Shop"
    assert (users.row_count, users.size_bytes) == (7, 20)
    assert (orders.row_count, orders.size_bytes) == (None, 10)
    assert synced_datasets(result | {"url": None}) == ()


@given(st.lists(st.floats(), min_size=1), st.floats() | st.decimals() | st.text() | st.integers() | st.none())
def test_whatever_a_column_holds_its_metrics_are_json(values: list[float], extreme: Any) -> None:
    column = replace(AGE, minimum=extreme, maximum=extreme, distribution=distribution(values))
    told = json.loads(json.dumps(asdict(column_metrics(column)), allow_nan=False))
    assert not isinstance(told["minimum"], str)
