"""Takes from the store what the page of a table tells: a run, what it was compared with, and the runs before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.report.column_history import METRICS
from taskflow_profilemesh.storage import RunSummary, StoredProfile

if TYPE_CHECKING:
    from taskflow_profilemesh.storage import ProfileStore
    from taskflow_profilemesh.tables import TableRef

LISTED_RUNS: Final = 100  # in the list of runs
TOLD_RUNS: Final = 12  # of which the history of each column tells


@dataclass(frozen=True, slots=True)
class PastNumbers:
    """What the history of columns tells of one run: numbers by column and metric; no document is read for it."""

    profile_id: str
    columns: Mapping[str, Mapping[str, float]]

    def of(self, *names: str) -> Mapping[str, float]:
        """Return the numbers of the column under the first of these names that it has; none where it was not there."""
        return next((self.columns[name] for name in names if name in self.columns), {})


@dataclass(frozen=True, slots=True)
class TableContents:
    """One run of one table, and what is known of the table by then."""

    current: StoredProfile
    baseline: StoredProfile | None  # None: it was compared with nothing that is still kept
    runs: tuple[RunSummary, ...]  # newest first, the current one and those before it
    past: tuple[PastNumbers, ...]  # oldest first; the current one is the last
    reports: Mapping[str, Mapping[str, Any]]  # the drift of each of `runs` that found any, by profile id

    @property
    def has_changes(self) -> bool:
        """Whether anything drifted."""
        return bool(self.current.drift.get("findings") or self.current.drift.get("schema_changes"))


def read_table(
    store: ProfileStore, source: str, table: TableRef, *, profile_id: str | None = None, told_runs: int = TOLD_RUNS
) -> TableContents | None:
    """Return the contents of a run's page, of the table's last run if none is named; None where there is no such run.

    `told_runs` (≥ 1): how many runs the history of each column goes back.
    """
    runs = store.history(source, table, limit=LISTED_RUNS)
    current = store.load(profile_id or runs[0].profile_id) if runs or profile_id else None
    if current is None or (current.source, current.table) != (source, table):
        return None
    until = tuple(run for run in runs if run.profiled_at <= current.profiled_at)
    others = [run for run in until if run.profile_id != current.profile_id][: told_runs - 1]
    return TableContents(
        current=current,
        baseline=_baseline(store, current, until),
        runs=until or (current.summary(),),
        past=_past(store, [*reversed(others), current.summary()]),
        reports={
            **store.reports([run.profile_id for run in until if run.finding_count]),
            current.profile_id: current.drift,
        },
    )


def _past(store: ProfileStore, runs: list[RunSummary]) -> tuple[PastNumbers, ...]:
    found: dict[str, dict[str, dict[str, float]]] = {run.profile_id: {} for run in runs}
    for number in store.numbers(runs, METRICS):
        if number.column is not None:
            found[number.profile_id].setdefault(number.column, {})[number.metric] = number.value
    return tuple(PastNumbers(profile_id, columns) for profile_id, columns in found.items())


def _baseline(store: ProfileStore, current: StoredProfile, runs: tuple[RunSummary, ...]) -> StoredProfile | None:
    """Return the run that the current one was compared with; the newest one of several."""
    if not current.drift:
        return None
    named = current.drift.get("baseline_run_ids")
    if not named:
        return store.latest(current.source, current.table, before=current.profiled_at, not_origin=current.origin)
    wanted = set(named) - {current.run_id}
    newest = next((run for run in runs if run.run_id in wanted), None)
    return store.load(newest.profile_id) if newest else None
