"""A run of the pipeline as values: who asked for it, and what became of each table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taskflow_profilemesh.drift import DriftReport
from taskflow_profilemesh.errors import ProfileMeshError
from taskflow_profilemesh.events.xcom import TableFailure, TableOutcome, profile_result
from taskflow_profilemesh.storage import StoredProfile
from taskflow_profilemesh.tables import TableRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over some tables, and who asked for it.

    `origin` names the task instance: a retry of the same one replaces its own results instead of doubling them.
    `environment` is told with the result; history is kept by the source's name.
    """

    run_id: str
    origin: str | None = None
    logical_date: datetime | None = None
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class ProfiledTable:
    """A table whose profile is stored, and how it compares with the last one."""

    stored: StoredProfile
    report: DriftReport | None  # None: there was nothing to compare with
    reason: str | None = None  # why it was read whole or in part; None: it was asked for whole


@dataclass(frozen=True, slots=True)
class FailedTable:
    """A table that could not be profiled, and why."""

    table: TableRef
    error: ProfileMeshError


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What became of the tables of one run: each is in exactly one of the two."""

    run: Run
    profiled: tuple[ProfiledTable, ...]
    failed: tuple[FailedTable, ...]

    def as_result(self) -> dict[str, Any]:
        """Return the outcome as the small plain JSON that a task returns; profiles stay in the store."""
        tables = [
            TableOutcome(
                table=str(table.stored.table),
                row_count=table.stored.profile.row_count,
                column_count=len(table.stored.profile.columns),
                profile_id=table.stored.profile_id,
                duration_seconds=table.stored.duration_seconds,
                exact=table.stored.profile.exact,
                drift=table.stored.drift,
                plan=table.reason,
            )
            for table in self.profiled
        ]
        failed = [TableFailure(table=str(failure.table), error=str(failure.error)) for failure in self.failed]
        return profile_result(run_id=self.run.run_id, tables=tables, failed=failed, environment=self.run.environment)
