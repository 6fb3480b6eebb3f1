"""What a job looks like at one moment, from its course and how far the rows of its attempts are: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, TypedDict

from mock_airbyte.failures import Failure, SyncFailure
from mock_airbyte.lifecycle import TERMINAL, attempts
from mock_airbyte.records import Job, StreamConfig
from mock_airbyte.retries import setbacks
from mock_airbyte.sync.progress import LogLine, StreamCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.lifecycle import Attempt, Passed
    from mock_airbyte.sync.progress import Progress

Rows = Mapping[int, "Progress"]  # how far the rows are, by attempt; none before they began to move
_CANCELLED = Failure("The sync was cancelled.", "airbyte_platform", "manual_cancellation")
_NOT_SAID = Failure("The attempt failed.", "unknown", "system_error")


@dataclass(frozen=True, slots=True)
class AttemptState:
    """One attempt, with the moments at which it began and ended (None: still running)."""

    number: int
    status: str
    started_at: datetime
    ended_at: datetime | None
    streams: tuple[StreamCounts, ...] = ()
    failure: SyncFailure | None = None
    lines: tuple[LogLine, ...] = ()


@dataclass(frozen=True, slots=True)
class JobState:
    """One job at one moment."""

    job: Job
    status: str
    updated_at: datetime
    attempts: tuple[AttemptState, ...] = ()
    history: tuple[str, ...] = ()  # the statuses that it has come to, this one last
    awaits_rows: bool = False  # whether rows are still to move, or moving

    @property
    def is_terminal(self) -> bool:
        """Whether it will not change any more."""
        return self.status in TERMINAL

    @property
    def failure(self) -> SyncFailure | None:
        """Why it failed, if it did and somebody said why: what ended its last attempt."""
        if self.status not in ("failed", "incomplete") or not self.attempts:
            return None
        return self.attempts[-1].failure

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """The log of all attempts together."""
        return tuple(line for attempt in self.attempts for line in attempt.lines)

    @property
    def streams(self) -> tuple[StreamCounts, ...]:
        """The counts of each stream, of all attempts together."""
        totals: dict[tuple[str, str | None], StreamCounts] = {}
        for attempt in self.attempts:
            for counts in attempt.streams:
                key = counts.name, counts.namespace
                totals[key] = _added(totals[key], counts) if key in totals else counts
        return tuple(totals.values())

    @property
    def rows_committed(self) -> int:
        """Rows that are in the destination."""
        return sum(stream.records_committed for stream in self.streams)

    @property
    def bytes_committed(self) -> int:
        """Their size in bytes."""
        return sum(stream.bytes_committed for stream in self.streams)


@dataclass(frozen=True, slots=True)
class DueRows:
    """Rows that should be moving: of which attempt, and of which streams."""

    attempt: int
    streams: tuple[StreamConfig, ...]


def rows_due(job: Job, rows: Rows, now: datetime) -> DueRows | None:
    """Return the rows that are to begin to move by now, or None.

    A stream that an earlier attempt has brought to its end is done; the others are left to the next one.
    """
    left = job.streams
    for attempt in attempts(passed(job, rows, now)):
        progress = rows.get(attempt.number)
        if attempt.ended is not None and _commits(attempt):
            chosen = left[: ceil(_share(attempt) * len(left))]
            if progress is None:
                return DueRows(attempt.number, chosen) if _rows_begin(attempt.ended) <= now else None
            if progress.outcome != "succeeded":
                return None
        if progress is not None:
            left = tuple(one for one in left if (one.name, one.namespace) not in progress.complete)
    return None


def passed(job: Job, rows: Rows, now: datetime) -> tuple[Passed, ...]:
    """Return the stages that the job has come to, with the attempts that followed failures."""
    return job.course.passed(now, setbacks(rows, job.backoff))


def counts_look(job: Job, rows: Rows, now: datetime) -> bool:
    """Return whether a look at `now` brings the job on."""
    return job.course.counts_looks(now, setbacks(rows, job.backoff))


def next_change(job: Job, rows: Rows, now: datetime) -> datetime | None:
    """Return when the clock alone brings the job on next, or None."""
    return job.course.next_change(now, setbacks(rows, job.backoff))


def job_state(job: Job, rows: Rows, now: datetime) -> JobState:
    """Return the job as it is at `now`."""
    stages = passed(job, rows, now)
    made = attempts(stages)
    held = next((one for one in made if _holds(one, rows)), None)
    if held is not None:
        return _held(job, stages, made[: held.number + 1], rows, now)
    states = tuple(_attempt(job, one, rows) for one in made)
    waiting = any(_commits(one) and not _is_moved(one, rows) for one in made)
    last = stages[-1]
    ended = last.began_at + (_moving_took(made[-1], rows) if made and made[-1].ended is last else timedelta())
    return JobState(job, last.status, ended, states, tuple(one.status for one in stages), waiting)


def _held(job: Job, stages: Sequence[Passed], made: tuple[Attempt, ...], rows: Rows, now: datetime) -> JobState:
    """Return the job whose plan waits for the rows of its last attempt."""
    last = made[-1]
    earlier = tuple(_attempt(job, one, rows) for one in made[:-1])
    history = tuple(one.status for one in stages[: next(i for i, one in enumerate(stages) if one is last.ended)])
    running = AttemptState(last.number, "running", last.began_at, None, **_seen(rows.get(last.number)))
    return JobState(job, "running", now, (*earlier, running), history, awaits_rows=True)


def _attempt(job: Job, attempt: Attempt, rows: Rows) -> AttemptState:
    progress, ended = rows.get(attempt.number), attempt.ended
    seen = _seen(progress)
    if ended is None:
        return AttemptState(attempt.number, "running", attempt.began_at, None, **seen)
    ended_at = ended.began_at + _moving_took(attempt, rows)
    if ended.status == "succeeded":
        if not _commits(attempt):
            seen["streams"] = tuple(StreamCounts(stream.name, stream.namespace) for stream in job.streams)
        return AttemptState(attempt.number, "succeeded", attempt.began_at, ended_at, **seen)
    planned = ended.stage.failure or (_CANCELLED if ended.status == "cancelled" else _NOT_SAID)
    reason = progress.failure if progress and progress.failure else planned.raised()
    return AttemptState(attempt.number, "failed", attempt.began_at, ended_at, failure=reason, **seen)


class _Seen(TypedDict):
    streams: tuple[StreamCounts, ...]
    lines: tuple[LogLine, ...]


def _seen(progress: Progress | None) -> _Seen:
    return _Seen(streams=progress.streams if progress else (), lines=tuple(progress.lines) if progress else ())


def _share(attempt: Attempt) -> float:
    return attempt.ended.stage.share if attempt.ended else 0


def _commits(attempt: Attempt) -> bool:
    return _share(attempt) > 0


def _rows_begin(ended: Passed) -> datetime:
    return ended.began_at + timedelta(seconds=ended.stage.rows_after)


def _is_moved(attempt: Attempt, rows: Rows) -> bool:
    progress = rows.get(attempt.number)
    return progress is not None and progress.finished_at is not None


def _holds(attempt: Attempt, rows: Rows) -> bool:
    """Return whether the job can get no further than this attempt."""
    if attempt.ended is None or not _commits(attempt) or attempt.ended.stage.rows_after > 0:
        return False
    return not _is_moved(attempt, rows)


def _moving_took(attempt: Attempt, rows: Rows) -> timedelta:
    """Return the time that moving the attempt's rows took: the plan's own end is put off by it, a setback was."""
    progress = rows.get(attempt.number)
    late = attempt.ended is not None and attempt.ended.stage.rows_after > 0
    if progress is None or progress.started_at is None or progress.finished_at is None or late or not _commits(attempt):
        return timedelta()
    return progress.finished_at - progress.started_at


def _added(first: StreamCounts, second: StreamCounts) -> StreamCounts:
    return replace(
        first,
        records_emitted=first.records_emitted + second.records_emitted,
        bytes_emitted=first.bytes_emitted + second.bytes_emitted,
        records_committed=first.records_committed + second.records_committed,
        bytes_committed=first.bytes_committed + second.bytes_committed,
        is_complete=first.is_complete or second.is_complete,
    )
