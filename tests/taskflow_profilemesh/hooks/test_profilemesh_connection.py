"""A connection of type `profilemesh`: its form, its notations, its test, and the profiling that it leads to."""

from __future__ import annotations

import json
import sqlite3
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from airflow.models.connection import Connection
from airflow.providers.common.compat import sdk
from airflow.providers_manager import ProvidersManager

from taskflow_profilemesh import ProfileMeshOperator
from taskflow_profilemesh.errors import InvalidConfig, InvalidOption
from taskflow_profilemesh.hooks import metrics
from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook
from taskflow_profilemesh.hooks.profilemesh_connection import FIELDS, FORM
from taskflow_profilemesh.provider import get_provider_info
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.airflow_connections import connect

TABLES = {"profiling": {"tables": ["orders", "users"]}, "drift_detection": {"on_drift": "fail"}}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with two tables, known to Airflow as `warehouse`."""
    file = tmp_path / "shop.db"
    connection = sqlite3.connect(file)
    connection.executescript(
        "create table orders (id integer); insert into orders values (1), (2); create table users (id integer);"
    )
    connection.close()
    connect(monkeypatch, "warehouse", conn_type="sqlite", host=str(file))
    monkeypatch.delenv("AIRFLOW__PROFILEMESH__STORE", raising=False)
    return file


def _mesh(monkeypatch: pytest.MonkeyPatch, host: str | None = None, **extra: Any) -> ProfileMeshHook:
    connect(monkeypatch, "mesh", conn_type="profilemesh", host=host, extra=extra)
    return ProfileMeshHook("mesh")


def _store(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'profiles.db'}"


def test_it_names_source_store_and_config(monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path) -> None:
    options = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES).get_config()
    assert (options.conn_id, options.store, options.on_drift) == ("warehouse", _store(tmp_path), "fail")
    assert options.tables == (TableRequest(TableRef("orders")), TableRequest(TableRef("users")))


def test_the_config_is_read_once(monkeypatch: pytest.MonkeyPatch, shop: Path) -> None:
    hook = _mesh(monkeypatch, source_conn_id="warehouse")
    first = hook.get_config()
    monkeypatch.delenv("AIRFLOW_CONN_MESH")
    assert hook.get_config() is first


def test_the_config_may_be_json_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mesh.yml").write_text("profiling: {tables: [orders, users]}\ndrift_detection: {on_drift: fail}\n")
    written = _mesh(monkeypatch, config=json.dumps(TABLES)).get_config()
    assert written == _mesh(monkeypatch, config_path=str(tmp_path / "mesh.yml")).get_config()
    assert len(written.tables) == 2


def test_what_the_connection_says_goes_before_its_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = {"source": {"conn_id": "other"}, "storage": {"store": "other"}}
    options = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=config).get_config()
    assert (options.conn_id, options.store) == ("warehouse", _store(tmp_path))


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"confg": {}}, "Did you mean 'config'"),
        ({"config": "{"}, "a text that is no JSON"),
        ({"config": {}, "config_path": "x"}, "both config and config_path"),
        ({"config": {"profiling": {"tabels": []}}}, "tables"),
        ({"config_path": "/no/such.yml"}, "a file that can be read"),
    ],
)
def test_what_cannot_be_read_is_refused(monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], error: str) -> None:
    with pytest.raises((InvalidOption, InvalidConfig), match=error):
        _mesh(monkeypatch, **extra).get_config()


@pytest.mark.parametrize(
    "uri",
    [
        "profilemesh://me:p%40ss%2Fcanary@postgresql%3A%2F%2Fdb.example.com%3A5433%2Fprofiles/?source_conn_id=warehouse",
        "profilemesh://me:p%40ss%2Fcanary@/?source_conn_id=warehouse&store=postgresql%3A%2F%2Fdb.example.com%3A5433%2Fprofiles",
    ],
)
def test_it_may_be_written_as_a_uri_with_its_password_apart(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    from airflow.providers.common.compat.sdk import redact

    monkeypatch.setenv("AIRFLOW_CONN_MESH", uri)
    options = ProfileMeshHook("mesh").get_config()
    assert (options.conn_id, options.store) == (
        "warehouse",
        "postgresql://me:p%40ss%2Fcanary@db.example.com:5433/profiles",
    )
    assert "canary" not in repr(options)
    said = redact("p@ss/canary and p%40ss%2Fcanary")
    assert not any(part in str(said) for part in ("p@", "p%40", "canary"))


def test_it_profiles_as_the_operator_does(monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path) -> None:
    hook = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES)
    result = hook.run_profiling()
    assert [(table["table"], table["row_count"]) for table in result["tables"]] == [("orders", 2), ("users", 0)]
    by_operator = ProfileMeshOperator(task_id="p", conn_id="mesh").execute({})
    changing = ("profile_id", "duration_seconds", "drift")
    same = [
        [{k: v for k, v in table.items() if k not in changing} for table in one["tables"]]
        for one in (result, by_operator)
    ]
    assert same[0] == same[1]
    assert result.keys() == by_operator.keys()
    assert [run.source for run in hook.get_store().history("warehouse", TableRef("orders"))] == ["warehouse"] * 2


class Collected(list[tuple[object, str]]):
    """What Airflow's collector of hooks' lineage was told: by which hook, and which table."""

    def add_input_asset(self, context: object, *, uri: str) -> None:
        self.append((context, uri))


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Collected:
    from airflow.providers.common.compat.lineage import hook

    collected = Collected()
    monkeypatch.setattr(hook, "get_hook_lineage_collector", lambda: collected)
    return collected


def test_it_tells_the_metrics_of_the_operator(monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(metrics, "_tell", lambda _kind, name, _value, tags: told.append((name, tags["source"])))
    _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES).run_profiling()
    by_hook, told[:] = [*told], []
    ProfileMeshOperator(task_id="p", conn_id="mesh").execute({})
    assert by_hook == told
    assert ("profilemesh.tables.profiled", "warehouse") in told


def test_inside_a_task_it_tells_airflow_which_tables_it_read(
    monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path, collected: Collected
) -> None:
    hook = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES)
    hook.run_profiling()
    assert collected == []
    monkeypatch.setattr(sdk, "get_current_context", dict, raising=False)
    hook.run_profiling()
    assert collected == [(hook, f"sqlite://{shop}/orders"), (hook, f"sqlite://{shop}/users")]


def test_lineage_that_cannot_be_told_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from airflow.providers.common.compat.lineage import hook as lineage

    monkeypatch.setattr(lineage, "get_hook_lineage_collector", object)
    monkeypatch.setattr(sdk, "get_current_context", dict, raising=False)
    hook = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES)
    assert len(hook.run_profiling()["tables"]) == 2
    assert "lineage will not hear" in caplog.text


def test_it_profiles_the_patterns_that_it_is_given(monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path) -> None:
    hook = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES)
    assert [table["table"] for table in hook.run_profiling(["use*"])["tables"]] == ["users"]


def test_what_a_task_is_given_goes_before_the_connection(
    monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path
) -> None:
    _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES)
    task = ProfileMeshOperator(task_id="p", conn_id="mesh", tables="users", store=f"sqlite:///{tmp_path / 'own.db'}")
    assert [table["table"] for table in task.execute({})["tables"]] == ["users"]
    assert not (tmp_path / "profiles.db").exists()


def test_its_store_may_be_used_alone(monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path) -> None:
    _mesh(monkeypatch, _store(tmp_path))
    store = ProfileMeshHook("warehouse", store="mesh").get_store()
    store.close()
    assert store.name == _store(tmp_path)


def test_the_test_says_where_history_lives(monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path) -> None:
    hook = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse", config=TABLES)
    hook.run_profiling(["orders"])
    assert hook.test_connection() == (
        True,
        (
            "The config names 2 tables or patterns."
            f" The source warehouse answers (sqlite:///{shop})."
            f" History lives in {_store(tmp_path)}, a file that only this machine sees; it holds 1 table."
        ),
    )


def test_the_test_of_a_store_alone_passes_and_says_so(
    monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path
) -> None:
    worked, message = _mesh(monkeypatch, _store(tmp_path)).test_connection()
    assert worked
    assert "serves as a store only" in message


def test_the_test_says_which_part_failed_and_what_of_the_others(
    monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path
) -> None:
    worked, message = _mesh(monkeypatch, _store(tmp_path), source_conn_id="nowhere").test_connection()
    assert not worked
    assert message.startswith("The source failed: ")
    assert f"History lives in {_store(tmp_path)}" in message
    worked, message = _mesh(monkeypatch, "oracle://db/x", source_conn_id="warehouse").test_connection()
    assert not worked
    assert message.startswith("The store failed: ")
    assert "The source warehouse answers" in message
    worked, message = _mesh(monkeypatch, config="{").test_connection()
    assert (worked, message.split(":")[0]) == (False, "The config failed")


def test_the_test_refuses_a_file_that_workers_do_not_share(
    monkeypatch: pytest.MonkeyPatch, shop: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    worked, message = _mesh(monkeypatch, _store(tmp_path), source_conn_id="warehouse").test_connection()
    assert not worked
    assert message.startswith("The store failed: ")


@pytest.mark.filterwarnings("ignore:ProvidersManager.hooks is deprecated")  # 2.11 has no other
def test_airflow_finds_the_hook_of_the_type_and_its_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _mesh(monkeypatch, _store(tmp_path))
    manager: Any = ProvidersManager
    found = manager().hooks["profilemesh"]
    assert found is not None
    assert (found.hook_name, found.connection_testable) == ("ProfileMesh", True)
    made: Any = Connection(conn_id="mesh", conn_type="profilemesh")
    worked, message = made.test_connection()
    assert worked, message


def test_the_form_is_the_same_for_both_versions_of_airflow() -> None:
    ours = {one["connection-type"]: one for one in get_provider_info()["connection-types"]}["profilemesh"]
    behaviour = {name.replace("-", "_"): value for name, value in ours["ui-field-behaviour"].items()}
    assert behaviour == FORM
    assert {name: field["label"] for name, field in ours["conn-fields"].items()} == FIELDS
    schema = json.loads((files("airflow") / "customized_form_field_behaviours.schema.json").read_text())
    jsonschema.validate(ProfileMeshHook.get_ui_field_behaviour(), schema)


def test_the_form_of_2_11_has_a_field_for_each_extra() -> None:
    pytest.importorskip("wtforms", reason="no WTForms: only Airflow 2 has it")
    assert list(ProfileMeshHook.get_connection_form_widgets()) == list(FIELDS)
