"""What a catalog says of one table: how it is declared, how each column is read, and how the table can be cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from taskflow_profilemesh.profiling.schema import ColumnSchema, TableSchema
from taskflow_profilemesh.tables import TableRef

_MOST_ROWS_A_PAGE = 1_200  # 291 on the usual page of 8 KiB; pages may have up to 32


@dataclass(frozen=True, slots=True)
class CatalogColumn:
    """One column and the SQL expression that brings it through the driver whole.

    `native` is the one for a driver that reads the server's own binary form; None: the same.
    """

    schema: ColumnSchema
    expression: str
    native: str | None = None
    zoned: bool = False  # a DATETIME that means an instant, not a reading of some clock
    utf8: bool = False  # texts, if it holds any, come as their bytes in UTF-8, not all of which are valid
    digits: tuple[int, int] | None = None  # of a DECIMAL that stays exact: all, and after the point
    collated: bool = False  # the database orders these texts otherwise than by their bytes


@dataclass(frozen=True, slots=True)
class Pages:
    """A table whose pages can be read in ranges."""

    count: int
    per_batch: int  # so many pages hold about one batch

    @property
    def most_rows(self) -> int:
        """More rows than these do not fit its pages, as PostgreSQL lays them out by default."""
        return self.count * _MOST_ROWS_A_PAGE


@dataclass(frozen=True, slots=True)
class Key:
    """A unique whole number by which a table can be read in ranges."""

    column: str  # as written in SQL
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A table that can only be read in one go, and why.

    `tablesample`: the methods of that clause, of which it has `system` only if it can leave out whole pages; none where
    a sample is a condition on rows.
    """

    why: str
    tablesample: tuple[Literal["bernoulli", "system"], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the tables that hold the rows of another one: a partition, a child, or the parent's own rows."""

    table: TableRef
    cut: Pages | Whole
    only: bool = False  # its own rows, without those of its children
    row_estimate: int | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A table whose rows lie in others, each of which can be read by itself."""

    parts: tuple[Part, ...]
    per_batch: int  # so many rows make about one batch: small parts are read together


@dataclass(frozen=True, slots=True)
class CatalogTable:
    """One table, as the catalog has it."""

    schema: TableSchema
    columns: tuple[CatalogColumn, ...]
    cut: Pages | Key | Whole | Parts
    strict: bool = True  # the database holds every value to its column's declared type
