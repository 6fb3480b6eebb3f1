"""The databases that can be read, and how each writes names and texts in SQL.

Everything that reaches a statement from outside passes through `quoted` or `literal`, and nowhere else is SQL
escaped. The one exception is a request's `where`, which is SQL by intention.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taskflow_profilemesh.tables import TableRef

_CHECKSUMS = 1 << 31  # SQL Server's checksums lie between this number and its negative
_WHOLE = 1 << 53  # SQLite's random integers are folded into this range, which a double holds exactly


class Dialect(StrEnum):
    """A family of databases that speak one SQL."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"  # MariaDB too
    SQLITE = "sqlite"
    SNOWFLAKE = "snowflake"
    MSSQL = "mssql"  # SQL Server, and Azure SQL

    @property
    def default_port(self) -> int | None:
        """The port its servers listen on unless told otherwise; None for a file."""
        ports = {Dialect.POSTGRESQL: 5432, Dialect.MYSQL: 3306, Dialect.SNOWFLAKE: 443, Dialect.MSSQL: 1433}
        return ports.get(self)

    @property
    def row_count(self) -> str:
        """The aggregate that counts rows: SQL Server's usual one fails beyond 2³¹."""
        return "count_big(*)" if self is Dialect.MSSQL else "count(*)"

    def quoted(self, identifier: str) -> str:
        """Write a name so that it means exactly itself, whatever it holds."""
        if self is Dialect.MSSQL:
            return f"[{identifier.replace(']', ']]')}]"
        mark = "`" if self is Dialect.MYSQL else '"'
        return mark + identifier.replace(mark, mark * 2) + mark

    def literal(self, text: str) -> str:
        """Write a text as a value, independent of the server's settings for backslashes."""
        match self:
            case Dialect.POSTGRESQL:
                doubled = text.replace("'", "''")
                return "E'" + doubled.replace("\\", "\\\\") + "'" if "\\" in text else f"'{doubled}'"
            case Dialect.MYSQL:
                return f"_utf8mb4 X'{text.encode().hex()}'"
            case Dialect.MSSQL:
                doubled = text.replace("'", "''")
                return f"N'{doubled}'"
            case Dialect.SNOWFLAKE:
                doubled = text.replace("\\", "\\\\").replace("'", "''")
                return f"'{doubled}'"
            case Dialect.SQLITE:  # no literal holds a NUL, and bytes would be read in the file's encoding
                pieces = ["'" + piece.replace("'", "''") + "'" for piece in text.split("\x00")]
                return f"({' || char(0) || '.join(pieces)})"

    def relation(self, table: TableRef) -> str:
        """Write a table's full name."""
        return ".".join(self.quoted(part) for part in (table.schema, table.name) if part is not None)

    def chance(self, share: float) -> str:
        """Return a condition that holds for about `share` (0 to 1) of the rows, for each by its own throw."""
        match self:
            case Dialect.POSTGRESQL:
                return f"random() < {share!r}"
            case Dialect.MYSQL:
                return f"rand() < {share!r}"
            case Dialect.SQLITE:
                return f"(random() & {_WHOLE - 1}) < {round(share * _WHOLE)}"
            case Dialect.MSSQL:  # rand() is thrown once for all rows
                return f"abs(cast(checksum(newid()) as bigint)) < {round(share * _CHECKSUMS)}"
            case Dialect.SNOWFLAKE:
                return f"uniform(0::float, 1::float, random()) < {share:.15f}"
