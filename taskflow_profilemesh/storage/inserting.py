"""Many rows in few words, in the words of each database.

A profile of 22 columns is 650 numbers. SQLAlchemy's own insert of many rows binds every value of every row by itself,
also the half of them that is the same in all rows, which costs more than the database takes to keep them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, Integer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection


def insert_many(
    connection: Connection,
    table: Table,
    shared: Mapping[str, Any],
    names: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Insert rows that hold the values of `names` in their order, and all of them what is `shared`, by its name.

    What is shared is said as SQLAlchemy takes it; the others are integers, floats and texts, or None.
    """
    same, target = _converted(connection, table, shared), _target(connection, table, (*shared, *names))
    match connection.dialect.name:
        case "postgresql":
            arrays = ", ".join(f"%s::{_array_of(table, name)}" for name in names)
            columns = [list(values) for values in zip(*rows, strict=True)]
            query = f"select {_marks('%s', same)}, * from unnest({arrays})"  # noqa: S608 -- names of our own types only
            connection.exec_driver_sql(f"{target} {query}", (*same, *columns))
        case dialect:
            marks = _marks("?" if dialect == "sqlite" else "%s", (*same, *names))
            connection.exec_driver_sql(f"{target} values ({marks})", [(*same, *own) for own in rows])


def _target(connection: Connection, table: Table, names: Iterable[str]) -> str:
    quote = connection.dialect.identifier_preparer
    return f"insert into {quote.format_table(table)} ({', '.join(quote.quote(name) for name in names)})"


def _marks(mark: str, values: Sequence[Any]) -> str:
    return ", ".join([mark] * len(values))


def _array_of(table: Table, name: str) -> str:
    kind = table.c[name].type
    return "integer[]" if isinstance(kind, Integer) else "float8[]" if isinstance(kind, Float) else "text[]"


def _converted(connection: Connection, table: Table, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values as the driver takes them."""
    dialect = connection.dialect
    ways = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in values}
    return tuple(way(values[name]) if way else values[name] for name, way in ways.items())
