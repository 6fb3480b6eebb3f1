"""What happens to a table while it is profiled, as values: started, completed, failed, drift, a changed schema. Pure.

`hooks.py` hands them to whoever wants to hear. Payloads are plain JSON of counts, names and messages of our own
errors; no value of a row is in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.events.json_text import safe_json
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.drift import DriftReport
    from taskflow_profilemesh.errors import ProfileMeshError
    from taskflow_profilemesh.storage import StoredProfile

MOST_TOLD: Final = 20  # findings, or schema changes, in one event: the store has all of them


class EventKind(StrEnum):
    """What happened to a table."""

    STARTED = "profiling_started"
    COMPLETED = "profiling_completed"
    FAILED = "profiling_failed"
    DRIFT_DETECTED = "drift_detected"
    SCHEMA_CHANGED = "schema_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilingEvent:
    """Something that happened to a table. `source`: the name of its database; `at` is aware; `payload`: plain JSON."""

    kind: EventKind
    source: str
    table: TableRef
    run_id: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in a line."""
        words = self.kind.replace("_", " ")
        told = self.payload.get("summary") or self.payload.get("error")
        return f"{self.table} ({self.source}): {words}. {told}" if told else f"{self.table} ({self.source}): {words}."


def started(*, source: str, table: TableRef, run_id: str, at: datetime) -> ProfilingEvent:
    """Return the event of a table whose rows are about to be read."""
    return ProfilingEvent(kind=EventKind.STARTED, source=source, table=table, run_id=run_id, at=at)


def failed(error: ProfileMeshError, *, source: str, table: TableRef, run_id: str, at: datetime) -> ProfilingEvent:
    """Return the event of a table that could not be profiled; `error` says why."""
    payload = safe_json({"error": str(error), "error_type": type(error).__name__, "retryable": error.retryable})
    return ProfilingEvent(kind=EventKind.FAILED, source=source, table=table, run_id=run_id, at=at, payload=payload)


def concluded(stored: StoredProfile, report: DriftReport | None) -> Iterator[ProfilingEvent]:
    """Yield what is to be told of a table whose profile is stored: that it is, its drift, its schema's changes."""

    def event(kind: EventKind, **payload: Any) -> ProfilingEvent:  # noqa: ANN401 -- plain JSON
        return ProfilingEvent(
            kind=kind,
            source=stored.source,
            table=stored.table,
            run_id=stored.run_id,
            at=stored.profiled_at,
            payload=safe_json({"profile_id": stored.profile_id, **payload}),
        )

    yield event(
        EventKind.COMPLETED,
        row_count=stored.profile.row_count,
        column_count=len(stored.profile.columns),
        duration_seconds=stored.duration_seconds,
        exact=stored.profile.exact,
        passed=stored.passed,
        drift_severity=stored.drift.get("severity"),
    )
    if report is None:
        return
    if report.findings:
        findings = list(stored.drift["findings"])[:MOST_TOLD]
        yield event(EventKind.DRIFT_DETECTED, severity=report.severity, summary=report.summary, findings=findings)
    if report.schema_changes:
        changes = list(stored.drift["schema_changes"])[:MOST_TOLD]
        yield event(EventKind.SCHEMA_CHANGED, severity=report.severity, changes=changes)
