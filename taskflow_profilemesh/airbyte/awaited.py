"""A sync that is waited for, whoever starts it: has one succeeded since a moment? Pure.

`AwaitedSync` is all that the waiting needs, as plain JSON values that survive a restart; `decide` is what every waiter
does after a look at `newest_jobs`. Airbyte tells times in whole seconds, so they are compared in whole seconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, TypeAlias, get_args

from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.airbyte.plain_values import check_parts, is_flag, is_moment, is_text
from taskflow_profilemesh.airbyte.polling import Done, Failed, Wait
from taskflow_profilemesh.airbyte.spec import Compared
from taskflow_profilemesh.airbyte.statuses import CANCELLED, SUCCEEDED
from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.airbyte.models import Job

_LONGEST_QUOTED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedSync:
    """What is waited for: a sync of this connection that has succeeded since `since`.

    `since` and `deadline` are seconds since 1970. `compare`: see `spec.py`. `fail_on_failed_sync`: whether a newest
    sync that failed or was cancelled ends the waiting. `poll_interval_seconds`: between looks.
    """

    connection_id: str
    connection_name: str
    workspace_id: str
    since: float
    deadline: float
    poll_interval_seconds: float
    compare: Compared = "finished_at"
    fail_on_failed_sync: bool = False

    @property
    def since_at(self) -> datetime:
        """Return `since` in UTC."""
        return datetime.fromtimestamp(self.since, UTC)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Read what `as_dict` wrote, all of it checked; raises `InvalidOption` that names the part."""
        parts = value if isinstance(value, Mapping) else {}
        check_parts("awaited", parts, _RIGHT)
        return cls(**{name: parts[name] for name in _RIGHT})


_RIGHT = {
    "connection_id": is_text,
    "connection_name": is_text,
    "workspace_id": is_text,
    "since": is_moment,
    "deadline": is_moment,
    "poll_interval_seconds": is_moment,
    "compare": lambda value: value in get_args(Compared),
    "fail_on_failed_sync": is_flag,
}


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """The deadline has passed and no sync has succeeded."""


Verdict: TypeAlias = Done | Failed | Wait | OutOfTime


def newest_jobs(connection_id: str) -> tuple[JobsWanted, JobsWanted]:
    """Return the two lists whose first items `decide` needs: of the syncs that succeeded, and of all syncs.

    A connection runs one job at a time, so the newest that succeeded is also the one that ended last. However many
    have failed since, one item of each list is enough.
    """
    return (
        JobsWanted(connection_id=connection_id, job_type="sync", status=SUCCEEDED),
        JobsWanted(connection_id=connection_id, job_type="sync"),
    )


def has_succeeded(jobs: Sequence[Job], since: datetime, *, compare: Compared = "finished_at") -> Done | Failed | None:
    """Return what the jobs (syncs of one connection, in any order) say about the time since `since` (aware).

    `Done` with the newest one that succeeded since, even if a later one failed. Else `Failed` with the newest of all,
    where that one has ended since, in another way. Else None: nothing has ended since, or another one runs.
    """
    ended = [job for job in jobs if job.is_terminal and _counts(job, since, compare)]
    succeeded = [job for job in ended if job.has_succeeded]
    if succeeded:
        return Done(max(succeeded, key=_number))
    newest = max(jobs, key=_number, default=None)
    if newest is None or newest not in ended:
        return None
    return Failed(newest, "cancelled" if newest.status == CANCELLED else "failed")


def decide(awaited: AwaitedSync, jobs: Sequence[Job], *, now: float) -> Verdict:
    """Return what to do after a look at the jobs at `now` (seconds since 1970).

    A success counts even after the deadline. A failure ends the waiting only where `fail_on_failed_sync` says so.
    """
    found = has_succeeded(jobs, awaited.since_at, compare=awaited.compare)
    if isinstance(found, Done) or (found is not None and awaited.fail_on_failed_sync):
        return found
    left = awaited.deadline - now
    return Wait(min(awaited.poll_interval_seconds, left)) if left > 0 else OutOfTime()


def moment_of(since: object) -> datetime:
    """Read a moment: a datetime, or a text in ISO 8601; without a time zone it is in UTC, as Airflow's `ds` is.

    Raises `InvalidOption` for anything else.
    """
    read = since
    if isinstance(since, str):
        try:
            read = datetime.fromisoformat(since.strip())
        except ValueError:
            read = None
    if not isinstance(read, datetime):
        got = since[:_LONGEST_QUOTED] if isinstance(since, str) else type(since).__name__
        expected = "a datetime, or a text such as 2026-01-31T10:00:00+01:00"
        raise InvalidOption(option="since", got=got, expected=expected)
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _counts(job: Job, since: datetime, compare: Compared) -> bool:
    moment = job.started_at if compare == "started_at" else _ended_at(job)
    return moment is not None and moment.timestamp() >= math.floor(since.timestamp())


def _ended_at(job: Job) -> datetime | None:
    """Return when the job ended; what is known too little of is taken to have ended when it began."""
    if job.updated_at is not None or job.started_at is None:
        return job.updated_at
    return job.started_at + timedelta(seconds=job.duration_seconds or 0)


def _number(job: Job) -> int:
    return job.job_id
