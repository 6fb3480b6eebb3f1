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
table that was rewritten has another file; both are asked along, of each partition, as hints that lead to a whole
profile. Elsewhere (in MySQL and SQLite, in views and foreign tables) an update that leaves the cursor as it is goes
unseen, and the plan says so: choose a cursor that updates move.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from taskflow_profilemesh.amounts import amount
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.catalog.entry import CatalogColumn, CatalogTable, Pages, Parts
from taskflow_profilemesh.reading.dialect import Dialect
from taskflow_profilemesh.reading.query import Statements
from taskflow_profilemesh.reading.ranges import page_ranges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taskflow_profilemesh.tables import TableRef

CURSOR_KINDS: Final = frozenset({Kind.INTEGER, Kind.DATE, Kind.DATETIME})

_BETWEEN: Final = ", "  # what is said of one table and of the next
_BITS: Final = 4096
_MOST_RUNS: Final = 128  # 3 % of the pages: beyond, one pass over all of them is cheaper
_MULTIPLIER: Final = 31
_PRIME: Final = 1_000_003  # SQLite's sums of integers must not overflow


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a table was profiled, and what there was up to there."""

    newest: str | None  # the cursor's highest value, as the database prints it; None: no row has one
    row_count: int  # at or below it, rows without a value included
    null_count: int  # rows without a value
    checksum: str | None  # of the keys of these rows
    storage: str | None = None  # where rows lie, and how often some were changed there; None: the database does not say
    page_count: int | None = None  # pages that the table had; None: it is not read by pages

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
    page_runs: tuple[tuple[int, int], ...] = ()  # new rows lie on these pages (first, end) or after the earlier ones

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
        return {"where": self.statements.where, "incremental": self.name, "partition": self.statements.partition}

    def survey(self, after: Mark | None) -> str:
        """Return the query for a `Survey`; one pass over the table, which PostgreSQL shares among its workers."""
        name, dialect, checksum = self._quoted, self.statements.dialect, self._checksum()
        named = {
            "row_count": "count(*)",
            "valued": "count(*)" if self.column.schema.nullable is False else f"count({name})",
            "newest": _text(dialect, f"max({name})"),
        }
        if (storage := self._storage()) is not None:
            named["storage"] = storage
        is_new = "1 = 0"
        if after is not None and after.newest is not None:
            is_new = f"{name} > {self._literal(after.newest)}"
            named["new_rows"] = f"count(case when {is_new} then 1 end)"
            if self._pages and (strays := _strays(is_new, after.page_count)):
                named["strays"] = strays
        if checksum is not None:  # sums pass over nulls, so that of the new rows costs next to nothing
            named["whole_sum"] = _text(dialect, f"coalesce(sum({checksum}), 0)")
            named["new_sum"] = _text(dialect, f"coalesce(sum(case when {is_new} then {checksum} end), 0)")
        numbers = {"row_count", "valued", "new_rows"}
        return self.statements.aggregate(named, types=["0" if key in numbers else "''" for key in named])

    def read(self, row: Mapping[str, Any], after: Mark | None) -> Survey:
        """Read the answer to `survey`."""
        row_count, nulls = int(row["row_count"]), int(row["row_count"]) - int(row["valued"])
        whole_sum, storage = row.get("whole_sum"), row.get("storage")
        whole = None if whole_sum is None else str(int(Decimal(whole_sum)))
        pages = self._pages.count if self._pages else None
        mark = Mark(row["newest"], row_count, nulls, whole, storage, pages)
        if after is None or "new_rows" not in row:
            return Survey(mark)
        old = None if whole is None else str(int(whole) - int(Decimal(row["new_sum"])))
        earlier = Mark(after.newest, row_count - int(row["new_rows"]), nulls, old, storage, after.page_count)
        return Survey(mark, earlier, _page_runs(row.get("strays"), after.page_count))

    def up_to(self, mark: Mark) -> Cursor:
        """Return the part of the table that the mark speaks of."""
        if mark.newest is None:
            return self
        return self._where(f"({self._quoted} <= {self._literal(mark.newest)} or {self._quoted} is null)")

    def between(self, after: Mark, survey: Survey) -> Cursor:
        """Return the new part of the table: above the one mark, and not above that of the survey."""
        conditions = [
            f"{self._quoted} {sign} {self._literal(mark.newest)}"
            for sign, mark in ((">", after), ("<=", survey.mark))
            if mark.newest is not None
        ]
        return self._where(" and ".join(conditions))

    def ranges(self, after: Mark, survey: Survey) -> tuple[tuple[str, ...], ...] | None:
        """Return conditions on pages, by statement, that hold for all new rows and few others; None: there are none.

        New rows come after all others but for some that fill holes on earlier pages, which one statement reads.
        """
        if self._pages is None or after.page_count is None or len(survey.page_runs) > _MOST_RUNS:
            return None
        strays = tuple(f"ctid >= '({first},0)'::tid and ctid < '({end},0)'::tid" for first, end in survey.page_runs)
        start = max(0, after.page_count - 1)
        tail = page_ranges(self._pages.count, pages_per_range=self._pages.per_batch, first=start)
        begun = f"ctid >= '({start},0)'::tid"
        first = f"{begun} and {tail[0]}" if tail else begun
        return ((*strays, first), *((other,) for other in tail[1:]))

    def _where(self, condition: str) -> Cursor:
        own = self.statements.where
        where = f"(\n{own}\n) and {condition}" if own else condition
        return replace(self, statements=replace(self.statements, where=where))

    @property
    def _quoted(self) -> str:
        return self.statements.dialect.quoted(self.name)

    @property
    def _pages(self) -> Pages | None:
        return self.entry.cut if isinstance(self.entry.cut, Pages) else None

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
            case Dialect.SQLITE | Dialect.SNOWFLAKE | Dialect.MSSQL:
                return literal

    def _checksum(self) -> str | None:
        """Return an expression to be added up over rows: a hash of the primary key or, without one, of the cursor.

        None where no part of the key is of a type that is hashed here.
        """
        keyed = {column.schema.name: column for column in self.entry.columns}
        keys = [keyed[name] for name in self.entry.schema.primary_key if name in keyed] or [self.column]
        hashes = [one for column in keys if (one := self._hash(column))]
        if not hashes:
            return None
        checksum = hashes[0]
        for one in hashes[1:]:
            checksum = f"({checksum}) % {2**31} * {_MULTIPLIER} + {one}"
        return checksum

    def _hash(self, column: CatalogColumn) -> str | None:
        name, kind = self.statements.dialect.quoted(column.schema.name), column.schema.kind
        hashed: str | None = None
        match self.statements.dialect:
            case Dialect.POSTGRESQL:
                hashed = _hash_in_postgresql(name, column)
            case Dialect.MYSQL:
                hashed = f"crc32(cast({name} as char))"
            case Dialect.SQLITE if kind is Kind.INTEGER:
                hashed = f"cast({name} as integer) % {_PRIME}"
            case Dialect.SQLITE if kind in CURSOR_KINDS:
                hashed = f"cast(julianday({name}) * 86400000 as integer) % {_PRIME}"
        return f"coalesce({hashed}, 0)" if hashed else None

    def _storage(self) -> str | None:
        """Return an expression for where the rows lie and how often some were changed, of each table that holds them.

        None where the database does not say of all of them: only PostgreSQL does, and not of foreign tables and views.
        """
        match self.entry.cut:
            case Pages():
                tables: tuple[TableRef, ...] = (self.statements.table,)
            case Parts(parts=parts) if all(isinstance(part.cut, Pages) for part in parts):
                tables = tuple(part.table for part in parts)
            case _:
                return None
        dialect = self.statements.dialect
        named = ", ".join(f"{dialect.literal(dialect.relation(table))}::regclass" for table in tables)
        changes = "pg_catalog.pg_stat_get_tuples_updated(c.oid) + pg_catalog.pg_stat_get_tuples_deleted(c.oid)"
        told = f"concat(c.oid, ' ', pg_catalog.pg_relation_filenode(c.oid), ' ', {changes})"
        found = f"from pg_catalog.pg_class c where c.oid = any(array[{named}]::regclass[])"
        return f"(select string_agg({told}, '{_BETWEEN}' order by c.oid) {found})"


def difference(before: Mark, survey: Survey) -> str | None:
    """Return what shows that rows up to the mark are no longer what they were; None where nothing does."""
    now = survey.earlier
    if now is None:
        return "no row had a value in the cursor before"
    lost = before.row_count - now.row_count
    nulls = f"rows without a value in the cursor went from {before.null_count:,} to {now.null_count:,}"
    signs = (
        (now.null_count != before.null_count, nulls),
        (lost > 0, f"{amount(lost, 'row')} at or below the mark went, or moved above it by an update"),
        (lost < 0, f"{amount(-lost, 'row')} came late, at or below the mark"),
        (now.checksum != before.checksum, "other rows are at or below the mark, though as many"),
        (_was_changed(before, now), "the database counts updates or deletes in the table, or wrote it anew"),
    )
    return next((told for shows, told in signs if shows), None)


def _was_changed(before: Mark, now: Mark) -> bool:
    """Say whether a table that held rows then is not as it was; a partition that came since has new rows only."""
    if before.storage is None or now.storage is None:
        return before.storage != now.storage
    return not set(before.storage.split(_BETWEEN)) <= set(now.storage.split(_BETWEEN))


def _strays(is_new: str, page_count: int | None) -> str | None:
    """Return a map of 4,096 bits: which stretches of the pages that there were hold new rows all the same.

    A map, because the aggregates that could list pages keep PostgreSQL from sharing the pass among its workers.
    """
    if page_count is None or page_count < _BITS:
        return None
    page = "(ctid::text::point)[0]::int8"
    is_stray = f"{is_new} and ctid < '({page_count - 1},0)'::tid"
    bit = f"set_bit(B'0'::bit({_BITS}), ({page} * {_BITS} / {page_count})::int, 1)"
    return f"bit_or(case when {is_stray} then {bit} end)::text"


def _page_runs(bits: str | None, page_count: int | None) -> tuple[tuple[int, int], ...]:
    """Return the stretches of pages (first, end) of the map's ones; of a table too small for a map, all pages.

    None reaches the last page that there was: what comes after the earlier rows begins on it.
    """
    if page_count is None:
        return ()
    last = max(0, page_count - 1)
    if page_count < _BITS:
        return ((0, last),)
    ones = [place for place, bit in enumerate(bits or "") if bit == "1"]
    borders = ((-(-place * page_count // _BITS), -(-(place + 1) * page_count // _BITS)) for place in ones)
    return tuple((first, min(end, last)) for first, end in borders)


def _hash_in_postgresql(name: str, column: CatalogColumn) -> str | None:
    match column.schema.kind:
        case Kind.INTEGER:
            return f"hashint8({name}::int8)"
        case Kind.DATETIME:  # whose text takes longer than reading the table
            return f"timestamp_hash({name} at time zone 'UTC')" if column.zoned else f"timestamp_hash({name})"
        case Kind.TEXT | Kind.DATE:  # a date may lie beyond all timestamps
            return f"hashtext({name}::text)"
        case _:
            return f"uuid_hash({name})" if column.schema.declared_type == "uuid" else None


def _text(dialect: Dialect, expression: str) -> str:
    match dialect:
        case Dialect.POSTGRESQL:
            return f"({expression})::text"
        case Dialect.MYSQL:
            return f"cast({expression} as char)"
        case Dialect.SQLITE | Dialect.SNOWFLAKE | Dialect.MSSQL:
            return f"cast({expression} as text)"
