"""Holds what Airbyte says that it committed against the rows that are there, once a table is profiled.

It comes after the profile: a row that carries the job's id by then was there before, for the job has ended. What cannot
be counted costs the profile nothing: the log says so, and there is no verdict.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Protocol

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.drift.rows_lost import least_rows, reconciled, rows_lost
from taskflow_profilemesh.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.drift import DriftReport
    from taskflow_profilemesh.profiling import TableProfile
    from taskflow_profilemesh.profiling.landed import LandedRows
    from taskflow_profilemesh.reading.plan import ReadPlan
    from taskflow_profilemesh.tables import Synced

log = logging.getLogger(__name__)


class Counts(Protocol):
    """What is asked of a source."""

    def landed_rows(self, plan: ReadPlan, job_id: int) -> LandedRows | None:
        """Count the table's rows by the sync that wrote them; None where nothing in it says which."""


def reconcile(
    source: Counts, plan: ReadPlan, profile: TableProfile
) -> Callable[[DriftReport | None], DriftReport | None]:
    """Return what puts the outcome into a report; it leaves the report alone where there is no verdict.

    A table of which Airbyte says nothing, or into which it wrote nothing, is not asked.
    """
    if plan.synced is None or not least_rows(plan.synced):
        return partial(reconciled, distance=None, finding=None)
    landed = _landed(source, plan, plan.synced)
    if landed is None:
        return partial(reconciled, distance=None, finding=None)
    is_whole = plan.scope is None and plan.growth is None
    distance, finding = rows_lost(plan.synced, landed, rows_profiled=profile.row_count if is_whole else None)
    _say(plan, plan.synced, landed, is_judged=distance is not None)
    return partial(reconciled, distance=distance, finding=finding)


def _landed(source: Counts, plan: ReadPlan, synced: Synced) -> LandedRows | None:
    try:
        return source.landed_rows(plan, synced.job_id)
    except SourceError as error:
        log.warning("%s: its rows were not held against those of job %d. %s", plan.schema.table, synced.job_id, error)
        return None


def _say(plan: ReadPlan, synced: Synced, landed: LandedRows, *, is_judged: bool) -> None:
    verdict = "" if is_judged else " That allows no verdict."
    log.info(
        "%s: Airbyte committed %s in job %d; of %s in the table %s carry its id, and %s that of a later job.%s",
        plan.schema.table,
        amount(synced.rows_committed or 0, "row"),
        synced.job_id,
        f"{landed.rows:,}",
        f"{landed.job_rows:,}",
        f"{landed.later_rows:,}",
        verdict,
    )
