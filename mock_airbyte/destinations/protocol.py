"""What a destination is: it can be checked, and it opens transactions in which tables are written.

Nothing is visible to other readers before a transaction ends, and leaving it by an error takes everything back:
that is what makes an overwrite atomic and a cancelled sync harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    import polars as pl


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a destination; `schema` is None where the destination has none."""

    schema: str | None
    name: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column as the destination names it."""

    name: str
    type: AirbyteType


RAW_ID, EXTRACTED_AT, META, GENERATION = (
    "_airbyte_raw_id",
    "_airbyte_extracted_at",
    "_airbyte_meta",
    "_airbyte_generation_id",
)
METADATA = (
    TableColumn(RAW_ID, AirbyteType.STRING),
    TableColumn(EXTRACTED_AT, AirbyteType.TIMESTAMP_WITH_TIMEZONE),
    TableColumn(META, AirbyteType.OBJECT),
    TableColumn(GENERATION, AirbyteType.INTEGER),
)
NOT_NULL = frozenset({RAW_ID, EXTRACTED_AT, META})


class Transaction(Protocol):
    """Everything that writing a stream needs, in one database transaction."""

    def types(self, table: Table) -> Mapping[str, frozenset[AirbyteType]] | None:
        """Return which types each of the table's columns may hold as it is declared, or None without such a table."""

    def create(self, table: Table, columns: Sequence[TableColumn]) -> None:
        """Create the table (and its schema) with the metadata columns and then these."""

    def add_column(self, table: Table, column: TableColumn) -> None:
        """Add a column that holds null in the rows that are there."""

    def change_type(self, table: Table, column: TableColumn) -> None:
        """Give a column a new type; a value that does not fit it becomes null."""

    def append(self, table: Table, frame: pl.DataFrame, columns: Sequence[TableColumn]) -> None:
        """Write the frame's rows: metadata columns first, then `columns`."""

    def merge(self, table: Table, *, of: Table, columns: Sequence[TableColumn]) -> None:
        """Add all rows of another table."""

    def dedupe(self, table: Table, *, key: Sequence[str], cursor: str | None, among: Table | None = None) -> None:
        """Keep one row per key: that of the latest cursor, then extraction, then (where it is known) arrival.

        `among`: only keys of that table need be looked at, for the others have one row each.
        """

    def replace(self, table: Table, *, by: Table) -> None:
        """Drop `table` if it exists and give its name to `by`."""

    def clear(self, table: Table) -> None:
        """Delete all rows."""

    def drop(self, table: Table) -> None:
        """Drop the table."""


class Destination(Protocol):
    """A place that rows go to."""

    default_namespace: str | None  # None: it has no namespaces
    largest_number: float  # a number at or past ±this does not fit

    def check(self) -> None:
        """Reach what is configured; raises `SyncFailure` saying what is wrong."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: committed at its end, rolled back by an error. Raises `SyncFailure`."""
