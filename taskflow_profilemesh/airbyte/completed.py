"""Syncs that have succeeded since the last one that was told: what a watcher of a connection decides. Pure.

A connection runs one job at a time and Airbyte numbers jobs upwards, so one number says what was told: the highest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.airbyte.notice import SyncNotice
from taskflow_profilemesh.airbyte.plain_values import check_parts, is_whole
from taskflow_profilemesh.airbyte.statuses import SUCCEEDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.airbyte.models import Connection, Job


@dataclass(frozen=True, slots=True)
class Told:
    """How far a watcher is: the highest job that was surely told, and one that was given to Airflow after it.

    `pending` stays until Airflow has had the time to write its event down. A watcher that finds it after a restart
    cannot know whether it was written: it tells the job again and says so.
    """

    job_id: int
    pending: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` reads them back."""
        return {"job_id": self.job_id, "pending": self.pending}

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Read what `as_dict` wrote; raises `InvalidOption` for anything else."""
        parts = value if isinstance(value, Mapping) else {}
        check_parts("told", parts, _RIGHT)
        return cls(parts["job_id"], parts["pending"])


_RIGHT = {"job_id": is_whole, "pending": lambda value: value is None or is_whole(value)}


def succeeded(connection_id: str) -> JobsWanted:
    """Return the list of the connection's syncs that succeeded."""
    return JobsWanted(connection_id=connection_id, job_type="sync", status=SUCCEEDED)


def untold(jobs: Sequence[Job], told: Told) -> list[Job]:
    """Return the jobs that were not surely told, the oldest first, each once: pages may overlap when a job is added."""
    new = {job.job_id: job for job in jobs if job.has_succeeded and job.job_id > told.job_id}
    return [new[number] for number in sorted(new)]


def newest(jobs: Sequence[Job]) -> int:
    """Return the highest number of the jobs; 0 where there is none."""
    return max((job.job_id for job in jobs), default=0)


def notice_of(job: Job, connection: Connection) -> SyncNotice:
    """Return what Airbyte's own notification would say of the job."""
    return SyncNotice(
        job_id=job.job_id,
        connection_id=connection.connection_id,
        connection_name=connection.name,
        workspace_id=connection.workspace_id,
        started_at=job.started_at,
        finished_at=job.updated_at,
        rows_synced=job.rows_synced,
        bytes_synced=job.bytes_synced,
    )
