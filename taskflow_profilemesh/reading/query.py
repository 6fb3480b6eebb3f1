"""Writing SQL: one SELECT per range of a table, and the few statements around it. Pure.

Columns are named c0, c1, … on the way, because a driver may stumble over a name that the database allows; they get
their own names back after reading. No statement ends in a semicolon: the driver wraps them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.scope import Scope
from taskflow_profilemesh.reading.catalog import mssql, sqlite
from taskflow_profilemesh.reading.catalog.entry import Key
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.reading.catalog import CatalogColumn, CatalogTable
    from taskflow_profilemesh.reading.parts import PartRange

_TOTALS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Statements:
    """Writes the statements about one table.

    `where` is the request's own condition, `partition` the one that chooses partitions, which is ours; `scope` says
    both in words. `native`: rows are read by a driver that knows the server's own binary form.
    """

    dialect: Dialect
    table: TableRef
    where: str | None = None
    partition: str | None = None
    scope: Scope | None = None
    native: bool = False

    def select(self, columns: Sequence[CatalogColumn], *conditions: str, tablesample: str = "") -> str:
        """Return the SELECT of the columns where the conditions hold.

        `tablesample` is such a clause, which only PostgreSQL's and Snowflake's tables have.
        """
        named = self._named(columns)
        types = [sqlite.first_row(column) for column in columns]
        return self._statement(named, f"{self._source}{tablesample}{self._filter(*conditions)}", types=types)

    def select_from_parts(self, columns: Sequence[CatalogColumn], ranges: Sequence[PartRange], *conditions: str) -> str:
        """Return one SELECT over ranges of tables that hold the table's rows; PostgreSQL.

        Each goes by the name of the whole table, so that a condition may use it.
        """
        named = self._named(columns)
        alias = self.dialect.quoted(self.table.name)
        selects = []
        for one in ranges:
            source = f"from {'only ' if one.part.only else ''}{self.dialect.relation(one.part.table)} as {alias}"
            wanted = (*((one.condition,) if one.condition else ()), *conditions)
            selects.append(self._statement(named, f"{source}{self._filter(*wanted)}"))
        return " union all ".join(selects)

    def partitions(self, column: str, *, recent: int, may_be_nan: bool = False) -> str:
        """Return the query for the highest values of a column, as `partition_value`.

        `may_be_nan`: it is a column of floats or decimals. NaN is the highest of all in PostgreSQL, and the latest of
        nothing.
        """
        name = self.dialect.quoted(column)
        held = [f"{name} is not null"]
        if may_be_nan and self.dialect is Dialect.POSTGRESQL:
            held.append(f"{name} <> 'NaN'")
        source = f"{self._source}{self._filter(*held)}"
        printed = {Dialect.MYSQL: "cast(p as char)", Dialect.SQLITE: "cast(p as text)"}
        different = "" if recent == 1 else f" group by {name}"
        found = f"(select {name} as p {source}{different} order by {name} desc limit {recent}) q"
        return self._statement({"partition_value": printed.get(self.dialect, "p::text")}, f"from {found}", types=["''"])

    def in_partitions(self, column: str, values: Sequence[str]) -> Statements:
        """Return the statements about the rows with one of these values in the column."""
        listed = ", ".join(self.dialect.literal(value) for value in values)
        condition = f"{self.dialect.quoted(column)} in ({listed})" if values else "1 = 0"
        scope = Scope(where=self.where, partition_column=column, partition_values=tuple(values))
        return replace(self, partition=condition, scope=scope)

    def parts(self) -> str:
        """Return the query for which tables hold the rows (`part_schema`, `part_name`), and how many; PostgreSQL."""
        named = {"part_schema": "n.nspname::text", "part_name": "c.relname::text", "row_count": "q.row_count"}
        found = f"(select tableoid as part, count(*) as row_count {self._source}{self._filter()} group by tableoid) q"
        joined = "join pg_catalog.pg_class c on c.oid = q.part join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        return self._statement(named, f"from {found} {joined}")

    def count(self) -> str:
        """Return the query for the exact number of rows, as `row_count`."""
        return self._statement({"row_count": self.dialect.row_count}, f"{self._source}{self._filter()}")

    def aggregate(self, named: Mapping[str, str], *, types: Sequence[str]) -> str:
        """Return the query for these expressions over all rows; `types` has a literal of each one's type."""
        return self._statement(named, f"{self._source}{self._filter()}", types=types)

    def condition(self) -> str:
        """Return the query for how many rows meet the request's condition and a false one, as `row_count`.

        None do where the condition is one by itself, and nothing is read to tell.
        """
        return self._statement({"row_count": self.dialect.row_count}, f"{self._source}{self._filter('1 = 0')}")

    def decimal_totals(self, columns: Sequence[CatalogColumn]) -> tuple[str, ...]:
        """Return the aggregates for the exact minimum (n0 …), maximum (x0 …) and sum (s0 …) of the decimal columns.

        One for up to 500 columns: PostgreSQL returns 1,664 values a row at most. None at all where no column is a
        decimal, and in SQLite, whose decimals are doubles.
        """
        if self.dialect is Dialect.SQLITE:
            return ()
        decimals = [column for column in columns if column.schema.kind is Kind.DECIMAL]
        starts = range(0, len(decimals), _TOTALS_PER_QUERY)
        return tuple(self._totals(start, decimals[start : start + _TOTALS_PER_QUERY]) for start in starts)

    def bounds(self, entry: CatalogTable, columns: Sequence[CatalogColumn]) -> str | None:
        """Return the query for what the catalog cannot say of the table, or None when it says it all.

        The key's `low` and `high`; in SQLite the table's `row_count` too, and as `has_misfits` whether a column holds
        values that cannot be read as declared.
        """
        named = {}
        part = f"{self._source} where {self.partition}" if self.partition else self._source
        if isinstance(entry.cut, Key):
            for name, function in (("low", "min"), ("high", "max")):
                bound = f"coalesce({function}({entry.cut.column}), 0)"
                if self.dialect is Dialect.MYSQL:  # of an unsigned key it makes a decimal, which the driver refuses
                    bound = f"cast({bound} as char)"
                named[name] = f"(select {bound} {part})"
            if self.dialect is Dialect.SQLITE:
                named["row_count"] = f"(select count(*) {part})"
        misfits = [] if entry.strict else [test for column in columns if (test := sqlite.misfit(column))]
        if misfits:
            named["has_misfits"] = f"exists(select 1 {self._source}{self._filter(_either(misfits))})"
        return self._statement(named) if named else None

    def misfits(self, columns: Sequence[CatalogColumn]) -> str:
        """Return the query that says of each column (m0 …) how its values can be read, see `sqlite.fitness`."""
        named = {f"m{index}": sqlite.fitness(column) for index, column in enumerate(columns)}
        return self._statement(named, f"{self._source}{self._filter()}")

    @property
    def rows(self) -> str:
        """FROM and WHERE of all rows that are meant."""
        return f"{self._source}{self._filter()}"

    def select_from(self, named: Mapping[str, str], source: str, *, types: Sequence[str]) -> str:
        """Return the SELECT of the expressions from `source`, which begins with FROM; `types`: of each a literal."""
        return self._statement(named, source, types=types)

    def _named(self, columns: Sequence[CatalogColumn]) -> dict[str, str]:
        return {
            f"c{index}": column.native if self.native and column.native else column.expression
            for index, column in enumerate(columns)
        }

    @property
    def _source(self) -> str:
        return f"from {self.dialect.relation(self.table)}"

    def _statement(self, named: Mapping[str, str], rest: str = "", *, types: Sequence[str] | None = None) -> str:
        """Write a SELECT; SQLite's get the row before them that the connector drops, of numbers unless told."""
        listed = ", ".join(f"{expression} as {name}" for name, expression in named.items())
        statement = f"select {listed} {rest}".rstrip(" ")
        if self.dialect is not Dialect.SQLITE:
            return statement
        first = ", ".join(
            f"{literal} as {name}" for name, literal in zip(named, types or ["0"] * len(named), strict=True)
        )
        return f"select {first} union all {statement}"

    def _filter(self, *conditions: str) -> str:
        wanted = [f"(\n{self.where}\n)"] if self.where else []  # on a line of its own: it may end in a comment
        wanted += [f"({self.partition})"] if self.partition else []
        wanted += [f"({condition})" for condition in conditions]
        return " where " + " and ".join(wanted) if wanted else ""

    def _totals(self, start: int, decimals: Sequence[CatalogColumn]) -> str:
        named = {
            f"{prefix}{index}": self.exactly(function, column)
            for index, column in enumerate(decimals, start)
            for prefix, function in (("n", "min"), ("x", "max"), ("s", "sum"))
        }
        return self._statement(named, f"{self._source}{self._filter()}")

    def exactly(self, function: str, column: CatalogColumn) -> str:
        """Write an exact aggregate of decimals, as text."""
        name = self.dialect.quoted(column.schema.name)
        if self.dialect is Dialect.MYSQL:
            return f"cast({function}({name}) as char)"
        if self.dialect is Dialect.MSSQL:
            return f"cast({function}({mssql.exact_decimal(name, column.digits)}) as varchar(41))"
        if self.dialect is Dialect.SNOWFLAKE:
            return f"to_varchar({function}({name}))"
        return f"({function}({name}) filter (where {name} - {name} = 0))::text"  # NaN and infinities are left out


def _either(tests: Sequence[str]) -> str:
    """Join tests by `or`, halved again and again: SQLite allows a thousand levels, and a table two thousand columns."""
    half = len(tests) // 2
    return f"({_either(tests[:half])} or {_either(tests[half:])})" if half else f"({tests[0]})"
