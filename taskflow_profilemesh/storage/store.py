"""What a store of profiles is: the values that go in and come out, and the promises that every store keeps.

`memory.py` and `sql.py` keep the same promises; one contract suite holds both to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from taskflow_profilemesh.profiling.profile import TableProfile
from taskflow_profilemesh.tables import TableRef

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
