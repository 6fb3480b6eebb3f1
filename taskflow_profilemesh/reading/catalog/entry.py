"""What a catalog says of one table: how it is declared, how each column is read, and how the table can be cut."""

from __future__ import annotations

from dataclasses import dataclass

from taskflow_profilemesh.profiling.schema import ColumnSchema, TableSchema


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """One column and the SQL expression that brings it through the driver whole."""

    schema: ColumnSchema
    expression: str
    zoned: bool = False  # a DATETIME that means an instant, not a reading of some clock
    digits: tuple[int, int] | None = None  # of a DECIMAL that comes as text and stays exact: all, and after the point


@dataclass(frozen=True, slots=True)
class Pages:
    """A table whose pages can be read in ranges."""

    count: int
    per_batch: int  # so many pages hold about one batch


@dataclass(frozen=True, slots=True)
class Key:
    """A unique whole number by which a table can be read in ranges."""

    column: str  # as written in SQL
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A table that can only be read in one go, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """One table, as the catalog has it."""

    schema: TableSchema
    columns: tuple[CatalogColumn, ...]
    cut: Pages | Key | Whole
    strict: bool = True  # the database holds every value to its column's declared type
