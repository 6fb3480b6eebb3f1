"""What a job's status is, worked out from its timeline, its age and the looks at it: pure, nothing waits or remembers.

A timeline says how long a job stays in each stage: for seconds of the mock's clock, for a number of looks, or for ever
(until somebody moves it by hand). Each `running` stage is an attempt. The rows of a stage that commits some move when
the `running` stage before it is over, and the job stays `running` until they are committed, so a job is never
`succeeded` before its rows are there, unless the timeline wants them late. Where they cannot be moved, the timeline is
set back: the job is `incomplete` for a while, runs once more for as long as before, and then goes on as planned.
The allowed transitions are Airbyte's own (`JobStatus` of airbyte-platform).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from mock_airbyte.failures import Failure

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
class Setback:
    """What came of an attempt instead of what its timeline wanted: `failed`, `cancelled`, or `incomplete` and again."""

    status: str
    took: timedelta  # until the rows stopped moving
    wait_seconds: float = 0.0  # until the next attempt


@dataclass(frozen=True, slots=True)
class Passed:
    """A stage that a job has come to, and when."""

    stage: Stage
    began_at: datetime

    @property
    def status(self) -> str:
        """The stage's status."""
        return self.stage.status


Setbacks = Mapping[int, Setback]
_NONE: Setbacks = {}


@dataclass(frozen=True, slots=True)
class Course:
    """Everything that a job's status follows from: its plan, when it was looked at, and who moved it by hand."""

    timeline: Timeline
    created_at: datetime
    looks: tuple[datetime, ...] = ()  # those that a stage counts
    moves: tuple[Move, ...] = ()

    def passed(self, now: datetime, setbacks: Setbacks = _NONE) -> tuple[Passed, ...]:
        """Return the stages that it has come to by `now`, in order; there is at least one.

        `setbacks`: what came of attempts, by their numbers, instead of what was planned.
        """
        way = _Way(setbacks, iter(self.looks))
        plans = [(self.timeline, self.created_at), *(((_by_hand(move),), move.at) for move in self.moves)]
        ends = [*(min(now, move.decided_at) for move in self.moves), now]
        for (timeline, begins), until in zip(plans, ends, strict=True):
            if begins <= now:
                way.follow(timeline, begins, until)
        return tuple(way.passed)

    def counts_looks(self, now: datetime, setbacks: Setbacks = _NONE) -> bool:
        """Return whether a look at `now` brings it on."""
        return not self.moves and self.passed(now, setbacks)[-1].stage.looks is not None

    def next_change(self, now: datetime, setbacks: Setbacks = _NONE) -> datetime | None:
        """Return when it next comes to another status, or its late rows to their time, by the clock alone."""
        passed = self.passed(now, setbacks)
        last = passed[-1]
        is_moving = any(move.at > now for move in self.moves)  # by hand: nothing else will happen
        lasts = () if is_moving or last.stage.seconds is None else (last.stage.seconds,)
        waits = [last.began_at + timedelta(seconds=seconds) for seconds in lasts]
        waits += [one.began_at + timedelta(seconds=one.stage.rows_after) for one in passed]
        return min((at for at in (*waits, *(move.at for move in self.moves)) if at > now), default=None)


@dataclass(slots=True)
class _Way:
    """The stages that a job has come to while its plans are followed, one after another."""

    setbacks: Setbacks
    looks: Iterator[datetime]
    passed: list[Passed] = field(default_factory=list)
    attempt: int = -1
    running: Stage = Stage("running", 0)  # the latest attempt's

    def follow(self, timeline: Timeline, begins: datetime, until: datetime) -> None:
        """Go on from the moment at which a timeline begins."""
        ahead = [*reversed(timeline)]
        while ahead:
            stage = ahead.pop()
            setback = self._setback(stage)
            if setback is not None:
                ahead = [*ahead, stage, self._again()] if setback.status == "incomplete" else []
                stage = Stage(setback.status, setback.wait_seconds if ahead else None)
                begins += setback.took
            self.passed.append(Passed(stage, begins))
            if stage.status == "running":
                self.attempt, self.running = self.attempt + 1, stage
            ends = _end(stage, begins, self.looks)
            if ends is None or ends > until:
                return
            begins = ends

    def _setback(self, stage: Stage) -> Setback | None:
        """Return what came of the attempt that the stage is to end, if rows were to move then and did not."""
        ends_it = stage.status != "running" and stage.share > 0 and stage.rows_after == 0
        return self.setbacks.get(self.attempt) if ends_it else None

    def _again(self) -> Stage:
        """Return the stage of the next attempt; one that had to be ended by hand is not waited for twice."""
        return replace(self.running, seconds=0) if self.running.is_last else self.running


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
