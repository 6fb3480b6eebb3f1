"""`profilemesh airbyte performance`: throughput and its trend, from the history of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.airbyte.performance import LEAST_FOR_A_TREND
from taskflow_profilemesh.airbyte.performance import performance as performance_in
from taskflow_profilemesh.commands.airbyte.login import client_of, settings_of
from taskflow_profilemesh.commands.airbyte.words import duration, printable
from taskflow_profilemesh.commands.showing import print_json, print_table
from taskflow_profilemesh.commands.words import number, size

if TYPE_CHECKING:
    import argparse

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.models import Connection
    from taskflow_profilemesh.airbyte.performance import Performance, Series

_METHOD = (
    "Medians of the syncs that succeeded. The trend is Theil and Sen's change over the shown jobs, in parts of the"
    f" median; it is told from {LEAST_FOR_A_TREND} jobs on, and `steady` where Kendall's test finds no direction"
    " (p > 0.05)."
)


def performance(options: argparse.Namespace) -> int:
    """Print how fast each connection is and return 0. Raises `AirbyteError`."""
    with client_of(settings_of(options)) as client:
        found = [(one, _performance_of(client, one, last=options.last)) for one in _named(client, options)]
    if options.json:
        documents = [
            {"connection_id": one.connection_id, "connection_name": one.name, **speed.as_dict()} for one, speed in found
        ]
        print_json({"connections": documents, "method": _METHOD})
        return 0
    heads = ("connection", "jobs", "failed", "rows/s", "trend", "data", "trend", "took", "trend")
    print_table(heads, [printable(_row(one.name, speed)) for one, speed in found])
    print(f"\n{_METHOD}")
    return 0


def _performance_of(client: AirbyteClient, connection: Connection, *, last: int) -> Performance:
    """Return what the connection's last so many syncs say."""
    return performance_in(client.jobs(JobsWanted(connection.connection_id, "sync"), most=last))


def _named(client: AirbyteClient, options: argparse.Namespace) -> list[Connection]:
    if options.connection:
        return [client.connection(name, workspace=options.workspace) for name in options.connection]
    found = (one for one in client.connections(workspace=options.workspace) if one.is_active)
    return sorted(found, key=lambda one: one.name.casefold())


def _row(name: str, found: Performance) -> tuple[str, ...]:
    rows, data, seconds = found.rows_per_second, found.bytes_per_second, found.duration_seconds
    return (
        name,
        str(found.jobs),
        "" if found.failure_ratio is None else f"{found.failure_ratio:.1%}",
        "" if rows.median is None else number(float(f"{rows.median:.3g}")),
        _moves(rows),
        "" if data.median is None else f"{size(round(data.median))}/s",
        _moves(data),
        duration(seconds.median),
        _moves(seconds),
    )


def _moves(series: Series) -> str:
    if series.trend is None:
        return ""
    return f"{series.trend.change:+.0%}" if series.trend.is_clear else "steady"
