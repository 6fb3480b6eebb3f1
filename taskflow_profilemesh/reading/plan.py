"""Deciding how a table is read, from what the catalog says of it. Pure.

A small table is one read. A large one is cut into ranges of about one batch each, so that memory stays flat whatever
its size. What cannot be cut is one read, and the plan says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from typing import TYPE_CHECKING

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.errors import ColumnNotFound, InvalidOption
from taskflow_profilemesh.profiling.schema import TableSchema
from taskflow_profilemesh.profiling.scope import Scope
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, Key, Pages, Parts, Whole
from taskflow_profilemesh.reading.cursor import CURSOR_KINDS, Cursor
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.parts import PartRange, finer_parts, part_reads
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.reading.ranges import key_ranges, page_ranges, page_slices
from taskflow_profilemesh.reading.signals import signal_names
from taskflow_profilemesh.reading.size import BATCH_BYTES, BatchSize, Size
from taskflow_profilemesh.tables import Synced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.reading.catalog.entry import CatalogTable
    from taskflow_profilemesh.reading.cursor import Mark, Survey
    from taskflow_profilemesh.reading.sampling import Sampling
    from taskflow_profilemesh.tables import TableRequest

_UNKNOWN = Size()
Range = str | tuple[PartRange, ...] | None
"""What one statement reads: the rows of a condition, parts of other tables, or (None) every row."""

AIRBYTE_PREFIX = "_airbyte_"  # Airbyte's own columns, in Snowflake in capitals: signals about a sync, not data


class ReadKind(StrEnum):
    """How a table is read."""

    NOTHING = "nothing"  # no column is left
    SINGLE = "single"  # one read, every row
    CHUNKS = "chunks"  # several reads, every row, merged
    SAMPLE = "sample"  # some of the rows, with exact counts of all beside them
    INCREMENTAL = "incremental"  # only rows that are new, to be merged into what is known of the others


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """How one table will be read: one statement per range, and why it is so.

    `row_count` is exact, or None while nobody has counted. `sampled` says that the statements return some of the rows.
    """

    schema: TableSchema  # of the columns that are read, in table order
    declared: TableSchema  # of the whole table, Airbyte's own columns left out unless they are read
    columns: tuple[CatalogColumn, ...]
    queries: tuple[str, ...]
    reason: str
    count_query: str
    statements: Statements | None = None  # writes further ones about the table; None where it is none of a database
    row_count: int | None = None
    sampled: bool = False
    growth: Growth | None = None  # the other ways to read a table that grows by a cursor; None: it has no cursor
    size: Size = _UNKNOWN  # what is probably read
    scope: Scope | None = None  # which part of the table is meant; None: all of it
    is_new_only: bool = False  # it reads the rows above a mark, which may be none
    signals: tuple[CatalogColumn, ...] = ()  # Airbyte's own, read beside the columns for what they say of a sync
    synced: Synced | None = None  # what Airbyte says that the last sync wrote; None: nothing is known of one
    ranges: tuple[Range, ...] = ()  # what the queries read, one each; none where they read a sample, or new rows only

    @property
    def selected(self) -> tuple[CatalogColumn, ...]:
        """What each statement brings, in its order."""
        return self.columns + self.signals

    @property
    def kind(self) -> ReadKind:
        """How the table is read, in a word."""
        if self.is_new_only:
            return ReadKind.INCREMENTAL
        if not self.queries:
            return ReadKind.NOTHING
        if self.sampled:
            return ReadKind.SAMPLE
        return ReadKind.SINGLE if len(self.queries) == 1 else ReadKind.CHUNKS

    def only(self, ranges: Sequence[Range]) -> ReadPlan:
        """Return the plan for some ranges of the table, written with the columns of this one."""
        assert self.statements is not None  # noqa: S101 -- a table of a database, which alone has ranges
        queries = _written(self.statements, self.selected, ranges)
        return replace(self, queries=queries, ranges=tuple(ranges), row_count=None)

    @property
    def memory_bytes(self) -> int | None:
        """The memory that the rows on the way probably take at a time; None where nobody knows."""
        native = self.statements is not None and self.statements.native
        return self.size.memory_bytes(len(self.queries), native=native)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the planner asked the table itself: a key's lowest and highest value, and a count of all rows."""

    low: int = 0
    high: int = 0
    row_count: int | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """A table that grows by a cursor: whole up to a mark, or only what is new since one."""

    cursor: Cursor
    columns: tuple[CatalogColumn, ...]
    bounds: Bounds
    batch: BatchSize
    signals: tuple[CatalogColumn, ...] = ()

    @property
    def part(self) -> dict[str, str | None]:
        """What a saved state must be of to be gone on from: the part of the table, and the same signals."""
        return self.cursor.part | {"signal columns": signal_names(self.signals)}

    def whole(self, survey: Survey, why: str) -> ReadPlan:
        """Return the plan for every row up to the survey's mark."""
        plan = self._plan(self.cursor.up_to(survey.mark), survey.mark.row_count)
        return replace(plan, reason=f"Read whole, because {why}. {plan.reason}")

    def new(self, after: Mark, survey: Survey) -> ReadPlan:
        """Return the plan for the rows above the mark; nothing is read where there are none."""
        told = _told(survey.new_rows, self.cursor.name)
        if survey.mark.storage is None:
            told += " Values changed in place since then are not in it: nothing here counts such changes."
        part = self.cursor.between(after, survey)
        if not survey.new_rows:
            return replace(self._plan(part, 0), queries=(), reason=told, is_new_only=True)
        ranges = self.cursor.ranges(after, survey)
        if ranges is None and survey.new_rows <= self.batch.rows:
            part = replace(part, entry=replace(part.entry, cut=Whole("they fit one batch")))
        plan = replace(self._plan(part, survey.new_rows), is_new_only=True)
        if ranges is None:
            return replace(plan, reason=f"{told} {plan.reason}")
        select = part.statements.select
        queries = tuple(
            " union all ".join(select(plan.selected, condition) for condition in conditions) for conditions in ranges
        )
        return replace(
            plan,
            queries=queries,
            ranges=(),
            reason=f"{told} {amount(len(queries), 'read')} of the pages that they are on.",
        )

    def _plan(self, part: Cursor, row_count: int) -> ReadPlan:
        planner = Planner(part.statements, self.batch.rows, self.batch.storage_bytes, self.signals)
        plan = planner.plan(part.entry, self.columns, bounds=self.bounds, row_count=row_count)
        return replace(plan, growth=self)


@dataclass(frozen=True, slots=True)
class Planner:
    """Turns one request into a plan; a read should bring at most `batch_rows`, or so much of the table's storage.

    `signals` are read beside the columns. `shares`: so many workers take the reads, which are at least as many, and as
    far as that can be planned a multiple.
    """

    statements: Statements
    batch_rows: int
    batch_bytes: int = BATCH_BYTES
    signals: tuple[CatalogColumn, ...] = ()
    shares: int = 1

    def plan(
        self,
        entry: CatalogTable,
        columns: Sequence[CatalogColumn],
        *,
        bounds: Bounds,
        sampling: Sampling | None = None,
        row_count: int | None = None,
    ) -> ReadPlan:
        """Return the plan for the columns; without `sampling` every row is read."""
        plan = self._unread(entry, tuple(columns), sampling, row_count)
        if not plan.columns:
            return plan
        if sampling is None:
            ranges = self._ranges(entry, bounds, 1.0)
            queries = _written(self.statements, plan.selected, ranges)
            return replace(plan, queries=queries, ranges=ranges, reason=_reason(entry, len(queries), None, self))
        queries = self._sampled(entry, plan.selected, bounds, sampling)
        return replace(plan, queries=queries, reason=_reason(entry, len(queries), sampling, self))

    def _unread(
        self, entry: CatalogTable, chosen: tuple[CatalogColumn, ...], sampling: Sampling | None, row_count: int | None
    ) -> ReadPlan:
        """Return the plan without the statements that read rows."""
        rows = row_count if row_count is not None else entry.schema.row_estimate
        return ReadPlan(
            schema=replace(entry.schema, columns=tuple(column.schema for column in chosen)),
            declared=declared_schema(entry, chosen),
            columns=chosen,
            queries=(),
            reason="Nothing is read: no column is left.",
            count_query=self.statements.count(),
            statements=self.statements,
            row_count=row_count,
            sampled=sampling is not None,
            size=_size(entry).of(rows if sampling is None or rows is None else round(rows * sampling.share)),
            scope=self.statements.scope,
            signals=self.signals,
        )

    def _sampled(
        self, entry: CatalogTable, columns: Sequence[CatalogColumn], bounds: Bounds, sampling: Sampling
    ) -> tuple[str, ...]:
        match entry.cut:
            case Pages() as pages:
                return self._sampled_pages(pages, columns, sampling)
            case Whole(tablesample=methods) if methods:
                method = "system" if sampling.by_pages and "system" in methods else "bernoulli"
                clause = f" tablesample {method} ({sampling.share * 100:.12f})"
                return (self.statements.select(columns, tablesample=clause),)
        ranges = self._ranges(entry, bounds, sampling.share)
        return _written(self.statements, columns, ranges, self.statements.dialect.chance(sampling.share))

    def _sampled_pages(self, pages: Pages, columns: Sequence[CatalogColumn], sampling: Sampling) -> tuple[str, ...]:
        """Leave it to the server where the sample fits one read, which needs no second look at each row."""
        select, share = self.statements.select, sampling.share
        ranges = page_ranges(pages.count, pages_per_range=ceil(pages.per_batch / share))
        if not ranges:
            method = "system" if sampling.by_pages else "bernoulli"
            return (select(columns, tablesample=f" tablesample {method} ({share * 100!r})"),)
        if sampling.by_pages:
            seed = str(self.statements.table)
            slices = page_slices(pages.count, pages_per_slice=pages.per_batch, share=share, seed=seed)
            return tuple(select(columns, one) for one in slices)
        return tuple(select(columns, one, self.statements.dialect.chance(share)) for one in ranges)

    def _ranges(self, entry: CatalogTable, bounds: Bounds, share: float) -> tuple[Range, ...]:
        """Return what is read by one statement each, where these take a `share` of the rows."""
        match entry.cut:
            case Parts() as parts if parts.parts:
                return part_reads(finer_parts(parts, self.shares), share=share)
            case Pages(count=count, per_batch=per_batch):
                pages = per_batch if self.shares == 1 else max(1, ceil(count / self._reads(ceil(count / per_batch))))
                return page_ranges(count, pages_per_range=pages) or (None,)
            case Key(column=column, nullable=nullable):
                span = bounds.high - bounds.low + 1
                rows = min(span, bounds.row_count or entry.schema.row_estimate or span)
                batch = BatchSize(self.batch_rows, self.batch_bytes)
                count = self._reads(batch.reads(ceil(rows * share), replace(_size(entry), rows=rows)))
                return key_ranges(column, bounds.low, bounds.high, count=count, nullable=nullable) or (None,)
        return (None,)

    def _reads(self, needed: int) -> int:
        """Return so many reads or a few more, that each share gets as many (≥ 1)."""
        return max(1, ceil(needed / self.shares)) * self.shares


def _written(
    statements: Statements, columns: Sequence[CatalogColumn], ranges: Sequence[Range], *conditions: str
) -> tuple[str, ...]:
    """Return the SELECT of each range."""
    return tuple(
        statements.select_from_parts(columns, one, *conditions)
        if isinstance(one, tuple)
        else statements.select(columns, *(() if one is None else (one,)), *conditions)
        for one in ranges
    )


def declared_schema(entry: CatalogTable, chosen: tuple[CatalogColumn, ...]) -> TableSchema:
    """Return what the catalog declares of the table, whatever part of it is read: changes are told from this."""
    read = {column.schema.name: column.schema for column in chosen}
    columns = (read.get(column.schema.name, column.schema) for column in entry.columns)
    return replace(
        entry.schema,
        columns=tuple(one for one in columns if one.name in read or not _is_airbytes(one.name)),
    )


def chosen_columns(entry: CatalogTable, request: TableRequest, *, source: str) -> tuple[CatalogColumn, ...]:
    """Return the columns to read, in table order; raises `ColumnNotFound` for a name that the table lacks.

    Airbyte's own columns are left out unless they are asked for by name.
    """
    known = tuple(column.schema.name for column in entry.columns)
    for name in (*(request.columns or ()), *request.exclude_columns):
        if name not in known:
            raise ColumnNotFound(source=source, table=str(entry.schema.table), column=name, known=known)
    own = (name for name in known if not _is_airbytes(name) and not request.leaves_out(name))
    wanted = set(own if request.columns is None else request.columns)
    return tuple(column for column in entry.columns if column.schema.name in wanted.difference(request.exclude_columns))


def check_possible(request: TableRequest, dialect: Dialect) -> None:
    """Raise `InvalidOption` for an option that this dialect's tables do not have."""
    called = {Dialect.SNOWFLAKE: "Snowflake", Dialect.MSSQL: "SQL Server"}.get(dialect)
    if called is None:
        return
    for option in ("incremental", "partition"):
        if getattr(request, option) is not None:
            expected = f"a table of another database; of {called}'s use where, sample or max_rows"
            raise InvalidOption(option=option, got=f"{option} for a table in {called}", expected=expected)


def chosen_cursor(entry: CatalogTable, request: TableRequest, *, source: str) -> CatalogColumn | None:
    """Return the column that the table is said to grow by, None where none is named.

    Raises `ColumnNotFound`, and `InvalidOption` for one that has no order to go by or stands beside a sample.
    """
    if request.incremental is None:
        return None
    columns = {column.schema.name: column for column in entry.columns}
    column = columns.get(request.incremental)
    if column is None:
        raise ColumnNotFound(
            source=source, table=str(entry.schema.table), column=request.incremental, known=tuple(columns)
        )
    if column.schema.kind not in CURSOR_KINDS:
        got = f"{request.incremental} ({column.schema.declared_type})"
        raise InvalidOption(option="incremental", got=got, expected="an integer, date or timestamp column")
    if request.sample is not None or request.max_rows is not None:
        got = "with sample" if request.sample is not None else "with max_rows"
        raise InvalidOption(option="incremental", got=got, expected="one of the two")
    return column


def _is_airbytes(name: str) -> bool:
    return name.lower().startswith(AIRBYTE_PREFIX)


def _told(new_rows: int, cursor: str) -> str:
    if not new_rows:
        return f"Nothing, because no row's {cursor} is above the mark of the last profile."
    return f"Only the {amount(new_rows, 'row')} whose {cursor} is above the mark of the last profile."


def _size(entry: CatalogTable) -> Size:
    return Size(entry.schema.row_estimate, entry.schema.size_bytes)


def _reason(entry: CatalogTable, reads: int, sampling: Sampling | None, planner: Planner) -> str:
    """Say in one sentence why the table is read so."""
    limit = f"because a batch holds at most {planner.batch_rows:,} rows or {planner.batch_bytes >> 20} MiB of the table"
    if planner.shares > 1:
        limit = f"so that {planner.shares} workers share them, and {limit}"
    match entry.cut:
        case Whole(why=why):
            told = f"One read, because {why}"
        case _ if reads == 1:
            told = "One read, because the rows fit one batch"
        case Pages():
            told = f"{reads} reads of a range of pages each, {limit}"
        case Key(column=column):
            told = f"{reads} reads of a range of {column} each, {limit}"
        case Parts(parts=parts):
            told = f"{reads} reads of {len(parts)} tables that hold its rows, {limit}"
    return told + (sampling.told if sampling else "") + "."
