"""Wrong addresses, wrong logins, missing tables: each its own error, in time, with no secret in it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from taskflow_profilemesh.errors import (
    DatabaseNotFound,
    DatabaseNotNamed,
    ReadFailed,
    SourceError,
    SourceLoginRefused,
    SourceUnreachable,
    TableNotFound,
)
from taskflow_profilemesh.reading import DatabaseAddress, DatabaseSource
from taskflow_profilemesh.reading.reachability import is_busy, is_reachable
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.databases import mysql_connection
from tests.taskflow_profilemesh.reading.servers import CANARY, in_mysql, in_postgres, in_sqlite, source_at

ENCODED = quote(CANARY, safe="")


def _assert_silent(error: BaseException) -> None:
    """The error and everything chained to it keep the password to themselves."""
    seen: BaseException | None = error
    while seen is not None:
        for shown in (str(seen), repr(seen)):
            assert CANARY not in shown
            assert ENCODED not in shown
        seen = seen.__cause__ or seen.__context__


def _refused(source: DatabaseSource, expected: type[SourceError]) -> SourceError:
    began = time.monotonic()
    with pytest.raises(expected) as caught:
        source.plan(TableRequest(TableRef("anything")))
    assert time.monotonic() - began < 10
    _assert_silent(caught.value)
    return caught.value


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A listener that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_closed_port_is_unreachable(scheme: str, closed_port: int) -> None:
    error = _refused(source_at(f"{scheme}://ada:{ENCODED}@127.0.0.1:{closed_port}/shop"), SourceUnreachable)
    assert f"127.0.0.1:{closed_port}" in str(error)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_listener_that_never_answers_is_unreachable(scheme: str, silent_port: int) -> None:
    _refused(source_at(f"{scheme}://ada:{ENCODED}@127.0.0.1:{silent_port}/shop"), SourceUnreachable)


def test_a_socket_that_does_not_exist_is_unreachable(tmp_path: Path) -> None:
    _refused(source_at(f"postgresql://ada@{quote(str(tmp_path), safe='')}/shop"), SourceUnreachable)


def test_a_postgres_that_went_away_meanwhile_is_worth_a_retry(closed_port: int, tmp_path: Path) -> None:
    gone = DatabaseAddress.from_url(f"postgresql://ada@127.0.0.1:{closed_port}/shop")
    assert is_busy(gone, timeout_seconds=1)
    assert not is_busy(DatabaseAddress.from_url("mysql://ada@127.0.0.1/shop"), timeout_seconds=1)


def test_a_missing_sqlite_file_is_unreachable_and_not_created(tmp_path: Path) -> None:
    _refused(source_at(f"sqlite:///{tmp_path}/missing.db"), SourceUnreachable)
    assert not (tmp_path / "missing.db").exists()


def test_a_file_that_is_no_database_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("these are my notes, and no database")
    _refused(source_at(f"sqlite:///{tmp_path}/notes.txt"), SourceUnreachable)


def _with_login(url: str, login: str, *, database: str | None = None) -> str:
    scheme, _, rest = url.partition("://")
    place = rest.rpartition("@")[2]
    if database is not None:
        place = place.rpartition("/")[0] + "/" + database
    return f"{scheme}://{login}@{place}"


def test_an_unknown_postgres_database_is_called_that(postgres_url: str) -> None:
    url = _with_login(postgres_url, f"postgres:{ENCODED}", database="no_such_database")
    error = _refused(source_at(url), DatabaseNotFound)
    assert "postgres" in str(error)


def test_an_unknown_postgres_role_is_a_refused_login(postgres_url: str) -> None:
    _refused(source_at(_with_login(postgres_url, f"nobody_of_that_name:{ENCODED}")), SourceLoginRefused)


def test_a_postgres_without_a_free_connection_is_unreachable_and_worth_a_retry(postgres_url: str) -> None:
    role = f"profilemesh_{secrets.token_hex(6)}"
    in_postgres(postgres_url, f"create role {role} login connection limit 0")
    try:
        error = _refused(source_at(_with_login(postgres_url, f"{role}:{ENCODED}")), SourceUnreachable)
        assert error.retryable
    finally:
        in_postgres(postgres_url, f"drop role {role}")


def test_a_parameter_that_the_driver_does_not_take_is_said_at_once(postgres_url: str) -> None:
    error = _refused(source_at(f"{postgres_url}?sslmode=banana"), ReadFailed)
    assert "parameter" in str(error)
    assert "banana" not in str(error)


def test_a_mysql_that_is_full_is_unreachable_and_one_that_bars_the_host_is_a_matter_of_the_login() -> None:
    for number, is_reached in ((1040, False), (1130, True)):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            address = DatabaseAddress.from_url(f"mysql://ada@127.0.0.1:{listener.getsockname()[1]}/shop")
            with ThreadPoolExecutor(1) as pool:
                asked = pool.submit(is_reachable, address, timeout_seconds=3)
                caller, _ = listener.accept()
                with caller:
                    caller.sendall(b"\x05\0\0\0\xff" + number.to_bytes(2, "little") + b"no")
                    assert asked.result() is is_reached


def test_mysql_lets_in_by_password_and_refuses_a_wrong_one(mysql_url: str) -> None:
    user = f"profilemesh_{secrets.token_hex(6)}"
    with mysql_connection(mysql_url) as connection, connection.cursor() as cursor:
        cursor.execute(f"create user '{user}'@'%%' identified by %s", (CANARY,))
        cursor.execute(f"grant select on *.* to '{user}'@'%'")
    try:
        source_at(_with_login(mysql_url, f"{user}:{ENCODED}")).check()
        began = time.monotonic()
        error = _refused(source_at(_with_login(mysql_url, f"{user}:{ENCODED}x")), SourceLoginRefused)
        assert user in str(error)
        url = _with_login(mysql_url, f"{user}:{ENCODED}", database="no_such_database")
        _refused(source_at(url), DatabaseNotFound)
        assert time.monotonic() - began < 2
    finally:
        in_mysql(mysql_url, f"drop user '{user}'@'%'")


def test_a_refused_mysql_login_prints_nothing_of_the_drivers(mysql_url: str) -> None:
    program = (
        "import threading\nfrom taskflow_profilemesh.reading.connector import Connector\n"
        "from taskflow_profilemesh.reading.address import DatabaseAddress\n"
        f"connector = Connector(DatabaseAddress.from_url({_with_login(mysql_url, 'nobody:x')!r}), 'w')\n"
        "threading.Thread(target=connector._attempt, args=('select 1',), daemon=True).start()\n"
        "threading.Event().wait(1.5)\nprint('waited')"
    )
    environment = {name: value for name, value in os.environ.items() if name != "RUST_LOG"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("waited\n", "")


def test_a_mysql_address_without_a_database_says_so(mysql_url: str) -> None:
    source = source_at(_with_login(mysql_url, "root", database=""))
    _refused(source, DatabaseNotNamed)
    with pytest.raises(DatabaseNotNamed, match="names no database"):
        source.schema(TableRef("orders"))
    in_mysql(mysql_url, "create table here (a int)")
    assert source.schema(TableRef("here", mysql_url.rpartition("/")[2])).columns[0].name == "a"


def test_a_missing_table_names_the_nearest(postgres_url: str, tmp_path: Path) -> None:
    in_postgres(postgres_url, "create table flights(a int)", "create schema other", "create table other.flights(a int)")
    with pytest.raises(TableNotFound, match="Did you mean 'flights'"):
        source_at(postgres_url).schema(TableRef("Flights"))
    with pytest.raises(TableNotFound, match=r"Did you mean 'other\.flights'"):
        source_at(postgres_url).schema(TableRef("flight", "other"))
    with pytest.raises(TableNotFound, match="Did you mean 'flights'"):
        source_at(in_sqlite(tmp_path / "a.db", "create table flights(a int)")).plan(TableRequest(TableRef("flight")))


def test_a_missing_mysql_table_names_the_nearest(mysql_url: str) -> None:
    in_mysql(mysql_url, "create table flights(a int)")
    with pytest.raises(TableNotFound, match="Did you mean 'flights'"):
        source_at(mysql_url).schema(TableRef("flight"))


def test_a_failing_condition_is_a_read_failure_without_the_rows(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t(a text)", f"insert into t values ('{CANARY}')")
    source = source_at(postgres_url)
    plan = source.plan(TableRequest(TableRef("t"), where="a::int > 0"))
    with pytest.raises(ReadFailed) as caught:
        list(source.batches(plan))
    _assert_silent(caught.value)


def test_a_statement_that_takes_too_long_is_ended_by_the_server(postgres_url: str) -> None:
    in_postgres(postgres_url, "create table t(a int)", "insert into t values (1)")
    source = source_at(postgres_url, timeout_seconds=0.2)
    plan = source.plan(TableRequest(TableRef("t"), where="pg_sleep(30) is not null"))
    with pytest.raises(ReadFailed, match="timeout"):
        list(source.batches(plan))


def test_nothing_can_be_written_through_a_condition(postgres_url: str) -> None:
    in_postgres(
        postgres_url,
        "create table t(a int)",
        "insert into t values (1)",
        "create function f() returns bool language sql as 'insert into t values (2) returning true'",
    )
    source = source_at(postgres_url)
    with pytest.raises(ReadFailed):
        list(source.batches(source.plan(TableRequest(TableRef("t"), where="f()"))))
    assert source.row_count(source.plan(TableRequest(TableRef("t")))) == 1


def test_a_source_is_printed_without_its_password() -> None:
    source = DatabaseSource(DatabaseAddress.from_url(f"mysql://ada:{ENCODED}@db/shop"), name="warehouse")
    assert repr(source) == "DatabaseSource('warehouse', 'mysql://db:3306/shop')"
