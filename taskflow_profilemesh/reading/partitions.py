"""Finding the partitions that a request means, and cutting the table down to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from taskflow_profilemesh.errors import ColumnNotFound, ConnectionLost, InvalidOption, ReadCancelled, ReadFailed
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.catalog.entry import Parts, Whole
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.schema import ColumnSchema
    from taskflow_profilemesh.reading.catalog.entry import CatalogTable
    from taskflow_profilemesh.reading.query import Statements
    from taskflow_profilemesh.tables import Partition

_UNORDERED: Final = frozenset({Kind.JSON, Kind.BINARY})
_FLOATING: Final = frozenset({Kind.FLOAT, Kind.DECIMAL})


class Asks(Protocol):
    """Runs a statement with a small result."""

    def rows(self, query: str, *, about: str) -> list[dict[str, Any]]:
        """Return the result's rows; `about` names the table in errors."""


@dataclass(frozen=True, slots=True)
class Partitions:
    """Asks one database for partitions; `source` names it in errors, `batch_rows` fit one read."""

    asks: Asks
    source: str
    batch_rows: int

    def chosen(
        self, statements: Statements, entry: CatalogTable, partition: Partition | None
    ) -> tuple[Statements, CatalogTable, int | None]:
        """Return the statements about these partitions alone, how they can be cut, and how many rows they hold.

        Without a partition, or without rows in it, it is the table as it was. Raises `ColumnNotFound`, and
        `InvalidOption` for a column by whose values no rows can be told apart, or values that are none of its type.
        """
        if partition is None:
            return statements, entry, None
        column = self._column(entry, partition.column)
        about = str(entry.schema.table)
        statements = statements.in_partitions(partition.column, self._values(statements, partition, column, about))
        if partition.values is not None:
            self._check_values(statements, partition, about)
        if isinstance(entry.cut, Parts):
            return self._holding(statements, entry, entry.cut)
        row_count = int(self.asks.rows(statements.count(), about=about)[0]["row_count"])
        if row_count <= self.batch_rows:
            entry = replace(entry, cut=Whole("the rows of these partitions fit one batch"))
        return statements, entry, row_count

    def _column(self, entry: CatalogTable, name: str) -> ColumnSchema:
        column = entry.schema.column(name)
        if column is None:
            known = tuple(column.name for column in entry.schema.columns)
            raise ColumnNotFound(source=self.source, table=str(entry.schema.table), column=name, known=known)
        if column.kind in _UNORDERED:
            got = f"{name} ({column.declared_type})"
            raise InvalidOption(option="partition", got=got, expected="a column whose values have an order")
        return column

    def _check_values(self, statements: Statements, partition: Partition, about: str) -> None:
        """Have the database read the values, and no row."""
        try:
            self.asks.rows(statements.condition(), about=about)
        except (ConnectionLost, ReadCancelled):
            raise
        except ReadFailed as error:
            got = f"values for {partition.column} that cannot be read"
            raise InvalidOption(option="partition", got=got, expected=f"values of its type ({error.reason})") from error

    def _values(
        self, statements: Statements, partition: Partition, column: ColumnSchema, about: str
    ) -> tuple[str, ...]:
        if partition.values is not None:
            return partition.values
        may_be_nan = column.kind in _FLOATING
        query = statements.partitions(column.name, recent=partition.recent or 1, may_be_nan=may_be_nan)
        return tuple(row["partition_value"] for row in self.asks.rows(query, about=about))

    def _holding(self, statements: Statements, entry: CatalogTable, cut: Parts) -> tuple[Statements, CatalogTable, int]:
        """Leave those of the tables that hold such rows; the server knows the others without a look at them."""
        rows = self.asks.rows(statements.parts(), about=str(entry.schema.table))
        counts = {TableRef(row["part_name"], row["part_schema"]): int(row["row_count"]) for row in rows}
        parts = tuple(part for part in cut.parts if part.table in counts)
        return statements, replace(entry, cut=Parts(parts, cut.per_batch)), sum(counts.values())
