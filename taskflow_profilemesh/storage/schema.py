"""The tables of an SQL store, as they are at `STORE_VERSION`; `migrations.py` brings older stores here.

`profilemesh_runs` has one row per run and table, `profilemesh_results` one per number (what a dashboard selects
from), `profilemesh_profiles` the whole profile as compressed JSON, `profilemesh_events` what happened to a table,
`profilemesh_table_state` what the next run of a table goes on from, `profilemesh_partials` the states of parts that
several workers profile, and `profilemesh_version` one row: the version of all this. States are cut into pieces, since
MySQL takes no statement beyond 16 MB by default.

Names are compared byte by byte everywhere (MySQL's own default would hold `Flights` and `flights` for one table), and
no index is wider than the 3072 bytes that MySQL allows. Times are UTC with microseconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
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

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

STORE_VERSION: Final = 2

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

METADATA: Final = MetaData()

VERSION: Final = Table(
    "profilemesh_version",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1: the table has one row
    Column("version", Integer, nullable=False),
    **_ON_MYSQL,
)

RUNS: Final = Table(
    "profilemesh_runs",
    METADATA,
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
    Index("profilemesh_runs_by_table", "source", "table_name", "profiled_at"),
    **_ON_MYSQL,
)

RESULTS: Final = Table(
    "profilemesh_results",
    METADATA,
    Column("profile_id", ForeignKey(RUNS.c.profile_id, ondelete="CASCADE"), primary_key=True),
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
    Index("profilemesh_results_by_metric", "table_name", "metric", "profiled_at"),
    **_ON_MYSQL,
)

PROFILES: Final = Table(
    "profilemesh_profiles",
    METADATA,
    Column("profile_id", ForeignKey(RUNS.c.profile_id, ondelete="CASCADE"), primary_key=True),
    Column("schema_version", Integer, nullable=False),
    Column("document", _DOCUMENT, nullable=False),
    Column("drift", _DOCUMENT, nullable=False),
    **_ON_MYSQL,
)

EVENTS: Final = Table(
    "profilemesh_events",
    METADATA,
    Column("event_id", _COUNTER, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("source", String(LONGEST_SOURCE), nullable=False),
    Column("table_name", String(LONGEST_TABLE), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("payload", Text, nullable=False),
    Index("profilemesh_events_by_table", "source", "table_name", "at"),
    **_ON_MYSQL,
)

TABLE_STATE: Final = Table(
    "profilemesh_table_state",
    METADATA,
    Column("profile_id", ForeignKey(RUNS.c.profile_id, ondelete="CASCADE"), primary_key=True),
    Column("piece", Integer, primary_key=True, autoincrement=False),
    Column("source", String(LONGEST_SOURCE), nullable=False),
    Column("table_name", String(LONGEST_TABLE), nullable=False),
    Column("profiled_at", UtcTime, nullable=False),
    Column("state", _DOCUMENT, nullable=False),
    Index("profilemesh_table_state_by_table", "source", "table_name"),
    **_ON_MYSQL,
)

PARTIALS: Final = Table(
    "profilemesh_partials",
    METADATA,
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
