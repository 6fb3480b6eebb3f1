"""Decide what to do after a look at a job: wait, done or failed. Pure; whoever calls it does the waiting.

The operator, the trigger and sensors share this, so that a job means the same in every mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from taskflow_profilemesh.airbyte.models import Job
from taskflow_profilemesh.airbyte.statuses import CANCELLED, FAILED, SUCCEEDED

FIRST_LOOK_SECONDS = 1.0
_GROWTH = 0.25  # the pause grows by a quarter of the time waited so far, until it is the poll interval


@dataclass(frozen=True, slots=True)
class Wait:
    """Not ended: look again in `seconds` (> 0)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Done:
    """The job succeeded."""

    job: Job


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended in another way, or its time is up (`timed_out`), or it makes no progress (`stalled`)."""

    job: Job
    cause: Literal["failed", "cancelled", "timed_out", "stalled"]


Step: TypeAlias = Wait | Done | Failed


def next_step(job: Job, *, waited_seconds: float, timeout_seconds: float, poll_seconds: float) -> Step:
    """Decide what to do after seeing `job`, `waited_seconds` after the waiting began.

    A final status counts even after the deadline: a job that made it is not failed for being seen late. Every other
    status, a status unknown here too, means waiting until `timeout_seconds`. The first looks come sooner than
    `poll_seconds`, and none comes later than the deadline.
    """
    match job.status:
        case status if status == SUCCEEDED:
            return Done(job)
        case status if status == CANCELLED:
            return Failed(job, "cancelled")
        case status if status == FAILED:
            return Failed(job, "failed")
    left = timeout_seconds - waited_seconds
    if left <= 0:
        return Failed(job, "timed_out")
    return Wait(min(pause_seconds(waited_seconds, poll_seconds), left))


def pause_seconds(waited_seconds: float, poll_seconds: float) -> float:
    """Return the pause between looks after so long: a second at first, growing to `poll_seconds`."""
    return min(poll_seconds, max(FIRST_LOOK_SECONDS, waited_seconds * _GROWTH))
