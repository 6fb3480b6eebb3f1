from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select, text, update
from sqlalchemy.engine import Connection, Engine

from taskflow_profilemesh.errors import StoreTooNew
from taskflow_profilemesh.storage import Decision, DecisionKind, TableNames, open_store
from taskflow_profilemesh.storage.engine import address_of, engine_of
from taskflow_profilemesh.storage.migrations import STEPS, migrate, version_of
from taskflow_profilemesh.storage.schema import DEFAULT, STORE_VERSION
from tests.taskflow_profilemesh.profiles import FLIGHTS
from tests.taskflow_profilemesh.storage.runs import NOON, run

_HOUR = timedelta(hours=1)
_DUMPS = Path(__file__).with_name("documents")


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = engine_of(address_of(store_url))
    yield engine
    engine.dispose()


def _version(engine: Engine) -> int | None:
    with engine.connect() as connection:
        return version_of(connection)


def test_there_is_a_step_to_every_version_but_the_first() -> None:
    assert set(STEPS) == set(range(2, STORE_VERSION + 1))


def test_a_new_store_is_made_at_the_newest_version(engine: Engine) -> None:
    assert _version(engine) is None
    migrate(engine, store="s")
    assert _version(engine) == STORE_VERSION
    assert {name for name in inspect(engine).get_table_names() if name.startswith("profilemesh_")} == set(
        DEFAULT.metadata.tables
    )


def test_an_older_store_goes_through_the_steps_after_its_own_and_keeps_its_data(engine: Engine, store_url: str) -> None:
    taken: list[int] = []

    def add_note(connection: Connection) -> None:
        taken.append(STORE_VERSION + 1)
        connection.execute(text("alter table profilemesh_runs add column note varchar(9)"))

    def fill_note(connection: Connection) -> None:
        taken.append(STORE_VERSION + 2)
        connection.execute(text("update profilemesh_runs set note = 'old'"))

    with closing(open_store(store_url)) as store:
        store.save(run(1))
    steps = {STORE_VERSION + 1: add_note, STORE_VERSION + 2: fill_note}
    for _ in range(2):
        migrate(engine, store="s", steps=steps, newest_version=STORE_VERSION + 2)
    assert taken == [STORE_VERSION + 1, STORE_VERSION + 2]
    assert _version(engine) == STORE_VERSION + 2
    with engine.connect() as connection:
        assert connection.execute(text("select profile_id, note from profilemesh_runs")).all() == [("profile-1", "old")]


def test_a_step_that_fails_leaves_the_version_of_the_step_before(engine: Engine) -> None:
    def fail(_connection: Connection) -> None:
        raise RuntimeError

    migrate(engine, store="s")
    with pytest.raises(RuntimeError):
        migrate(engine, store="s", steps={STORE_VERSION + 1: fail}, newest_version=STORE_VERSION + 1)
    assert _version(engine) == STORE_VERSION


def test_a_store_of_a_newer_version_is_refused_and_left_alone(engine: Engine, store_url: str) -> None:
    migrate(engine, store="s")
    with engine.begin() as connection:
        connection.execute(update(DEFAULT.version).values(version=STORE_VERSION + 7))
    with pytest.raises(StoreTooNew, match=f"found_version={STORE_VERSION + 7}, known_version={STORE_VERSION}"):
        open_store(store_url)
    assert _version(engine) == STORE_VERSION + 7


@pytest.mark.parametrize("dump", sorted(_DUMPS.glob("store_v*.sql")), ids=lambda path: path.stem)
def test_a_store_of_every_earlier_version_is_opened_with_its_data(dump: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mesh.db")) as connection:
        connection.executescript(dump.read_text())
    with closing(open_store(f"sqlite:///{tmp_path}/mesh.db")) as store:
        assert [line.profile_id for line in store.history("warehouse", FLIGHTS)] == ["profile-2", "profile-1"]
        baseline = store.latest("warehouse", FLIGHTS)
        store.save(run(3))
    assert baseline is not None
    assert (baseline.profile_id, baseline.profiled_at, baseline.logical_date) == ("profile-2", *[NOON + 2 * _HOUR] * 2)
    assert (baseline.profile.row_count, len(baseline.profile.columns), baseline.drift["detected"]) == (4, 2, False)


@pytest.mark.parametrize("dump", sorted(_DUMPS.glob("store_v*.sql")), ids=lambda path: path.stem)
def test_every_earlier_version_migrates_on_every_database_with_its_data(
    dump: Path, store_url: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "dump.db")) as connection:
        connection.executescript(dump.read_text())
    _copy(f"sqlite:///{tmp_path}/dump.db", store_url)
    with closing(open_store(store_url)) as store:
        assert [line.profile_id for line in store.history("warehouse", FLIGHTS)] == ["profile-2", "profile-1"]
        baseline = store.latest("warehouse", FLIGHTS)
        assert baseline is not None
        assert (baseline.profile_id, baseline.profile.row_count) == ("profile-2", 4)
        assert store.table_names == TableNames()
        store.save(run(3), state=b"state")
        store.decide(
            Decision(
                kind=DecisionKind.PIN, source="warehouse", table=FLIGHTS, at=NOON + 9 * _HOUR, profile_id="profile-1"
            )
        )
        assert store.decisions("warehouse", FLIGHTS)[0].profile_id == "profile-1"
        assert store.state("warehouse", FLIGHTS) == b"state"


def _copy(dumped: str, url: str) -> None:
    """Make the tables and columns that the dump has in another database, and fill them with its rows."""
    old, new = engine_of(address_of(dumped)), engine_of(address_of(url))
    there = inspect(old)
    kept = [table for table in DEFAULT.metadata.sorted_tables if there.has_table(table.name)]
    with new.begin() as connection:
        DEFAULT.metadata.create_all(connection, tables=kept)
    for table in kept:
        names = {column["name"] for column in there.get_columns(table.name)}
        copied = [column for column in table.columns if column.name in names - {"event_id", "decision_id"}]
        with old.connect() as source, new.begin() as connection:
            for column in table.columns:
                if column.name not in names:
                    connection.execute(text(f"alter table {table.name} drop column {column.name}"))
            rows = [dict(row) for row in source.execute(select(*copied)).mappings()]
            if rows:
                connection.execute(insert(table).values(rows))
    old.dispose()
    new.dispose()


def test_there_is_a_dump_of_every_version() -> None:
    assert len(list(_DUMPS.glob("store_v*.sql"))) == STORE_VERSION
