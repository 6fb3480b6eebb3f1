"""Reading only what is new, in the order of a column that grows. Pure.

A mark says how far a table has been profiled: the cursor's highest value, and what there was up to it. The rule is
`cursor > mark`, and it is safe because it is never believed alone: one aggregate over the table counts again the rows
at or below the mark and adds up hashes of their keys. That is what makes ties and late rows harmless. A row that comes
later with a value at or below the mark (all rows of one sync share an `_airbyte_extracted_at`, a transaction may commit
an id after a higher one) makes the count too high; one that was deleted, or updated and thereby moved above the mark,
makes it too low; either way the table is read whole. So `>` pays for a cursor whose last value is complete when the
table is profiled. Where it is not (a date, that rows of today still get), it costs a whole profile, never a wrong one.

Rows without a cursor value are part of the mark: they are counted, and a new one is noticed. What neither count nor
keys can tell, values that were changed in place, PostgreSQL's own counters of updates and deletes usually do, and a
table that was rewritten has another file; both are asked along, as hints that lead to a whole profile. Elsewhere an
update that leaves the cursor as it is goes unseen: choose a cursor that updates move.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Pages, Whole
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.query import Statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CURSOR_KINDS: Final = frozenset({Kind.INTEGER, Kind.DATE, Kind.DATETIME})

_LARGEST_RANGE: Final = 8  # batches: new rows may crowd in one range of pages, and memory must bear it
_MULTIPLIER: Final = 31
_PRIME: Final = 1_000_003  # SQLite's sums of integers must not overflow


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a table was profiled, and what there was up to there."""

    newest: str | None  # the cursor's highest value, as the database prints it; None: no row has one
    row_count: int  # at or below it, rows without a value included
    null_count: int  # rows without a value
    checksum: str | None  # of the keys of these rows
    storage: str | None = None  # where the rows lie and how often some were changed; None: the database does not say

    def as_document(self) -> dict[str, Any]:
        """Return the mark as plain JSON."""
        return asdict(self)

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> Mark:
        """Read back what `as_document` returned."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look at the whole table says: its mark now, and what has become of the rows of an earlier one."""

    mark: Mark
    earlier: Mark | None = None
    first_page: int = 0  # no new row lies on an earlier page

    @property
    def new_rows(self) -> int:
        """Rows above the earlier mark."""
        return self.mark.row_count - (self.earlier.row_count if self.earlier else 0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A table and the column by which it grows."""

    statements: Statements
    entry: CatalogTable
    column: CatalogColumn

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.schema.name

    @property
    def part(self) -> dict[str, str | None]:
        """The part of the table that is read in this order, in the request's words."""
        return {"where": self.statements.where, "incremental": self.name}

    def survey(self, after: Mark | None) -> str:
        """Return the query for a `Survey`; one pass over the table, which PostgreSQL shares among its workers."""
        name, dialect = self._quoted, self.statements.dialect
        checksum = self._checksum()
        named = {
            "row_count": "count(*)",
            "valued": f"count({name})",
            "newest": _text(dialect, f"max({name})"),
            "checksum": _text(dialect, f"sum({checksum})"),
        }
        if self._is_paged:
            named["storage"] = self._storage()
        if after is not None and after.newest is not None:
            old = f"{name} <= {self._literal(after.newest)}"
            named["old_rows"] = f"count(case when {old} then 1 end)"
            named["old_newest"] = _text(dialect, f"max(case when {old} then {name} end)")
            named["old_checksum"] = _text(dialect, f"sum(case when {old} or {name} is null then {checksum} end)")
            if self._is_paged:
                named["first_new"] = f"min(case when {name} > {self._literal(after.newest)} then ctid end)::text"
        numbers = {"row_count", "valued", "old_rows"}
        return self.statements.aggregate(named, types=["0" if key in numbers else "''" for key in named])

    def read(self, row: Mapping[str, Any]) -> Survey:
        """Read the answer to `survey`."""
        nulls = int(row["row_count"]) - int(row["valued"])
        storage = row.get("storage")
        mark = Mark(row["newest"], int(row["row_count"]), nulls, row["checksum"], storage)
        if "old_rows" not in row:
            return Survey(mark)
        earlier = Mark(row["old_newest"], int(row["old_rows"]) + nulls, nulls, row["old_checksum"], storage)
        first_new = row.get("first_new")
        return Survey(mark, earlier, int(first_new.strip("()").partition(",")[0]) if first_new else 0)

    def up_to(self, mark: Mark) -> Cursor:
        """Return the part of the table that the mark speaks of."""
        if mark.newest is None:
            return self
        return self._where(f"({self._quoted} <= {self._literal(mark.newest)} or {self._quoted} is null)")

    def between(self, after: Mark, survey: Survey, *, batch_rows: int) -> Cursor:
        """Return the new part of the table: above the one mark, and not above that of the survey."""
        conditions = [
            f"{self._quoted} {sign} {self._literal(mark.newest)}"
            for sign, mark in ((">", after), ("<=", survey.mark))
            if mark.newest is not None
        ]
        if self._is_paged and survey.first_page:
            conditions.append(f"ctid >= '({survey.first_page},0)'::tid")
        cut = self._cut(survey, batch_rows)
        return replace(self._where(" and ".join(conditions)), entry=replace(self.entry, cut=cut))

    def _cut(self, survey: Survey, batch_rows: int) -> Any:  # noqa: ANN401 -- one of the three cuts
        if survey.new_rows <= batch_rows:
            return Whole("the new rows fit one batch")
        cut = self.entry.cut
        if not isinstance(cut, Pages):
            return cut
        span = max(1, cut.count - survey.first_page)
        per_batch = ceil(span * batch_rows / survey.new_rows)
        most = cut.per_batch * _LARGEST_RANGE
        return Pages(cut.count, min(max(per_batch, cut.per_batch), most), first=survey.first_page)

    def _where(self, condition: str) -> Cursor:
        own = self.statements.where
        where = f"(\n{own}\n) and {condition}" if own else condition
        return replace(self, statements=replace(self.statements, where=where))

    @property
    def _quoted(self) -> str:
        return self.statements.dialect.quoted(self.name)

    @property
    def _is_paged(self) -> bool:
        return self.statements.dialect is Dialect.POSTGRESQL and isinstance(self.entry.cut, Pages)

    def _literal(self, printed: str) -> str:
        """Write a value of the cursor, as the database printed it, so that it is read back as the same."""
        if self.column.schema.kind is Kind.INTEGER:
            return str(int(printed))
        dialect, is_date = self.statements.dialect, self.column.schema.kind is Kind.DATE
        literal = dialect.literal(printed)
        match dialect:
            case Dialect.POSTGRESQL:
                return f"{literal}::{'date' if is_date else 'timestamptz' if self.column.zoned else 'timestamp'}"
            case Dialect.MYSQL:
                return f"cast({literal} as {'date' if is_date else 'datetime(6)'})"
            case Dialect.SQLITE:
                return literal

    def _checksum(self) -> str:
        """Return an expression to be added up over rows: of the primary key or, without one, of the cursor."""
        keyed = {column.schema.name: column for column in self.entry.columns}
        keys = [keyed[name] for name in self.entry.schema.primary_key if name in keyed] or [self.column]
        hashes = list(self._hashes(keys))
        if not hashes:
            hashes = list(self._hashes([self.column]))
        checksum = hashes[0]
        for one in hashes[1:]:
            checksum = f"({checksum}) % {2**31} * {_MULTIPLIER} + {one}"
        return checksum

    def _hashes(self, columns: list[CatalogColumn]) -> Iterator[str]:
        for column in columns:
            name, kind = self.statements.dialect.quoted(column.schema.name), column.schema.kind
            match self.statements.dialect:
                case Dialect.POSTGRESQL:
                    yield _postgresql_hash(name, column)
                case Dialect.MYSQL:
                    yield f"crc32(cast({name} as char))"
                case Dialect.SQLITE if kind is Kind.INTEGER:
                    yield f"cast({name} as integer) % {_PRIME}"
                case Dialect.SQLITE if kind in CURSOR_KINDS:
                    yield f"cast(julianday({name}) * 86400000 as integer) % {_PRIME}"

    def _storage(self) -> str:
        relation = self.statements.dialect.relation(self.statements.table)
        table = f"{self.statements.dialect.literal(relation)}::regclass"
        changes = f"pg_catalog.pg_stat_get_tuples_updated({table}) + pg_catalog.pg_stat_get_tuples_deleted({table})"
        return f"concat(pg_catalog.pg_relation_filenode({table}), ' ', {changes})"


def difference(before: Mark, survey: Survey) -> str | None:
    """Return what shows that rows up to the mark are no longer what they were; None where nothing does."""
    now = survey.earlier
    if now is None:
        return "no row had a value in the cursor before"
    lost = before.row_count - now.row_count
    nulls = f"rows without a value in the cursor went from {before.null_count:,} to {now.null_count:,}"
    signs = (
        (now.null_count != before.null_count, nulls),
        (lost > 0, f"{lost:,} rows at or below the mark are gone, or were updated and moved above it"),
        (lost < 0, f"{-lost:,} rows came late, at or below the mark"),
        (
            (now.newest, now.checksum) != (before.newest, before.checksum),
            "other rows are at or below the mark, though as many",
        ),
        (now.storage != before.storage, "the database counts updates or deletes in the table, or wrote it anew"),
    )
    return next((told for shows, told in signs if shows), None)


def _postgresql_hash(name: str, column: CatalogColumn) -> str:
    match column.schema.kind:
        case Kind.INTEGER:
            return f"hashint8({name}::int8)"
        case Kind.DATE:
            return f"timestamp_hash({name}::timestamp)"
        case Kind.DATETIME:
            return f"timestamp_hash({name} at time zone 'UTC')" if column.zoned else f"timestamp_hash({name})"
        case _:
            return f"hashtext({name}::text)"


def _text(dialect: Dialect, expression: str) -> str:
    match dialect:
        case Dialect.POSTGRESQL:
            return f"({expression})::text"
        case Dialect.MYSQL:
            return f"cast({expression} as char)"
        case Dialect.SQLITE:
            return f"cast({expression} as text)"
