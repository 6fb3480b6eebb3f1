"""What a job looks like at one moment, from its timeline, its age and how far its rows are: pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mock_airbyte.failures import SyncFailure
from mock_airbyte.lifecycle import TERMINAL, attempts_at, begins_at, stage_at
from mock_airbyte.records import Job
from mock_airbyte.sync.progress import LogLine, StreamCounts

if TYPE_CHECKING:
    from mock_airbyte.lifecycle import AttemptSpan
    from mock_airbyte.sync.progress import Progress


@dataclass(frozen=True, slots=True)
class AttemptState:
    """One attempt, with the moments at which it began and ended (None: still running)."""

    number: int
    status: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobState:
    """One job at one moment."""

    job: Job
    status: str
    updated_at: datetime
    attempts: tuple[AttemptState, ...] = ()
    streams: tuple[StreamCounts, ...] = ()
    lines: tuple[LogLine, ...] = ()
    failure: SyncFailure | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether it will not change any more."""
        return self.status in TERMINAL

    @property
    def rows_committed(self) -> int:
        """Rows that are in the destination."""
        return sum(stream.records_committed for stream in self.streams)

    @property
    def bytes_committed(self) -> int:
        """Their size in bytes."""
        return sum(stream.bytes_committed for stream in self.streams)


def rows_are_due(job: Job, now: datetime) -> bool:
    """Return whether the job's rows should be moving by now."""
    return job.cancelled_at is None and _planned(job, now) == "succeeded"


def job_state(job: Job, progress: Progress | None, now: datetime) -> JobState:
    """Return the job as it is at `now`; `progress` is None before its rows began to move."""
    if job.cancelled_at is not None:
        attempts = _ended(_attempts(job, job.cancelled_at), "failed", job.cancelled_at)
        return JobState(job, "cancelled", job.cancelled_at, attempts)
    planned = _planned(job, now)
    if planned != "succeeded":
        return JobState(job, planned, _stage_began(job, now), _attempts(job, now))
    if progress is None or progress.outcome is None or progress.finished_at is None:
        return _moving(job, progress, now)
    return _moved(job, progress, now)


def _moving(job: Job, progress: Progress | None, now: datetime) -> JobState:
    attempts = _attempts(job, now)
    last = attempts[-1]
    attempts = (*attempts[:-1], AttemptState(last.number, "running", last.started_at, None))
    streams, lines = _so_far(progress)
    return JobState(job, "running", now, attempts, streams, lines)


def _moved(job: Job, progress: Progress, now: datetime) -> JobState:
    ended = _ended_at(job, progress, now)
    status = progress.outcome or "failed"
    attempts = _ended(_attempts(job, now), "succeeded" if status == "succeeded" else "failed", ended)
    streams, lines = _so_far(progress)
    return JobState(job, status, ended, attempts, streams, lines, progress.failure)


def _so_far(progress: Progress | None) -> tuple[tuple[StreamCounts, ...], tuple[LogLine, ...]]:
    return (progress.streams, tuple(progress.lines)) if progress else ((), ())


def _planned(job: Job, now: datetime) -> str:
    return job.timeline[stage_at(job.timeline, _age(job, now))].status


def _age(job: Job, now: datetime) -> float:
    return max((now - job.created_at).total_seconds(), 0)


def _at(job: Job, age_seconds: float) -> datetime:
    return job.created_at + timedelta(seconds=age_seconds)


def _stage_began(job: Job, now: datetime) -> datetime:
    return _at(job, begins_at(job.timeline, stage_at(job.timeline, _age(job, now))))


def _ended_at(job: Job, progress: Progress, now: datetime) -> datetime:
    """Return the plan's own end, put off by the time that moving the rows took."""
    planned = _stage_began(job, now)
    if progress.started_at is None or progress.finished_at is None:
        return planned
    return planned + (progress.finished_at - progress.started_at)


def _attempts(job: Job, now: datetime) -> tuple[AttemptState, ...]:
    return tuple(_attempt(job, span) for span in attempts_at(job.timeline, _age(job, now)))


def _attempt(job: Job, span: AttemptSpan) -> AttemptState:
    ended = _at(job, span.ends_seconds) if span.ends_seconds is not None else None
    return AttemptState(span.number, span.status, _at(job, span.begins_seconds), ended)


def _ended(attempts: tuple[AttemptState, ...], status: str, ended_at: datetime) -> tuple[AttemptState, ...]:
    if not attempts:
        return ()
    last = attempts[-1]
    return (*attempts[:-1], AttemptState(last.number, status, last.started_at, ended_at))
