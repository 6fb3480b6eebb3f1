"""A store in this process's memory: the shortest telling of what a store promises, and what tests use."""

from __future__ import annotations

from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from taskflow_profilemesh.storage.eligible import eligible
from taskflow_profilemesh.storage.results import results_of
from taskflow_profilemesh.storage.retention import AFTER_A_WRITE, KEEP_ALL, decided
from taskflow_profilemesh.storage.store import PARTIALS_LAST, MetricPoint, MetricValue, Pruned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from taskflow_profilemesh.storage.retention import Retention
    from taskflow_profilemesh.storage.store import Decision, Event, RunSummary, StoredPartial, StoredProfile
    from taskflow_profilemesh.tables import TableRef


class MemoryStore:
    """Keeps runs in a list; safe between threads, gone with the process."""

    def __init__(self, *, retention: Retention = KEEP_ALL) -> None:
        """Start empty. `retention`: what each write forgets."""
        self._retention = retention
        self._runs: list[StoredProfile] = []
        self._events: list[Event] = []
        self._states: dict[tuple[str, TableRef], tuple[str, bytes]] = {}  # with the id of the run
        self._partials: dict[tuple[str, str, TableRef, str], StoredPartial] = {}
        self._decisions: list[Decision] = []
        self._lock = Lock()

    @property
    def name(self) -> str:
        """Where it keeps things."""
        return "memory"

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return False

    def save(self, stored: StoredProfile, *, state: bytes | None = None) -> None:
        """Keep a run. It replaces an earlier one of the same profile id, or of the same origin, source and table."""
        with self._lock:
            self._runs = [*(run for run in self._runs if not _replaces(stored, run)), stored]
            if state is not None and stored.passed:
                self._states[stored.source, stored.table] = (stored.profile_id, state)
        if self._retention:
            self._prune(self._retention, stored.source, stored.table, now=stored.profiled_at, most=AFTER_A_WRITE)

    def state(self, source: str, table: TableRef) -> bytes | None:
        """Return the state that came last with a run of the table that passed and is still kept, or None."""
        profile_id, state = self._states.get((source, table), ("", None))
        return state if self.load(profile_id) else None

    def save_partial(self, partial: StoredPartial) -> None:
        """Keep the state of a part, in place of one of the same run, table and part; forget those of a week ago."""
        with self._lock:
            oldest = partial.saved_at - PARTIALS_LAST
            kept = {key: other for key, other in self._partials.items() if other.saved_at >= oldest}
            self._partials = kept | {(partial.run_id, partial.source, partial.table, partial.part): partial}

    def partials(self, run_id: str, source: str, table: TableRef) -> list[StoredPartial]:
        """Return the states of the table's parts that this run has saved, in the order of their names."""
        own = [part for key, part in self._partials.items() if key[:3] == (run_id, source, table)]
        return sorted(own, key=lambda partial: partial.part)

    def forget_partials(self, run_id: str) -> None:
        """Forget the states of all parts that this run has saved; there may be none."""
        with self._lock:
            self._partials = {key: other for key, other in self._partials.items() if key[0] != run_id}

    def load(self, profile_id: str) -> StoredProfile | None:
        """Return that run, or None."""
        return next((run for run in self._runs if run.profile_id == profile_id), None)

    def latest(
        self, source: str, table: TableRef, *, before: datetime | None = None, not_origin: str | None = None
    ) -> StoredProfile | None:
        """Return the newest run that may be a baseline, or None."""
        runs = self._newest_first(source, table)
        for run in runs:
            in_time = before is None or run.profiled_at < before
            own = not_origin is not None and run.origin == not_origin
            if run.passed and in_time and not own and not _is_backfill(run, runs):
                return run
        return None

    def history(self, source: str, table: TableRef, *, limit: int = 100) -> list[RunSummary]:
        """Return the table's last `limit` runs, newest first."""
        return [run.summary() for run in self._newest_first(source, table)[:limit]]

    def series(
        self, source: str, table: TableRef, *, column: str | None, metric: str, limit: int = 100
    ) -> list[MetricPoint]:
        """Return the last values of one metric of a column, or (None) of the table, newest first."""
        points = (
            MetricPoint(
                profile_id=run.profile_id,
                run_id=run.run_id,
                profiled_at=run.profiled_at,
                metric=metric,
                numeric_value=result.numeric_value,
                text_value=result.text_value,
                value_precision=result.precision.value,
            )
            for run in self._newest_first(source, table)
            for result in results_of(run.profile, run.drift)
            if (result.column, result.metric) == (column, metric)
        )
        return list(islice(points, limit))

    def prune(self, retention: Retention, *, now: datetime, dry_run: bool = False) -> Iterator[Pruned]:
        """Forget the runs of every table that are not kept, and yield what went of each; `dry_run`: would go."""
        for source, table in self.tables():
            yield self._prune(retention, source, table, now=now, dry_run=dry_run)

    def _prune(
        self,
        retention: Retention,
        source: str,
        table: TableRef,
        *,
        now: datetime,
        most: int | None = None,
        dry_run: bool = False,
    ) -> Pruned:
        with self._lock:
            newest_first = self._newest_first(source, table)
            oldest_first = [(run.profile_id, run.profiled_at) for run in reversed(newest_first)]
            spared = self._spared(newest_first, source, table)
            gone = retention.forgotten(oldest_first, total=len(newest_first), now=now, spared=spared)[:most]
            lost = [
                event for event in self._events if gone and _is_of(event, source, table) and event.at <= gone[-1][1]
            ]
            if not dry_run:
                ids = {profile_id for profile_id, _ in gone}
                self._runs = [run for run in self._runs if run.profile_id not in ids]
                self._events = [event for event in self._events if event not in lost]
        return Pruned(source=source, table=table, runs=len(gone), of_runs=len(newest_first), events=len(lost))

    def _spared(self, newest_first: list[StoredProfile], source: str, table: TableRef) -> set[str]:
        baseline = self.latest(source, table)
        ids = {run.profile_id for run in newest_first[:1]} | ({baseline.profile_id} if baseline else set())
        return ids | {self._states.get((source, table), ("", b""))[0]} | decided(self.decisions(source, table))

    def candidates(
        self,
        source: str,
        table: TableRef,
        *,
        not_origin: str | None = None,
        limit: int = 500,
        decisions: Sequence[Decision] | None = None,
    ) -> list[RunSummary]:
        """Return those of the table's last `limit` runs that may be a baseline, newest first."""
        runs = [run.summary() for run in self._newest_first(source, table)]
        before = [run.logical_date for run in runs[limit:] if run.logical_date]
        made = self.decisions(source, table) if decisions is None else decisions
        return eligible(runs[:limit], made, latest_date=max(before, default=None), not_origin=not_origin)

    def reports(self, profile_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the drift of those of the runs that there are, by profile id."""
        return {run.profile_id: run.drift for run in self._runs if run.profile_id in set(profile_ids)}

    def numbers(self, runs: Sequence[RunSummary], metrics: Sequence[str]) -> list[MetricValue]:
        """Return these numbers of these runs of one table."""
        found = (run for wanted in runs if (run := self.load(wanted.profile_id)))
        return [
            MetricValue(profile_id=run.profile_id, column=result.column, metric=result.metric, value=value)
            for run in found
            for result in results_of(run.profile, run.drift)
            if result.metric in metrics and (value := result.numeric_value) is not None
        ]

    def decide(self, decision: Decision) -> None:
        """Keep what somebody decided."""
        with self._lock:
            self._decisions.append(decision)

    def decisions(self, source: str, table: TableRef) -> list[Decision]:
        """Return what was decided about the table, the last decision first."""
        own = [one for one in reversed(self._decisions) if (one.source, one.table) == (source, table)]
        return sorted(own, key=lambda one: one.at, reverse=True)

    def tables(self) -> list[tuple[str, TableRef]]:
        """Return each source and table that has a run, in alphabetical order."""
        return sorted({(run.source, run.table) for run in self._runs}, key=lambda pair: (pair[0], str(pair[1])))

    def record_event(self, event: Event) -> None:
        """Keep an event."""
        with self._lock:
            self._events.append(event)

    def events(self, source: str, table: TableRef, *, limit: int = 100) -> list[Event]:
        """Return the table's last `limit` events, newest first."""
        own = [event for event in reversed(self._events) if (event.source, event.table) == (source, table)]
        return sorted(own, key=lambda event: event.at, reverse=True)[:limit]

    def close(self) -> None:
        """Let go of nothing."""

    def _newest_first(self, source: str, table: TableRef) -> list[StoredProfile]:
        own = [run for run in self._runs if (run.source, run.table) == (source, table)]
        return sorted(own, key=lambda run: (run.profiled_at, run.profile_id), reverse=True)


def _is_of(event: Event, source: str, table: TableRef) -> bool:
    return (event.source, event.table) == (source, table)


def _replaces(new: StoredProfile, old: StoredProfile) -> bool:
    same_slot = new.origin is not None and (new.origin, new.source, new.table) == (old.origin, old.source, old.table)
    return same_slot or new.profile_id == old.profile_id


def _is_backfill(run: StoredProfile, runs: list[StoredProfile]) -> bool:
    logical_date = run.logical_date
    return logical_date is not None and any(
        other.profiled_at <= run.profiled_at and other.logical_date is not None and other.logical_date > logical_date
        for other in runs
    )
