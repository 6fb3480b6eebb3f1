"""Which runs may be a baseline: those that passed and are no backfill, from the last one that somebody accepted on.

It stands alone because every store asks it, after it has fetched a bounded part of the history: a table of 10,000 runs
costs no more than one of 500.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.storage.store import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from taskflow_profilemesh.storage.store import Decision, RunSummary


def eligible(
    runs: Sequence[RunSummary],
    decisions: Sequence[Decision],
    *,
    latest_date: datetime | None,
    not_origin: str | None,
) -> list[RunSummary]:
    """Return those of the runs (newest first) that may be a baseline, in their order.

    `latest_date` is the latest logical date among all runs before these. `decisions`: the last one first.
    """
    accepted = [one.profile_id for one in decisions if one.kind is DecisionKind.ACCEPT]
    found: list[RunSummary] = []
    for run in reversed(runs):
        is_backfill = bool(run.logical_date and latest_date and run.logical_date < latest_date)
        latest_date = max((date for date in (run.logical_date, latest_date) if date), default=None)
        if accepted and run.profile_id == accepted[0]:
            found = []
        own = not_origin is not None and run.origin == not_origin
        if not own and (run.profile_id in accepted or (run.passed and not is_backfill)):
            found.append(run)
    return found[::-1]
