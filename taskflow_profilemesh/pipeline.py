"""The spine: plan → read → accumulate → profile → compare → store → publish.

No Airflow in here. The source, the store, the clock and whoever wants to hear of a result are passed in, so the same
lines run in a task, on a command line and in a test.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.clock import Clock
from taskflow_profilemesh.comparison import DriftSettings, compared
from taskflow_profilemesh.drift import Thresholds
from taskflow_profilemesh.drift.gate import Gate
from taskflow_profilemesh.errors import InvalidOption, ProfileMeshError, SourceError
from taskflow_profilemesh.events.profiling_events import ProfilingEvent, concluded, started
from taskflow_profilemesh.events.profiling_events import failed as could_not
from taskflow_profilemesh.guarding import Guard
from taskflow_profilemesh.incremental import Reading, kept, merged, read_whole, reading_of
from taskflow_profilemesh.outcome import FailedTable, ProfiledTable, RunOutcome
from taskflow_profilemesh.profiling import TableState
from taskflow_profilemesh.profiling.counted import with_counts
from taskflow_profilemesh.profiling.privacy import Privacy
from taskflow_profilemesh.profiling.saved_state import SavedState
from taskflow_profilemesh.profiling.table import SMALL_ROWS
from taskflow_profilemesh.progress import Announcer, Progress, Tracker
from taskflow_profilemesh.reconciling import reconcile
from taskflow_profilemesh.storage import ProfileStore, StoredProfile
from taskflow_profilemesh.table_selection import expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import polars as pl

    from taskflow_profilemesh.drift import DriftReport
    from taskflow_profilemesh.outcome import Run
    from taskflow_profilemesh.profiling import DecimalTotals, TableProfile
    from taskflow_profilemesh.profiling.landed import LandedRows
    from taskflow_profilemesh.reading.counting import Counts
    from taskflow_profilemesh.reading.cursor import Mark, Survey
    from taskflow_profilemesh.reading.plan import Growth, ReadPlan
    from taskflow_profilemesh.table_selection import Wanted
    from taskflow_profilemesh.tables import TableRef, TableRequest

log = logging.getLogger(__name__)


class Source(Protocol):
    """What the spine asks of a database; `reading.DatabaseSource` is the real one."""

    @property
    def name(self) -> str:
        """The name under which this source's history is kept, an Airflow connection id for instance."""

    def check(self) -> None:
        """Raise `SourceUnreachable` or `SourceLoginRefused` if the source cannot be read."""

    def tables(self, *, unnamed_only: bool = False) -> Sequence[TableRef]:
        """Return the tables there are; `unnamed_only`: those that a name without a schema finds."""

    def plan(self, request: TableRequest) -> ReadPlan:
        """Decide from the catalog how to read a table; raises `TableNotFound`, `ColumnNotFound` and such."""

    def plans(self, requests: Sequence[TableRequest]) -> Iterator[ReadPlan | ProfileMeshError]:
        """Yield for each request, in order, its plan or the error that `plan` would raise; the catalog is asked once.

        Raises what is wrong with the source as a whole.
        """

    def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        """Yield batches that hold every planned row once."""

    def tables_batches(self, plans: Sequence[ReadPlan]) -> Iterator[tuple[ReadPlan, Iterator[pl.DataFrame]]]:
        """Yield each plan, in order, with its batches.

        What goes wrong with a table is raised by its batches. The source may read ahead, but no table that grows.
        """

    def row_count(self, plan: ReadPlan) -> int:
        """Return the exact number of rows, counted by the database."""

    def counts(self, plan: ReadPlan) -> Counts:
        """Return what the database counts of all rows: how many, nulls and extremes; asked beside a sample."""

    def decimal_totals(self, plan: ReadPlan, columns: Collection[str]) -> Mapping[str, DecimalTotals]:
        """Return the exact extremes and sums of these decimal columns, as far as the database keeps them exactly."""

    def landed_rows(self, plan: ReadPlan, job_id: int) -> LandedRows | None:
        """Count the table's rows by the sync that wrote them; None where nothing in it says which."""

    def survey(self, growth: Growth, after: Mark | None) -> Survey:
        """Return how far the table reaches now and, with an earlier mark, what has become of the rows up to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The collaborators of a run, and the settings of its comparison.

    `emit` hears of what happens to each table (`events.profiling_events`) when it happens; it must not raise.
    `publish` hears of each table after it was stored, `progress` after each batch and each table how far the run is; an
    exception of `progress` is logged and costs nothing else. Up to `small_rows` rows a table is profiled exactly, with
    all of them in memory, and leaves no state. `privacy` says which values a profile may show.
    """

    source: Source
    store: ProfileStore
    clock: Clock
    thresholds: Thresholds = field(default_factory=Thresholds)
    drift: DriftSettings = field(default_factory=DriftSettings)
    gate: Gate = field(default_factory=Gate)
    emit: Callable[[ProfilingEvent], None] = lambda _: None
    publish: Callable[[ProfiledTable], None] = lambda _: None
    progress: Callable[[Progress], None] = lambda _: None
    small_rows: int = SMALL_ROWS
    privacy: Privacy = field(default_factory=Privacy)

    @property
    def guard(self) -> Guard:
        """What takes personal values out of finished profiles."""
        return Guard(self.privacy, self.source.name)

    def run(self, wanted: Sequence[Wanted], run: Run, *, fail_on_error: bool = True) -> RunOutcome:
        """Profile the tables, one after the other, and return what became of each.

        With `fail_on_error` a table that cannot be planned, because it does not exist for instance, raises before the
        first row of any table is read. Without it, such a table is listed as failed and the others are profiled.
        """
        plans, failed = planned(self.source, wanted)
        for failure in failed:
            self._emit_failure(failure, run)
        if failed and fail_on_error:
            raise failed[0].error
        tracker = Tracker(plans, clock=self.clock, tell=Announcer(self.progress), failed=len(failed))
        profiled = []
        for plan, batches in self.source.tables_batches(plans):
            self.emit(started(source=self.source.name, table=plan.schema.table, run_id=run.run_id, at=self.clock.now()))
            try:
                profiled.append(self._profile_table(plan, batches, run, tracker))
            except SourceError as error:
                failed.append(_failed(plan.schema.table, error))
                self._emit_failure(failed[-1], run)
            tracker.done(plan.schema.table)
        return RunOutcome(run, tuple(profiled), tuple(failed))

    def _profile_table(
        self, plan: ReadPlan, batches: Iterator[pl.DataFrame], run: Run, tracker: Tracker
    ) -> ProfiledTable:
        started = self.clock.monotonic()
        reading, whole = self._read(plan, batches, tracker)
        profile = self.profile(reading.plan, whole)
        return self.conclude(
            profile,
            run,
            started=started,
            keep=lambda shown: self._kept(reading, whole, shown),
            reason=reading.plan.reason if plan.growth else None,
            add=reconcile(self.source, plan, profile),
        )

    def conclude(
        self,
        profile: TableProfile,
        run: Run,
        *,
        started: float,
        keep: Callable[[TableProfile], bytes | None] = lambda _: None,
        reason: str | None = None,
        add: Callable[[DriftReport | None], DriftReport | None] = lambda report: report,
    ) -> ProfiledTable:
        """Guard a finished profile, compare it, store it with the state for the next one, and publish it.

        `started` is the clock's monotonic reading when the work began; `keep` makes the state, of which columns the
        profile shows; `reason` is why it was read as it was; `add` puts what else was found into the report.
        """
        baseline = self.store.latest(self.source.name, profile.schema.table, not_origin=run.origin)
        profile = self.guard.profile(profile, earlier=baseline.profile if baseline else None)
        report = add(self.compare(profile, run, loaded=baseline))
        stored = self._stored(profile, run, report, started=started)
        self.store.save(stored, state=keep(profile))
        table = ProfiledTable(stored, report, reason)
        for event in concluded(stored, report):
            self.emit(event)
        self.publish(table)
        log.info("%s: %s", stored.table, _sentence(table))
        return table

    def _stored(self, profile: TableProfile, run: Run, report: DriftReport | None, *, started: float) -> StoredProfile:
        return StoredProfile(
            profile_id=uuid.uuid4().hex,
            run_id=run.run_id,
            source=self.source.name,
            table=profile.schema.table,
            profiled_at=self.clock.now(),
            profile=profile,
            logical_date=run.logical_date,
            origin=run.origin,
            duration_seconds=self.clock.monotonic() - started,
            drift=report.as_dict() if report else {},
            passed=report is None or not self.gate.stops(report),
        )

    def _read(self, plan: ReadPlan, batches: Iterator[pl.DataFrame], tracker: Tracker) -> tuple[Reading, SavedState]:
        """Return what was read of the table, and all that is known of it now.

        Of a table that grows the batches are not taken: what its last profile left decides which are read instead.
        """
        if plan.growth is None:
            return Reading(plan), self.accumulate(plan, tracker.counted(plan, batches))
        state = self.store.state(self.source.name, plan.schema.table)
        reading = reading_of(plan, self.source, state, small_rows=self.small_rows, privacy=self.privacy.stamp)
        read = self._counted(reading.plan, tracker)
        if reading.misses(read.state.row_count):
            reading = read_whole(reading, self.source, why="rows were written while the new ones were read")
            read = self._counted(reading.plan, tracker)
        return reading, merged(reading, read)

    def _counted(self, plan: ReadPlan, tracker: Tracker) -> SavedState:
        return self.accumulate(plan, tracker.counted(plan, self.source.batches(plan)))

    def _kept(self, reading: Reading, whole: SavedState, shown: TableProfile) -> bytes | None:
        """Return the state for the next profile, with the texts that this one shows, or None without a cursor."""
        if reading.plan.growth is None:
            return None
        state = self.guard.state(whole, shown)
        return kept(reading, state, small_rows=self.small_rows, privacy=self.privacy.stamp)

    def accumulate(self, plan: ReadPlan, batches: Iterator[pl.DataFrame] | None = None) -> SavedState:
        """Read every planned row into a new state, from `batches` if they are there already."""
        log.info("%s: %s", plan.schema.table, plan.reason)
        state = self.state_of(plan, self.source.batches(plan) if batches is None else batches)
        totals = {} if plan.sampled else self.source.decimal_totals(plan, state.rounded_decimals)
        return SavedState(state=state, decimals=totals)

    def state_of(self, plan: ReadPlan, batches: Iterator[pl.DataFrame]) -> TableState:
        """Return the state of these batches of a table, and ask the database for nothing beside them."""
        state = TableState.empty(plan.schema, small_rows=self.small_rows)
        for batch in batches:
            state.add(batch)
        return state

    def profile(self, plan: ReadPlan, whole: SavedState) -> TableProfile:
        """Return the profile of all that is known, with the database's own counts where only a sample was read."""
        state, now = whole.state, self.clock.now()
        if plan.sampled:
            counts = self.source.counts(plan)
            sample = state.profile(row_count=counts.row_count, decimals=counts.decimals, now=now)
            profile = with_counts(
                sample, null_counts=counts.null_counts, extremes=counts.extremes, decimals=counts.decimals, now=now
            )
        else:
            counted = None if plan.columns else self.source.row_count(plan)
            profile = state.profile(row_count=counted, decimals=whole.decimals, now=now)
        return replace(profile, schema=plan.declared, scope=plan.scope)

    def _emit_failure(self, failure: FailedTable, run: Run) -> None:
        source, now = self.source.name, self.clock.now()
        self.emit(could_not(failure.error, source=source, table=failure.table, run_id=run.run_id, at=now))

    def compare(self, profile: TableProfile, run: Run, *, loaded: StoredProfile | None = None) -> DriftReport | None:
        """Return what changed since the baseline; None without one. `profile` is guarded already.

        `loaded`: an earlier run that is at hand, and need not be read again.
        """
        return compared(
            profile,
            self.store,
            self.drift.for_table(profile.schema.table, self.thresholds),
            source=self.source.name,
            now=self.clock.now(),
            run=run,
            alike=self.guard.alike,
            loaded=loaded,
        )


def planned(source: Source, wanted: Sequence[Wanted]) -> tuple[list[ReadPlan], list[FailedTable]]:
    """Return how each table that is wanted would be read, and which cannot be; no row of any is read.

    Raises what is wrong with the source as a whole, and `NoTableMatches`.
    """
    source.check()
    requests = expand(wanted, tables=lambda unnamed: source.tables(unnamed_only=unnamed), source=source.name)
    plans: dict[TableRef, ReadPlan] = {}
    failed = []
    for request, plan in zip(requests, source.plans(requests), strict=True):
        if isinstance(plan, ProfileMeshError):
            failed.append(_failed(request.table, plan))
            continue
        plan = replace(plan, synced=request.synced)  # noqa: PLW2901 -- the plan, with what it is for
        if plans.setdefault(plan.schema.table, plan) != plan:  # two parts of a table would replace each other
            twice = InvalidOption(option="tables", got=f"two parts of {plan.schema.table}", expected="each table once")
            failed.append(_failed(request.table, twice))
    return list(plans.values()), failed


def _failed(table: TableRef, error: ProfileMeshError) -> FailedTable:
    log.warning("%s: not profiled. %s", table, error)
    return FailedTable(table, error)


def _sentence(table: ProfiledTable) -> str:
    profile, seconds = table.stored.profile, table.stored.duration_seconds
    size = f"{amount(profile.row_count, 'row')} × {amount(len(profile.columns), 'column')} profiled in {seconds:.1f} s."
    first = "" if table.report and table.report.has_baseline else " It is the first profile of this table."
    return f"{size}{first}{f' {table.report.summary}' if table.report else ''}"
