"""Deciding how a table is read, from what the catalog says of it. Pure.

A small table is one read. A large one is cut into ranges of about one batch each, so that memory stays flat whatever
its size. What cannot be cut is one read, and the plan says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from taskflow_profilemesh.errors import ColumnNotFound, InvalidOption
from taskflow_profilemesh.profiling.schema import TableSchema
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, Key, Pages, Whole
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.reading.ranges import key_ranges, page_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.reading.catalog.entry import CatalogTable
    from taskflow_profilemesh.tables import TableRequest

AIRBYTE_PREFIX = "_airbyte_"  # Airbyte's own columns: signals about a sync, not data


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the planner asked the table itself: a key's lowest and highest value, and a count of all rows."""

    low: int = 0
    high: int = 0
    row_count: int | None = None


@dataclass(frozen=True, slots=True)
class Planner:
    """Turns one request into a plan; `batch_rows` is the most rows that a range should hold."""

    statements: Statements
    batch_rows: int

    def plan(
        self,
        entry: CatalogTable,
        columns: Sequence[CatalogColumn],
        *,
        bounds: Bounds,
        share: float | None = None,
        row_count: int | None = None,
    ) -> ReadPlan:
        """Return the plan for the columns; `share` (0 to 1) of the rows is sampled, None reads every row."""
        chosen = tuple(columns)
        plan = ReadPlan(
            schema=replace(entry.schema, columns=tuple(column.schema for column in chosen)),
            declared=_declared(entry, chosen),
            columns=chosen,
            queries=(),
            reason="Nothing is read: no column is left.",
            count_query=self.statements.count(),
            statements=self.statements,
            row_count=row_count,
            sampled=share is not None,
        )
        if not chosen:
            return plan
        ranges = self._ranges(entry, bounds, share or 1.0)
        return replace(plan, queries=self._queries(entry, chosen, ranges, share), reason=_reason(entry, ranges, share))

    def _ranges(self, entry: CatalogTable, bounds: Bounds, share: float) -> tuple[str, ...]:
        match entry.cut:
            case Pages(count=count, per_batch=per_batch):
                return page_ranges(count, pages_per_range=ceil(per_batch / share))
            case Key(column=column, nullable=nullable):
                span = bounds.high - bounds.low + 1
                rows = min(span, bounds.row_count or entry.schema.row_estimate or span)
                count = ceil(rows * share / self.batch_rows)
                return key_ranges(column, bounds.low, bounds.high, count=count, nullable=nullable)
            case Whole():
                return ()

    def _queries(
        self, entry: CatalogTable, columns: Sequence[CatalogColumn], ranges: tuple[str, ...], share: float | None
    ) -> tuple[str, ...]:
        select, dialect = self.statements.select, self.statements.dialect
        if share is None:
            return tuple(select(columns, condition) for condition in ranges) or (select(columns),)
        if ranges:
            return tuple(select(columns, condition, dialect.chance(share)) for condition in ranges)
        if dialect is Dialect.POSTGRESQL and isinstance(entry.cut, Pages):
            return (select(columns, sample_share=share),)
        return (select(columns, dialect.chance(share)),)


def _declared(entry: CatalogTable, chosen: tuple[CatalogColumn, ...]) -> TableSchema:
    """Return what the catalog declares of the table, whatever part of it is read: changes are told from this."""
    read = {column.schema.name: column.schema for column in chosen}
    columns = (read.get(column.schema.name, column.schema) for column in entry.columns)
    return replace(
        entry.schema,
        columns=tuple(one for one in columns if one.name in read or not one.name.startswith(AIRBYTE_PREFIX)),
    )


def chosen_columns(entry: CatalogTable, request: TableRequest, *, source: str) -> tuple[CatalogColumn, ...]:
    """Return the columns to read, in table order; raises `ColumnNotFound` for a name that the table lacks.

    Airbyte's own columns are left out unless they are asked for by name.
    """
    known = tuple(column.schema.name for column in entry.columns)
    for name in (*(request.columns or ()), *request.exclude_columns):
        if name not in known:
            raise ColumnNotFound(source=source, table=str(entry.schema.table), column=name, known=known)
    if request.columns is None:
        wanted = {name for name in known if not name.startswith(AIRBYTE_PREFIX)}
    else:
        wanted = set(request.columns)
    return tuple(column for column in entry.columns if column.schema.name in wanted.difference(request.exclude_columns))


def sample_share(sample: float | None, row_count: int | None) -> float | None:
    """Return the share of the rows to read, None for all; raises `InvalidOption` for what is no sample.

    `row_count` is needed for a sample given in rows; a table of no more rows than that is read whole.
    """
    if sample is None:
        return None
    is_rows = isinstance(sample, int) and not isinstance(sample, bool)
    if is_rows and sample >= 1:
        return None if row_count is None or row_count <= sample else sample / row_count
    if not is_rows and 0 < sample < 1:
        return sample
    raise InvalidOption(option="sample", got=str(sample), expected="a number of rows (1 or more) or a share (0 to 1)")


def _reason(entry: CatalogTable, ranges: tuple[str, ...], share: float | None) -> str:
    sampled = f", each taking about {share:.2%} of its rows at random" if share is not None else ""
    match entry.cut:
        case Whole(why=why):
            return f"One read, because {why}{sampled}."
        case _ if not ranges:
            return f"One read, because the rows fit one batch{sampled}."
        case Pages():
            return f"{len(ranges)} reads of a range of pages each{sampled}."
        case Key(column=column):
            return f"{len(ranges)} reads of a range of {column} each{sampled}."
