"""What tasks and the hook tell Airflow's metrics: counters, a gauge and timers named `profilemesh.*`, through `Stats`.

The table of names is in the README. Plain StatsD drops tags, so each name says something without them. Metrics never
fail a task: what goes wrong here is a line in its log.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.outcome import ProfiledTable, RunOutcome

log = logging.getLogger(__name__)


def count_profiling(outcome: RunOutcome, *, source: str) -> None:
    """Count the tables of a run, their rows and drift, and how long each took; `source` is the connection's id."""
    tags = {"source": source}
    _tell("incr", "profilemesh.tables.profiled", len(outcome.profiled), tags)
    _tell("incr", "profilemesh.tables.failed", len(outcome.failed), tags)
    _tell("incr", "profilemesh.rows", sum(table.stored.profile.profiled_rows for table in outcome.profiled), tags)
    for table in outcome.profiled:
        if table.stored.duration_seconds is not None:
            _tell("timing", "profilemesh.table.duration", timedelta(seconds=table.stored.duration_seconds), tags)
    found = Counter(severity for table in outcome.profiled for severity in _severities(table))
    for severity, count in found.items():
        _tell("incr", "profilemesh.drift.findings", count, tags | {"severity": severity})
    drifted = [table.report.severity.rank for table in outcome.profiled if table.report and table.report.severity]
    _tell("gauge", "profilemesh.drift.severity", max(drifted, default=-1) + 1, tags)


def count_sync(result: Mapping[str, Any]) -> None:
    """Count a sync that succeeded, the rows it committed, and how long Airbyte took; unknown numbers are not told."""
    tags = {"connection": result["connection_name"]}
    _tell("incr", "profilemesh.sync.succeeded", 1, tags)
    if result["rows_synced"] is not None:
        _tell("incr", "profilemesh.sync.rows", result["rows_synced"], tags)
    if result["duration_seconds"] is not None:
        _tell("timing", "profilemesh.sync.duration", timedelta(seconds=result["duration_seconds"]), tags)


def count_failure(error: Exception) -> None:
    """Count a task's try that one of this package's errors ended."""
    _tell("incr", "profilemesh.failures", 1, {"error": type(error).__name__})


def _severities(table: ProfiledTable) -> list[str]:
    if table.report is None:
        return []
    findings, changes = table.report.findings, table.report.schema_changes
    return [finding.severity.value for finding in findings] + [change.severity.value for change in changes]


def _tell(kind: str, name: str, value: float | timedelta, tags: Mapping[str, str]) -> None:
    from airflow.providers.common.compat.sdk import Stats

    if kind == "incr" and value == 0:
        return
    try:
        getattr(Stats, kind)(name, value, tags=dict(tags))
    except Exception:
        log.warning("The metric %s could not be told.", name, exc_info=True)
