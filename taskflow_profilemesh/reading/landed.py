"""How many rows of a table carry the id of a sync, as one statement that counts them. Pure.

`_airbyte_meta` is a jsonb, a json or a text; a document that is none has no sync. The whole table is looked at,
whatever part of it is profiled: a sync wrote all of it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling.landed import LandedRows
from taskflow_profilemesh.profiling.sync_signals import META
from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.reading.catalog.entry import CatalogTable
    from taskflow_profilemesh.reading.query import Statements

_DELETED: Final = "_ab_cdc_deleted_at"  # of sources that tell of deleted rows
_JSON: Final = ("json", "jsonb")
_COUNTS: Final = ("all_rows", "known_rows", "job_rows", "later_rows")


def landed_query(statements: Statements, entry: CatalogTable, job_id: int) -> str | None:
    """Return the query for the counts; None where the table, or its database, says nothing of syncs."""
    declared = {column.schema.name: column.schema.declared_type for column in entry.columns}
    whole = replace(statements, where=None, partition=None, scope=None)
    sync_id = _sync_id(whole.dialect, declared.get(META))
    if sync_id is None:
        return None
    counted = ["*", "sync_id", *(f"case when sync_id {sign} {job_id:d} then 1 end" for sign in "=>")]
    named = {name: f"count({what})" for name, what in zip(_COUNTS, counted, strict=True)}
    source = f"from (select {sync_id} as sync_id {whole.rows}) q"
    return whole.select_from(named, source, types=["0"] * len(named))


def landed_rows(row: Mapping[str, Any], entry: CatalogTable) -> LandedRows:
    """Read the answer to `landed_query`."""
    everything, known, job, later = (int(row[name]) for name in _COUNTS)
    may_delete = any(column.schema.name == _DELETED for column in entry.columns)
    return LandedRows(rows=everything, known_rows=known, job_rows=job, later_rows=later, may_delete=may_delete)


def _sync_id(dialect: Dialect, declared_type: str | None) -> str | None:
    """Write the sync of a row as a whole number, null where it has none."""
    if declared_type is None:
        return None
    meta = dialect.quoted(META)
    match dialect:
        case Dialect.POSTGRESQL:
            found = f"{meta} ->> 'sync_id'"
            if declared_type not in _JSON:
                found = f"""substring({meta}::text from '"sync_id"\\s*:\\s*"?([0-9]+)')"""
            return f"case when ({found}) ~ '^[0-9]{{1,18}}$' then ({found})::bigint end"
        case Dialect.MYSQL:
            found = f"cast(json_unquote(json_extract({meta}, '$.sync_id')) as signed)"
        case Dialect.SQLITE:
            found = f"cast(json_extract({meta}, '$.sync_id') as integer)"
        case _:
            return None
    return f"case when json_valid({meta}) then {found} end"
