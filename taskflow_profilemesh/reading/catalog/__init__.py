"""What the database itself says of its tables: a query and a reader of its answer per dialect, all of them pure.

`entry` holds the values; `postgresql`, `mysql`, `sqlite`, `snowflake` and `mssql` have the same four functions. To add
a database, write a file like them and name it in `CATALOGS`. `pages` says how PostgreSQL's tables are cut, `keys` puts
keys together, `names` the names that are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from taskflow_profilemesh.reading.catalog import mssql, mysql, postgresql, snowflake, sqlite
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Key, Pages, Part, Parts, Whole
from taskflow_profilemesh.reading.dialect import Dialect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.tables import TableRef

__all__ = ["CATALOGS", "Catalog", "CatalogColumn", "CatalogTable", "Key", "Pages", "Part", "Parts", "Whole"]


class Catalog(Protocol):
    """How one dialect's catalog is asked and understood."""

    def entries_query(self, tables: Sequence[TableRef]) -> str:
        """Return the query for everything about these tables, at least one.

        Each row of the answer is about one column and has the `schema_name` and `table_name` of its table, and
        `is_unnamed`: whether a name without a schema finds it.
        """

    def table_from(
        self, table: TableRef, rows: Sequence[Mapping[str, Any]], *, batch_rows: int, batch_bytes: int
    ) -> CatalogTable | None:
        """Read the rows of one table in the answer to `entries_query`; None when there are none."""

    def tables_query(self) -> str:
        """Return the query for the names of all tables."""

    def tables_from(self, rows: Sequence[Mapping[str, Any]], *, unnamed_only: bool = False) -> list[TableRef]:
        """Read the answer to `tables_query`; `unnamed_only`: those that are found without naming their schema."""


CATALOGS: Mapping[Dialect, Catalog] = {
    Dialect.POSTGRESQL: postgresql,
    Dialect.MYSQL: mysql,
    Dialect.SQLITE: sqlite,
    Dialect.SNOWFLAKE: snowflake,
    Dialect.MSSQL: mssql,
}
