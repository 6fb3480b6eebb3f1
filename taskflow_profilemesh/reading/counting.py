"""What the database counts beside a sample: rows, nulls and extremes of every column, in one pass of one statement.

The extremes come as two rows, the lowest values and the highest, each column in the form in which its values are read:
so whatever turns batches into a profile turns them into extremes too, and `infinity` means in both what it means. The
passage from one aggregate to two rows costs no second look at the table, which a UNION would.

Texts are compared by their bytes, as profiles do, whatever the column's collation. NaN, the infinities and MySQL's zero
dates are no extremes, as they are none in a profile. SQLite's timestamps are texts of several forms, whose order is not
that of time: they have exact nulls only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from taskflow_profilemesh.profiling.profile import DecimalTotals
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.catalog import CatalogColumn, sqlite
from taskflow_profilemesh.reading.convert import frame_from
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.query import Statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_COLUMNS_PER_QUERY: Final = 250  # PostgreSQL returns 1,664 values a row at most
_LARGEST: Final = "1.7976931348623157e308"
ORDERED: Final = frozenset({Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL, Kind.TEXT, Kind.DATE, Kind.DATETIME, Kind.TIME})
_TWO_ROWS: Final = "(select 0 as k union all select 1 as k) two"


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database says of all rows: how many, each column's nulls, and its extremes where it has any."""

    row_count: int
    null_counts: Mapping[str, int]
    extremes: pl.DataFrame  # two rows, lowest and highest, of the columns that have extremes
    decimals: Mapping[str, DecimalTotals]


@dataclass(frozen=True, slots=True)
class Counting:
    """One statement about some columns of a table."""

    statements: Statements
    columns: tuple[CatalogColumn, ...]

    def query(self) -> str:
        """Return the statement: two rows, of which all but the extremes are alike."""
        name, inner = self._prefix, {f"{self._prefix}n": self._dialect.row_count}
        middle = {f"{name}n": f"{name}n"}
        outer: dict[str, str] = {}
        types = []
        for place, column in enumerate(self.extreme_columns):
            low, high = self._extremes(column)
            inner |= {f"{name}a{place}": low, f"{name}z{place}": high}
            quoted = self._dialect.quoted(column.schema.name)
            middle[quoted] = f"case two.k when 0 then {name}a{place} else {name}z{place} end"
            outer[f"c{place}"] = column.expression
            types.append(sqlite.first_row(column))
        passed = self._passed()
        inner |= {f"{name}{key}": expression for key, (expression, _) in passed.items()}
        middle |= {f"{name}{key}": f"{name}{key}" for key in passed}
        outer |= {key: f"{name}{key}" for key in ("n", *passed)}
        types += ["0", *(literal for _, literal in passed.values())]
        one = f"(select {_listed(inner)} {self.statements.rows}) one"
        both = f"(select {_listed(middle)} from {one} cross join {_TWO_ROWS}) both_rows"  # noqa: S608 -- made of quoted names
        return self.statements.select_from(outer, f"from {both}", types=types)

    @property
    def extreme_columns(self) -> tuple[CatalogColumn, ...]:
        """The columns whose extremes are asked for; of exact decimals they come with the totals."""
        return tuple(
            column
            for column in self.columns
            if column.schema.kind in ORDERED
            and not self._is_exact(column)
            and not (self._dialect is Dialect.SQLITE and column.schema.kind is Kind.DATETIME)
        )

    def read(self, table: pa.Table) -> Counts:
        """Read the answer."""
        extreme = self.extreme_columns
        row = table.select(table.column_names[len(extreme) :]).slice(0, 1).to_pylist()[0]
        row_count = int(row["n"])
        named = {column.schema.name: place for place, column in enumerate(self.columns)}
        return Counts(
            row_count,
            {name: row_count - int(row[f"v{place}"]) for name, place in named.items()},
            frame_from(table.select(table.column_names[: len(extreme)]), extreme) if extreme else pl.DataFrame(),
            {
                column.schema.name: _totals(row, named[column.schema.name])
                for column in self.columns
                if self._is_exact(column)
            },
        )

    @property
    def _dialect(self) -> Dialect:
        return self.statements.dialect

    @property
    def _prefix(self) -> str:
        """How our own names begin, and no column's: both stand side by side for a moment."""
        prefix = "q"
        while any(column.schema.name.casefold().startswith(prefix) for column in self.columns):
            prefix += "q"
        return prefix

    def _is_exact(self, column: CatalogColumn) -> bool:
        return column.schema.kind is Kind.DECIMAL and self._dialect is not Dialect.SQLITE

    def _passed(self) -> dict[str, tuple[str, str]]:
        """Return the aggregates that are the same in both rows, with a literal of their type."""
        passed = {}
        for place, column in enumerate(self.columns):
            passed[f"v{place}"] = self._counted(column), "0"
            if self._is_exact(column):
                for key, function in (("l", "min"), ("h", "max"), ("s", "sum")):
                    passed[f"{key}{place}"] = self.statements.exactly(function, column), "''"
        return passed

    def _counted(self, column: CatalogColumn) -> str:
        if self._dialect is Dialect.MSSQL:  # whose older types cannot be counted themselves
            return f"count_big(case when {self._value(column)} is not null then 1 end)"
        return f"count({self._value(column)})"

    def _value(self, column: CatalogColumn) -> str:
        """Write the column so that what reads as null is null."""
        quoted = self._dialect.quoted(column.schema.name)
        if self._dialect is Dialect.MYSQL and column.schema.kind in (Kind.DATE, Kind.DATETIME):
            return f"case when to_days({quoted}) is not null then {quoted} end"
        return quoted

    def _extremes(self, column: CatalogColumn) -> tuple[str, str]:
        value, finite = self._value(column), ""
        if column.schema.kind is Kind.TEXT:
            value = self._as_bytes(value, column)
        elif column.schema.kind in (Kind.FLOAT, Kind.DECIMAL):
            finite = f" filter (where {value} - {value} = 0)"
            if self._dialect is not Dialect.POSTGRESQL:
                value, finite = f"case when {value} between -{_LARGEST} and {_LARGEST} then {value} end", ""
        low, high = f"min({value}){finite}", f"max({value}){finite}"
        if self._dialect is Dialect.MYSQL and column.schema.kind is Kind.TEXT:
            return f"convert({low} using utf8mb4)", f"convert({high} using utf8mb4)"
        return low, high

    def _as_bytes(self, value: str, column: CatalogColumn) -> str:
        match self._dialect:
            case Dialect.POSTGRESQL:
                return f'{value}::text collate "C"'
            case Dialect.MYSQL:
                return f"cast(convert({value} using utf8mb4) as binary)"
            case Dialect.SQLITE:
                return f"cast({value} as text) collate binary"
            case Dialect.MSSQL:
                return f"cast({value} as nvarchar(max)) collate Latin1_General_100_BIN2"
            case Dialect.SNOWFLAKE:
                return f"collate({value}, 'utf8')" if column.collated else value


def countings(statements: Statements, columns: Sequence[CatalogColumn]) -> tuple[Counting, ...]:
    """Return the statements that count everything once: one, in all but very wide tables."""
    starts = range(0, len(columns), _COLUMNS_PER_QUERY) or range(1)
    return tuple(Counting(statements, tuple(columns[start : start + _COLUMNS_PER_QUERY])) for start in starts)


def together(parts: Sequence[Counts]) -> Counts:
    """Return what the statements about several columns each say of all of them."""
    return Counts(
        parts[0].row_count,
        {name: count for part in parts for name, count in part.null_counts.items()},
        pl.concat([part.extremes for part in parts], how="horizontal"),
        {name: totals for part in parts for name, totals in part.decimals.items()},
    )


def _listed(named: Mapping[str, str]) -> str:
    return ", ".join(f"{expression} as {name}" for name, expression in named.items())


def _totals(row: Mapping[str, Any], place: int) -> DecimalTotals:
    return DecimalTotals(*(None if row[f"{key}{place}"] is None else Decimal(row[f"{key}{place}"]) for key in "lhs"))
