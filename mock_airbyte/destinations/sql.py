"""What the transactions of all SQL databases share: merging, keeping one row per key, emptying, dropping.

Names are put in double quotes everywhere; MySQL is told to understand them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mock_airbyte.destinations.protocol import EXTRACTED_AT, METADATA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_airbyte.destinations.protocol import Table, TableColumn
    from mock_airbyte.types import AirbyteType


class _Runs(Protocol):
    ROW: str

    def run(self, statement: str) -> None: ...
    def quoted(self, table: Table) -> str: ...
    def remove(self, table: Table, places: str) -> None: ...


class SqlTransaction:
    """Statements that every SQL database understands; `ROW` tells rows apart, growing as they come where it can."""

    ROW: str

    def merge(self: _Runs, table: Table, *, of: Table, columns: Sequence[TableColumn]) -> None:
        """Add all rows of another table."""
        names = ", ".join(quote(column.name) for column in (*METADATA, *columns))
        into, staging = self.quoted(table), self.quoted(of)
        self.run(f"insert into {into} ({names}) select {names} from {staging} order by {self.ROW}")  # noqa: S608 -- names are quoted

    def dedupe(
        self: _Runs, table: Table, *, key: Sequence[str], cursor: str | None, among: Table | None = None
    ) -> None:
        """Keep one row per key."""
        name, row = self.quoted(table), self.ROW
        columns = ", ".join(quote(column) for column in key)
        by_cursor = f"{quote(cursor)} is null, {quote(cursor)} desc, " if cursor else ""
        order = f"{by_cursor}{quote(EXTRACTED_AT)} desc, place desc"
        needed = ", ".join(dict.fromkeys((columns, *([quote(cursor)] if cursor else []), quote(EXTRACTED_AT))))
        rows = f"select {row} as place, {needed} from {name}"  # noqa: S608 -- names are quoted
        if among is not None:  # null is in no list: rows whose key has one are looked at apart
            unknown = " or ".join(f"{quote(column)} is null" for column in key)
            listed = f"({columns}) in (select {columns} from {self.quoted(among)})"  # noqa: S608 -- names are quoted
            rows = f"{rows} where {listed} union all {rows} where {unknown}"
        ranked = (
            f"select place, row_number() over (partition by {columns} order by {order}) as nth from ({rows}) as found"  # noqa: S608 -- names are quoted
        )
        self.remove(table, f"select place from ({ranked}) as ranked where nth > 1")  # noqa: S608 -- names are quoted

    def remove(self: _Runs, table: Table, places: str) -> None:
        """Delete the rows that a query tells by its column `place`."""
        self.run(f"delete from {self.quoted(table)} where {self.ROW} in ({places})")  # noqa: S608 -- names are quoted

    def clear(self: _Runs, table: Table) -> None:
        """Delete all rows."""
        self.run(f"delete from {self.quoted(table)}")  # noqa: S608 -- the name is quoted

    def drop(self: _Runs, table: Table) -> None:
        """Drop the table."""
        self.run(f"drop table {self.quoted(table)}")


def quote(name: str) -> str:
    """Return an SQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def types_by_declaration(declared: Mapping[AirbyteType, str]) -> dict[str, frozenset[AirbyteType]]:
    """Return which of Airbyte's types a column with each declaration (in lower case) may hold."""
    return {
        text.lower(): frozenset(kind for kind, other in declared.items() if other == text) for text in declared.values()
    }


def held(
    columns: Iterable[tuple[str, str]], known: Mapping[str, frozenset[AirbyteType]]
) -> dict[str, frozenset[AirbyteType]] | None:
    """Return the types that each column (a name and a declaration) may hold; no column at all: None, no table."""
    return {name: known.get(declared.lower(), frozenset()) for name, declared in columns} or None
