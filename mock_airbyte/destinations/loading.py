"""Writing one stream in its sync mode, inside one transaction: the same steps for every database.

| mode | steps |
|---|---|
| overwrite | fill a new table, keep one row per key if deduped, give it the old one's name |
| append | add missing columns, add the rows |
| deduped history | fill a new table, keep one row per key, add its rows, keep one row per key again |

A row wins over another of its key by the later cursor, then the later extraction, then the later arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_airbyte.destinations.protocol import EXTRACTED_AT, METADATA, Table, TableColumn
from mock_airbyte.records import SyncMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from mock_airbyte.destinations.protocol import Transaction


@dataclass(frozen=True, slots=True)
class Target:
    """Where a stream lands, and how: names are the destination's, mangled already."""

    table: Table
    staging: Table
    columns: tuple[TableColumn, ...]
    mode: SyncMode
    primary_key: tuple[str, ...] = ()
    cursor: str | None = None


def load(transaction: Transaction, target: Target, frames: Iterable[pl.DataFrame]) -> None:
    """Write the frames (metadata columns first, then the target's) as the target's mode says."""
    match target.mode:
        case SyncMode.FULL_REFRESH_OVERWRITE | SyncMode.FULL_REFRESH_OVERWRITE_DEDUPED:
            _stage(transaction, target, frames)
            transaction.replace(target.table, by=target.staging)
        case SyncMode.FULL_REFRESH_APPEND | SyncMode.INCREMENTAL_APPEND:
            _ensure(transaction, target)
            for frame in frames:
                transaction.append(target.table, frame, target.columns)
        case SyncMode.INCREMENTAL_DEDUPED_HISTORY:
            _stage(transaction, target, frames)
            _merge(transaction, target)


def clear(transaction: Transaction, table: Table) -> None:
    """Empty the table, if there is one."""
    if transaction.columns(table) is not None:
        transaction.run(f"delete from {transaction.quoted(table)}")  # noqa: S608 -- the name is quoted


def _stage(transaction: Transaction, target: Target, frames: Iterable[pl.DataFrame]) -> None:
    transaction.create(target.staging, target.columns)
    for frame in frames:
        transaction.append(target.staging, frame, target.columns)
    if target.mode.is_deduped:
        _dedupe(transaction, target, target.staging)


def _ensure(transaction: Transaction, target: Target) -> None:
    existing = transaction.columns(target.table)
    if existing is None:
        transaction.create(target.table, target.columns)
        return
    for column in target.columns:
        if column.name not in existing:
            transaction.add_column(target.table, column)


def _merge(transaction: Transaction, target: Target) -> None:
    _ensure(transaction, target)
    names = ", ".join(quote(column.name) for column in (*METADATA, *target.columns))
    table, staging = transaction.quoted(target.table), transaction.quoted(target.staging)
    transaction.run(f"insert into {table} ({names}) select {names} from {staging} order by {transaction.ROW}")  # noqa: S608 -- names are quoted
    _dedupe(transaction, target, target.table)
    transaction.drop(target.staging)


def _dedupe(transaction: Transaction, target: Target, table: Table) -> None:
    name, row = transaction.quoted(table), transaction.ROW
    key = ", ".join(quote(column) for column in target.primary_key)
    cursor = f"{quote(target.cursor)} desc nulls last, " if target.cursor else ""
    latest_first = f"{cursor}{quote(EXTRACTED_AT)} desc, {row} desc"
    ranked = (
        f"select {row} as place, row_number() over (partition by {key} order by {latest_first}) as rank from {name}"  # noqa: S608 -- names are quoted
    )
    transaction.run(f"delete from {name} where {row} in (select place from ({ranked}) as ranked where rank > 1)")  # noqa: S608 -- names are quoted


def quote(name: str) -> str:
    """Return an SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'
