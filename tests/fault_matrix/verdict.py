"""What counts as wrong in a cell, by the jobs that the mock had and the state that the task ended in: pure.

A retry may start a job anew only where the one before it failed or was cancelled: starting beside a job that runs, or
after one that succeeded, is a duplicate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

Wrong: TypeAlias = Literal["duplicate job", "orphan job", "false success", "false failure", "hang"]

_ENDS = frozenset({"succeeded", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job that the task started; moments are seconds of the mock's clock."""

    job_id: int
    status: str  # when all was over
    started_at: float
    ended_at: float | None  # None: it still runs


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one cell when its run was over, or its deadline had passed."""

    task_state: str  # Airflow's, `running` or `deferred` where it had not ended in time
    followed_job: int | None  # whose result the task returned; None: it returned none
    own_jobs: Sequence[JobSeen] = ()  # those that the task started, oldest first
    others: Sequence[JobSeen] = ()  # those that somebody else started


def wrongs(seen: Seen, *, ends_well: bool) -> list[Wrong]:
    """Return what is wrong, nothing where all is as it must be."""
    found: list[Wrong] = []
    if any(_doubles(before, after) for before, after in pairwise(seen.own_jobs)):
        found.append("duplicate job")
    if any(job.status not in _ENDS for job in seen.own_jobs):
        found.append("orphan job")
    if seen.task_state == "success" and not (ends_well and _has_succeeded(seen)):
        found.append("false success")
    if seen.task_state in ("failed", "upstream_failed", "skipped") and ends_well:
        found.append("false failure")
    if seen.task_state not in ("success", "failed", "upstream_failed", "skipped"):
        found.append("hang")
    return found


def _doubles(before: JobSeen, after: JobSeen) -> bool:
    ran_beside = before.ended_at is None or after.started_at < before.ended_at
    return ran_beside or before.status == "succeeded"


def _has_succeeded(seen: Seen) -> bool:
    jobs = {job.job_id: job.status for job in (*seen.own_jobs, *seen.others)}
    return seen.followed_job is not None and jobs.get(seen.followed_job) == "succeeded"
