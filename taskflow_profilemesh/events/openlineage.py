"""What a profile and its drift are in OpenLineage's terms, as plain values. Pure; `lineage/` turns them into facets.

Only numbers leave: counts, and extremes and quantiles of numeric columns. No text, date or other value of a row does.
Whatever a sample cannot say of the table is left out, and so is what is no finite number.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.events.dataset_names import DatasetName, synced_dataset
from taskflow_profilemesh.profiling.profile import Precision
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.drift import DriftReport
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile

QUANTILES: Final = (0.1, 0.25, 0.5, 0.75, 0.9)
_NUMERIC: Final = (Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL)

Number = int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMetrics:
    """One column's numbers, finite, of the rows that were evaluated; None: not known of them, or not a number.

    `distinct_count` is an estimate where the profile's is. `quantiles`: by share (0 to 1), of the sample of a sampled
    column.
    """

    null_count: int | None = None
    distinct_count: int | None = None
    count: int | None = None  # rows that hold a value
    total: Number | None = None
    minimum: Number | None = None
    maximum: Number | None = None
    quantiles: Mapping[float, Number] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredColumn:
    """One column as the database's catalog declares it."""

    name: str
    declared_type: str
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One thing that was compared with the last profile: `drift.<metric>`, or `drift.schema` and what of it changed.

    `column` is None for the table. `severity` (`low`, `medium`, `high`) is that of the finding, None where it held.
    """

    assertion: str
    success: bool
    column: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfiledDataset:
    """A table that was read, and what is known of it. `row_count` is exact; `size_bytes` is the catalog's."""

    dataset: DatasetName
    row_count: int
    size_bytes: int | None
    declared: tuple[DeclaredColumn, ...]
    columns: Mapping[str, ColumnMetrics]
    assertions: tuple[Assertion, ...] = ()  # none: there was nothing to compare with


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedDataset:
    """A table that a sync wrote, with Airbyte's own counts; None where it tells none."""

    dataset: DatasetName
    description: str
    row_count: int | None
    size_bytes: int | None


def profiled_dataset(dataset: DatasetName, profile: TableProfile, report: DriftReport | None) -> ProfiledDataset:
    """Return what lineage tells of a profile; `report` is None where it was compared with nothing."""
    return ProfiledDataset(
        dataset=dataset,
        row_count=profile.row_count,
        size_bytes=profile.schema.size_bytes if profile.scope is None else None,
        declared=tuple(
            DeclaredColumn(name=column.name, declared_type=column.declared_type, comment=column.comment)
            for column in profile.schema.columns
        ),
        columns={column.schema.name: column_metrics(column) for column in profile.columns if column.error is None},
        assertions=tuple(assertions(report)) if report else (),
    )


def column_metrics(column: ColumnProfile) -> ColumnMetrics:
    """Return the numbers of a column that are true of all rows, and its quantiles."""
    counted, sampled = column.counted, column.precision is Precision.SAMPLED
    nulls = counted.null_count if counted else None if sampled else column.null_count
    rows = counted.row_count if counted else column.row_count
    numbers = column.numbers if column.schema.kind in _NUMERIC else None
    has_extremes = bool(numbers) and (not sampled or bool(counted and counted.has_extremes))
    return ColumnMetrics(
        null_count=nulls,
        distinct_count=column.distinct.count if column.distinct and not sampled else None,
        count=None if nulls is None else rows - nulls,
        total=_number(numbers.total) if numbers and not sampled else None,
        minimum=_number(column.minimum) if has_extremes else None,
        maximum=_number(column.maximum) if has_extremes else None,
        quantiles=dict(_quantiles(column)) if numbers else {},
    )


def _quantiles(column: ColumnProfile) -> Iterator[tuple[float, Number]]:
    if column.distribution is None or not column.distribution.points:
        return
    for share in QUANTILES:
        value = _number(column.distribution.quantile(share))
        if value is not None:
            yield share, value


def _number(value: object) -> Number | None:
    """Return a finite number as JSON can hold it, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal) and not value.is_finite():  # a signalling NaN is not even converted
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def assertions(report: DriftReport) -> Iterator[Assertion]:
    """Yield what was judged, the schema first: whether it held, and how severe it is where it did not.

    A metric that was measured and not judged (too few values, a column that moves by its nature) asserts nothing.
    """
    if report.has_baseline:
        yield Assertion(assertion="drift.schema", success=not report.schema_changes)
    for change in report.schema_changes:
        yield Assertion(
            assertion=f"drift.schema.{change.kind.value}",
            success=False,
            column=change.column,
            severity=change.severity.value,
        )
    found = {(finding.metric, finding.column): finding.severity.value for finding in report.findings}
    for distance in report.distances:
        place = (distance.metric, distance.column)
        if distance.judged and place not in found:
            yield Assertion(assertion=f"drift.{place[0]}", success=not distance.exceeded, column=place[1])
    for (metric, column), severity in found.items():
        yield Assertion(assertion=f"drift.{metric}", success=False, column=column, severity=severity)


def synced_datasets(result: Mapping[str, Any]) -> tuple[SyncedDataset, ...]:
    """Return the tables of a SyncResult's plain JSON, each once; none where it does not say which server it was.

    Streams that write to one table are counted together, as unknown where one of them is.
    """
    page, connection = result["url"], result["connection_id"]
    if not page:
        return ()
    return tuple(
        SyncedDataset(
            dataset=synced_dataset(page, connection, table),
            description=f"The table {table} of the Airbyte connection {result['connection_name']}",
            row_count=_total(result, table, "rows_synced"),
            size_bytes=_total(result, table, "bytes_synced"),
        )
        for table in result["tables"]
    )


def _total(result: Mapping[str, Any], table: str, fact: str) -> int | None:
    counts = [stream[fact] for stream in result["streams"] if stream["table"] == table]
    return None if None in counts else sum(counts)
