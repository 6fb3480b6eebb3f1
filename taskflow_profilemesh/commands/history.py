"""`profilemesh history`: a table's runs, or one metric of a column over them."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.commands.showing import moment, print_json, print_table
from taskflow_profilemesh.commands.stores import known_table, opened
from taskflow_profilemesh.commands.words import number
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.storage import MetricPoint, RunSummary, SqlStore
    from taskflow_profilemesh.tables import TableRef

_ESTIMATED = "approx_"


def run(options: argparse.Namespace) -> int:
    """Print the history and return 0. Raises `ProfileMeshError`."""
    with opened(options) as store:
        source, table = known_table(store, options.table, source=options.source)
        if options.metric is None and options.column is None:
            _print_runs(store.history(source, table, limit=options.limit), as_json=options.json)
            return 0
        points = _points(store, source, table, options)
    _print_points(points, options)
    return 0


def _points(store: SqlStore, source: str, table: TableRef, options: argparse.Namespace) -> list[MetricPoint]:
    """Return the values, newest first, estimated ones among them; raises `InvalidOption` where there are none."""
    column, metric, limit = options.column, options.metric, options.limit
    if metric is not None:
        names = {metric, _ESTIMATED + metric.removeprefix(_ESTIMATED)}
        found = [store.series(source, table, column=column, metric=name, limit=limit) for name in sorted(names)]
        points = merge(*found, key=lambda point: point.profiled_at, reverse=True)
        if any(found):
            return list(islice(points, limit))
    known = _metrics(store, source, table, column)
    if not known:
        expected = "a column of the table's last profile"
        raise InvalidOption(option="column", got=str(column), expected=expected, known=_columns(store, source, table))
    got = "none" if metric is None else metric
    raise InvalidOption(option="metric", got=got, expected=f"one of {', '.join(known)}", known=known)


def _metrics(store: SqlStore, source: str, table: TableRef, column: str | None) -> tuple[str, ...]:
    from taskflow_profilemesh.storage.results import results_of

    last = store.load(store.history(source, table, limit=1)[0].profile_id)
    results = results_of(last.profile, last.drift) if last else []
    return tuple(sorted({result.metric for result in results if result.column == column}))


def _columns(store: SqlStore, source: str, table: TableRef) -> tuple[str, ...]:
    last = store.load(store.history(source, table, limit=1)[0].profile_id)
    return tuple(column.schema.name for column in last.profile.columns) if last else ()


def _print_runs(runs: list[RunSummary], *, as_json: bool) -> None:
    if as_json:
        print_json([as_plain(run) for run in runs])
        return
    print_table(("profiled at (UTC)", "rows", "columns", "drift", "findings", "passed", "profile"), [
        (
            moment(run.profiled_at),
            number(run.row_count),
            number(run.column_count),
            run.drift_severity or "-",
            number(run.finding_count),
            "yes" if run.passed else "no",
            run.profile_id,
        )
        for run in runs
    ])  # fmt: skip


def as_plain(run: RunSummary) -> dict[str, Any]:
    """Return a run as plain JSON."""
    return {
        "profile_id": run.profile_id,
        "run_id": run.run_id,
        "source": run.source,
        "table": str(run.table),
        "profiled_at": run.profiled_at.isoformat(),
        "logical_date": run.logical_date.isoformat() if run.logical_date else None,
        "duration_seconds": run.duration_seconds,
        "row_count": run.row_count,
        "column_count": run.column_count,
        "exact": run.exact,
        "drift_severity": run.drift_severity,
        "finding_count": run.finding_count,
        "passed": run.passed,
    }


def _print_points(points: list[MetricPoint], options: argparse.Namespace) -> None:
    if options.json:
        print_json([
            {
                "profile_id": point.profile_id,
                "run_id": point.run_id,
                "profiled_at": point.profiled_at.isoformat(),
                "column": options.column,
                "metric": point.metric,
                "numeric_value": point.numeric_value,
                "text_value": point.text_value,
                "precision": point.value_precision,
            }
            for point in points
        ])  # fmt: skip
        return
    heads = ("profiled at (UTC)", points[0].metric.removeprefix(_ESTIMATED), "precision", "profile")
    print_table(heads, [(moment(one.profiled_at), _value(one), one.value_precision, one.profile_id) for one in points])


def _value(point: MetricPoint) -> str:
    if point.text_value is not None:
        return point.text_value
    value = point.numeric_value
    return number(int(value) if value is not None and value.is_integer() else value)
