"""What a destination is: it can be checked, and it opens transactions in which tables are written.

Nothing is visible to other readers before a transaction ends, and leaving it by an error takes everything back:
that is what makes an overwrite atomic and a cancelled sync harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Sequence
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

    ROW: str  # the pseudo-column that tells rows apart, growing in the order of insertion

    def columns(self, table: Table) -> tuple[str, ...] | None:
        """Return the table's column names in order, or None if there is no such table."""

    def create(self, table: Table, columns: Sequence[TableColumn]) -> None:
        """Create the table (and its schema) with the metadata columns and then these."""

    def add_column(self, table: Table, column: TableColumn) -> None:
        """Add a column that holds null in the rows that are there."""

    def append(self, table: Table, frame: pl.DataFrame, columns: Sequence[TableColumn]) -> None:
        """Write the frame's rows: metadata columns first, then `columns`."""

    def replace(self, table: Table, *, by: Table) -> None:
        """Drop `table` if it exists and give its name to `by`."""

    def drop(self, table: Table) -> None:
        """Drop the table."""

    def run(self, statement: str) -> None:
        """Run a statement whose names are already quoted."""

    def quoted(self, table: Table) -> str:
        """Return the table's name, quoted."""


class Destination(Protocol):
    """A place that rows go to."""

    default_namespace: str | None  # None: it has no namespaces
    largest_number: float  # a number at or past ±this does not fit

    def check(self) -> None:
        """Reach what is configured; raises `SyncFailure` saying what is wrong."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction: committed at its end, rolled back by an error. Raises `SyncFailure`."""
