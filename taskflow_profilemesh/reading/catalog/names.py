"""The names of wanted tables, as the condition of a catalog's query needs them: SQL has no pair of schema and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from taskflow_profilemesh.reading.dialect import Dialect
    from taskflow_profilemesh.tables import TableRef


def names_by_schema(tables: Iterable[TableRef], dialect: Dialect) -> dict[str | None, str]:
    """Return each schema with its tables' names as literals, joined by commas; None: the tables that name no schema."""
    names: dict[str | None, list[str]] = {}
    for table in tables:
        names.setdefault(table.schema, []).append(dialect.literal(table.name))
    return {schema: ", ".join(listed) for schema, listed in names.items()}
