"""A database as a source of batches: the only object of this room that its callers need.

>>> source = DatabaseSource(DatabaseAddress.from_url(url), name="warehouse")
>>> plan = source.plan(TableRequest(TableRef("flights")))
>>> rows = sum(batch.height for batch in source.batches(plan))
"""

from __future__ import annotations

import weakref
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.errors import (
    ConditionRefused,
    DatabaseNotNamed,
    ProfileMeshError,
    QueryRefused,
    ReadCancelled,
    SourceUnreachable,
    TableNotFound,
)
from taskflow_profilemesh.profiling.profile import DecimalTotals
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.scope import Scope
from taskflow_profilemesh.reading.catalog import CATALOGS, sqlite
from taskflow_profilemesh.reading.changes import Moment, moment_from, moment_query, seen_from, seen_query
from taskflow_profilemesh.reading.counting import countings, together
from taskflow_profilemesh.reading.cursor import Cursor
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.entries import TABLES_PER_STATEMENT, Entries
from taskflow_profilemesh.reading.landed import landed_query, landed_rows
from taskflow_profilemesh.reading.partitions import Partitions
from taskflow_profilemesh.reading.plan import Bounds, Growth, Planner, check_possible, chosen_columns, chosen_cursor
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.reading.reachability import is_reachable
from taskflow_profilemesh.reading.reads import Reads
from taskflow_profilemesh.reading.sampling import is_count_needed, sample_share, sampling_of
from taskflow_profilemesh.reading.server import server_at
from taskflow_profilemesh.reading.signals import signal_columns
from taskflow_profilemesh.reading.size import BATCH_ROWS, NATIVE_BATCH_ROWS, BatchSize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import polars as pl

    from taskflow_profilemesh.clock import Clock
    from taskflow_profilemesh.profiling.landed import LandedRows
    from taskflow_profilemesh.profiling.schema import TableSchema
    from taskflow_profilemesh.reading.address import DatabaseAddress
    from taskflow_profilemesh.reading.catalog import CatalogColumn, CatalogTable
    from taskflow_profilemesh.reading.changes import Seen
    from taskflow_profilemesh.reading.counting import Counts
    from taskflow_profilemesh.reading.cursor import Mark, Survey
    from taskflow_profilemesh.reading.plan import ReadPlan
    from taskflow_profilemesh.reading.reads import Reader
    from taskflow_profilemesh.tables import TableRef, TableRequest

_REACH_SECONDS = 3.0
_LOGIN_SECONDS = 4.0


class DatabaseSource:
    """One database, read-only.

    `name` stands for it in errors. `statement_timeout_seconds` ends single statements on the server (not SQLite).
    `memory_budget_bytes`: what the rows on the way may take at a time, as far as the catalog lets us tell; batches
    become smaller for it. A table that can only be read in one go may take more.
    `batch_rows`: the most rows a read should bring; None: 65,536 by ConnectorX, 98,304 by ADBC.
    `reader`: `connectorx`, `adbc` (PostgreSQL, extra `[adbc]`; Snowflake has no other), or `auto`: ADBC where it is
    installed.
    Every method may raise `SourceUnreachable`, `SourceLoginRefused` or `ReadFailed`.
    """

    def __init__(  # noqa: PLR0913 -- each is a setting by its name
        self,
        address: DatabaseAddress,
        *,
        name: str,
        statement_timeout_seconds: float | None = None,
        batch_rows: int | None = None,
        memory_budget_bytes: int | None = None,
        reader: Reader = "auto",
        clock: Clock | None = None,
    ) -> None:
        """Remember where the database is; nothing is contacted yet. Raises `InvalidOption` for a wrong reader."""
        self._address = address
        self._name = name
        self._reads = Reads(
            server_at(address, name, statement_timeout_seconds), reader=reader, clock=clock or SystemClock()
        )
        native = self._reads.is_native
        rows = batch_rows or (NATIVE_BATCH_ROWS if native else BATCH_ROWS)
        self._batch = BatchSize.within(memory_budget_bytes, rows=rows, native=native)
        self._entries = Entries(self._reads, CATALOGS[address.dialect], self._batch, source=name)
        weakref.finalize(self, self._reads.close)
        self._is_checked = False

    def __repr__(self) -> str:
        """Name the source and its place, without user and password."""
        return f"DatabaseSource({self._name!r}, {str(self._address)!r})"

    @property
    def name(self) -> str:
        """What this source is called in errors, and in a store of profiles."""
        return self._name

    @property
    def address(self) -> DatabaseAddress:
        """Where the database is; it holds the password, which its text and repr do not show."""
        return self._address

    def check(self) -> None:
        """Show within 10 seconds that the database answers and lets us in; once shown, it is not asked again.

        Raises `SourceUnreachable` or `SourceLoginRefused`.
        """
        if self._is_checked:
            return
        if not is_reachable(self._address, timeout_seconds=_REACH_SECONDS):
            raise SourceUnreachable(source=self._name, address=str(self._address), timeout_seconds=_REACH_SECONDS)
        self._reads.log_in(timeout_seconds=_LOGIN_SECONDS)
        self._is_checked = True

    def tables(self, *, unnamed_only: bool = False) -> list[TableRef]:
        """Return every table and view that users made, in order of schema and name.

        `unnamed_only`: those that a name without a schema finds.
        """
        self.check()
        tables = self._entries.tables(unnamed_only=unnamed_only)
        if not tables and self._is_nowhere:
            raise DatabaseNotNamed(source=self._name, address=str(self._address))
        return tables

    def schema(self, table: TableRef) -> TableSchema:
        """Return a table as the catalog declares it; raises `TableNotFound` with the nearest that exist."""
        self.check()
        return self._entry(table).schema

    def schemas(self, tables: Sequence[TableRef]) -> dict[TableRef, TableSchema]:
        """Return those of the tables that exist as the catalog declares them, by the names that were given."""
        self.check()
        found: dict[TableRef, TableSchema] = {}
        for start in range(0, len(tables), TABLES_PER_STATEMENT):
            some = tables[start : start + TABLES_PER_STATEMENT]
            entries = self._entries.entries(some)
            for table in some:
                with suppress(TableNotFound):
                    found[table] = (entries.get(table) or self._entries.entry(table)).schema
        return found

    def plan(self, request: TableRequest) -> ReadPlan:
        """Decide how a table is read.

        Raises `TableNotFound`, `ColumnNotFound`, `ConditionRefused` or, for an option that cannot be, `InvalidOption`.
        """
        return self._plan(request, None)

    def plan_shares(self, request: TableRequest, shares: int) -> ReadPlan:
        """Return the plan of a table whose ranges so many workers share: at least as many, if the table allows it."""
        return self._plan(request, None, shares=shares)

    def moment(self, plan: ReadPlan) -> Moment:
        """Return what tells later which rows are newer than now; `Moment()` where the database does not say."""
        query = moment_query(plan)
        if query is None:
            return Moment()
        self.check()
        return moment_from(self._reads.rows(query, about=str(plan.schema.table))[0], plan)

    def seen(self, plan: ReadPlan, since: Moment) -> Seen:
        """Count the rows as they are now, and those that are newer than that moment; one pass over the table."""
        self.check()
        return seen_from(self._reads.rows(seen_query(plan, since), about=str(plan.schema.table))[0], since)

    def plans(self, requests: Sequence[TableRequest]) -> Iterator[ReadPlan | ProfileMeshError]:
        """Yield for each request, in order, its plan or the error that `plan` would raise.

        The catalog is asked once for up to 200 tables. What ends the connection as a whole is raised.
        """
        self.check()
        for start in range(0, len(requests), TABLES_PER_STATEMENT):
            some = requests[start : start + TABLES_PER_STATEMENT]
            tables = list(dict.fromkeys(request.table for request in some))
            entries = self._entries.entries(tables) if len(tables) > 1 else {}
            yield from (self._plan_or_error(request, entries.get(request.table)) for request in some)

    @property
    def _is_nowhere(self) -> bool:
        """Whether a name without a database is in none."""
        return self._address.dialect is Dialect.MYSQL and self._address.database is None

    def _entry(self, table: TableRef) -> CatalogTable:
        if table.schema is None and self._is_nowhere:
            raise DatabaseNotNamed(source=self._name, address=str(self._address))
        return self._entries.entry(table)

    def _plan_or_error(self, request: TableRequest, entry: CatalogTable | None) -> ReadPlan | ProfileMeshError:
        try:
            return self._plan(request, entry)
        except ProfileMeshError as error:
            return error

    def _plan(self, request: TableRequest, entry: CatalogTable | None, *, shares: int = 1) -> ReadPlan:
        """Plan a table that the catalog has told of already; None: it is asked."""
        sample_share(request.sample, None)  # a wrong sample is noticed before anything is asked
        check_possible(request, self._address.dialect)
        self.check()
        entry = entry or self._entry(request.table)
        scope = Scope(where=request.where) if request.where else None
        statements = Statements(
            self._address.dialect, entry.schema.table, request.where, scope=scope, native=self._reads.is_native
        )
        columns = chosen_columns(entry, request, source=self._name)
        cursor = chosen_cursor(entry, request, source=self._name)
        if request.where:
            self._check_condition(statements)
        partitions = Partitions(self._reads, source=self._name, batch_rows=self._batch.rows)
        statements, entry, row_count = partitions.chosen(statements, entry, request.partition)
        signals = signal_columns(entry, request, self._address.dialect)
        bounds, looked = self._look(statements, entry, columns + signals)
        columns, signals = looked[: len(columns)], looked[len(columns) :]
        row_count = row_count if request.where or row_count is not None else bounds.row_count
        if bounds.row_count is not None and request.partition is None:  # better than any estimate
            entry = replace(entry, schema=replace(entry.schema, row_estimate=bounds.row_count))
        if row_count is None and is_count_needed(entry, request):
            row_count = self._count(statements.count(), str(request.table))
        planner = Planner(statements, self._batch.rows, self._batch.storage_bytes, signals, shares)
        sampling = sampling_of(request, row_count)
        plan = planner.plan(entry, columns, bounds=bounds, sampling=sampling, row_count=row_count)
        if cursor is None:
            return plan
        return replace(plan, growth=Growth(Cursor(statements, entry, cursor), columns, bounds, self._batch, signals))

    def survey(self, growth: Growth, after: Mark | None) -> Survey:
        """Return how far the table reaches now and, with an earlier mark, what has become of the rows up to it."""
        self.check()
        about = str(growth.cursor.statements.table)
        return growth.cursor.read(self._reads.rows(growth.cursor.survey(after), about=about)[0], after)

    def batches(self, plan: ReadPlan) -> Iterator[pl.DataFrame]:
        """Yield the rows of the plan, at most a quarter more than `batch_rows` at a time, never an empty batch."""
        self.check()
        yield from self._sliced(self._reads.frames(plan))

    def tables_batches(self, plans: Sequence[ReadPlan]) -> Iterator[tuple[ReadPlan, Iterator[pl.DataFrame]]]:
        """Yield each plan with its batches, as `batches` has them; small tables are read ahead, several side by side.

        What goes wrong with a table is raised by its batches.
        """
        self.check()
        for plan, frames in self._reads.tables(plans):
            yield plan, self._sliced(frames)

    def cancel(self) -> None:
        """End whatever is being read, here and on the server, and let nothing more begin.

        A signal's handler may call it. Reads end with `ReadCancelled` within two seconds.
        """
        self._reads.cancel(ReadCancelled(source=self._name, table="(all)", reason="the task was told to end"))

    def close(self) -> None:
        """Close the connection that is kept between statements; the next one opens it again."""
        self._reads.close()

    def row_count(self, plan: ReadPlan) -> int:
        """Return the exact number of the table's rows that meet the request's condition, sampled or not."""
        self.check()
        return plan.row_count if plan.row_count is not None else self._count(plan.count_query, str(plan.schema.table))

    def counts(self, plan: ReadPlan) -> Counts:
        """Return what the database counts of all rows that the plan is about, in one statement.

        Rows, nulls of each column, extremes of those that have an order, exact totals of decimals, and when Airbyte
        last extracted a row.
        """
        self.check()
        about = str(plan.schema.table)
        moments = tuple(column for column in plan.signals if column.schema.kind is Kind.DATETIME)
        asked = countings(plan.statements, plan.columns + moments) if plan.statements else ()
        return together([one.read(self._reads.table(one.query(), about=about)) for one in asked])

    def decimal_totals(self, plan: ReadPlan, columns: Collection[str] | None = None) -> dict[str, DecimalTotals]:
        """Return the exact totals of these decimal columns (None: of all) by name, aggregated over all their rows.

        NaN and infinities are left out. SQLite keeps no exact decimals, so there it is empty.
        """
        decimals = [
            column
            for column in plan.columns
            if column.schema.kind is Kind.DECIMAL and (columns is None or column.schema.name in columns)
        ]
        queries = plan.statements.decimal_totals(decimals) if plan.statements else ()
        if not queries:
            return {}
        self.check()
        row: dict[str, str | None] = {}
        for query in queries:
            row |= self._reads.rows(query, about=str(plan.schema.table))[0]
        totals = (DecimalTotals(*(_decimal(row[f"{what}{place}"]) for what in "nxs")) for place in range(len(decimals)))
        return {column.schema.name: found for column, found in zip(decimals, totals, strict=True)}

    def landed_rows(self, plan: ReadPlan, job_id: int) -> LandedRows | None:
        """Count the table's rows by the sync that wrote them; None where nothing in it says which."""
        self.check()
        entry = self._entries.entry(plan.schema.table)
        query = landed_query(plan.statements, entry, job_id) if plan.statements else None
        return landed_rows(self._reads.rows(query, about=str(plan.schema.table))[0], entry) if query else None

    def _check_condition(self, statements: Statements) -> None:
        """Have the database understand the condition before a row is read; raises `ConditionRefused`."""
        about = str(statements.table)
        try:
            met = self._count(statements.condition(), about)
        except QueryRefused as error:
            raise ConditionRefused(source=self._name, table=about, reason=error.reason) from error
        if met:
            raise ConditionRefused(source=self._name, table=about, reason="its parentheses do not match")

    def _look(
        self, statements: Statements, entry: CatalogTable, columns: tuple[CatalogColumn, ...]
    ) -> tuple[Bounds, tuple[CatalogColumn, ...]]:
        """Ask the table for what its catalog cannot say; columns that cannot be read as declared become text."""
        query = statements.bounds(entry, columns)
        if query is None:
            return Bounds(), columns
        about = str(entry.schema.table)
        row = self._reads.rows(query, about=about)[0]
        if row.get("has_misfits"):
            found = self._reads.rows(statements.misfits(columns), about=about)[0]
            columns = tuple(sqlite.reread(column, found[f"m{index}"]) for index, column in enumerate(columns))
        low, high = int(row.get("low", 0)), int(row.get("high", 0))  # MySQL answers with texts
        return Bounds(low=low, high=high, row_count=row.get("row_count")), columns

    def _sliced(self, frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        for frame in frames:
            yield from frame.iter_slices(self._batch.slice_rows(frame.height)) if frame.height else ()

    def _count(self, query: str, about: str) -> int:
        return int(self._reads.rows(query, about=about)[0]["row_count"])


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
