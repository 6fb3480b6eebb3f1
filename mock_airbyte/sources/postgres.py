"""The `source-postgres`: Airbyte's own configuration keys; tables and views of the configured schemas.

Everything but numbers, booleans and text is read as text, as the server prints it in UTC: no driver trips over an
infinite date or a year past 9999 that way, it is a value that does not fit.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mock_airbyte.destinations.sql import quote
from mock_airbyte.postgres_server import postgres_connection
from mock_airbyte.sources.sql import MARK, TableColumn
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.sources.protocol import Column

_TYPES: Mapping[str, AirbyteType] = {
    "int2": AirbyteType.INTEGER,
    "int4": AirbyteType.INTEGER,
    "int8": AirbyteType.INTEGER,
    "oid": AirbyteType.INTEGER,
    "float4": AirbyteType.NUMBER,
    "float8": AirbyteType.NUMBER,
    "numeric": AirbyteType.NUMBER,
    "bool": AirbyteType.BOOLEAN,
    "date": AirbyteType.DATE,
    "timestamptz": AirbyteType.TIMESTAMP_WITH_TIMEZONE,
    "timestamp": AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE,
    "timetz": AirbyteType.TIME_WITH_TIMEZONE,
    "time": AirbyteType.TIME_WITHOUT_TIMEZONE,
    "json": AirbyteType.OBJECT,
    "jsonb": AirbyteType.OBJECT,
}
_AS_IT_IS = (AirbyteType.INTEGER, AirbyteType.NUMBER, AirbyteType.BOOLEAN)
_COLUMNS = """
select n.nspname, c.relname, a.attname, t.typname,
       coalesce(a.attnum = any(i.indkey::int2[]), false)
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_type t on t.oid = a.atttypid
left join pg_index i on i.indrelid = c.oid and i.indisprimary
where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and a.attnum > 0 and not a.attisdropped
order by 1, 2, a.attnum
"""


class PostgresTables:
    """A PostgreSQL database to read from."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        """Take `host`, `port`, `database`, `schemas` (by default `public`), `username`, `password` and so on."""
        self._configuration = configuration
        self._schemas = list(configuration.get("schemas") or ["public"])

    def columns(self) -> Sequence[TableColumn]:
        """Return the columns of every table and view."""
        with postgres_connection(self._configuration, origin="source") as connection:
            found = connection.execute(_COLUMNS, (self._schemas,)).fetchall()
        return [
            TableColumn(schema, table, name, _TYPES.get(kind, AirbyteType.STRING), is_key)
            for schema, table, name, kind, is_key in found
        ]

    @contextmanager
    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[Iterator[Sequence[Any]]]:
        """Run a query with a cursor on the server."""
        with (
            postgres_connection(self._configuration, origin="source") as connection,
            connection.transaction(),
            connection.cursor("mock_airbyte") as cursor,
        ):
            cursor.itersize = 10_000
            yield iter(cursor.execute(statement.replace("%", "%%").replace(MARK, "%s").encode(), values))

    def selected(self, column: Column) -> str:
        """Return how a column is read."""
        return quote(column.name) + ("" if column.type in _AS_IT_IS else "::text")

    def ordered(self, column: Column) -> str:
        """Return what puts a column in the order of its values."""
        match column.type:
            case AirbyteType.STRING:
                return f'{self.selected(column)} collate "C"'
            case AirbyteType.NUMBER:  # as they are read: a real's 1.3 is less than the number 1.3
                return f"{quote(column.name)}::text::float8"
            case _:
                return quote(column.name)
