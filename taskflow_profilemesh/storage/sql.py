"""The store of profiles in an SQL database: a SQLite file, PostgreSQL, MySQL or MariaDB.

A save is one transaction under a lock of its table, so two attempts of one task instance that end at the same moment
leave one run and not two, and of two runs of one table the one that ends last leaves its state. Reads take no lock.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, or_, select

from taskflow_profilemesh.errors import StoreError, StoreMissing
from taskflow_profilemesh.storage import rows
from taskflow_profilemesh.storage.eligible import eligible
from taskflow_profilemesh.storage.engine import WRITES, address_of, engine_of
from taskflow_profilemesh.storage.failures import store_errors
from taskflow_profilemesh.storage.inserting import insert_many
from taskflow_profilemesh.storage.locks import exclusive
from taskflow_profilemesh.storage.migrations import look, migrate
from taskflow_profilemesh.storage.names import TableNames
from taskflow_profilemesh.storage.pruning import prune_table
from taskflow_profilemesh.storage.queries import baselines, in_time, of_table, whole_runs
from taskflow_profilemesh.storage.retention import AFTER_A_WRITE, AT_A_TIME, KEEP_ALL
from taskflow_profilemesh.storage.schema import tables_named
from taskflow_profilemesh.storage.store import (
    PARTIALS_LAST,
    MetricValue,
)
from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import CompoundSelect, Select

    from taskflow_profilemesh.storage.engine import Address
    from taskflow_profilemesh.storage.retention import Retention
    from taskflow_profilemesh.storage.store import (
        Decision,
        Event,
        KeptTable,
        MetricPoint,
        Pruned,
        RunSummary,
        StoredPartial,
        StoredProfile,
    )

log = logging.getLogger(__name__)

FILE_NAME = "profilemesh.db"


def default_url(environment: Mapping[str, str]) -> str:
    """Return the URL of the store that is used when none is named: a file in Airflow's home."""
    home = environment.get("AIRFLOW_HOME") or str(Path.home() / "airflow")
    return f"sqlite:///{Path(home).expanduser().absolute() / FILE_NAME}"


def open_store(
    url: str, *, names: TableNames | None = None, retention: Retention = KEEP_ALL, must_exist: bool = False
) -> SqlStore:
    """Open the store at the URL, make or migrate its tables, and return it; close it in the end.

    `names`: how its tables are called, None: as it remembers, or as usual. `retention`: what each write forgets.
    `must_exist`: raise `StoreMissing` rather than make one. Raises `StoreNamedOtherwise` where its names are others.

    `sqlite:////folder/file.db`, `postgresql://` (psycopg or psycopg2) or `mysql://` (PyMySQL). Raises `InvalidOption`
    for any other URL or a driver that is missing, `StoreUnreachable` and `StoreRefused` for a database that cannot be
    used, `StoreTooNew` for the store of a newer version of this package.
    """
    store = SqlStore(address_of(url), names=names, retention=retention)
    try:
        if must_exist:
            store.look()
        store.migrate()
    except BaseException:
        store.close()
        raise
    return store


class SqlStore:
    """Keeps profiles in an SQL database. Safe between threads and processes."""

    def __init__(self, address: Address, *, names: TableNames | None = None, retention: Retention = KEEP_ALL) -> None:
        """Know where the store is; nothing is opened yet."""
        self._address = address
        self._engine = engine_of(address)
        self._names = names
        self._retention = retention
        self._tables = tables_named(names or TableNames())

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
            self._tables = migrate(self._engine, store=self.name, names=self._names)

    def look(self) -> int:
        """Return the version of the store; nothing is made, and nothing changed.

        Raises `StoreMissing` where there is none, `StoreTooNew` for that of a newer version of this package.
        """
        file = self._address.url.database or ""
        if self.is_file and not file.startswith("file:") and not Path(file).exists():  # looking would make one
            raise StoreMissing(store=self.name)
        with self._errors():
            version, self._tables = look(self._engine, store=self.name)
        return version

    def save(self, stored: StoredProfile, *, state: bytes | None = None) -> None:
        """Keep a run. It replaces an earlier one of the same profile id, or of the same origin, source and table."""
        tables, runs, kept = self._tables, self._tables.runs, self._tables.table_state
        run, profile, results = rows.run_row(stored), rows.profile_row(stored), rows.result_rows(stored)
        earlier = or_(runs.c.run_key == run["run_key"], runs.c.profile_id == stored.profile_id)
        with self._errors(), exclusive(self._engine, rows.table_key(stored)) as connection:
            replaced = connection.execute(select(runs.c.profile_id).where(earlier)).scalars().all()
            if replaced:  # what hangs on a run goes with it
                connection.execute(delete(runs).where(runs.c.profile_id.in_(replaced)))
            connection.execute(insert(runs), run)
            connection.execute(insert(tables.profiles), profile)
            insert_many(connection, tables.results, rows.of_run(stored), rows.OF_RESULT, results)
            if state is not None and stored.passed:
                connection.execute(delete(kept).where(of_table(kept, stored.source, stored.table)))
                connection.execute(insert(kept), rows.state_rows(stored, state))
        if self._retention:
            self._forget_some(stored)

    def _forget_some(self, stored: StoredProfile) -> None:
        """Forget what is kept no longer, a bounded number of runs; the run that was stored stays, whatever happens."""
        try:
            self._prune_some(self._retention, stored.source, stored.table, now=stored.profiled_at, most=AFTER_A_WRITE)
        except StoreError as error:
            log.warning("%s: old runs were not forgotten; the next write tries again. %s", stored.table, error)

    def _prune_some(self, retention: Retention, source: str, table: TableRef, *, now: datetime, most: int) -> Pruned:
        with self._errors(), exclusive(self._engine, rows.key_of(source, table)) as connection:
            return prune_table(connection, self._tables, source, table, retention=retention, now=now, most=most)

    def prune(self, retention: Retention, *, now: datetime, dry_run: bool = False) -> Iterator[Pruned]:
        """Forget the runs of every table that are not kept, and yield what went of each; `dry_run`: would go."""
        for source, table in self.tables():
            if dry_run:
                with self._errors(), self._engine.connect() as connection:
                    yield prune_table(
                        connection, self._tables, source, table, retention=retention, now=now, dry_run=True
                    )
                continue
            total = self._prune_some(retention, source, table, now=now, most=AT_A_TIME)
            while (more := self._prune_some(retention, source, table, now=now, most=AT_A_TIME)).runs:
                total = replace(total, runs=total.runs + more.runs, events=total.events + more.events)
            yield total

    def state(self, source: str, table: TableRef) -> bytes | None:
        """Return the state that came last with a run of the table that passed and is still kept, or None."""
        kept = self._tables.table_state
        own = select(kept.c.state).where(of_table(kept, source, table)).order_by(kept.c.piece)
        return b"".join(row["state"] for row in self._rows(own)) or None

    def save_partial(self, partial: StoredPartial) -> None:
        """Keep the state of a part, in place of one of the same run, table and part; forget those of a week ago."""
        parts = self._tables.partials
        key, oldest = rows.partial_key(partial), partial.saved_at - PARTIALS_LAST
        with self._errors(), exclusive(self._engine, key) as connection:
            connection.execute(delete(parts).where(parts.c.saved_at < oldest))
            connection.execute(delete(parts).where(parts.c.partial_key == key))
            connection.execute(insert(parts), rows.partial_rows(partial))

    def partials(self, run_id: str, source: str, table: TableRef) -> list[StoredPartial]:
        """Return the states of the table's parts that this run has saved, in the order of their names."""
        parts = self._tables.partials
        own = select(parts).where(parts.c.run_id == run_id, of_table(parts, source, table))
        return rows.partials_from(self._rows(own.order_by(parts.c.piece)))

    def forget_partials(self, run_id: str) -> None:
        """Forget the states of all parts that this run has saved; there may be none."""
        parts = self._tables.partials
        with self._errors(), self._engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(delete(parts).where(parts.c.run_id == run_id))

    def load(self, profile_id: str) -> StoredProfile | None:
        """Return that run, or None."""
        tables = self._tables
        return self._stored(whole_runs(tables).where(tables.runs.c.profile_id == profile_id))

    def latest(
        self, source: str, table: TableRef, *, before: datetime | None = None, not_origin: str | None = None
    ) -> StoredProfile | None:
        """Return the newest run that may be a baseline, or None."""
        return self._stored(baselines(self._tables, source, table, before=before, not_origin=not_origin).limit(1))

    def history(self, source: str, table: TableRef, *, limit: int = 100) -> list[RunSummary]:
        """Return the table's last `limit` runs, newest first."""
        runs = self._tables.runs
        newest_first = select(runs).order_by(runs.c.profiled_at.desc(), runs.c.profile_id.desc())
        return [
            rows.summary_from(row) for row in self._rows(newest_first.where(of_table(runs, source, table)).limit(limit))
        ]

    def series(
        self, source: str, table: TableRef, *, column: str | None, metric: str, limit: int = 100
    ) -> list[MetricPoint]:
        """Return the last values of one metric of a column, or (None) of the table, newest first."""
        query = in_time(self._tables, source, table, column=column, metric=metric, limit=limit)
        return [rows.point_from(row) for row in self._rows(query)]

    def candidates(
        self,
        source: str,
        table: TableRef,
        *,
        not_origin: str | None = None,
        limit: int = 500,
        decisions: Sequence[Decision] | None = None,
    ) -> list[RunSummary]:
        """Return those of the table's last `limit` runs that may be a baseline, newest first."""
        kept, lines = self._tables.runs, self.history(source, table, limit=limit)
        latest_date = None
        if len(lines) == limit:
            before = of_table(kept, source, table) & (kept.c.profiled_at < lines[-1].profiled_at)
            latest_date = self._rows(select(func.max(kept.c.logical_date).label("at")).where(before))[0]["at"]
        made = self.decisions(source, table) if decisions is None else decisions
        return eligible(lines, made, latest_date=latest_date, not_origin=not_origin)

    def reports(self, profile_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the drift of those of the runs that there are, by profile id."""
        profiles = self._tables.profiles
        own = select(profiles.c.profile_id, profiles.c.drift).where(profiles.c.profile_id.in_(profile_ids))
        return {row["profile_id"]: rows.drift_from(row, store=self.name) for row in self._rows(own)}

    def numbers(self, runs: Sequence[RunSummary], metrics: Sequence[str]) -> list[MetricValue]:
        """Return these numbers of these runs of one table; each is looked up in the index by its run's time."""
        results = self._tables.results
        if not runs:
            return []
        own = of_table(results, runs[0].source, runs[0].table) & results.c.numeric_value.is_not(None)
        of_runs = results.c.profiled_at.in_(sorted({run.profiled_at for run in runs})) & results.c.metric.in_(metrics)
        kept, columns = {run.profile_id for run in runs}, results.c
        wanted = select(columns.profile_id, columns.column_name, columns.metric, columns.numeric_value)
        with self._errors(), self._engine.connect() as connection:  # thousands: plain tuples, at once
            found = connection.execute(wanted.where(own & of_runs)).all()
        return [
            MetricValue(profile_id=run, column=column, metric=metric, value=value)
            for run, column, metric, value in found
            if run in kept
        ]

    def decide(self, decision: Decision) -> None:
        """Keep what somebody decided."""
        with self._errors(), self._engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(self._tables.decisions), rows.decision_row(decision))

    def decisions(self, source: str, table: TableRef) -> list[Decision]:
        """Return what was decided about the table, the last decision first."""
        made = self._tables.decisions
        own = select(made).where(of_table(made, source, table))
        last_first = own.order_by(made.c.at.desc(), made.c.decision_id.desc())
        return [rows.decision_from(row) for row in self._rows(last_first)]

    def tables(self) -> list[tuple[str, TableRef]]:
        """Return each source and table that has a run, in alphabetical order."""
        runs = self._tables.runs
        names = self._rows(select(runs.c.source, runs.c.table_name).distinct())
        pairs = sorted((row["source"], row["table_name"]) for row in names)  # not in the database's own alphabet
        return [(source, TableRef.parse(table)) for source, table in pairs]

    def overview(self) -> list[KeptTable]:
        """Return what there is of each table, in alphabetical order."""
        runs = self._tables.runs
        of_runs = (func.count().label("runs"), func.min(runs.c.profiled_at).label("first_at"))
        counted = select(runs.c.source, runs.c.table_name, *of_runs, func.max(runs.c.profiled_at).label("last_at"))
        kept = [rows.kept_from(row) for row in self._rows(counted.group_by(runs.c.source, runs.c.table_name))]
        return sorted(kept, key=lambda one: (one.source, str(one.table)))

    def last_runs(self, *, limit: int) -> list[RunSummary]:
        """Return the last runs of all tables, newest first."""
        runs = self._tables.runs
        newest_first = select(runs).order_by(runs.c.profiled_at.desc(), runs.c.profile_id.desc())
        return [rows.summary_from(row) for row in self._rows(newest_first.limit(limit))]

    def strays(self) -> dict[str, list[str]]:
        """Return, in words, what belongs together and stands alone, each with the ids of the profiles."""
        runs, profiles, results = self._tables.runs, self._tables.profiles, self._tables.results
        numbers = select(results.c.profile_id).where(results.c.position == 0)
        pairs = {
            "runs have no profile": select(runs.c.profile_id).except_(select(profiles.c.profile_id)),
            "profiles have no run": select(profiles.c.profile_id).except_(select(runs.c.profile_id)),
            "runs have no numbers": select(runs.c.profile_id).except_(numbers),
        }
        return {what: sorted(row["profile_id"] for row in self._rows(query)) for what, query in pairs.items()}

    @property
    def table_names(self) -> TableNames:
        """How its tables are called that people select from."""
        return TableNames(runs=self._tables.runs.name, results=self._tables.results.name)

    def record_event(self, event: Event) -> None:
        """Keep an event."""
        with self._errors(), self._engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(self._tables.events), rows.event_row(event))

    def events(self, source: str, table: TableRef, *, limit: int = 100) -> list[Event]:
        """Return the table's last `limit` events, newest first."""
        told = self._tables.events
        own = select(told).where(of_table(told, source, table))
        newest_first = own.order_by(told.c.at.desc(), told.c.event_id.desc())
        return [rows.event_from(row) for row in self._rows(newest_first.limit(limit))]

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def _stored(self, query: Select[Any]) -> StoredProfile | None:
        found = self._rows(query)
        return rows.stored_from(found[0], store=self.name) if found else None

    def _rows(self, query: Select[Any] | CompoundSelect[Any]) -> list[Mapping[str, Any]]:
        with self._errors(), self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings().all()]

    @contextmanager
    def _errors(self) -> Iterator[None]:
        with store_errors(self.name, password=self._address.password):
            yield
