"""A store in this process's memory: the shortest telling of what a store promises, and what tests use."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from taskflow_profilemesh.storage.store import PARTIALS_LAST

if TYPE_CHECKING:
    from datetime import datetime

    from taskflow_profilemesh.storage.store import Event, RunSummary, StoredPartial, StoredProfile
    from taskflow_profilemesh.tables import TableRef


class MemoryStore:
    """Keeps runs in a list; safe between threads, gone with the process."""

    def __init__(self) -> None:
        """Start empty."""
        self._runs: list[StoredProfile] = []
        self._events: list[Event] = []
        self._states: dict[tuple[str, TableRef], tuple[str, bytes]] = {}  # with the id of the run
        self._partials: dict[tuple[str, str, TableRef, str], StoredPartial] = {}
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


def _replaces(new: StoredProfile, old: StoredProfile) -> bool:
    same_slot = new.origin is not None and (new.origin, new.source, new.table) == (old.origin, old.source, old.table)
    return same_slot or new.profile_id == old.profile_id


def _is_backfill(run: StoredProfile, runs: list[StoredProfile]) -> bool:
    logical_date = run.logical_date
    return logical_date is not None and any(
        other.profiled_at <= run.profiled_at and other.logical_date is not None and other.logical_date > logical_date
        for other in runs
    )
