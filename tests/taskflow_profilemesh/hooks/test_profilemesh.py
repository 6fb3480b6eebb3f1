from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from airflow.providers.common.compat.sdk import Connection

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook, database_address
from taskflow_profilemesh.reading.sqlalchemy_url import sqlalchemy_url
from taskflow_profilemesh.storage import Retention, SqlStore, TableNames
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.airflow_connections import connect


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop 1.db"
    connection = sqlite3.connect(file)
    connection.execute("create table orders (id integer)")
    connection.close()
    return file


@pytest.mark.parametrize("slashes", ["sqlite:///", "sqlite:////"])
def test_a_sqlite_connection_in_airflows_uri_form_opens_its_absolute_file(
    monkeypatch: pytest.MonkeyPatch, shop: Path, slashes: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", slashes + str(shop).replace(" ", "%20").lstrip("/"))
    assert ProfileMeshHook("shop").get_source().tables() == [TableRef("orders")]


@pytest.mark.parametrize("named", [True, False])
def test_a_sqlite_connection_opens_a_file_relative_to_where_the_worker_stands(
    monkeypatch: pytest.MonkeyPatch, shop: Path, *, named: bool
) -> None:
    monkeypatch.chdir(shop.parent.parent)
    relative = shop.relative_to(shop.parent.parent)
    if named:
        connect(monkeypatch, "shop", conn_type="sqlite", host=str(relative))
    else:
        monkeypatch.setenv("AIRFLOW_CONN_SHOP", f"sqlite://{relative.parent}/{relative.name}".replace(" ", "%20"))
    assert ProfileMeshHook("shop").get_source().tables() == [TableRef("orders")]


def test_a_sqlite_connections_schema_beside_an_absolute_file_means_nothing(
    monkeypatch: pytest.MonkeyPatch, shop: Path
) -> None:
    connect(monkeypatch, "shop", conn_type="sqlite", host=str(shop), schema="main")
    assert ProfileMeshHook("shop").get_source().tables() == [TableRef("orders")]


@pytest.mark.parametrize("uri", ["sqlite://", "sqlite:///:memory:"])
def test_a_sqlite_connection_without_a_file_says_where_the_file_belongs(
    monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", uri)
    with pytest.raises(InvalidOption, match=r"option='conn_id', got='shop without a file', .*host"):
        ProfileMeshHook("shop").get_source()


def test_a_sqlite_connection_can_be_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "kept here.db"
    connect(monkeypatch, "history", conn_type="sqlite", host=str(file))
    store = ProfileMeshHook("shop", store="history").get_store()
    store.close()
    assert file.exists()
    assert store.name == f"sqlite:///{file}"


def test_a_mysql_connections_socket_is_told_to_each_driver_in_its_words() -> None:
    extra = json.dumps({"unix_socket": "/run/my sql.sock", "compress": "true", "charset": "utf8mb4"})
    connection = Connection(conn_id="shop", conn_type="mysql", host="localhost", schema="shop", login="me", extra=extra)
    address = database_address(connection, option="conn_id")
    assert address.socket_file == Path("/run/my sql.sock")
    assert address.options == (("compress", "true"), ("socket", "/run/my sql.sock"))
    assert sqlalchemy_url(address) == "mysql://me@localhost:3306/shop?unix_socket=%2Frun%2Fmy%20sql.sock"


def test_a_snowflake_connection_has_its_account_and_database_among_its_extras() -> None:
    extra = json.dumps(
        {"account": "org-a", "database": "SHOP", "warehouse": "W", "token": "t0ken", "session_parameters": {}}
    )
    connection = Connection(conn_id="wh", conn_type="snowflake", schema="PUBLIC", login="me", password="p", extra=extra)
    address = database_address(connection, option="conn_id")
    assert str(address) == "snowflake://org-a.snowflakecomputing.com:443/SHOP"
    assert dict(address.options) == {"account": "org-a", "schema": "PUBLIC", "token": "t0ken", "warehouse": "W"}


def test_a_snowflake_connection_can_be_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    connect(
        monkeypatch, "wh", conn_type="snowflake", schema="PUBLIC", extra=json.dumps({"account": "a", "database": "D"})
    )
    with pytest.raises(InvalidOption):
        ProfileMeshHook("shop", store="wh").get_store()


def test_a_config_says_how_long_runs_are_kept_before_airflows_settings_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__KEEP_RUNS", "5")
    monkeypatch.setenv("AIRFLOW__PROFILEMESH__KEEP_DAYS", "30.5")
    storage = {"keep_runs": 7, "runs_table": "mesh_runs"}
    hook = ProfileMeshHook("shop", store=f"sqlite:///{tmp_path}/mesh.db", storage=storage)
    with closing(hook.get_store()) as store:
        assert isinstance(store, SqlStore)
        assert store._retention == Retention(keep_runs=7, keep_days=30.5)
        assert store.table_names == TableNames(runs="mesh_runs")


def test_every_run_is_kept_where_nobody_says_otherwise(tmp_path: Path) -> None:
    with closing(ProfileMeshHook("shop", store=f"sqlite:///{tmp_path}/mesh.db").get_store()) as store:
        assert isinstance(store, SqlStore)
        assert not store._retention
