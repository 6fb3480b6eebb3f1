"""Airbyte's own columns as they are read beside the data, for what they say of a sync. Pure.

They are metadata, so they are in no schema and have no statistics. Of `_airbyte_meta` only one thing is wanted: whether
its list of changes holds any. PostgreSQL tells that of a jsonb for less than it takes to print it and read it here.
MySQL, MariaDB and SQLite take longer to tell than to print, so there the document is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.sync_signals import META, SIGNAL_COLUMNS
from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable
    from taskflow_profilemesh.tables import TableRequest


def signal_columns(
    entry: CatalogTable, request: TableRequest, dialect: Dialect | None = None
) -> tuple[CatalogColumn, ...]:
    """Return the columns to read for their signals, in table order; `dialect`: None is no database, but files.

    None of them where the request says which columns are read, and otherwise not those that it excludes.
    """
    if request.columns is not None:
        return ()
    wanted = {name for name in SIGNAL_COLUMNS if not request.leaves_out(name)}.difference(request.exclude_columns)
    return tuple(_as_signal(column, dialect) for column in entry.columns if column.schema.name in wanted)


def signal_names(columns: Iterable[CatalogColumn]) -> str | None:
    """Return the columns' names as one text, None where there are none: states with other signals do not merge."""
    return ", ".join(column.schema.name for column in columns) or None


def _as_signal(column: CatalogColumn, dialect: Dialect | None) -> CatalogColumn:
    schema = column.schema
    if dialect is not Dialect.POSTGRESQL or schema.name != META or schema.declared_type != "jsonb":
        return column
    meta = dialect.quoted(schema.name)
    listed = f"coalesce(nullif({meta} -> 'changes', '[]'), {meta} -> 'errors', '[]')"
    changed = f"case when {meta} is not null then {listed} not in ('[]', 'null') end"
    return replace(column, schema=replace(schema, kind=Kind.BOOLEAN), expression=changed)
