"""Whole DAGs by a config: what is built, whose word counts, and what is refused while a DAG file is parsed."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh import dags_from_config, profile_dag
from taskflow_profilemesh.errors import InvalidConfig, InvalidOption
from tests.airflow_versions import loaded, schedule_of

WHOLE = """\
environment: production
source: {type: postgres, connection: "{{ conn.profilemesh_postgres }}"}
storage: {store: "postgresql://u:${UNSET_HERE}@h/d"}
profiling: {tables: [customers, "shop.*"]}
airbyte:
  conn_id: my_airbyte
  deferrable: true
  timeout_seconds: 600
  connections:
    - Shop → Warehouse
    - {connection: Stock, min_rows: 1, timeout_seconds: 60}
execution:
  dag_id: shop_profiles
  description: What the shop holds
  schedule: "@daily"
  start_date: 2026-03-01
  catchup: true
  tags: [shop]
  owner: ann
  max_active_runs: 1
  pool: db
  queue: heavy
  timeout_seconds: 7200
retry: {retries: 4, delay_seconds: 30, exponential_backoff: true, max_delay_seconds: 300}
"""


def _profile_dag(folder: Path, text: str, **changes: Any) -> Any:
    file = folder / "shop.yml"
    file.write_text(text, encoding="utf-8")
    return profile_dag(file, **changes)


def test_a_config_says_all_of_a_dag(tmp_path: Path) -> None:
    made = _profile_dag(tmp_path, WHOLE)
    assert (made.dag_id, made.description, set(made.tags)) == ("shop_profiles", "What the shop holds", {"shop"})
    assert schedule_of(made) == "@daily"
    assert (made.start_date, made.catchup, made.max_active_runs) == (datetime(2026, 3, 1, tzinfo=UTC), True, 1)
    profile = made.task_dict["profile"]
    assert (profile.owner, profile.pool, profile.queue) == ("ann", "db", "heavy")
    assert (profile.execution_timeout, profile.retries) == (timedelta(hours=2), 4)
    assert (profile.retry_delay, profile.max_retry_delay) == (timedelta(seconds=30), timedelta(seconds=300))
    assert profile.retry_exponential_backoff
    assert (profile.config, profile.tables) == (str(tmp_path / "shop.yml"), None)


def test_connections_are_synced_before_anything_is_profiled(tmp_path: Path) -> None:
    tasks = _profile_dag(tmp_path, WHOLE).task_dict
    assert tasks["profile"].upstream_task_ids == {"sync_Shop_Warehouse", "sync_Stock"}
    one, other = tasks["sync_Shop_Warehouse"], tasks["sync_Stock"]
    assert (one.connection, one.conn_id, one.deferrable, one.timeout_seconds) == (
        "Shop → Warehouse",
        "my_airbyte",
        True,
        600,
    )
    assert (other.connection, other.timeout_seconds, other.min_rows) == ("Stock", 60, 1)


def test_without_tables_what_each_sync_wrote_is_profiled() -> None:
    tasks = profile_dag({"airbyte": {"connections": ["A", "B"]}}, dag_id="synced").task_dict
    assert tasks["profile_A"].upstream_task_ids == {"sync_A"}
    assert tasks["profile_B"].upstream_task_ids == {"sync_B"}
    alone = profile_dag({"airbyte": {"connections": "A"}}, dag_id="one").task_dict
    assert alone["profile"].upstream_task_ids == {"sync"}


def test_a_task_per_table_is_a_group_with_its_limit(tmp_path: Path) -> None:
    text = "profiling: {tables: [a, b]}\nexecution: {task_per_table: true, max_active_tis_per_dag: 2}\n"
    tasks = _profile_dag(tmp_path, text).task_dict
    assert list(tasks) == ["profile.choose", "profile.table"]
    assert tasks["profile.table"].max_active_tis_per_dag == 2
    assert tasks["profile.table"].partial_kwargs["config"] == tmp_path / "shop.yml"


def test_what_is_said_in_the_dag_file_goes_before_the_config(tmp_path: Path) -> None:
    defaults = {"retries": 0, "on_failure_callback": print}
    made = _profile_dag(tmp_path, WHOLE, dag_id="other", schedule=None, tags=["x"], default_args=defaults)
    assert (made.dag_id, schedule_of(made), set(made.tags)) == ("other", None, {"x"})
    assert (made.task_dict["profile"].retries, made.task_dict["profile"].pool) == (0, "db")


def test_a_config_that_says_nothing_of_a_dag_makes_one_that_is_started_by_hand(tmp_path: Path) -> None:
    made = _profile_dag(tmp_path, "profiling: {tables: [a]}\n")
    assert (made.dag_id, schedule_of(made), made.catchup, set(made.tags)) == ("shop", None, False, {"profilemesh"})
    assert made.task_ids == ["profile"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profiling: {}\n", r"airbyte\.connections, whose tables"),
        ("execution: {scheduel: '@daily'}\nprofiling: {tables: a}\n", "Did you mean 'schedule'"),
        ("retry: {retires: 1}\nprofiling: {tables: a}\n", "Did you mean 'retries'"),
        ("airbyte: {connection: A}\n", "Did you mean 'connections'"),
        ("airbyte: {connections: [{connection: A, min_row: 1}]}\n", "Did you mean 'min_rows'"),
        ("airbyte: {connections: [A, A]}\n", "each connection once"),
        ("airbyte: {connections: [5]}\n", "a connection's name or id"),
        ("execution: {start_date: tomorrow}\nprofiling: {tables: a}\n", "ISO 8601"),
        ("environment: a b\nprofiling: {tables: a}\n", "1 to 40 letters"),
        ("profiling: {tables: a, max_row: 5}\n", "Did you mean 'max_rows'"),
    ],
)
def test_a_wrong_config_is_an_error_while_the_dag_is_parsed(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig, match=words) as caught:
        _profile_dag(tmp_path, text)
    assert caught.value.path == str(tmp_path / "shop.yml")


def test_a_mapping_needs_an_id() -> None:
    with pytest.raises(InvalidOption, match=r"execution\.dag_id"):
        profile_dag({"profiling": {"tables": "a"}})


def test_a_relative_path_starts_from_the_dag_file(tmp_path: Path) -> None:
    made = _in_file(tmp_path, 'profile_dag("shop.yml")', shop="profiling: {tables: a}\n")
    assert made == {"shop": [str(tmp_path / "dag.py"), "shop.yml"]}


def test_a_folder_makes_a_dag_of_each_of_its_configs(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    for name in ("a.yml", "b.yaml", "notes.txt"):
        (tmp_path / "configs" / name).write_text("profiling: {tables: t}\n", encoding="utf-8")
    for path in ("configs", "configs/*.y*ml", tmp_path / "configs"):
        made = _in_file(tmp_path, f"dags_from_config({str(path)!r})")
        assert set(made) == {"a", "b"}
    assert made["a"][1] == str(tmp_path / "configs" / "a.yml")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "path, or variable="),
        ({"path": "a", "variable": "b"}, "path, or variable="),
        ({"path": "/nowhere/*.yml"}, "a folder or a pattern with"),
    ],
)
def test_where_there_is_no_config_that_is_said(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidOption, match=words):
        dags_from_config(**arguments)


def test_two_configs_of_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text("execution: {dag_id: same}\nprofiling: {tables: t}\n", encoding="utf-8")
    with pytest.raises(InvalidOption, match="same twice"):
        dags_from_config(tmp_path)


def test_a_variable_is_looked_up_once_and_named_in_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.providers.common.compat.sdk import Variable

    kept = {"shop config": json.dumps({"profiling": {"tables": ["a"]}}), "wrong": "profiling:\n  tabels: a\n"}
    asked: list[str] = []

    def get(name: str, default: Any) -> Any:
        asked.append(name)
        return kept.get(name, default)

    monkeypatch.setattr(Variable, "get", get)
    made = dags_from_config(variable="shop config")
    assert asked == ["shop config"]
    profile: Any = made["shop_config"].task_dict["profile"]
    assert (profile.config, profile.config_variable) == (None, "shop config")
    with pytest.raises(InvalidConfig, match=r"path='the Variable wrong', line=2"):
        dags_from_config(variable="wrong")
    with pytest.raises(InvalidOption, match="an Airflow Variable that exists"):
        dags_from_config(variable="missing")


def test_building_dags_loads_no_heavy_library_and_looks_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "shop.yml").write_text(WHOLE, encoding="utf-8")
    output = subprocess.run([sys.executable, "-c", PARSED, str(tmp_path)], capture_output=True, text=True, check=True)
    libraries = set(json.loads(output.stdout.splitlines()[-1]))
    assert not libraries & {"polars", "connectorx", "pyarrow", "numpy", "requests", "httpx", "sqlalchemy"}


PARSED = """
import json, sys
import airflow.providers.common.compat.sdk
from datetime import datetime
from airflow.providers.common.compat.sdk import BaseHook, BaseOperator, Variable, DAG, TaskGroup
with DAG("any", schedule="@daily", start_date=datetime(2026, 1, 1)), TaskGroup("group"):
    BaseOperator(task_id="task")
before = {name.partition(".")[0] for name in sys.modules}
BaseHook.get_connection = Variable.get = None
from taskflow_profilemesh import create_profiling_task_group, dags_from_config
assert dags_from_config(sys.argv[1])
with DAG("grouped", schedule=None):
    create_profiling_task_group(["users", "orders"], conn_id="warehouse")
    create_profiling_task_group("*", group_id="all", conn_id="warehouse")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} - before)))
"""


def _in_file(folder: Path, call: str, **configs: str) -> dict[str, list[str]]:
    """Load a DAG file as Airflow does, and return each DAG's file and its task's config."""
    for name, text in configs.items():
        (folder / f"{name}.yml").write_text(text, encoding="utf-8")
    file = folder / "dag.py"
    file.write_text(f"# for airflow\nfrom taskflow_profilemesh import profile_dag, dags_from_config\n{call}\n")
    bag = loaded(file)
    assert bag.import_errors == {}
    profiles: dict[str, Any] = {name: made.task_dict["profile"] for name, made in bag.dags.items()}
    return {name: [bag.dags[name].fileloc, str(profile.config)] for name, profile in profiles.items()}
