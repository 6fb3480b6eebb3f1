"""What a job's status is, worked out from its timeline, its age and the looks at it: pure, nothing waits or remembers.

A timeline says how long a job stays in each stage: for seconds of the mock's clock, for a number of looks, or for ever
(until somebody moves it by hand). Each `running` stage is an attempt. The rows of a stage that commits some move when
the `running` stage before it is over, and the job stays `running` until they are committed, so a job is never
`succeeded` before its rows are there, unless the timeline wants them late.
The allowed transitions are Airbyte's own (`JobStatus` of airbyte-platform).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from mock_airbyte.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    """A status, and how long it lasts: `seconds`, or `looks`, or (neither) for ever."""

    status: str
    seconds: float | None = None
    looks: int | None = None  # it lasts until it was shown that often (≥ 0)
    commits: float | None = (
        None  # the share of the streams that are committed now; None: all if it succeeded, else none
    )
    rows_after: float = 0.0  # seconds by which the rows come later than the status says
    failure: Failure | None = None  # why the attempt before it failed

    @property
    def is_last(self) -> bool:
        """Whether it lasts for ever."""
        return self.seconds is None and self.looks is None

    @property
    def share(self) -> float:
        """The share of the streams that are committed when it begins."""
        return self.commits if self.commits is not None else float(self.status == "succeeded")


Timeline = Sequence[Stage]

IMMEDIATE: Timeline = (Stage("pending", 0), Stage("running", 0), Stage("succeeded"))
MANUAL: Timeline = (Stage("pending"),)


def by_clock(*, pending_seconds: float = 1, running_seconds: float = 5) -> Timeline:
    """Return the timeline of a job that waits, runs and succeeds."""
    return (Stage("pending", pending_seconds), Stage("running", running_seconds), Stage("succeeded"))


def polls(running: int, *, pending: int = 0) -> Timeline:
    """Return the timeline of a job that succeeds after so many looks show it pending, and then running."""
    return (Stage("pending", looks=pending), Stage("running", looks=running), Stage("succeeded"))


def checked(timeline: Timeline) -> Timeline:
    """Return the timeline; raises `ValueError` where Airbyte has no such transition or the end is missing."""
    for before, after in pairwise(timeline):
        if after.status not in TRANSITIONS.get(before.status, frozenset()):
            message = f"Airbyte has no such transition (from={before.status!r}, to={after.status!r})."
            raise ValueError(message)
        if before.is_last:
            message = f"A stage without an end is the last one (status={before.status!r})."
            raise ValueError(message)
    if not timeline or not timeline[-1].is_last or timeline[-1].status not in TRANSITIONS:
        message = "A timeline ends with a known status that lasts for ever (seconds=None, looks=None)."
        raise ValueError(message)
    return timeline


@dataclass(frozen=True, slots=True)
class Move:
    """A status that a job was given by hand; `at` is later than `decided_at` where that takes its time."""

    status: str
    decided_at: datetime
    at: datetime
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A stage that a job has come to, and when."""

    stage: Stage
    began_at: datetime

    @property
    def status(self) -> str:
        """The stage's status."""
        return self.stage.status


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that a job's status follows from: its plan, when it was looked at, and who moved it by hand."""

    timeline: Timeline
    created_at: datetime
    looks: tuple[datetime, ...] = ()  # those that a stage counts
    moves: tuple[Move, ...] = ()

    def passed(self, now: datetime) -> tuple[Passed, ...]:
        """Return the stages that it has come to by `now`, in order; there is at least one."""
        planned = self._planned(min(now, self.moves[0].decided_at) if self.moves else now)
        moved = [Passed(_by_hand(move), move.at) for move in self.moves if move.at <= now]
        return (*planned, *moved)

    def counts_looks(self, now: datetime) -> bool:
        """Return whether a look at `now` brings it on."""
        return not self.moves and self.passed(now)[-1].stage.looks is not None

    def next_change(self, now: datetime) -> datetime | None:
        """Return when it next comes to another status, or its late rows to their time, by the clock alone."""
        last = self.passed(now)[-1]
        lasts = () if self.moves or last.stage.seconds is None else (last.stage.seconds,)
        waits = [last.began_at + timedelta(seconds=seconds) for seconds in (*lasts, last.stage.rows_after)]
        return min((at for at in (*waits, *(move.at for move in self.moves)) if at > now), default=None)

    def _planned(self, now: datetime) -> tuple[Passed, ...]:
        begins, looks, found = self.created_at, iter(self.looks), list[Passed]()
        for stage in self.timeline:
            found.append(Passed(stage, begins))
            ends = _end(stage, begins, looks)
            if ends is None or ends > now:
                break
            begins = ends
        return tuple(found)


def _end(stage: Stage, begins: datetime, looks: Iterator[datetime]) -> datetime | None:
    if stage.looks is not None:
        for _ in range(stage.looks):
            look = next(looks, None)
            if look is None:
                return None
            begins = look
        return begins
    return begins + timedelta(seconds=stage.seconds) if stage.seconds is not None else None


def _by_hand(move: Move) -> Stage:
    return Stage(move.status, failure=move.failure)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt as planned: when it ran, and the stage that ended it (None: it still runs)."""

    number: int
    began_at: datetime
    ended: Passed | None


def attempts(passed: Sequence[Passed]) -> tuple[Attempt, ...]:
    """Return the attempts that a job has made: each `running` stage is one."""
    begun = [place for place, one in enumerate(passed) if one.status == "running"]
    until = [*begun[1:], len(passed)]  # one too many where nothing has begun
    return tuple(
        Attempt(number, passed[start].began_at, _ending(passed[start + 1 : end]))
        for number, (start, end) in enumerate(zip(begun, until, strict=False))
    )


def _ending(following: Sequence[Passed]) -> Passed | None:
    """Return what ended an attempt: the success that came of it, or else whatever came first."""
    succeeded = (one for one in following if one.status == "succeeded")
    return next(succeeded, following[0] if following else None)
