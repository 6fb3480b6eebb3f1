"""What an SQL store asks of its tables, in the order that their indexes have. Pure: nothing is run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select, Table

    from taskflow_profilemesh.storage.schema import Tables
    from taskflow_profilemesh.tables import TableRef


def of_table(kept: Table, source: str, table: TableRef) -> ColumnElement[bool]:
    """Return the condition for what is of one profiled table."""
    return (kept.c.source == source) & (kept.c.table_name == str(table))


def whole_runs(tables: Tables) -> Select[Any]:
    """Return runs with their documents, as `rows.stored_from` reads them."""
    return select(tables.runs, tables.profiles.c.document, tables.profiles.c.drift).join(tables.profiles)


def baselines(
    tables: Tables, source: str, table: TableRef, *, before: datetime | None, not_origin: str | None
) -> Select[Any]:
    """Return the runs that may be a baseline, newest first, in the order of the index and no other.

    Any further order would have SQLite look at the whole history before it tells the first.
    """
    runs = tables.runs
    query = whole_runs(tables).where(of_table(runs, source, table), runs.c.passed, ~_is_backfill(runs))
    if before is not None:
        query = query.where(runs.c.profiled_at < before)
    if not_origin is not None:
        query = query.where(or_(runs.c.origin.is_(None), runs.c.origin != not_origin))
    return query.order_by(runs.c.profiled_at.desc())


def in_time(
    tables: Tables, source: str, table: TableRef, *, column: str | None, metric: str, limit: int
) -> Select[Any]:
    """Return the last values of one metric, of a column or (None) of the table, newest first."""
    results = tables.results
    of_column = results.c.column_name == column if column is not None else results.c.column_name.is_(None)
    own = of_table(results, source, table) & (results.c.metric == metric) & of_column
    newest_first = select(results).where(own).order_by(results.c.profiled_at.desc(), results.c.profile_id.desc())
    return newest_first.limit(limit)


def _is_backfill(runs: Table) -> ColumnElement[bool]:
    """Whether a run profiled no later than this one has a later logical date."""
    other = runs.alias("other")
    return exists().where(
        other.c.source == runs.c.source,
        other.c.table_name == runs.c.table_name,
        other.c.profiled_at <= runs.c.profiled_at,
        other.c.logical_date > runs.c.logical_date,
    )
