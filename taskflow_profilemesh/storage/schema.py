"""The tables of an SQL store, as they are at `STORE_VERSION`; `migrations.py` brings older stores here.

`profilemesh_runs` has one row per run and table, `profilemesh_results` one per number (what a dashboard selects
from), `profilemesh_profiles` the whole profile as compressed JSON, `profilemesh_events` what happened to a table,
`profilemesh_decisions` what people decided about it, `profilemesh_table_state` what the next run of a table goes on
from, `profilemesh_partials` the states of parts that several workers profile, and `profilemesh_version` one row: the
version of all this, and how the first two are called here. States are cut into pieces, since MySQL takes no statement
beyond 16 MB by default.

Names are compared byte by byte everywhere (MySQL's own default would hold `Flights` and `flights` for one table), and
no index is wider than the 3072 bytes that MySQL allows. Times are UTC with microseconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator

from taskflow_profilemesh.storage.names import LONGEST_NAME, TableNames

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

STORE_VERSION: Final = 4

LONGEST_SOURCE: Final = 250  # an Airflow connection id has at most 250 characters
LONGEST_TABLE: Final = 500  # a schema and a table of 64 characters, and room for quotes and other databases
LONGEST_COLUMN: Final = 256
LONGEST_TEXT: Final = 256

_ON_MYSQL: Final[dict[str, Any]] = {
    "mysql_engine": "InnoDB",
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC: with its zone on PostgreSQL, without one where the database knows none."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type that keeps microseconds."""
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Say that a time is UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


_DOUBLE = Float(53)  # double precision on each database
_DOCUMENT = LargeBinary(2**24)  # a length makes MySQL choose LONGBLOB; the others take any length
_COUNTER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up in INTEGER columns only


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one store."""

    metadata: MetaData
    version: Table
    runs: Table
    results: Table
    profiles: Table
    events: Table
    decisions: Table
    table_state: Table
    partials: Table


@cache
def tables_named(names: TableNames) -> Tables:
    """Return the tables of a store in which those that dashboards select from have these names."""
    metadata = MetaData()
    runs = _runs(metadata, names.runs)
    return Tables(
        metadata=metadata,
        version=_version(metadata),
        runs=runs,
        results=_results(metadata, names.results, runs),
        profiles=_profiles(metadata, runs),
        events=_events(metadata),
        decisions=_decisions(metadata),
        table_state=_table_state(metadata, runs),
        partials=_partials(metadata),
    )


def _name_columns() -> list[Column[Any]]:
    """Return the columns that hold how tables are called where that is not as usual; None: as usual."""
    return [Column("runs_table", String(LONGEST_NAME)), Column("results_table", String(LONGEST_NAME))]


def _version(metadata: MetaData) -> Table:
    return Table(
        "profilemesh_version",
        metadata,
        Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: the table has one row
        Column("version", Integer, nullable=False),
        *_name_columns(),
        **_ON_MYSQL,
    )


def _runs(metadata: MetaData, name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("profile_id", String(64), primary_key=True),
        Column("run_key", String(64), nullable=False, unique=True),  # one per task instance, source and table
        Column("run_id", String(250), nullable=False, index=True),
        Column("source", String(LONGEST_SOURCE), nullable=False),
        Column("table_name", String(LONGEST_TABLE), nullable=False),
        Column("profiled_at", UtcTime, nullable=False),
        Column("logical_date", UtcTime),
        Column("origin", Text),
        Column("duration_seconds", _DOUBLE),
        Column("row_count", BigInteger, nullable=False),
        Column("column_count", Integer, nullable=False),
        Column("exact", Boolean(create_constraint=False), nullable=False),
        Column("drift_severity", String(16)),
        Column("finding_count", Integer, nullable=False),
        Column("passed", Boolean(create_constraint=False), nullable=False),
        Index(f"{name}_by_table", "source", "table_name", "profiled_at"),
        **_ON_MYSQL,
    )


def _results(metadata: MetaData, name: str, runs: Table) -> Table:
    return Table(
        name,
        metadata,
        Column("profile_id", ForeignKey(runs.c.profile_id, ondelete="CASCADE"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("run_id", String(250), nullable=False),
        Column("source", String(LONGEST_SOURCE), nullable=False),
        Column("table_name", String(LONGEST_TABLE), nullable=False),
        Column("profiled_at", UtcTime, nullable=False),
        Column("column_name", String(LONGEST_COLUMN)),  # null: the number is the table's
        Column("metric", String(64), nullable=False),
        Column("numeric_value", _DOUBLE),
        Column("text_value", Text),
        Column("value_precision", String(16), nullable=False),  # exact, approximate or sampled
        Index(f"{name}_by_metric", "table_name", "metric", "profiled_at"),
        **_ON_MYSQL,
    )


def _profiles(metadata: MetaData, runs: Table) -> Table:
    return Table(
        "profilemesh_profiles",
        metadata,
        Column("profile_id", ForeignKey(runs.c.profile_id, ondelete="CASCADE"), primary_key=True),
        Column("schema_version", Integer, nullable=False),
        Column("document", _DOCUMENT, nullable=False),
        Column("drift", _DOCUMENT, nullable=False),
        **_ON_MYSQL,
    )


def _events(metadata: MetaData) -> Table:
    return Table(
        "profilemesh_events",
        metadata,
        Column("event_id", _COUNTER, primary_key=True),
        Column("kind", String(64), nullable=False),
        Column("source", String(LONGEST_SOURCE), nullable=False),
        Column("table_name", String(LONGEST_TABLE), nullable=False),
        Column("at", UtcTime, nullable=False),
        Column("payload", Text, nullable=False),
        Index("profilemesh_events_by_table", "source", "table_name", "at"),
        **_ON_MYSQL,
    )


def _decisions(metadata: MetaData) -> Table:
    return Table(
        "profilemesh_decisions",
        metadata,
        Column("decision_id", _COUNTER, primary_key=True),
        Column("kind", String(16), nullable=False),
        Column("source", String(LONGEST_SOURCE), nullable=False),
        Column("table_name", String(LONGEST_TABLE), nullable=False),
        Column("at", UtcTime, nullable=False),
        Column("profile_id", String(64)),  # no foreign key: a decision outlives the run that it was about
        Column("column_name", Text),
        Column("metric", String(64)),
        Column("until", UtcTime),
        Column("note", Text, nullable=False),
        Index("profilemesh_decisions_by_table", "source", "table_name", "at"),
        **_ON_MYSQL,
    )


def _table_state(metadata: MetaData, runs: Table) -> Table:
    return Table(
        "profilemesh_table_state",
        metadata,
        Column("profile_id", ForeignKey(runs.c.profile_id, ondelete="CASCADE"), primary_key=True),
        Column("piece", Integer, primary_key=True, autoincrement=False),
        Column("source", String(LONGEST_SOURCE), nullable=False),
        Column("table_name", String(LONGEST_TABLE), nullable=False),
        Column("profiled_at", UtcTime, nullable=False),
        Column("state", _DOCUMENT, nullable=False),
        Index("profilemesh_table_state_by_table", "source", "table_name"),
        **_ON_MYSQL,
    )


def _partials(metadata: MetaData) -> Table:
    return Table(
        "profilemesh_partials",
        metadata,
        Column("partial_key", String(64), primary_key=True),  # one per run, source, table and part
        Column("piece", Integer, primary_key=True, autoincrement=False),
        Column("run_id", String(250), nullable=False, index=True),
        Column("source", String(LONGEST_SOURCE), nullable=False),
        Column("table_name", String(LONGEST_TABLE), nullable=False),
        Column("part", Text, nullable=False),
        Column("saved_at", UtcTime, nullable=False, index=True),
        Column("state", _DOCUMENT, nullable=False),
        **_ON_MYSQL,
    )


DEFAULT: Final = tables_named(TableNames())
