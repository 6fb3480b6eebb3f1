"""A sync that has begun: all that waiting for it needs, as plain JSON values that survive a restart. Pure.

`decide` is what every waiter does after a look: `next_step`, and the judgement whether the job still moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, get_args

from taskflow_profilemesh.airbyte.plain_values import check_parts, is_moment, is_text, is_whole
from taskflow_profilemesh.airbyte.polling import Failed, Wait, next_step
from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.airbyte.stall import mark_of
from taskflow_profilemesh.airbyte.starting import Role

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.models import Job, JobDetails
    from taskflow_profilemesh.airbyte.polling import Step
    from taskflow_profilemesh.airbyte.stall import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSync:
    """A job that is waited for. `role`: see `starting.Role`. `since` and `deadline` are seconds since 1970.

    `restarts_until`: a job of an earlier try that ends cancelled before this moment (seconds since 1970) was cancelled
    with that try, which was killed; it counts as one in the way. 0 for a job of this try.
    """

    spec: SyncSpec
    connection_id: str
    connection_name: str
    workspace_id: str
    job_id: int
    role: Role
    since: float
    deadline: float
    restarts_until: float = 0.0

    @property
    def may_cancel(self) -> bool:
        """Return whether a task that ends early takes the job with it: only one that it started."""
        return self.spec.cancel_on_kill and self.role == "own"

    @property
    def timeout_seconds(self) -> float:
        """Return how long the waiting may take in all."""
        return self.deadline - self.since

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` reads them back."""
        return {
            "spec": self.spec.as_dict(),
            "connection_id": self.connection_id,
            "connection_name": self.connection_name,
            "workspace_id": self.workspace_id,
            "job_id": self.job_id,
            "role": self.role,
            "since": self.since,
            "deadline": self.deadline,
            "restarts_until": self.restarts_until,
        }

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Read what `as_dict` wrote; it has travelled through a database, so all of it is checked.

        Raises `InvalidOption` that names the part.
        """
        parts = value if isinstance(value, Mapping) else {}
        check_parts("sync", parts, _RIGHT)
        restarts_until = parts.get("restarts_until", 0.0)  # a task that was deferred by an older version has none
        check_parts("sync", {"restarts_until": restarts_until}, {"restarts_until": is_moment})
        values = {name: parts[name] for name in _RIGHT if name != "spec"}
        return cls(spec=SyncSpec.from_value(parts["spec"]), **values, restarts_until=restarts_until)


_RIGHT = {
    "spec": lambda value: isinstance(value, Mapping),
    "connection_id": is_text,
    "connection_name": is_text,
    "workspace_id": is_text,
    "job_id": is_whole,
    "role": lambda value: value in get_args(Role),
    "since": is_moment,
    "deadline": is_moment,
}


def needs_details(running: RunningSync, job: Job) -> bool:
    """Return whether `decide` can use the job's details: only to see a running job stall."""
    return running.spec.stall_timeout_seconds is not None and running.role != "blocking" and not job.is_terminal


def decide(
    running: RunningSync, job: Job, details: JobDetails | None, progress: Progress, *, now: float
) -> tuple[Step, Progress]:
    """Return what to do after a look at the job at `now` (seconds since 1970), and the progress so far.

    `details`: of a job that `needs_details`, where they may be read; without them a job never stalls.
    """
    waited = max(0.0, now - running.since)
    step = next_step(
        job,
        waited_seconds=waited,
        timeout_seconds=running.timeout_seconds,
        poll_seconds=running.spec.poll_interval_seconds,
    )
    stall_seconds = running.spec.stall_timeout_seconds
    if not isinstance(step, Wait) or stall_seconds is None:
        return step, progress
    seen = progress.seen(mark_of(details), waited_seconds=waited)
    if seen.is_stalled(waited_seconds=waited, stall_timeout_seconds=stall_seconds):
        return Failed(job, "stalled"), seen
    return step, seen
