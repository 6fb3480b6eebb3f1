"""Forgetting a table's old runs, a bounded number at a time, with all that hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from taskflow_profilemesh.storage import rows
from taskflow_profilemesh.storage.queries import baselines, of_table
from taskflow_profilemesh.storage.retention import decided
from taskflow_profilemesh.storage.store import Pruned

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from taskflow_profilemesh.storage.retention import Retention
    from taskflow_profilemesh.storage.schema import Tables
    from taskflow_profilemesh.tables import TableRef


def prune_table(  # noqa: PLR0913 -- two of them are a table's name, three say how
    connection: Connection,
    tables: Tables,
    source: str,
    table: TableRef,
    *,
    retention: Retention,
    now: datetime,
    most: int | None = None,
    dry_run: bool = False,
) -> Pruned:
    """Forget runs of the table that are not kept, the oldest first, `most` of them (None: all), in one transaction.

    The events up to the newest run that goes go with it. `dry_run`: only count.
    """
    runs, events = tables.runs, tables.events
    own = of_table(runs, source, table)
    total = connection.execute(select(func.count()).select_from(runs).where(own)).scalar_one()
    spared = _spared(connection, tables, source, table)
    oldest = select(runs.c.profile_id, runs.c.profiled_at).where(own).order_by(runs.c.profiled_at, runs.c.profile_id)
    found = connection.execute(oldest if most is None else oldest.limit(most + len(spared))).all()
    gone = retention.forgotten([(row[0], row[1]) for row in found], total=total, now=now, spared=spared)[:most]
    past = of_table(events, source, table) & (events.c.at <= gone[-1][1]) if gone else None
    counted = 0
    if past is not None:
        counted = connection.execute(select(func.count()).select_from(events).where(past)).scalar_one()
        if not dry_run:
            connection.execute(delete(events).where(past))
            connection.execute(delete(runs).where(runs.c.profile_id.in_([profile_id for profile_id, _ in gone])))
    return Pruned(source=source, table=table, runs=len(gone), of_runs=total, events=counted)


def _spared(connection: Connection, tables: Tables, source: str, table: TableRef) -> set[str]:
    """Return the runs that are never forgotten; `retention.py` says which."""
    runs, state, decisions = tables.runs, tables.table_state, tables.decisions
    own = of_table(runs, source, table)
    newest = select(runs.c.profile_id).where(own).order_by(runs.c.profiled_at.desc(), runs.c.profile_id.desc())
    baseline = baselines(tables, source, table, before=None, not_origin=None).with_only_columns(runs.c.profile_id)
    with_state = select(state.c.profile_id).where(of_table(state, source, table))
    spared = {
        profile_id
        for query in (newest.limit(1), baseline.limit(1), with_state.limit(1))
        for profile_id in connection.execute(query).scalars()
    }
    last_first = select(decisions).where(of_table(decisions, source, table))
    found = connection.execute(last_first.order_by(decisions.c.at.desc(), decisions.c.decision_id.desc())).mappings()
    return spared | decided([rows.decision_from(dict(row)) for row in found])
