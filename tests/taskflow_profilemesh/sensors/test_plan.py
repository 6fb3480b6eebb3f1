"""What the plan sensor tells between two looks at a real database, and what it remembers."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import Variable

from taskflow_profilemesh import ProfileMeshPlanSensor
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.plan_snapshot import PlanSnapshot
from tests.taskflow_profilemesh.airflow_connections import connect


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Airflow's Variables, in memory: outside of a task there are none to write to."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(Variable, "get", lambda key, default=None: kept.get(key, default))
    monkeypatch.setattr(Variable, "set", kept.__setitem__)
    return kept


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> Path:
    file = tmp_path / "shop.db"
    connect(monkeypatch, "warehouse", conn_type="sqlite", host=str(file))
    _run(file, "create table orders (id integer); create table users (id integer)")
    return file


def _run(file: Path, script: str) -> None:
    connection = sqlite3.connect(file)
    connection.executescript(script)
    connection.close()


_runs = count(1)


def _context(run_id: str, *, task_id: str = "change") -> Any:
    return {"ti": SimpleNamespace(dag_id="shop", task_id=task_id, run_id=run_id, map_index=-1)}


def _look(tables: object = "*", *, run_id: str | None = None, **options: Any) -> dict[str, Any] | None:
    """Return what a task of a DAG run, a new one unless it is named, is told by one look; None: it waits."""
    sensor = ProfileMeshPlanSensor(task_id="change", tables=tables, conn_id="warehouse", cursor="seen", **options)
    found: Any = sensor.poke(_context(run_id or f"run {next(_runs)}"))
    return None if found is False else found.xcom_value


def test_at_first_every_table_is_added_and_then_nothing_is(shop: Path) -> None:
    told = _look()
    assert told is not None
    assert told.pop("sha256")
    assert told == {
        "schema_version": 1,
        "added": ["orders", "users"],
        "removed": [],
        "changed": [],
        "settings_changed": False,
        "sections_changed": [],
    }
    assert _look() is None


def test_a_template_may_render_to_a_list_of_tables(shop: Path) -> None:
    sensor = ProfileMeshPlanSensor(task_id="change", tables="{{ params.tables }}", conn_id="warehouse", cursor="seen")
    sensor.render_template_fields({"params": {"tables": ["orders", "users"]}})
    found: Any = sensor.poke(_context("monday"))
    assert found.xcom_value["added"] == ["orders", "users"]


def test_a_connection_that_a_config_names_is_not_rendered_with_its_secrets(shop: Path) -> None:
    config = {"source": {"connection": "{{ conn.warehouse }}"}, "profiling": {"tables": ["{{ params.table }}"]}}
    sensor = ProfileMeshPlanSensor(task_id="change", config=config, cursor="seen")
    sensor.render_template_fields({"params": {"table": "orders"}})
    assert sensor.config == {"source": {"conn_id": "warehouse"}, "profiling": {"tables": ["orders"]}}
    found: Any = sensor.poke(_context("monday"))
    assert found.xcom_value["added"] == ["orders"]


def test_a_first_run_may_only_remember(shop: Path) -> None:
    assert _look(first_run="wait") is None
    assert _look(first_run="wait") is None
    _run(shop, "create table visits (id integer)")
    told = _look(first_run="wait")
    assert told is not None
    assert told["added"] == ["visits"]


def test_tables_that_came_went_and_changed_are_told_once(shop: Path) -> None:
    _look()
    _run(shop, "drop table users; alter table orders add column price real; create table visits (id integer)")
    told = _look()
    assert told is not None
    assert (told["added"], told["removed"], told["changed"]) == (["visits"], ["users"], ["orders"])
    assert _look() is None


def test_a_run_whose_worker_ended_before_it_succeeded_is_told_the_same_again(shop: Path) -> None:
    _look()
    _run(shop, "create table visits (id integer)")
    told = _look(run_id="monday")
    _run(shop, "create table later (id integer)")
    assert told is not None
    assert (told["added"], _look(run_id="monday")) == (["visits"], told)
    tuesday = _look(run_id="tuesday")
    assert tuesday is not None
    assert tuesday["added"] == ["later"], "what came in between is told to the next run"
    assert _look(run_id="monday") is None, "a later run was told of another change"


def test_another_task_that_shares_the_cursor_is_not_the_same_run(shop: Path) -> None:
    _look(run_id="monday")
    other = ProfileMeshPlanSensor(task_id="other", tables="*", conn_id="warehouse", cursor="seen")
    assert other.poke(_context("monday", task_id="other")) is False


@pytest.mark.parametrize("last", [None, [], {"to": 1, "told": {}}, {"to": "x", "told": []}])
def test_what_was_told_last_is_nothing_where_it_cannot_be_read(
    shop: Path, variables: dict[str, str], last: object
) -> None:
    _look(run_id="monday")
    variables["seen"] = json.dumps(json.loads(variables["seen"]) | {"last": last})
    assert _look(run_id="monday") is None


def test_rows_are_no_change(shop: Path) -> None:
    _look()
    _run(shop, "insert into orders values (1), (2)")
    assert _look() is None


@pytest.mark.parametrize(
    "script",
    [
        "drop table users; create table users (id text)",
        "drop table users; create table users (id integer not null)",
        "drop table users; create table users (id integer primary key)",
    ],
)
def test_types_nulls_and_keys_are_changes(shop: Path, script: str) -> None:
    _look()
    _run(shop, script)
    told = _look()
    assert told is not None
    assert told["changed"] == ["users"]


def test_what_is_asked_of_a_table_is_part_of_it_and_settings_are_told_apart(shop: Path) -> None:
    _look({"table": "orders"})
    told = _look({"table": "orders", "where": "id > 5"})
    assert told is not None
    assert (told["changed"], told["settings_changed"]) == (["orders"], False)
    config = {"drift_detection": {"thresholds": {"psi_warn": 0.2}}}
    told = _look({"table": "orders", "where": "id > 5"}, config=config)
    assert told is not None
    assert (told["changed"], told["settings_changed"], told["sections_changed"]) == ([], True, ["drift_detection"])


_COLUMNS = {"columns": {"price": {"check": "never"}}}


@pytest.mark.parametrize(
    ("config", "section"),
    [
        ({"environment": "production"}, "environment"),
        ({"drift_detection": {"baseline": "moving_average"}}, "drift_detection"),
        ({"drift_detection": {"on_drift": "fail"}}, "drift_detection"),
        ({"drift_detection": _COLUMNS}, "drift_detection"),
        ({"drift_detection": {"tables": {"orders": _COLUMNS}}}, "drift_detection"),
        ({"schema_change": {"find_renames": False}}, "schema_change"),
        ({"profiling": {"privacy": {"hide_values": ["note"]}}}, "profiling"),
        ({"profiling": {"fail_on_error": False}}, "profiling"),
    ],
)
def test_a_changed_section_of_the_config_is_told_by_its_name(shop: Path, config: dict[str, Any], section: str) -> None:
    _look(config={})
    told = _look(config=config)
    assert told is not None
    assert (told["added"], told["changed"], told["sections_changed"]) == ([], [], [section])
    assert _look(config=config) is None


def test_the_order_of_keys_and_the_store_are_no_change(shop: Path) -> None:
    _look(config={"drift_detection": {"thresholds": {"psi_warn": 0.2, "ks_warn": 0.15}}})
    same = {"drift_detection": {"thresholds": {"ks_warn": 0.15, "psi_warn": 0.2}}, "storage": {"keep_runs": 5}}
    assert _look(config=same) is None


def test_a_named_table_that_is_not_there_and_a_pattern_without_any_are_none(shop: Path) -> None:
    _look(["orders", "later", "fact_*"])
    _run(shop, "create table later (id integer); create table fact_a (id integer); drop table orders")
    told = _look(["orders", "later", "fact_*"])
    assert told is not None
    assert (told["added"], told["removed"]) == (["fact_a", "later"], ["orders"])


def test_what_is_remembered_is_hashes_without_a_secret(shop: Path, variables: dict[str, str], tmp_path: Path) -> None:
    privacy = {"hash_key": "canary-canary-canary"}
    config = {"storage": {"store": "postgresql://me:canary@h/x"}, "profiling": {"privacy": privacy}}
    _look({"table": "orders", "where": "id <> 'canary'"}, config=config)
    kept = json.loads(variables["seen"])
    assert kept.keys() == {"version", "sha256", "settings", "tables", "last"}
    assert kept["last"]["told"]["added"] == ["orders"]
    assert kept["tables"].keys() == {"orders"}
    assert kept["settings"].keys() == {"environment", "profiling", "incremental", "drift_detection", "schema_change"}
    assert {len(text) for text in kept["settings"].values()} == {64}
    assert {len(kept["sha256"]), len(kept["tables"]["orders"])} == {64}
    assert "canary" not in variables["seen"]


def _as_before(text: str) -> str:
    """What version 1 would have remembered: one hash for the settings, of other ones."""
    earlier = {"tables": json.loads(text)["tables"], "settings": "0" * 64}
    sha256 = hashlib.sha256(json.dumps(earlier, sort_keys=True).encode()).hexdigest()
    return json.dumps({"version": 1, "sha256": sha256, **earlier})


def test_what_the_version_before_wrote_is_taken_over(shop: Path, variables: dict[str, str]) -> None:
    """It had one hash for its settings, which nothing can be compared with; its tables are as good as ever."""
    _look()
    variables["seen"] = _as_before(variables["seen"])
    changed = {"drift_detection": {"on_drift": "fail"}}
    assert _look() is None
    assert json.loads(variables["seen"])["version"] == 2
    told = _look(config=changed)
    assert told is not None
    assert (told["added"], told["sections_changed"]) == ([], ["drift_detection"])


def test_tables_that_came_since_the_version_before_are_told(shop: Path, variables: dict[str, str]) -> None:
    _look(["orders"])
    variables["seen"] = _as_before(variables["seen"])
    told = _look()
    assert told is not None
    assert (told["added"], told["changed"], told["sections_changed"]) == (["users"], [], [])


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"version": 3, "tables": {}, "settings": {}, "sha256": "y"}'])
def test_what_cannot_be_read_counts_as_never_seen(shop: Path, variables: dict[str, str], text: str) -> None:
    variables["seen"] = text
    told = _look()
    assert told is not None
    assert told["added"] == ["orders", "users"]


def test_a_snapshot_that_somebody_edited_is_none() -> None:
    text = json.dumps(PlanSnapshot(tables={"a": "1"}, settings={"profiling": "s"}).as_document())
    assert PlanSnapshot.from_text(text) == PlanSnapshot(tables={"a": "1"}, settings={"profiling": "s"})
    assert PlanSnapshot.from_text(text.replace('"1"', '"2"')) is None


def test_each_task_has_a_variable_of_its_own(shop: Path, variables: dict[str, str]) -> None:
    from airflow.providers.common.compat.sdk import DAG

    with DAG("shop", schedule=None):
        sensor = ProfileMeshPlanSensor(task_id="change", tables="*", conn_id="warehouse")
    sensor.poke(_context("monday"))
    assert list(variables) == ["profilemesh_plan.shop.change"]
    assert (sensor.mode, sensor.poke_interval) == ("reschedule", 300)


def test_an_unknown_policy_is_refused_while_the_dag_is_parsed() -> None:
    with pytest.raises(InvalidOption, match="succeed, wait"):
        ProfileMeshPlanSensor(task_id="change", first_run="wai")  # type: ignore[arg-type] # the mistake
