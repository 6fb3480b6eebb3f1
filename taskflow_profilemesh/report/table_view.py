"""What a page says of one run of one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.report import charts
from taskflow_profilemesh.report.column_view import ColumnView, column_view
from taskflow_profilemesh.report.figures import ESTIMATED, MINUS, Figure, duration, moment, plain, share, volume
from taskflow_profilemesh.report.findings_view import (
    FindingView,
    SchemaMoment,
    findings_of,
    schema_moments,
    worst_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.profiling.facts import NullPair
    from taskflow_profilemesh.profiling.profile import Correlation, TableProfile
    from taskflow_profilemesh.report.reading import TableContents
    from taskflow_profilemesh.storage import RunSummary

_PAIRS: Final = 12  # correlations and pairs of nulls that a page lists


@dataclass(frozen=True, slots=True)
class RunView:
    """A line of the list of runs."""

    profile_id: str
    at: str
    run_id: str
    rows: str
    columns: str
    seconds: str
    severity: str | None
    changes: int
    passed: bool
    is_shown: bool
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class PairView:
    """Two columns and what they have in common (`ratio`: 0 to 1 for a bar)."""

    left: str
    right: str
    text: str
    ratio: float


@dataclass(frozen=True, slots=True)
class TableView:
    """A run of a table, ready to be printed."""

    key: str  # names the part of the page; letters and digits
    name: str
    source: str
    comment: str | None
    at: str
    run_id: str
    scope: str
    precision: str
    compared: str
    has_baseline: bool
    severity: str | None
    findings: tuple[FindingView, ...]
    figures: tuple[Figure, ...]
    rows_chart: str | None
    columns: tuple[ColumnView, ...]
    left_out: tuple[str, ...]  # columns of the table that were not profiled
    moments: tuple[SchemaMoment, ...]
    correlations: tuple[PairView, ...]
    null_pairs: tuple[PairView, ...]
    runs: tuple[RunView, ...]


def table_view(contents: TableContents, *, key: str) -> TableView:
    """Return the view of the run."""
    stored = contents.current
    profile, found = stored.profile, findings_of(stored.drift)
    profiled = {column.schema.name for column in profile.columns}
    return TableView(
        key=key,
        name=str(stored.table),
        source=stored.source,
        comment=profile.schema.comment,
        at=moment(stored.profiled_at),
        run_id=stored.run_id,
        scope=_scope(profile),
        precision=_precision(profile),
        compared=_compared(contents),
        has_baseline=contents.baseline is not None,
        severity=worst_of(found),
        findings=tuple(found),
        figures=tuple(_figures(contents)),
        rows_chart=charts.rows_data(contents.runs),
        columns=tuple(_columns(contents, found)),
        left_out=tuple(column.name for column in profile.schema.columns if column.name not in profiled),
        moments=tuple(schema_moments(contents.runs, contents.reports)),
        correlations=tuple(_correlation(pair) for pair in profile.correlations[:_PAIRS]),
        null_pairs=tuple(_null_pair(pair) for pair in profile.null_pairs[:_PAIRS]),
        runs=tuple(_run(run, contents) for run in contents.runs),
    )


def _columns(contents: TableContents, found: list[FindingView]) -> Iterator[ColumnView]:
    baseline = contents.baseline.profile if contents.baseline else None
    old_names = {
        change["after"]: change["before"]
        for change in contents.current.drift.get("schema_changes", ())
        if change["kind"] == "renamed"
    }
    for column in contents.current.profile.columns:
        name = column.schema.name
        before = baseline.column(old_names.get(name, name)) if baseline else None
        names = (name, old_names[name]) if name in old_names else (name,)
        past = [run.of(*names) for run in contents.past]
        yield column_view(column, baseline=before, past=past, findings=found)


def _figures(contents: TableContents) -> Iterator[Figure]:
    profile, stored = contents.current.profile, contents.current
    yield Figure("Rows", plain(profile.row_count), note=_change(contents))
    yield Figure("Columns", plain(len(profile.columns)))
    cells = sum(column.row_count for column in profile.columns)
    if cells:
        nulls = sum(column.null_count for column in profile.columns)
        yield Figure("Empty cells", share(nulls / cells))
    if profile.duplicates is not None:
        duplicates = profile.duplicates
        mark = ESTIMATED if duplicates.error_rows else ""
        note = f"within {duplicates.error_rows:,} rows" if mark else ""
        yield Figure("Duplicate rows", plain(duplicates.duplicate_count), mark, note)
    if profile.candidate_keys:
        keys = [" + ".join(key) for key in profile.candidate_keys]
        declared = "declared" if profile.schema.primary_key else "by its values"
        yield Figure("Key", keys[0], note=declared + (f"; also {', '.join(keys[1:3])}" if len(keys) > 1 else ""))
    if profile.schema.size_bytes is not None:
        yield Figure("Size", volume(profile.schema.size_bytes), ESTIMATED, "as the catalog says")
    yield from _signals(profile)
    yield Figure("Profiled in", duration(stored.duration_seconds))


def _signals(profile: TableProfile) -> Iterator[Figure]:
    signals = profile.signals
    if signals is None:
        return
    if signals.latest_extracted_at is not None:
        yield Figure("Last extracted", moment(signals.latest_extracted_at), note="by Airbyte")
    if signals.changed_ratio is not None:
        yield Figure("Changed by Airbyte", share(signals.changed_ratio), note="of the rows")
    if signals.generations:
        yield Figure("Generation", str(signals.generations[-1]), note=f"{len(signals.generations)} in the table")


def _change(contents: TableContents) -> str:
    baseline = contents.baseline
    if baseline is None:
        return ""
    before, after = baseline.profile.row_count, contents.current.profile.row_count
    if before == after:
        return "as in the baseline"
    grown = f" ({(after - before) / before:+.1%})" if before else ""
    return f"{after - before:+,}{grown} against the baseline".replace("-", MINUS)


def _compared(contents: TableContents) -> str:
    if contents.baseline is None and not contents.current.drift.get("baseline_run_ids"):
        return "There was nothing to compare with."
    kind = contents.current.drift.get("baseline")
    of = f" ({str(kind).replace('_', ' ')})" if kind else ""
    if contents.baseline is None:
        return f"Compared with a baseline{of} that is no longer kept."
    return f"Compared with the run of {moment(contents.baseline.profiled_at)}{of}."


def _scope(profile: TableProfile) -> str:
    scope = profile.scope
    if scope is None:
        return ""
    told = [f"rows where {scope.where}"] if scope.where else []
    if scope.partition_column:
        told.append(f"{scope.partition_column} = {', '.join(scope.partition_values)}")
    return "Only " + ", ".join(told) if told else ""


def _precision(profile: TableProfile) -> str:
    if profile.profiled_rows != profile.row_count:
        return f"statistics from a sample of {profile.profiled_rows:,} rows"
    return (
        "every number is exact" if profile.exact else "numbers marked ≈ are estimated, within the bound that they say"
    )


def _correlation(pair: Correlation) -> PairView:
    mark = "" if pair.precision == "exact" else ESTIMATED
    return PairView(pair.left, pair.right, f"{mark}{pair.coefficient:+.2f}", abs(pair.coefficient))


def _null_pair(pair: NullPair) -> PairView:
    told = f"{pair.both_count:,} rows, {share(pair.overlap_ratio)}"
    return PairView(pair.left, pair.right, told, pair.overlap_ratio)


def _run(run: RunSummary, contents: TableContents) -> RunView:
    return RunView(
        profile_id=run.profile_id,
        at=moment(run.profiled_at),
        run_id=run.run_id,
        rows=plain(run.row_count),
        columns=plain(run.column_count),
        seconds=duration(run.duration_seconds),
        severity=run.drift_severity,
        changes=run.finding_count,
        passed=run.passed,
        is_shown=run.profile_id == contents.current.profile_id,
        is_baseline=contents.baseline is not None and run.profile_id == contents.baseline.profile_id,
    )
