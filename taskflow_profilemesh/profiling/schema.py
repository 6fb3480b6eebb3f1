"""What a table is made of, as the database's own catalog declares it.

The catalog's words, not the driver's: a driver upgrade must never look like a schema change. `reading` fills these
values from the catalog, `profiling` decides by `Kind` which statistics apply, `drift` compares them. Comments are kept
and count for nothing: two declarations that differ in them alone are equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from taskflow_profilemesh.tables import TableRef


class Kind(StrEnum):
    """The family of a column's type: which statistics apply, and the Polars type its values arrive in."""

    INTEGER = "integer"  # any Polars integer
    FLOAT = "float"  # Float32 or Float64; NaN and ±infinity may occur
    DECIMAL = "decimal"  # Decimal; or Float64, and the exact totals come beside the batches
    BOOLEAN = "boolean"  # Boolean
    TEXT = "text"  # String
    DATE = "date"  # Date
    DATETIME = "datetime"  # Datetime, in UTC when the column has a time zone
    TIME = "time"  # Time
    JSON = "json"  # String, the document as the database prints it
    BINARY = "binary"  # Binary
    OTHER = "other"  # String, as the database prints it: interval, uuid, arrays, ranges, …


@dataclass(frozen=True, slots=True)
class ColumnSchema:
    """One column, as declared."""

    name: str
    kind: Kind
    declared_type: str  # "numeric(12,2)", "character varying(4)", "BIGINT"
    nullable: bool | None = None  # None: the catalog does not say
    comment: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table, as declared: its columns in order, its keys, and the catalog's estimates."""

    table: TableRef
    columns: tuple[ColumnSchema, ...]
    primary_key: tuple[str, ...] = ()
    row_estimate: int | None = None  # None: the catalog has none
    size_bytes: int | None = None
    unique_keys: tuple[tuple[str, ...], ...] | None = None  # beside the primary key, sorted; None: nobody asked
    comment: str | None = field(default=None, compare=False)

    def column(self, name: str) -> ColumnSchema | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)
