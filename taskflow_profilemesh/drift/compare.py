"""Compares two profiles of a table: schema, row count, nulls, distributions, in this order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.distributions import compare_distributions
from taskflow_profilemesh.drift.findings import DriftReport
from taskflow_profilemesh.drift.nulls import compare_nulls
from taskflow_profilemesh.drift.row_counts import compare_row_counts
from taskflow_profilemesh.drift.schema_changes import renamed_columns, schema_changes
from taskflow_profilemesh.drift.thresholds import Thresholds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile

DEFAULT_THRESHOLDS = Thresholds()


def compare(baseline: TableProfile, current: TableProfile, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> DriftReport:
    """Return what changed from the baseline to the current profile.

    A renamed column is compared with its old self. A column that is missing or has no statistics on one side is
    compared in nothing but its declaration.
    """
    old_names = renamed_columns(baseline, current)
    changes = schema_changes(baseline.schema, current.schema, old_names=old_names)
    measured = [compare_row_counts(baseline.row_count, current.row_count, thresholds)]
    for old, new in _pairs(baseline, current, old_names):
        measured.append(compare_nulls(old, new, thresholds))
        keys = {*baseline.schema.primary_key, *current.schema.primary_key}
        is_key = bool(keys & {old.schema.name, new.schema.name})
        distances, finding = compare_distributions(old, new, thresholds, is_key=is_key)
        measured += [*((distance, None) for distance in distances), (None, finding)]
    findings = [finding for _, finding in measured if finding]
    return DriftReport(
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity.rank)),
        schema_changes=changes,
        distances=tuple(distance for distance, _ in measured if distance),
    )


def _pairs(
    baseline: TableProfile, current: TableProfile, old_names: Mapping[str, str]
) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """Yield each column that has statistics on both sides, as it was and as it is."""
    for new in current.columns:
        old = baseline.column(old_names.get(new.schema.name, new.schema.name))
        if old is not None and old.error is None and new.error is None:
            yield old, new
