"""Asking a database's catalog: which tables there are, everything about one, and about many in one statement.

The answer about many is only a shortcut. A table that is not in it is asked for by itself, and so is each where the
statement as a whole was refused: what is wrong with one table costs the others nothing and is told of that one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.errors import ConnectionLost, ReadCancelled, ReadFailed, TableNotFound, nearest
from taskflow_profilemesh.reading.catalog import Catalog
from taskflow_profilemesh.reading.partitions import Asks
from taskflow_profilemesh.reading.size import BatchSize
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.reading.catalog import CatalogTable

TABLES_PER_STATEMENT: Final = 200  # the time of a statement grows with them, and its text by some 50 bytes each
_CATALOG: Final = "(the catalog)"


@dataclass(frozen=True, slots=True)
class Entries:
    """Asks one database's catalog; `source` names it in errors, `batch` is what one range of a table should hold."""

    asks: Asks
    catalog: Catalog
    batch: BatchSize
    source: str

    def tables(self, *, unnamed_only: bool = False) -> list[TableRef]:
        """Return every table and view that users made, in order of schema and name.

        `unnamed_only`: those that a name without a schema finds.
        """
        rows = self.asks.rows(self.catalog.tables_query(), about=_CATALOG)
        return sorted(self.catalog.tables_from(rows, unnamed_only=unnamed_only), key=_by_schema)

    def entry(self, table: TableRef) -> CatalogTable:
        """Return what the catalog says of a table; raises `TableNotFound` with the nearest that exist."""
        rows = self.asks.rows(self.catalog.entries_query([table]), about=str(table))
        entry = self._read(table, rows)
        if entry is None:
            close = nearest(str(table), [str(known) for known in self._comparable(table)])
            raise TableNotFound(source=self.source, table=str(table), known=close)
        return entry

    def entries(self, tables: Sequence[TableRef]) -> dict[TableRef, CatalogTable]:
        """Return what the catalog says of these tables, as far as one statement tells.

        Raises `ConnectionLost` and `ReadCancelled`.
        """
        try:
            rows = self.asks.rows(self.catalog.entries_query(tables), about=_CATALOG)
        except (ConnectionLost, ReadCancelled):
            raise
        except ReadFailed:
            return {}
        described = _by_table(rows)
        found = ((table, self._read(table, described.get(table, ()))) for table in tables)
        return {table: entry for table, entry in found if entry is not None}

    def _read(self, table: TableRef, rows: Sequence[Mapping[str, Any]]) -> CatalogTable | None:
        batch_rows, batch_bytes = self.batch.rows, self.batch.storage_bytes
        return self.catalog.table_from(table, rows, batch_rows=batch_rows, batch_bytes=batch_bytes)

    def _comparable(self, table: TableRef) -> list[TableRef]:
        """Return the tables that exist, written as the wanted one is: with or without their schema."""
        known = self.tables()
        return known if table.schema is not None else [TableRef(name=other.name) for other in known]


def _by_table(rows: Sequence[Mapping[str, Any]]) -> dict[TableRef, list[Mapping[str, Any]]]:
    """Return the rows of each table, by its full name and, where that finds it, by its name alone."""
    described: dict[TableRef, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        described[TableRef(row["table_name"], row["schema_name"])].append(row)
        if row["is_unnamed"]:
            described[TableRef(row["table_name"])].append(row)
    return described


def _by_schema(table: TableRef) -> tuple[str, str]:
    """Sort by code points: a database sorts by its own rules."""
    return table.schema or "", table.name
