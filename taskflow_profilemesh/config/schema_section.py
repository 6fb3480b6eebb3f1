"""`schema_change:` which changes of a table's declaration are told, and how severe they are."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from taskflow_profilemesh.config.section import Names, Section, Text, empty_or, one_or_list

Change = Literal["added", "removed", "renamed", "type", "precision", "nullability", "key"]
Weight = Literal["low", "medium", "high"]
Changes = Annotated[list[Change], one_or_list(Change)]


class ChangeSeverity(Section):
    """`severity:` one key per kind of change."""

    added: Weight | None = None
    removed: Weight | None = None
    renamed: Weight | None = None
    type: Weight | None = None
    precision: Weight | None = None
    nullability: Weight | None = None
    key: Weight | None = None


class TableSchemaChange(Section):
    """What is otherwise for the tables that a pattern names."""

    ignore: Changes | None = None
    ignore_columns: Names | None = None
    severity: Annotated[ChangeSeverity, empty_or(ChangeSeverity)] = ChangeSeverity()
    breaking_only: bool | None = None
    find_renames: bool | None = None

    def given(self) -> dict[str, Any]:
        """Return the keys that were given a value, as plain data."""
        said = super().given() | {"severity": self.severity.given()}
        return {name: value for name, value in said.items() if value != {}}


class SchemaChange(TableSchemaChange):
    """`schema_change:` of all tables, and of the tables of a pattern."""

    tables: dict[Text, TableSchemaChange] | None = None

    def given(self) -> dict[str, Any]:
        """Return what `comparison.drift_settings` reads under `schema_change`."""
        tables = {name: table.given() for name, table in (self.tables or {}).items()}
        said = super().given() | {"tables": tables}
        return {name: value for name, value in said.items() if value != {}}
