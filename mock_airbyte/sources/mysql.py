"""The `source-mysql`: Airbyte's own configuration keys; tables and views of the configured database.

Dates and times are read as text, as the server prints them in UTC: a zero date or a time past 24 hours is then a value
that does not fit.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mock_airbyte.destinations.sql import quote
from mock_airbyte.mysql_server import mysql_connection
from mock_airbyte.sources.sql import MARK, TableColumn
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.sources.protocol import Column

_INTEGERS = ("tinyint", "smallint", "mediumint", "int", "bigint", "year")
_TYPES: Mapping[str, AirbyteType] = {
    **dict.fromkeys(_INTEGERS, AirbyteType.INTEGER),
    **dict.fromkeys(("float", "double", "decimal"), AirbyteType.NUMBER),
    "date": AirbyteType.DATE,
    "datetime": AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE,
    "timestamp": AirbyteType.TIMESTAMP_WITH_TIMEZONE,
    "time": AirbyteType.TIME_WITHOUT_TIMEZONE,
    "json": AirbyteType.OBJECT,
}
_BOOLEANS = ("tinyint(1)", "bit(1)")
_COLUMNS = """
select table_schema, table_name, column_name, data_type, column_type, column_key = 'PRI'
from information_schema.columns where table_schema = %s order by table_name, ordinal_position
"""


class MySqlTables:
    """A MySQL or MariaDB database to read from."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        """Take `host`, `port`, `database`, `username`, `password` and so on."""
        self._configuration = configuration

    def columns(self) -> Sequence[TableColumn]:
        """Return the columns of every table and view."""
        with mysql_connection(self._configuration, origin="source") as connection, connection.cursor() as cursor:
            cursor.execute(_COLUMNS, (self._configuration["database"],))
            return [
                TableColumn(schema, table, name, _type(data_type, column_type), bool(is_key))
                for schema, table, name, data_type, column_type, is_key in cursor.fetchall()
            ]

    @contextmanager
    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Iterator[Sequence[Any]]]:
        """Run a query whose rows stay with the server until they are fetched."""
        with (
            mysql_connection(self._configuration, origin="source", streaming=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.replace("%", "%%").replace(MARK, "%s"), tuple(values))
            yield iter(cursor)

    def selected(self, column: Column) -> str:
        """Return how a column is read."""
        name = quote(column.name)
        match column.type:
            case AirbyteType.TIMESTAMP_WITH_TIMEZONE:
                return f"concat(cast({name} as char), '+00:00')"
            case AirbyteType.DATE | AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE | AirbyteType.TIME_WITHOUT_TIMEZONE:
                return f"cast({name} as char)"
            case AirbyteType.BOOLEAN:
                return f"{name} + 0"
            case _:
                return name

    def ordered(self, column: Column) -> str:
        """Return what puts a column in the order of its values."""
        match column.type:
            case AirbyteType.STRING:
                return f"cast(convert({quote(column.name)} using utf8mb4) as binary)"
            case AirbyteType.NUMBER:  # as they are read: a float's 1.3 is less than the number 1.3
                return f"(cast({quote(column.name)} as char) + 0e0)"
            case _:
                return quote(column.name)


def _type(data_type: str, column_type: str) -> AirbyteType:
    return AirbyteType.BOOLEAN if column_type in _BOOLEANS else _TYPES.get(data_type, AirbyteType.STRING)
