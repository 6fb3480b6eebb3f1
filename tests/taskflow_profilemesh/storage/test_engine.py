from __future__ import annotations

import socket
import sqlite3
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import __version__ as sqlalchemy_version
from sqlalchemy.engine import make_url

from taskflow_profilemesh.errors import InvalidOption, ProfileMeshError, StoreRefused, StoreUnreachable
from taskflow_profilemesh.storage import default_url, engine, open_store
from taskflow_profilemesh.storage.engine import Address, _prepare_sqlite, address_of, engine_of

_CANARY = "c@nary/7"
_CANARY_QUOTED = "c%40nary%2F7"
_IS_SQLALCHEMY_1 = sqlalchemy_version.startswith("1.")  # Airflow 2.11's, which has no psycopg 3
_POSTGRES = "postgresql+psycopg2" if _IS_SQLALCHEMY_1 else "postgresql+psycopg"


@pytest.mark.parametrize(
    ("url", "driver", "name"),
    [
        ("postgresql://me:pw@db/mesh", _POSTGRES, "postgresql://db/mesh"),
        ("postgres://me:pw@db:5433/mesh?connect_timeout=9", _POSTGRES, "postgresql://db:5433/mesh"),
        ("postgresql+psycopg2://me:pw@db/mesh", "postgresql+psycopg2", "postgresql://db/mesh"),
        ("mysql://me:pw@db/mesh", "mysql+pymysql", "mysql://db/mesh"),
        ("mariadb://me:pw@db/mesh", "mysql+pymysql", "mysql://db/mesh"),
        ("sqlite:////data/mesh.db", "sqlite+pysqlite", "sqlite:////data/mesh.db"),
    ],
)
def test_a_url_means_the_driver_that_is_installed(url: str, driver: str, name: str) -> None:
    address = address_of(url)
    assert (address.url.drivername, address.name) == (driver, name)
    assert address.is_file == url.startswith("sqlite")


def test_a_percent_encoded_host_is_the_folder_of_a_unix_socket() -> None:
    address = address_of("postgresql://postgres@%2Fdata%2Ffolder/postgres")
    assert address.url.host == "/data/folder"
    assert address.name == "postgresql:///data/folder/postgres"


@pytest.mark.parametrize("url", ["", "mesh.db", f"https//{_CANARY}", f"snowflake://me:{_CANARY_QUOTED}@account/db"])
def test_a_url_of_no_store_is_refused_without_its_secrets(url: str) -> None:
    with pytest.raises(InvalidOption, match=r"sqlite:////folder/profilemesh\.db") as caught:
        address_of(url)
    assert _CANARY not in str(caught.value)
    assert _CANARY_QUOTED not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("url", ["mysql://me:secret@db", "mysql://me:secret@db:3306/"])
def test_a_mysql_server_without_a_database_is_no_store(url: str) -> None:
    with pytest.raises(InvalidOption, match="a MySQL server without a database") as caught:
        open_store(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_file_without_a_name_would_forget_and_is_refused(url: str) -> None:
    with pytest.raises(InvalidOption, match="forgets"):
        open_store(url)


@pytest.mark.parametrize("url", ["postgresql+pg8000://me@db/mesh", "mysql+nothing://me@db/mesh"])
def test_a_driver_that_is_missing_is_said_to_be_missing(url: str) -> None:
    with pytest.raises(InvalidOption, match=r"expected='a driver that is installed, \w+ \(pip install "):
        open_store(url)


@pytest.mark.skipif(not _IS_SQLALCHEMY_1, reason="SQLAlchemy 2 has psycopg 3")
@pytest.mark.parametrize("url", ["postgresql://me@db/mesh", "postgresql+psycopg://me@db/mesh"])
def test_sqlalchemy_1_says_that_it_needs_the_older_driver(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda _: None)
    with pytest.raises(InvalidOption, match=r"psycopg2 \(pip install psycopg2-binary\): SQLAlchemy 1\.4 has no"):
        open_store(url)


def test_no_driver_at_all_is_said_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engine._DRIVERS, "mysql", {"no_such_driver": "no-such-driver"})
    with pytest.raises(InvalidOption, match=r"installed, no_such_driver \(pip install no-such-driver\)"):
        address_of("mysql://me@db/mesh")


def test_the_default_store_is_a_file_in_airflows_home(tmp_path: Path) -> None:
    assert default_url({"AIRFLOW_HOME": str(tmp_path)}) == f"sqlite:///{tmp_path}/profilemesh.db"
    assert default_url({}) == f"sqlite:///{Path.home()}/airflow/profilemesh.db"


def test_a_missing_folder_is_an_error_and_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="unable to open database file"):
        open_store(f"sqlite:///{tmp_path}/missing/mesh.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mesh.db").write_text("not a database, but long enough to be looked at" * 100)
    with pytest.raises(StoreRefused, match="file is not a database"):
        open_store(f"sqlite:///{tmp_path}/mesh.db")


@pytest.mark.parametrize("backend", ["postgresql", "mysql"])
def test_nobody_at_the_address_is_an_error_without_the_password(backend: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(StoreUnreachable, match=f"{backend}://127.0.0.1:{port}/mesh") as caught:
        open_store(f"{backend}://me:{_CANARY_QUOTED}@127.0.0.1:{port}/mesh")
    assert caught.value.retryable
    _holds_no_secret(caught.value)


@pytest.mark.mysql
def test_a_wrong_password_is_an_error_without_the_password(mysql_url: str) -> None:
    address = address_of(mysql_url).url
    with pytest.raises(StoreUnreachable, match="Access denied") as caught:
        open_store(f"mysql://nobody:{_CANARY_QUOTED}@{address.host}:{address.port or 3306}/{address.database}")
    _holds_no_secret(caught.value)


@pytest.mark.postgres
def test_a_database_that_is_missing_is_an_error(postgres_url: str) -> None:
    with pytest.raises(StoreUnreachable, match="does not exist"):
        open_store(f"{postgres_url}_missing")


def test_an_engine_never_prints_parameters(tmp_path: Path) -> None:
    url = make_url(f"sqlite:///{tmp_path}/mesh.db")
    assert engine_of(Address(url, "x", is_file=True)).hide_parameters


def test_a_file_keeps_its_readers_going_while_one_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/mesh.db"
    open_store(url).close()
    with closing(sqlite3.connect(tmp_path / "mesh.db")) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("wal",)


def test_a_file_that_cannot_be_switched_just_now_is_used_as_it_is() -> None:
    class Busy(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            if "journal_mode" in sql:
                raise sqlite3.OperationalError
            return super().execute(sql, parameters)

    with closing(sqlite3.connect(":memory:", factory=Busy)) as connection:
        _prepare_sqlite(connection, None)
        assert connection.execute("pragma foreign_keys").fetchone() == (1,)


def _holds_no_secret(error: ProfileMeshError) -> None:
    told = "".join(traceback.format_exception(error)) + repr(error)
    assert _CANARY not in told
    assert _CANARY_QUOTED not in told
