"""One table profiled by several workers: one plans its ranges, each profiles a share of them, the last one merges.

Workers share the store and nothing else. The plan lies there, and the state that each share left, all under the plan's
id: a share that is tried again replaces what it left, and shares of two plans never mix. Whoever hands the work out
needs the id and the shares' names only.

The merged profile is the one that a single worker would have made. So it is refused where rows changed between the
first range and the last, unless `OnChange` says otherwise; `reading.changes` says how that is noticed.
"""

from __future__ import annotations

import json
import logging
import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, Protocol

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.errors import InvalidOption, PartsIncomplete, TableChanged
from taskflow_profilemesh.outcome import ProfiledTable
from taskflow_profilemesh.parts import part_of
from taskflow_profilemesh.pipeline import Pipeline, Source
from taskflow_profilemesh.profiling.saved_state import SavedState, Unusable, load_state, save_state
from taskflow_profilemesh.progress import Announcer, Tracker
from taskflow_profilemesh.reading.changes import Moment
from taskflow_profilemesh.reading.shares import as_document, of_document, shared
from taskflow_profilemesh.storage import StoredPartial
from taskflow_profilemesh.tables import TableRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.outcome import Run
    from taskflow_profilemesh.reading.changes import Seen
    from taskflow_profilemesh.reading.plan import ReadPlan

log = logging.getLogger(__name__)

_VERSION: Final = 1
_SAME: Final = "no row changed since they were planned, so it is of one snapshot"
_UNSEEN: Final = "as many rows as the table has; values changed in place meanwhile would not be noticed"


class OnChange(StrEnum):
    """What is done where rows changed while the ranges of a table were read."""

    FAIL = "fail"  # nothing is stored
    REREAD = "reread"  # the table is read once more, by one worker
    RECORD = "record"  # the ranges are merged all the same, and the result says so


class SpreadSource(Source, Protocol):
    """A source whose tables can be read in ranges; `reading.DatabaseSource` is the real one."""

    def plan_shares(self, request: TableRequest, shares: int) -> ReadPlan:
        """Return the plan of a table whose ranges so many workers share."""

    def moment(self, plan: ReadPlan) -> Moment:
        """Return what tells later which rows are newer than now."""

    def seen(self, plan: ReadPlan, since: Moment) -> Seen:
        """Count the rows as they are now, and those that are newer than that moment."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One table that several workers profile; `request` is the same for all of them.

    Raises `InvalidOption` for a request of a sample or of new rows only: these are not shared out.
    """

    pipeline: Pipeline
    source: SpreadSource  # of the pipeline
    request: TableRequest

    def __post_init__(self) -> None:
        """Refuse what cannot be shared out, before anything is read."""
        for option in ("sample", "max_rows", "incremental"):
            if getattr(self.request, option) is not None:
                expected = "columns, exclude_columns, where and partition only: every row is read"
                raise InvalidOption(option=option, got="a value, for a table on many workers", expected=expected)

    def plan(self, shares: int) -> tuple[str, list[str]]:
        """Plan the table in so many shares (≥ 1), or fewer if it is too small; return the plan's id and their names."""
        self.source.check()
        plan = self.source.plan_shares(self.request, shares)
        parts = shared(plan.ranges, shares)
        document = {
            "version": _VERSION,
            "planned_at": self.pipeline.clock.now().isoformat(),
            "moment": self.source.moment(plan).as_document() if len(plan.ranges) > 1 else {},
            "ranges": len(plan.ranges),
            "shares": {_name(number): as_document(part) for number, part in enumerate(parts)},
        }
        plan_id = uuid.uuid4().hex
        self._save(plan, _of(plan_id), "plan", json.dumps(document).encode())
        log.info(
            "%s: %s, in %s. %s",
            plan.schema.table,
            amount(len(plan.queries), "read"),
            amount(len(parts), "share"),
            plan.reason,
        )
        return plan_id, [_name(number) for number in range(len(parts))]

    def read(self, plan_id: str, share: str) -> int:
        """Read a share, leave its state in the store, and return its number of rows; a retry replaces it.

        Raises `PartsIncomplete` where the plan or the share is not in the store, and what a read raises.
        """
        self.source.check()
        whole = self.source.plan(self.request)
        shares: Mapping[str, list[object]] = self._planned(whole, plan_id)["shares"]
        if share not in shares:
            raise self._incomplete(whole, plan_id, [f"{share}: it is not in the plan"], known=tuple(shares))
        plan = whole.only(of_document(shares[share]))
        tracker = Tracker([plan], clock=self.pipeline.clock, tell=Announcer(self.pipeline.progress))
        state = self.pipeline.state_of(plan, tracker.counted(plan, self.source.batches(plan)))
        guarded = self.pipeline.guard.part(SavedState(state=state))
        self._save(whole, plan_id, share, save_state(guarded, part=self._words(whole)))
        log.info("%s: %s of share %s are profiled.", plan.schema.table, amount(state.row_count, "row"), share)
        return state.row_count

    def merge(self, plan_id: str, run: Run, *, on_change: OnChange = OnChange.FAIL) -> ProfiledTable:
        """Merge the shares of a plan into the table's profile; compare, store and publish it.

        The states stay until `forget`. A merge that is tried again after that returns what it stored. Raises
        `PartsIncomplete` where a share was not read, `TableChanged` where rows changed meanwhile.
        """
        self.source.check()
        plan = self.source.plan_shares(self.request, 1)
        if done := self._done(plan, plan_id, run):
            return done
        document = self._planned(plan, plan_id)
        merged = self._merged(plan, plan_id, [*document["shares"]])
        whole, reason = self._settled(plan, merged, document, on_change)
        age = self.pipeline.clock.now() - datetime.fromisoformat(document["planned_at"])
        started = self.pipeline.clock.monotonic() - age.total_seconds()
        return self.pipeline.conclude(self.pipeline.profile(plan, whole), run, started=started, reason=reason)

    def forget(self, plan_id: str) -> None:
        """Remove the plan and what its shares left."""
        for run_id in (plan_id, _of(plan_id)):  # the plan last: as long as it is there, the merge is not over
            self.pipeline.store.forget_partials(run_id)

    def _settled(
        self, plan: ReadPlan, merged: SavedState, document: Mapping[str, Any], on_change: OnChange
    ) -> tuple[SavedState, str]:
        """Return the state to profile, and how it came about."""
        state, ranges = merged.state, document["ranges"]
        told = f"Merged from {amount(len(document['shares']), 'share')} of {amount(ranges, 'range')}"
        if state.row_count <= self.pipeline.small_rows:
            return self.pipeline.accumulate(plan), "One read, because the table is small."
        if ranges == 1 or not plan.columns:
            return self._with_decimals(plan, merged), f"{told}."
        moment = Moment.of_document(document["moment"])
        change = _change(state.row_count, self.source.seen(plan, moment))
        if change is None:
            kept = _SAME if moment.snapshot else _UNSEEN
            return self._with_decimals(plan, merged), f"{told}; {kept}."
        if on_change is OnChange.FAIL:
            raise TableChanged(source=self.source.name, table=str(plan.schema.table), change=change)
        log.warning("%s: rows changed while its ranges were read: %s.", plan.schema.table, change)
        if on_change is OnChange.REREAD:
            return self.pipeline.accumulate(plan), f"Read again by one worker, because rows changed: {change}."
        return self._with_decimals(plan, merged), f"{told}, while rows changed: {change}."

    def _with_decimals(self, plan: ReadPlan, merged: SavedState) -> SavedState:
        """Return the state with the exact totals that the ranges could not tell, aggregated over the table once."""
        return replace(merged, decimals=self.source.decimal_totals(plan, merged.state.rounded_decimals))

    def _done(self, plan: ReadPlan, plan_id: str, run: Run) -> ProfiledTable | None:
        """Return what an earlier try of this merge stored, if it got so far that it forgot its shares."""
        store, table = self.pipeline.store, plan.schema.table
        if run.origin is None or store.partials(_of(plan_id), self.source.name, table):
            return None
        own = (line for line in store.history(self.source.name, table) if line.origin == run.origin)
        stored = next((found for line in own if (found := store.load(line.profile_id))), None)
        if stored is None:
            return None
        log.info("%s: an earlier try has merged and stored it.", table)
        return ProfiledTable(stored, self.pipeline.compare(stored.profile, run), "An earlier try merged it.")

    def _merged(self, plan: ReadPlan, plan_id: str, shares: Sequence[str]) -> SavedState:
        saved = self.pipeline.store.partials(plan_id, self.source.name, plan.schema.table)
        words = self._words(plan)
        states = {one.part: load_state(one.state, plan.schema, part=words) for one in saved}
        found = [(share, states.get(share, Unusable("it was not read"))) for share in shares]
        if missing := [f"{share}: {state.reason}" for share, state in found if isinstance(state, Unusable)]:
            raise self._incomplete(plan, plan_id, missing, known=tuple(states))
        return reduce(SavedState.combine, [state for _, state in found if isinstance(state, SavedState)])

    def _planned(self, plan: ReadPlan, plan_id: str) -> dict[str, Any]:
        saved = self.pipeline.store.partials(_of(plan_id), self.source.name, plan.schema.table)
        if not saved:
            raise self._incomplete(plan, plan_id, ["plan: it is not in the store"])
        planned: dict[str, Any] = json.loads(saved[0].state)
        if planned["version"] != _VERSION:
            raise self._incomplete(plan, plan_id, [f"plan: it is of version {planned['version']}, not {_VERSION}"])
        return planned

    def _save(self, plan: ReadPlan, run_id: str, part: str, state: bytes) -> None:
        table, now = plan.schema.table, self.pipeline.clock.now()
        self.pipeline.store.save_partial(
            StoredPartial(run_id=run_id, source=self.source.name, table=table, part=part, saved_at=now, state=state)
        )

    def _words(self, plan: ReadPlan) -> dict[str, str | None]:
        """Return what every share must have been asked for, to be merged with the others."""
        return part_of(plan) | {"scope": repr(plan.scope)}

    def _incomplete(
        self, plan: ReadPlan, plan_id: str, missing: Sequence[str], *, known: Sequence[str] = ()
    ) -> PartsIncomplete:
        table = str(plan.schema.table)
        return PartsIncomplete(
            source=self.source.name, table=table, run_id=plan_id, missing=tuple(missing), known=tuple(known)
        )


def _of(plan_id: str) -> str:
    """Return the run under which the plan itself lies, so that nobody loads all states to read it."""
    return f"{plan_id}/plan"


def _name(number: int) -> str:
    return f"{number + 1:04}"


def _change(rows: int, seen: Seen) -> str | None:
    """Return what shows that rows changed while the ranges, which have so many, were read; None where nothing does."""
    if seen.is_rewritten:
        return "the database wrote the table anew"
    if seen.newer_rows:
        return f"{amount(seen.newer_rows, 'row')} came or changed since the plan"
    return None if rows == seen.row_count else f"the ranges had {amount(rows, 'row')}, the table has {seen.row_count:,}"
