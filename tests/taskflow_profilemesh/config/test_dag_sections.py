"""The sections that a DAG is built from, and the ways to name a source and a store."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.airbyte.spec import SyncSpec
from taskflow_profilemesh.config import ConfigText, ProfileOptions, read_config, read_dag_options, settle
from taskflow_profilemesh.config.dag_options import DagOptions
from taskflow_profilemesh.config.dag_sections import Execution, Retry, SyncedConnection
from taskflow_profilemesh.errors import InvalidConfig

PROFILE_MESH = """\
environment: development
source:
  type: postgres
  connection: "{{ conn.profilemesh_postgres }}"
storage:
  connection:
    type: postgres
    host: db.example.com
    port: 5432
    database: profiles
    username: ann@team
    password: ${PASSWORD}
  results_table: profilemesh_results
  runs_table: profilemesh_runs
profiling:
  tables:
    - table: customers
"""


def _options(text: str, **environ: str) -> ProfileOptions:
    return settle(read_config(ConfigText(text, name="text"), environ=environ, folder=Path()))


def _refused(text: str, **environ: str) -> InvalidConfig:
    with pytest.raises(InvalidConfig) as caught:
        _options(text, **environ)
    return caught.value


def test_profile_meshs_own_file_loads_as_it_stands() -> None:
    options = _options(PROFILE_MESH, PASSWORD="p@ss/word")
    assert (options.environment, options.source_type) == ("development", "postgres")
    assert (options.conn_id, options.source_name) == ("profilemesh_postgres", "development/profilemesh_postgres")
    assert options.store == "postgresql://ann%40team:p%40ss%2Fword@db.example.com:5432/profiles"
    assert [str(request.table) for request in options.requests()] == ["customers"]  # type: ignore[union-attr] # each is named


@pytest.mark.parametrize(
    ("storage", "store"),
    [
        ('connection: "{{ conn.profiles-2.eu }}"', "profiles-2.eu"),
        ("connection: {conn_id: profiles}", "profiles"),
        ("connection: {type: sqlite, filepath: /data/p.db}", "sqlite:////data/p.db"),
        ("connection: {type: mariadb, host: h, database: d, port: '${PORT}'}", "mysql://h:3307/d"),
        ("store: profiles", "profiles"),
    ],
)
def test_a_store_is_named_in_several_ways(storage: str, store: str) -> None:
    assert _options(f"storage:\n  {storage}\n", PORT="3307").store == store


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        ("source:\n  connection: warehouse\n", 2, "source.connection", "'{{ conn.its_id }}'"),
        ("source:\n  connection: {host: h}\n", 2, "source.connection", "'{{ conn.its_id }}'"),
        ("source:\n  conn_id: a\n  connection: '{{ conn.b }}'\n", 3, "source.connection", "not both"),
        ("source:\n  type: oracle\n", 2, "source.type", "one of postgres, postgresql, "),
        ("storage:\n  connection: 5\n", 2, "storage.connection", "a mapping of an address"),
        ("storage:\n  store: a\n  connection: '{{ conn.b }}'\n", 3, "storage.connection", "not both"),
        ("storage:\n  connection:\n    type: sqlite\n    host: h\n", 3, "storage.connection.type", "filepath alone"),
        ("storage:\n  connection:\n    type: mysql\n    host: h\n", 3, "storage.connection.type", "host and database"),
        ("storage:\n  connection:\n    conn_id: a\n    host: h\n", 3, "storage.connection.conn_id", "no other key"),
        ("storage:\n  connection:\n    port: 1.5\n", 3, "storage.connection.port", "a text"),
        ("storage:\n  runs_table: my runs\n", 2, "storage.runs_table", "letters, digits"),
        ("environment: [a]\n", 1, "environment", "1 to 40 letters"),
    ],
)
def test_a_wrong_word_is_told_by_its_line(text: str, line: int, key: str, expected: str) -> None:
    error = _refused(text)
    assert (error.path, error.line, error.key) == ("text", line, key)
    assert expected in error.expected


def test_no_complaint_shows_a_password() -> None:
    error = _refused("storage:\n  connection: {type: sqlite, password: '${PASSWORD}'}\n", PASSWORD="canary-42")
    assert "canary-42" not in f"{error!r} {error} {error.__cause__!r}"


def test_tables_of_one_connection_have_a_history_in_each_environment() -> None:
    assert ProfileOptions(conn_id="w").source_name == "w"
    assert ProfileOptions(conn_id="w", environment="dev").source_name == "dev/w"


def test_the_cursor_of_a_file_is_heard() -> None:
    assert _options("profiling: {incremental: at}\n").incremental == "at"


def test_a_dag_has_the_keys_of_its_sections() -> None:
    keys = {*Execution.model_fields, *Retry.model_fields}
    assert {field.name for field in fields(DagOptions)} == keys | {"syncs", "names_tables"}


def test_a_connection_has_the_options_of_a_sync() -> None:
    assert set(SyncedConnection.model_fields) == {field.name for field in fields(SyncSpec)} | {"deferrable"}


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T06:00:00+02:00", datetime(2026, 3, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_start_is_utc_where_it_names_no_time_zone(written: str, moment: datetime) -> None:
    text = f"profiling: {{tables: a}}\nexecution: {{start_date: '{written}'}}\n"
    assert _dag_options(text).start_date == moment


def test_a_secret_need_not_be_known_where_dag_files_are_parsed() -> None:
    assert _dag_options(PROFILE_MESH).names_tables
    assert _refused(PROFILE_MESH).got == "${PASSWORD}"


def test_what_is_known_there_is_used() -> None:
    text = "profiling: {tables: a}\nexecution: {dag_id: 'shop_${TEAM}', tags: ['${OTHER}']}\n"
    options = _dag_options(text, TEAM="eu")
    assert (options.dag_id, options.tags) == ("shop_eu", ("${OTHER}",))


def _dag_options(text: str, **environ: Any) -> DagOptions:
    return read_dag_options(ConfigText(text, name="text"), environ=environ, folder=Path())
