"""What a store of profiles is: the values that go in and come out, and the promises that every store keeps.

`memory.py` and `sql.py` keep the same promises; one contract suite holds both to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from taskflow_profilemesh.profiling.profile import TableProfile
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from taskflow_profilemesh.storage.retention import Retention

PARTIALS_LAST: Final = timedelta(days=7)  # so that a merge can be tried again, and nothing stays for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run of one table without its profile: a line of the history."""

    profile_id: str
    run_id: str
    source: str
    table: TableRef
    profiled_at: datetime
    logical_date: datetime | None
    origin: str | None
    duration_seconds: float | None
    row_count: int
    column_count: int
    exact: bool
    drift_severity: str | None  # the worst of the run's drift; None when nothing drifted
    finding_count: int  # findings and schema changes
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProfile:
    """One run of one table.

    `source` names the database. `profiled_at` and `logical_date` (the run's date in Airflow; None when it has none)
    are aware. `origin` is the key of the task instance that made it, the same for its retries; None when no task did.
    `drift` is a drift report's `as_dict()`, empty when nothing was compared. `passed` is False when a gate failed:
    such a run never becomes a baseline.
    """

    profile_id: str
    run_id: str
    source: str
    table: TableRef
    profiled_at: datetime
    profile: TableProfile
    logical_date: datetime | None = None
    origin: str | None = None
    duration_seconds: float | None = None
    drift: Mapping[str, Any] = field(default_factory=dict)
    passed: bool = True

    def __post_init__(self) -> None:
        """Refuse times without a time zone: they cannot be put in order."""
        _refuse_naive(profiled_at=self.profiled_at, logical_date=self.logical_date)

    def summary(self) -> RunSummary:
        """Return the run's line of the history."""
        return RunSummary(
            profile_id=self.profile_id,
            run_id=self.run_id,
            source=self.source,
            table=self.table,
            profiled_at=self.profiled_at,
            logical_date=self.logical_date,
            origin=self.origin,
            duration_seconds=self.duration_seconds,
            row_count=self.profile.row_count,
            column_count=len(self.profile.columns),
            exact=self.profile.exact,
            drift_severity=self.drift.get("severity"),
            finding_count=len(self.drift.get("findings", ())) + len(self.drift.get("schema_changes", ())),
            passed=self.passed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a table and should be remembered: a new baseline, a muted finding, an alert.

    `at` is aware; `payload` is plain JSON.
    """

    kind: str
    source: str
    table: TableRef
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a time without a time zone."""
        _refuse_naive(at=self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricValue:
    """One number of one run: of a column, or of the table (column None)."""

    profile_id: str
    column: str | None
    metric: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPoint:
    """One metric of one run: a number, a text where a number does not say it all, or both."""

    profile_id: str
    run_id: str
    profiled_at: datetime
    metric: str
    numeric_value: float | None
    text_value: str | None
    value_precision: str  # exact, approximate or sampled


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was forgotten of one table: how many of how many runs, and how many events."""

    source: str
    table: TableRef
    runs: int
    of_runs: int
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTable:
    """What a store holds of one table: how many runs, and when the first and the last were profiled."""

    source: str
    table: TableRef
    runs: int
    first_at: datetime
    last_at: datetime


class DecisionKind(StrEnum):
    """What people can decide about a table."""

    ACCEPT = "accept"  # a run is the new normal: it may be a baseline, and nothing before it
    PIN = "pin"  # a run is the pinned baseline
    UNPIN = "unpin"  # no run is
    MUTE = "mute"  # some findings are not told until a moment
    UNMUTE = "unmute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a table, at the aware moment `at`.

    `profile_id`: the run that was accepted or pinned. `column`, `metric`: what is muted, or no longer; None is each.
    `until`: aware; the mute ends then. `note` says why, in the words of whoever decided (at most 1,000 characters).
    """

    kind: DecisionKind
    source: str
    table: TableRef
    at: datetime
    profile_id: str | None = None
    column: str | None = None
    metric: str | None = None
    until: datetime | None = None
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse times without a time zone."""
        _refuse_naive(at=self.at, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPartial:
    """The state of one part of a table, as one of several workers saved it, until the parts of its run are merged.

    `part` names the part, once per run and table. `state` is what `profiling.saved_state` makes and reads.
    """

    run_id: str
    source: str
    table: TableRef
    part: str
    saved_at: datetime
    state: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a time without a time zone."""
        _refuse_naive(saved_at=self.saved_at)


class ProfileStore(Protocol):
    """Keeps profiles and answers what came before.

    History is ordered by when a table was profiled. Everything that is written is written as a whole or not at all.
    Errors are those below `StoreError`.
    """

    @property
    def name(self) -> str:
        """Where it keeps things, fit to be printed: no user and no secret in it."""

    @property
    def is_file(self) -> bool:
        """Whether it is a file, which workers without a shared disk cannot share."""

    def save(self, stored: StoredProfile, *, state: bytes | None = None) -> None:
        """Keep a run. It replaces an earlier one of the same profile id, or of the same origin, source and table.

        With the state of its rows, which then is the table's, in place of the one before. A run that did not pass
        keeps none, and leaves the one before where it is.
        """

    def state(self, source: str, table: TableRef) -> bytes | None:
        """Return the state that came last with a run of the table that passed and is still kept, or None."""

    def save_partial(self, partial: StoredPartial) -> None:
        """Keep the state of a part, in place of one of the same run, table and part; forget those of a week ago."""

    def partials(self, run_id: str, source: str, table: TableRef) -> list[StoredPartial]:
        """Return the states of the table's parts that this run has saved, in the order of their names."""

    def forget_partials(self, run_id: str) -> None:
        """Forget the states of all parts that this run has saved; there may be none."""

    def load(self, profile_id: str) -> StoredProfile | None:
        """Return that run, or None."""

    def latest(
        self, source: str, table: TableRef, *, before: datetime | None = None, not_origin: str | None = None
    ) -> StoredProfile | None:
        """Return the newest run that may be a baseline, or None.

        Only runs that passed, profiled before `before` (None: ever) by another origin than `not_origin`. A backfill (a
        run whose logical date is older than that of a run profiled no later than it) is never among them.
        """

    def history(self, source: str, table: TableRef, *, limit: int = 100) -> list[RunSummary]:
        """Return the table's last `limit` runs, newest first."""

    def series(
        self, source: str, table: TableRef, *, column: str | None, metric: str, limit: int = 100
    ) -> list[MetricPoint]:
        """Return the last values of one metric of a column, or (None) of the table, newest first.

        The metrics are those of `profilemesh_results`; a run without it is left out.
        """

    def prune(self, retention: Retention, *, now: datetime, dry_run: bool = False) -> Iterator[Pruned]:
        """Forget the runs of every table that are not kept, and yield what went of each; `dry_run`: would go.

        Nothing happens before it is asked for. What hangs on a run goes with it, and so do the table's events up to the
        newest run that goes. `retention.py` says which runs are never forgotten.
        """

    def candidates(
        self,
        source: str,
        table: TableRef,
        *,
        not_origin: str | None = None,
        limit: int = 500,
        decisions: Sequence[Decision] | None = None,
    ) -> list[RunSummary]:
        """Return those of the table's last `limit` runs that may be a baseline, newest first, as `latest` says.

        A run that somebody accepted is among them in any case, and no run before the last one of those. `decisions` are
        the table's, where the caller has them at hand; None: they are looked up.
        """

    def reports(self, profile_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the drift (`StoredProfile.drift`) of those of the runs that there are, by profile id."""

    def numbers(self, runs: Sequence[RunSummary], metrics: Sequence[str]) -> list[MetricValue]:
        """Return these numbers of these runs of one table, in no order; what a run does not have is left out.

        The metrics are those of `profilemesh_results`.
        """

    def decide(self, decision: Decision) -> None:
        """Keep what somebody decided."""

    def decisions(self, source: str, table: TableRef) -> list[Decision]:
        """Return what was decided about the table, the last decision first."""

    def tables(self) -> list[tuple[str, TableRef]]:
        """Return each source and table that has a run, in alphabetical order."""

    def record_event(self, event: Event) -> None:
        """Keep an event."""

    def events(self, source: str, table: TableRef, *, limit: int = 100) -> list[Event]:
        """Return the table's last `limit` events, newest first."""

    def close(self) -> None:
        """Let go of every connection."""


def _refuse_naive(**times: datetime | None) -> None:
    for name, moment in times.items():
        if moment is not None and moment.tzinfo is None:
            message = f"{name} must have a time zone"
            raise ValueError(message)
