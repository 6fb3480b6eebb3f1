"""What a job's status is, worked out from a timeline and its age: pure, nothing here waits or remembers.

A timeline says how long a job stays in each stage. The rows move when the last `running` stage is over, and the job
stays `running` until they are committed, so a job is never `succeeded` before its rows are there.
The allowed transitions are Airbyte's own (`JobStatus` of airbyte-platform).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

TERMINAL = frozenset({"succeeded", "failed", "cancelled"})

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"queued", "running", "failed", "cancelled", "incomplete"}),
    "queued": frozenset({"pending", "running", "cancelled", "failed"}),
    "running": frozenset({"incomplete", "succeeded", "failed", "cancelled"}),
    "incomplete": frozenset({"pending", "running", "failed", "cancelled", "incomplete", "succeeded"}),
    "succeeded": frozenset(),
    "cancelled": frozenset(),
    "failed": frozenset({"failed"}),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A status and how long it lasts, in seconds; None: for ever."""

    status: str
    seconds: float | None = None


Timeline = Sequence[Stage]

IMMEDIATE: Timeline = (Stage("pending", 0), Stage("running", 0), Stage("succeeded"))


def by_clock(*, pending_seconds: float = 1, running_seconds: float = 5) -> Timeline:
    """Return the timeline of a job that waits, runs and succeeds."""
    return (Stage("pending", pending_seconds), Stage("running", running_seconds), Stage("succeeded"))


def checked(timeline: Timeline) -> Timeline:
    """Return the timeline; raises `ValueError` where Airbyte has no such transition or the end is missing."""
    for before, after in pairwise(timeline):
        if after.status not in TRANSITIONS.get(before.status, frozenset()):
            message = f"Airbyte has no such transition (from={before.status!r}, to={after.status!r})."
            raise ValueError(message)
        if before.seconds is None:
            message = f"A stage without an end is the last one (status={before.status!r})."
            raise ValueError(message)
    if not timeline or timeline[-1].seconds is not None or timeline[-1].status not in TRANSITIONS:
        message = "A timeline ends with a known status that lasts for ever (seconds=None)."
        raise ValueError(message)
    return timeline


def stage_at(timeline: Timeline, age_seconds: float) -> int:
    """Return the index of the stage that a job of that age is in."""
    left = age_seconds
    for index, stage in enumerate(timeline):
        if stage.seconds is None or left < stage.seconds:
            return index
        left -= stage.seconds
    return len(timeline) - 1


def status_at(timeline: Timeline, age_seconds: float) -> str:
    """Return the planned status of a job created `age_seconds` ago."""
    return timeline[stage_at(timeline, age_seconds)].status


def begins_at(timeline: Timeline, index: int) -> float:
    """Return the age in seconds at which the stage begins."""
    return sum(stage.seconds or 0 for stage in timeline[:index])


@dataclass(frozen=True, slots=True)
class AttemptSpan:
    """One attempt of a job: `running`, `failed` or `succeeded`, with the ages at which it began and ended."""

    number: int
    status: str
    begins_seconds: float
    ends_seconds: float | None  # None: still running


def attempts_at(timeline: Timeline, age_seconds: float) -> tuple[AttemptSpan, ...]:
    """Return the attempts that a job of that age has made: each `running` stage is one."""
    spans: list[AttemptSpan] = []
    reached = stage_at(timeline, age_seconds)
    for index, stage in enumerate(timeline[: reached + 1]):
        if stage.status != "running":
            continue
        over = index < reached
        outcome = ("succeeded" if timeline[index + 1].status == "succeeded" else "failed") if over else "running"
        ends = begins_at(timeline, index + 1) if over else None
        spans.append(AttemptSpan(len(spans), outcome, begins_at(timeline, index), ends))
    return tuple(spans)
