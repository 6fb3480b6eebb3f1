"""What may stand under `drift_detection:`: what counts as drift, against which baseline, and what it does to the task.

What is said of a column goes before what is said of its type, and that before what is said of all; a table's own words
go before those of all tables.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from taskflow_profilemesh.config.section import Section, Text, empty_or

Baseline = Literal["last_run", "moving_average", "prior_period", "stable_window", "pinned", "auto"]
Strategy = Literal["absolute_threshold", "standard_deviation", "statistical"]
Bound = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Window = Annotated[int, Field(ge=1)]


class DriftThresholds(Section):
    """`thresholds:` each key is the field of `drift.Thresholds` of that name."""

    psi_warn: Bound | None = None
    psi_fail: Bound | None = None
    ks_warn: Bound | None = None
    ks_fail: Bound | None = None
    wasserstein_warn: Bound | None = None
    wasserstein_fail: Bound | None = None
    js_warn: Bound | None = None
    js_fail: Bound | None = None
    unseen_warn: Bound | None = None
    unseen_fail: Bound | None = None
    nan_warn: Bound | None = None
    nan_fail: Bound | None = None
    empty_warn: Bound | None = None
    empty_fail: Bound | None = None
    true_warn: Bound | None = None
    true_fail: Bound | None = None
    earlier_warn: Bound | None = None
    earlier_fail: Bound | None = None
    future_warn: Bound | None = None
    future_fail: Bound | None = None
    unique_warn: Bound | None = None
    unique_fail: Bound | None = None
    duplicates_warn: Bound | None = None
    duplicates_fail: Bound | None = None
    shapes_warn: Bound | None = None
    shapes_fail: Bound | None = None
    overlap_warn: Bound | None = None
    overlap_fail: Bound | None = None
    freshness_warn: Bound | None = None
    freshness_fail: Bound | None = None
    nulls_warn: Bound | None = None
    nulls_fail: Bound | None = None
    rows_lost_warn: Bound | None = None
    rows_lost_fail: Bound | None = None
    rows_gained_warn: Bound | None = None
    rows_gained_fail: Bound | None = None
    minimum_rows: Annotated[int, Field(ge=0)] | None = None
    alpha: Annotated[float, Field(gt=0, lt=1)] | None = None


class ColumnDrift(Section):
    """What is otherwise for one column, or for one family of types."""

    strategy: Strategy | None = None
    check: Literal["auto", "always", "never"] | None = None
    thresholds: Annotated[DriftThresholds, empty_or(DriftThresholds)] = DriftThresholds()

    def given(self) -> dict[str, Any]:
        """Return the keys that were given a value, as plain data."""
        return super().given() | {"thresholds": self.thresholds.given()}


class TypeDrift(Section):
    """`types:` one key per family."""

    numeric: ColumnDrift | None = None
    temporal: ColumnDrift | None = None
    boolean: ColumnDrift | None = None
    text: ColumnDrift | None = None

    def given(self) -> dict[str, Any]:
        """Return the families that were given, as plain data."""
        return {name: value.given() for name, value in self if value is not None}


class TableDrift(Section):
    """What is otherwise for the tables that a pattern names."""

    baseline: Baseline | None = None
    strategy: Strategy | None = None
    window: Window | None = None
    thresholds: Annotated[DriftThresholds, empty_or(DriftThresholds)] = DriftThresholds()
    columns: dict[Text, ColumnDrift] | None = None

    def given(self) -> dict[str, Any]:
        """Return the keys that were given a value, as plain data."""
        columns = {name: column.given() for name, column in (self.columns or {}).items()}
        return super().given() | {"thresholds": self.thresholds.given(), "columns": columns}


class DriftDetection(Section):
    """`drift_detection:` what counts as drift, and what it does to the task."""

    on_drift: Literal["record", "warn", "skip", "fail"] | None = None
    drift_severity: Literal["low", "medium", "high"] | None = None
    thresholds: Annotated[DriftThresholds, empty_or(DriftThresholds)] = DriftThresholds()
    baseline: Baseline | None = None
    strategy: Strategy | None = None
    window: Window | None = None
    deviations: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    find_anomalies: bool | None = None
    types: Annotated[TypeDrift, empty_or(TypeDrift)] = TypeDrift()
    columns: dict[Text, ColumnDrift] | None = None
    tables: dict[Text, TableDrift] | None = None
    expectations: Text | None = None

    def drift(self) -> dict[str, Any]:
        """Return what `comparison.drift_settings` reads: what is said of baselines, strategies, columns and tables.

        The file of expectations is left to who knows from where its path starts.
        """
        own = ("baseline", "strategy", "window", "deviations", "find_anomalies")
        found = {name: value for name, value in self.given().items() if name in own}
        found["types"] = self.types.given()
        found["columns"] = {name: column.given() for name, column in (self.columns or {}).items()}
        found["tables"] = {name: table.given() for name, table in (self.tables or {}).items()}
        return {name: value for name, value in found.items() if value not in ({}, None)}
