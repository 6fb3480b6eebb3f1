"""Writing one stream in its sync mode, inside one transaction: the same steps for every destination.

| mode | steps |
|---|---|
| overwrite | fill a new table, keep one row per key if deduped, give it the old one's name |
| append | add missing columns and change the types of others, add the rows |
| deduped history | fill a new table, keep one row per key, see to the columns, add its rows, keep one per key again |

A row wins over another of its key by the later cursor, then the later extraction, then the later arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_airbyte.destinations.protocol import Table, TableColumn
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
    if transaction.types(table) is not None:
        transaction.clear(table)


def _stage(transaction: Transaction, target: Target, frames: Iterable[pl.DataFrame]) -> None:
    transaction.create(target.staging, target.columns)
    for frame in frames:
        transaction.append(target.staging, frame, target.columns)
    if target.mode.is_deduped:
        transaction.dedupe(target.staging, key=target.primary_key, cursor=target.cursor)


def _ensure(transaction: Transaction, target: Target) -> None:
    """See that the table has the columns, in their types; what it has beside them stays."""
    existing = transaction.types(target.table)
    if existing is None:
        transaction.create(target.table, target.columns)
        return
    for column in target.columns:
        if column.name not in existing:
            transaction.add_column(target.table, column)
        elif column.type not in existing[column.name]:
            transaction.change_type(target.table, column)


def _merge(transaction: Transaction, target: Target) -> None:
    _ensure(transaction, target)
    transaction.merge(target.table, of=target.staging, columns=target.columns)
    transaction.dedupe(target.table, key=target.primary_key, cursor=target.cursor, among=target.staging)
    transaction.drop(target.staging)
