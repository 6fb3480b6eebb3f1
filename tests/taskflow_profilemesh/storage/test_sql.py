"""What only an SQL store has: tables that a dashboard selects from, and documents that can be damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.engine import Engine

from taskflow_profilemesh.errors import StoreDamaged, StoreError, StoreTooNew
from taskflow_profilemesh.storage import SqlStore, open_store, queries
from taskflow_profilemesh.storage.codec import SCHEMA_VERSION, encode_profile, pack
from taskflow_profilemesh.storage.engine import address_of, engine_of
from taskflow_profilemesh.storage.schema import DEFAULT
from tests.taskflow_profilemesh.profiles import FLIGHTS
from tests.taskflow_profilemesh.storage.runs import profile, run


@pytest.fixture
def sql_store(store_url: str) -> Iterator[SqlStore]:
    with closing(open_store(store_url)) as opened:
        yield opened


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    engine = engine_of(address_of(store_url))
    yield engine
    engine.dispose()


def test_a_dashboard_selects_a_metric_over_time(sql_store: SqlStore, engine: Engine) -> None:
    for number in (1, 2):
        sql_store.save(run(number, profile=profile(number), drift={"distances": [_distance(number)]}))
    query = text(
        "select column_name, metric, numeric_value from profilemesh_results where table_name = 'public.flights'"
        " and metric in ('row_count', 'max', 'drift_psi') and numeric_value is not null order by profiled_at, metric"
    )
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(query)]
    assert found == [
        ("dep_delay", "drift_psi", 0.5),
        ("dep_delay", "max", 0.0),
        (None, "row_count", 2.0),
        ("dep_delay", "drift_psi", 1.0),
        ("dep_delay", "max", 1.0),
        (None, "row_count", 3.0),
    ]


def test_a_run_that_is_replaced_leaves_nothing_behind(sql_store: SqlStore, engine: Engine) -> None:
    sql_store.save(run(1, profile=profile(3)))
    sql_store.save(run(1, profile_id="profile-1b", profile=profile(1)))
    with engine.connect() as connection:
        for table in (DEFAULT.runs, DEFAULT.profiles, DEFAULT.results):
            assert set(connection.execute(select(table.c.profile_id)).scalars()) == {"profile-1b"}


def test_a_save_that_fails_halfway_leaves_nothing(sql_store: SqlStore, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("drop table profilemesh_results"))
    with pytest.raises(StoreError, match="profilemesh_results"):
        sql_store.save(run(1))
    assert sql_store.history("warehouse", FLIGHTS) == []


def test_a_damaged_document_is_an_error_that_names_the_run(sql_store: SqlStore, engine: Engine) -> None:
    sql_store.save(run(1))
    with engine.begin() as connection:
        connection.execute(update(DEFAULT.profiles).values(document=b"half"))
    with pytest.raises(StoreDamaged, match="profile_id='profile-1'"):
        sql_store.load("profile-1")
    assert [line.profile_id for line in sql_store.history("warehouse", FLIGHTS)] == ["profile-1"]


def test_a_document_of_newer_code_is_an_error_that_says_so(sql_store: SqlStore, engine: Engine) -> None:
    sql_store.save(run(1))
    newer = encode_profile(profile()) | {"schema_version": SCHEMA_VERSION + 1}
    with engine.begin() as connection:
        connection.execute(update(DEFAULT.profiles).values(document=pack(newer)))
    with pytest.raises(StoreTooNew, match=sql_store.name.partition(":")[0]):
        sql_store.latest("warehouse", FLIGHTS)


def test_times_are_times_in_the_database_too(sql_store: SqlStore, engine: Engine) -> None:
    sql_store.save(run(1))
    with engine.connect() as connection:
        at = connection.execute(select(DEFAULT.results.c.profiled_at)).scalars().first()
        raw = connection.execute(text("select profiled_at from profilemesh_runs")).scalar()
    assert at == run(1).profiled_at
    assert isinstance(raw, datetime) or str(raw) == "2026-01-01 13:00:00.000000"


def test_the_latest_run_is_found_without_looking_at_the_whole_history(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/mesh.db")) as store, store._engine.connect() as connection:
        query = queries.baselines(DEFAULT, "warehouse", FLIGHTS, before=run(1).profiled_at, not_origin="one")
        statement = query.compile(store._engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"explain query plan {statement}").all())
    assert "USING INDEX profilemesh_runs_by_table" in plan
    assert "TEMP B-TREE" not in plan


def _distance(number: int) -> dict[str, object]:
    return {"column": "dep_delay", "metric": "psi", "value": number / 2}
