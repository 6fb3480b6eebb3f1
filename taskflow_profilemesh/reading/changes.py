"""Telling whether a table changed between two moments, while several workers read ranges of it. Pure.

Workers that start hours apart cannot share a snapshot: PostgreSQL hands one on only while the transaction that took it
is open, so a task would have to hold it, and its worker, until the last range is read. Each range has a snapshot of its
own instead, and the end is compared with the beginning. In PostgreSQL each row says which transaction wrote it, and the
snapshot of the beginning says whether that one was over. No row newer than that, the files the same, and as many rows
now as all ranges had together: then the ranges hold the rows that the table has now, each once, as one snapshot would.
Proof: a row that was there at the beginning and is unchanged lies where it lay, in one range, and was read. So the
ranges have all rows of now; one that was deleted after it was read would make them more.

Elsewhere there is the count alone: rows that were changed in place, or came and went, are not noticed.
Source: PostgreSQL's manual, "System Columns" and "Transaction ID and Snapshot Information Functions".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.reading.catalog.entry import Pages
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.reading.plan import ReadPlan
    from taskflow_profilemesh.reading.query import Statements

_FROZEN = 2  # transactions up to this one are none: their rows are as old as can be


@dataclass(frozen=True, slots=True)
class Moment:
    """When ranges were planned, in the database's own words; None where it has none."""

    snapshot: str | None = None
    files: str | None = None  # where the rows lay: a table that is written anew has other files
    tables: tuple[TableRef, ...] = ()  # that held the rows

    def as_document(self) -> dict[str, Any]:
        """Return the moment as plain JSON."""
        return {"snapshot": self.snapshot, "files": self.files, "tables": [str(table) for table in self.tables]}

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Moment:
        """Read back what `as_document` returned."""
        return cls(document["snapshot"], document["files"], tuple(map(TableRef.parse, document["tables"])))


@dataclass(frozen=True, slots=True)
class Seen:
    """A table after its ranges were read: its rows, and how many are newer than the moment; None: nobody can tell."""

    row_count: int
    newer_rows: int | None = None
    is_rewritten: bool = False


def moment_query(plan: ReadPlan) -> str | None:
    """Return the query for a `Moment`, None where the database cannot tell rows that are newer."""
    tables = _heaps(plan)
    if plan.statements is None or not tables:
        return None
    named = f"pg_catalog.pg_current_snapshot()::text as snapshot, {_files(plan.statements, tables)} as files"
    return f"select {named}"


def moment_from(row: Mapping[str, Any], plan: ReadPlan) -> Moment:
    """Read the answer to `moment_query`."""
    return Moment(row["snapshot"], row["files"], _heaps(plan))


def seen_query(plan: ReadPlan, since: Moment) -> str:
    """Return the query for `Seen`."""
    if plan.statements is None or since.snapshot is None:
        return plan.count_query
    named = {
        "row_count": "count(*)",
        "newer_rows": f"count(*) filter (where {_is_newer(since.snapshot)})",
        "files": _files(plan.statements, since.tables),
    }
    return plan.statements.aggregate(named, types=["0", "0", "''"])


def seen_from(row: Mapping[str, Any], since: Moment) -> Seen:
    """Read the answer to `seen_query`."""
    if "newer_rows" not in row:
        return Seen(int(row["row_count"]))
    return Seen(int(row["row_count"]), int(row["newer_rows"]), is_rewritten=row["files"] != since.files)


def _heaps(plan: ReadPlan) -> tuple[TableRef, ...]:
    """Return PostgreSQL's tables that hold the rows; none where they lie elsewhere, or in no pages."""
    statements = plan.statements
    if statements is None or statements.dialect is not Dialect.POSTGRESQL:
        return ()
    if all(isinstance(one, str) for one in plan.ranges):  # conditions on pages
        return (statements.table,) if plan.ranges else ()
    parts = [one.part for read in plan.ranges if isinstance(read, tuple) for one in read]
    if not all(isinstance(part.cut, Pages) for part in parts):
        return ()
    return tuple(dict.fromkeys(part.table for part in parts))


def _files(statements: Statements, tables: tuple[TableRef, ...]) -> str:
    dialect = statements.dialect
    named = ", ".join(f"{dialect.literal(dialect.relation(table))}::regclass" for table in tables)
    told = "concat(c.oid, ' ', pg_catalog.pg_relation_filenode(c.oid))"
    found = f"from pg_catalog.pg_class c where c.oid = any(array[{named}]::regclass[])"
    return f"(select string_agg({told}, ', ' order by c.oid) {found})"


def _is_newer(snapshot: str) -> str:
    """Return the condition that a row's transaction was not over when the snapshot was taken.

    A row has the lower half of the transaction's number only; the upper half is that of the nearest to the snapshot.
    """
    _, highest, running = snapshot.split(":")
    number = f"({highest} + ((xmin::text::bigint - {highest} + {2**31}) & {2**32 - 1}) - {2**31})"
    now = "(select pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint)"
    after = f"{number} >= {highest} and {number} < {now}"
    ran = f" or {number} in ({running})" if running else ""
    return f"xmin::text::bigint > {_FROZEN} and (({after}){ran})"
