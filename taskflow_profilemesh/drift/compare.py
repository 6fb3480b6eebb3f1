"""Compares two profiles of a table: schema, row count, then each column from its nulls to its distribution.

The order is the order of the report's distances. A kind of comparison that does not apply to a column yields nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.by_nature import are_dates_as_texts, are_numbered_texts, moves_by_nature
from taskflow_profilemesh.drift.categorical import compare_categories, compare_codes
from taskflow_profilemesh.drift.dates import compare_dates
from taskflow_profilemesh.drift.distributions import compare_distributions, compare_lengths
from taskflow_profilemesh.drift.findings import DriftReport
from taskflow_profilemesh.drift.freshness import compare_freshness
from taskflow_profilemesh.drift.null_overlap import compare_null_overlap
from taskflow_profilemesh.drift.nulls import METRIC as NULLS
from taskflow_profilemesh.drift.nulls import compare_nulls
from taskflow_profilemesh.drift.row_counts import compare_row_counts
from taskflow_profilemesh.drift.rules import Check, Rules
from taskflow_profilemesh.drift.schema_changes import renamed_columns, schema_changes
from taskflow_profilemesh.drift.shares import compare_shares
from taskflow_profilemesh.drift.text_forms import compare_forms
from taskflow_profilemesh.drift.thresholds import Thresholds
from taskflow_profilemesh.drift.uniqueness import compare_uniqueness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from taskflow_profilemesh.drift.findings import Distance, Finding
    from taskflow_profilemesh.drift.rules import Judged, Past
    from taskflow_profilemesh.drift.shares import Measured
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile

DEFAULT_THRESHOLDS = Thresholds()
_NO_PAST: Past = {}


def compare(
    baseline: TableProfile,
    current: TableProfile,
    rules: Rules | Thresholds = DEFAULT_THRESHOLDS,
    *,
    past: Past = _NO_PAST,
) -> DriftReport:
    """Return what changed from the baseline to the current profile.

    A renamed column is compared with its old self. A column that is missing or has no statistics on one side is
    compared in nothing but its declaration. `past`: the distances of earlier runs, for the strategy that asks for them.
    """
    rules = Rules.of(rules)
    old_names = renamed_columns(baseline, current) if rules.schema.find_renames else {}
    keys = {*baseline.schema.primary_key, *current.schema.primary_key}
    measured = [compare_row_counts(baseline.row_count, current.row_count, rules.table(past))]
    for old, new in _pairs(baseline, current, old_names):
        judged = rules.column(new.schema.name, new.schema.kind, past)
        if judged.check is not Check.NEVER:
            measured += _column(old, new, judged, is_key=bool(keys & {old.schema.name, new.schema.name}))
    drifted = {finding.column for _, finding in measured if finding and finding.metric == NULLS}
    measured += compare_null_overlap(baseline, current, rules.table(past), old_names=old_names, drifted=drifted)
    findings = [finding for _, finding in measured if finding]
    return DriftReport(
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity.rank)),
        schema_changes=rules.schema.judged(schema_changes(baseline.schema, current.schema, old_names=old_names)),
        distances=tuple(distance for distance, _ in measured if distance),
    )


def _column(old: ColumnProfile, new: ColumnProfile, judged: Judged, *, is_key: bool) -> Iterator[Measured]:
    limits, always = judged.thresholds, judged.check is Check.ALWAYS
    goes_on = not always and are_dates_as_texts(old, new)
    yield compare_nulls(old, new, limits)
    yield from compare_shares(old, new, limits)
    for distances, finding in (
        _numbers(old, new, judged, is_key=is_key),
        compare_dates(old, new, limits, always=always),
        compare_categories(old, new, limits, is_key=is_key and not always, goes_on=goes_on),
        compare_lengths(old, new, limits, moves=not always and (is_key or are_numbered_texts(old, new))),
    ):
        yield from ((distance, None) for distance in distances)
        yield None, finding
    yield from compare_forms(old, new, limits)
    yield compare_uniqueness(old, new, limits)
    yield compare_freshness(old, new, limits)


def _numbers(
    old: ColumnProfile, new: ColumnProfile, judged: Judged, *, is_key: bool
) -> tuple[list[Distance], Finding | None]:
    """Compare numbers as what they are, and few whole ones as the codes that they may be: one finding for both."""
    limits, always = judged.thresholds, judged.check is Check.ALWAYS
    distances, found = compare_distributions(old, new, limits, is_key=is_key, always=always)
    moves = not always and (is_key or moves_by_nature(old, new))
    of_codes, found = compare_codes(old, new, limits, moves=moves, by_numbers=found)
    return [*distances, *of_codes], found


def _pairs(
    baseline: TableProfile, current: TableProfile, old_names: Mapping[str, str]
) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """Yield each column that has statistics on both sides, as it was and as it is."""
    for new in current.columns:
        old = baseline.column(old_names.get(new.schema.name, new.schema.name))
        if old is not None and old.error is None and new.error is None:
            yield old, new
