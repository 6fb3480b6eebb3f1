"""What is particular to MySQL as a destination."""

from __future__ import annotations

from typing import Any

import pytest

from mock_airbyte import MockAirbyte
from mock_airbyte.failures import SyncFailure
from mock_airbyte.mysql_server import mysql_connection
from tests.mock_airbyte.conftest import Query
from tests.mock_airbyte.shops import people

KINDS = {
    "s": ({"type": "string"}, "x\"'\\%s"),
    "i": ({"type": "integer"}, 2**62),
    "n": ({"type": "number"}, 1.5),
    "b": ({"type": "boolean"}, True),
    "d": ({"type": "string", "format": "date"}, "2026-01-02"),
    "z": ({"type": "string", "format": "date-time"}, "2026-01-02T03:04:05Z"),
    "t": (
        {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
        "2026-01-02T03:04:05.25",
    ),
    "c": ({"type": "string", "format": "time", "airbyte_type": "time_without_timezone"}, "10:00:00.5"),
    "o": ({"type": "object"}, {"k": [1, "ü"]}),
}


def test_columns_have_airbytes_types(mock: MockAirbyte, mysql: Query, mysql_parts: dict[str, Any]) -> None:
    row = {name: value for name, (_, value) in KINDS.items()}
    schema = {"properties": {name: kind for name, (kind, _) in KINDS.items()}}
    source = mock.create_source("S", "mock-inline", streams=people(row, {}, json_schema=schema))
    destination = mock.create_destination("D", "destination-mysql", **mysql_parts)
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert (state.status, state.rows_committed) == ("succeeded", 2), state.failure
    declared: dict[str, str] = dict(
        mysql("select column_name, column_type from information_schema.columns where table_schema = database()")
    )
    assert (declared["s"], declared["n"], declared["b"]) == ("text", "decimal(38,9)", "tinyint(1)")
    assert (declared["_airbyte_extracted_at"], declared["z"]) == ("timestamp(6)", "varchar(1024)")
    columns = ", ".join(f"cast({name} as char)" for name in KINDS)
    ((*values,), (*nulls,)) = mysql(f"select {columns} from people order by s is null")
    assert values == [
        "x\"'\\%s",
        str(2**62),
        "1.500000000",
        "1",
        "2026-01-02",
        "2026-01-02T03:04:05.000000Z",
        "2026-01-02 03:04:05.250000",
        "10:00:00.500000",
        '{"k": [1, "\\u00fc"]}' if "u00fc" in values[-1] else '{"k": [1, "ü"]}',
    ]
    assert set(nulls) == {None}


def test_a_namespace_is_a_database(mock: MockAirbyte, mysql: Query, mysql_parts: dict[str, Any]) -> None:
    namespace = mysql_parts["database"] + "_shop"
    source = mock.create_source("S", "mock-inline", streams=people(namespace=namespace))
    destination = mock.create_destination("D", "mysql", **mysql_parts)
    connection = mock.create_connection(source, destination, namespace_definition="source")
    try:
        assert mock.job(mock.sync(connection)).status == "succeeded"
        assert mysql(f"select count(*) from {namespace}.people") == [(2,)]
    finally:
        mysql(f"drop database if exists {namespace}")


def test_no_table_is_left_behind_by_a_sync_that_fails(
    mock: MockAirbyte, mysql: Query, mysql_parts: dict[str, Any]
) -> None:
    source = mock.create_source("S", "mock-inline", streams=people({"x": "é" * 70_000}))
    destination = mock.create_destination("D", "mysql", **mysql_parts)
    state = mock.job(mock.sync(mock.create_connection(source, destination)))
    assert state.failure is not None
    assert (state.failure.origin, "é" in state.failure.external_message) == ("destination", False)
    assert mysql("show tables") == []


def test_a_server_that_cannot_be_reached_is_a_failure_without_the_password() -> None:
    configuration = {"host": "127.0.0.1", "port": 1, "database": "d", "username": "u", "password": "hunter2-secret"}
    with pytest.raises(SyncFailure, match="2003") as failure, mysql_connection(configuration, origin="destination"):
        pass
    assert "hunter2" not in failure.value.external_message
