"""The store of profiles in an SQL database: a SQLite file, PostgreSQL, MySQL or MariaDB.

A save is one transaction under a lock of its table, so two attempts of one task instance that end at the same moment
leave one run and not two, and of two runs of one table the one that ends last leaves its state. Reads take no lock.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, or_, select

from taskflow_profilemesh.storage import rows
from taskflow_profilemesh.storage.engine import WRITES, address_of, engine_of
from taskflow_profilemesh.storage.failures import store_errors
from taskflow_profilemesh.storage.locks import exclusive
from taskflow_profilemesh.storage.migrations import migrate
from taskflow_profilemesh.storage.schema import EVENTS, PARTIALS, PROFILES, RESULTS, RUNS, TABLE_STATE
from taskflow_profilemesh.storage.store import PARTIALS_LAST
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select, Table

    from taskflow_profilemesh.storage.engine import Address
    from taskflow_profilemesh.storage.store import Event, RunSummary, StoredPartial, StoredProfile

FILE_NAME = "profilemesh.db"


def default_url(environment: Mapping[str, str]) -> str:
    """Return the URL of the store that is used when none is named: a file in Airflow's home."""
    home = environment.get("AIRFLOW_HOME") or str(Path.home() / "airflow")
    return f"sqlite:///{Path(home).expanduser().absolute() / FILE_NAME}"


def open_store(url: str) -> SqlStore:
    """Open the store at the URL, make or migrate its tables, and return it; close it in the end.

    `sqlite:////folder/file.db`, `postgresql://` (psycopg or psycopg2) or `mysql://` (PyMySQL). Raises `InvalidOption`
    for any other URL or a driver that is missing, `StoreUnreachable` and `StoreRefused` for a database that cannot be
    used, `StoreTooNew` for the store of a newer version of this package.
    """
    store = SqlStore(address_of(url))
    try:
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store


class SqlStore:
    """Keeps profiles in an SQL database. Safe between threads and processes."""

    def __init__(self, address: Address) -> None:
        """Know where the store is; nothing is opened yet."""
        self._address = address
        self._engine = engine_of(address)

    @property
    def name(self) -> str:
        """Where it keeps things, without user and password."""
        return self._address.name

    @property
    def is_file(self) -> bool:
        """Whether it is a file, which workers without a shared disk cannot share."""
        return self._address.is_file

    def migrate(self) -> None:
        """Make the tables, or bring them to the version that this code knows."""
        with self._errors():
            migrate(self._engine, store=self.name)

    def save(self, stored: StoredProfile, *, state: bytes | None = None) -> None:
        """Keep a run. It replaces an earlier one of the same profile id, or of the same origin, source and table."""
        run, profile, results = rows.run_row(stored), rows.profile_row(stored), rows.result_rows(stored)
        earlier = or_(RUNS.c.run_key == run["run_key"], RUNS.c.profile_id == stored.profile_id)
        with self._errors(), exclusive(self._engine, rows.table_key(stored)) as connection:
            replaced = connection.execute(select(RUNS.c.profile_id).where(earlier)).scalars().all()
            if replaced:  # what hangs on a run goes with it
                connection.execute(delete(RUNS).where(RUNS.c.profile_id.in_(replaced)))
            connection.execute(insert(RUNS), run)
            connection.execute(insert(PROFILES), profile)
            connection.execute(insert(RESULTS), results)
            if state is not None and stored.passed:
                connection.execute(delete(TABLE_STATE).where(_of_table(TABLE_STATE, stored.source, stored.table)))
                connection.execute(insert(TABLE_STATE), rows.state_rows(stored, state))

    def state(self, source: str, table: TableRef) -> bytes | None:
        """Return the state that came last with a run of the table that passed and is still kept, or None."""
        own = select(TABLE_STATE.c.state).where(_of_table(TABLE_STATE, source, table)).order_by(TABLE_STATE.c.piece)
        return b"".join(row["state"] for row in self._rows(own)) or None

    def save_partial(self, partial: StoredPartial) -> None:
        """Keep the state of a part, in place of one of the same run, table and part; forget those of a week ago."""
        key, oldest = rows.partial_key(partial), partial.saved_at - PARTIALS_LAST
        with self._errors(), exclusive(self._engine, key) as connection:
            connection.execute(delete(PARTIALS).where(PARTIALS.c.saved_at < oldest))
            connection.execute(delete(PARTIALS).where(PARTIALS.c.partial_key == key))
            connection.execute(insert(PARTIALS), rows.partial_rows(partial))

    def partials(self, run_id: str, source: str, table: TableRef) -> list[StoredPartial]:
        """Return the states of the table's parts that this run has saved, in the order of their names."""
        own = select(PARTIALS).where(PARTIALS.c.run_id == run_id, _of_table(PARTIALS, source, table))
        return rows.partials_from(self._rows(own.order_by(PARTIALS.c.piece)))

    def load(self, profile_id: str) -> StoredProfile | None:
        """Return that run, or None."""
        return self._stored(_whole_runs().where(RUNS.c.profile_id == profile_id))

    def latest(
        self, source: str, table: TableRef, *, before: datetime | None = None, not_origin: str | None = None
    ) -> StoredProfile | None:
        """Return the newest run that may be a baseline, or None."""
        return self._stored(_baselines(source, table, before=before, not_origin=not_origin).limit(1))

    def history(self, source: str, table: TableRef, *, limit: int = 100) -> list[RunSummary]:
        """Return the table's last `limit` runs, newest first."""
        newest_first = select(RUNS).order_by(RUNS.c.profiled_at.desc(), RUNS.c.profile_id.desc())
        return [rows.summary_from(row) for row in self._rows(newest_first.where(_of(source, table)).limit(limit))]

    def tables(self) -> list[tuple[str, TableRef]]:
        """Return each source and table that has a run, in alphabetical order."""
        names = self._rows(select(RUNS.c.source, RUNS.c.table_name).distinct())
        pairs = sorted((row["source"], row["table_name"]) for row in names)  # not in the database's own alphabet
        return [(source, TableRef.parse(table)) for source, table in pairs]

    def record_event(self, event: Event) -> None:
        """Keep an event."""
        with self._errors(), self._engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(EVENTS), rows.event_row(event))

    def events(self, source: str, table: TableRef, *, limit: int = 100) -> list[Event]:
        """Return the table's last `limit` events, newest first."""
        of_table = select(EVENTS).where(_of_table(EVENTS, source, table))
        newest_first = of_table.order_by(EVENTS.c.at.desc(), EVENTS.c.event_id.desc())
        return [rows.event_from(row) for row in self._rows(newest_first.limit(limit))]

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _stored(self, query: Select[Any]) -> StoredProfile | None:
        found = self._rows(query)
        return rows.stored_from(found[0], store=self.name) if found else None

    def _rows(self, query: Select[Any]) -> list[Mapping[str, Any]]:
        with self._errors(), self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with store_errors(self.name, password=self._address.password):
            yield


def _whole_runs() -> Select[Any]:
    return select(RUNS, PROFILES.c.document, PROFILES.c.drift).join(PROFILES)


def _baselines(source: str, table: TableRef, *, before: datetime | None, not_origin: str | None) -> Select[Any]:
    """Return the runs that may be a baseline, newest first, in the order of the index and no other.

    Any further order would have SQLite look at the whole history before it tells the first.
    """
    query = _whole_runs().where(_of(source, table), RUNS.c.passed, ~_is_backfill())
    if before is not None:
        query = query.where(RUNS.c.profiled_at < before)
    if not_origin is not None:
        query = query.where(or_(RUNS.c.origin.is_(None), RUNS.c.origin != not_origin))
    return query.order_by(RUNS.c.profiled_at.desc())


def _of(source: str, table: TableRef) -> ColumnElement[bool]:
    return _of_table(RUNS, source, table)


def _of_table(kept: Table, source: str, table: TableRef) -> ColumnElement[bool]:
    return (kept.c.source == source) & (kept.c.table_name == str(table))


def _is_backfill() -> ColumnElement[bool]:
    """Whether a run profiled no later than this one has a later logical date."""
    other = RUNS.alias("other")
    return exists().where(
        other.c.source == RUNS.c.source,
        other.c.table_name == RUNS.c.table_name,
        other.c.profiled_at <= RUNS.c.profiled_at,
        other.c.logical_date > RUNS.c.logical_date,
    )
