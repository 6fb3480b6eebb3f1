"""One table profiled by several workers: each saves the state of a part, and one of them merges the parts.

A part is a request with a `where` (or of a partition's own name) and a name. The parts of a table must hold every row
once. Nobody can tell that from conditions, so the merged rows are counted against the table, and parts that overlap or
leave something out are an error. Saved states hold no rows, see `profiling.saved_state`: where all parts together are
small enough to be profiled exactly, the table is read again as a whole.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.errors import PartsIncomplete, PartsMismatch
from taskflow_profilemesh.profiling.saved_state import SavedState, Unusable, load_state, save_state
from taskflow_profilemesh.reading.signals import signal_names
from taskflow_profilemesh.storage import StoredPartial

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from taskflow_profilemesh.outcome import ProfiledTable, Run
    from taskflow_profilemesh.pipeline import Pipeline
    from taskflow_profilemesh.reading.plan import ReadPlan
    from taskflow_profilemesh.tables import TableRequest

log = logging.getLogger(__name__)

_PART: Final = {"kind": "part of a table"}  # so that no part is taken for the state of a table


def save_part(pipeline: Pipeline, request: TableRequest, run: Run, *, part: str) -> int:
    """Read one part of a table, save its state under the run and the part's name, and return its number of rows.

    A retry replaces what it saved before. Raises what a read raises.
    """
    pipeline.source.check()
    plan = pipeline.source.plan(replace(request, incremental=None, sample=None, max_rows=None))
    read = pipeline.accumulate(plan)
    pipeline.store.save_partial(
        StoredPartial(
            run_id=run.run_id,
            source=pipeline.source.name,
            table=plan.schema.table,
            part=part,
            saved_at=pipeline.clock.now(),
            state=save_state(pipeline.guard.part(read), part=part_of(plan)),
        )
    )
    log.info("%s: %s rows of the part %s are saved.", plan.schema.table, f"{read.state.row_count:,}", part)
    return read.state.row_count


def merge_parts(pipeline: Pipeline, request: TableRequest, run: Run, *, parts: Sequence[str]) -> ProfiledTable:
    """Merge the parts of a table that were saved under this run into its profile; compare, store and publish it.

    `request` is of the whole table. The parts stay, so that a retry can merge them again, and are forgotten after a
    week. Raises `PartsIncomplete` where a part is missing or cannot be used, and `PartsMismatch` where the parts have
    more or fewer rows than the table.
    """
    started = pipeline.clock.monotonic()
    pipeline.source.check()
    plan = pipeline.source.plan(replace(request, incremental=None, sample=None, max_rows=None))
    known = reduce(SavedState.combine, _loaded(pipeline, plan, run, parts))
    counted = pipeline.source.row_count(plan)
    if counted != known.state.row_count:
        raise PartsMismatch(
            source=pipeline.source.name,
            table=str(plan.schema.table),
            part_rows=known.state.row_count,
            table_rows=counted,
        )
    whole = known if counted > pipeline.small_rows else pipeline.accumulate(plan)
    return pipeline.conclude(pipeline.profile(plan, whole), run, started=started)


def part_of(plan: ReadPlan) -> dict[str, str | None]:
    """Return what the state of a part must be of, to be merged with others."""
    return {**_PART, "signal columns": signal_names(plan.signals)}


def _loaded(pipeline: Pipeline, plan: ReadPlan, run: Run, parts: Iterable[str]) -> list[SavedState]:
    saved = pipeline.store.partials(run.run_id, pipeline.source.name, plan.schema.table)
    states = {partial.part: load_state(partial.state, plan.schema, part=part_of(plan)) for partial in saved}
    wanted = sorted(set(parts))
    found = ((part, states.get(part, Unusable("it was not saved"))) for part in wanted)
    missing = tuple(f"{part}: {state.reason}" for part, state in found if isinstance(state, Unusable))
    if missing or not wanted:
        raise PartsIncomplete(
            source=pipeline.source.name,
            table=str(plan.schema.table),
            run_id=run.run_id,
            missing=missing,
            known=tuple(states),
        )
    return [state for part in wanted if isinstance(state := states[part], SavedState)]
