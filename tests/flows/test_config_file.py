"""A task that is told everything by a config file, and who is heard where others speak too."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.providers.common.compat.sdk import AirflowFailException, dag, task

from taskflow_profilemesh import ProfileMeshOperator, airbyte_sync, profile_tables
from taskflow_profilemesh.config import read_config, settle
from taskflow_profilemesh.drift import Thresholds
from taskflow_profilemesh.errors import InvalidOption, InvalidReturn
from taskflow_profilemesh.storage import open_store
from tests.flows.shop import CONNECTION, Shop, users

CONFIG = """\
source:
  conn_id: warehouse
storage:
  store: sqlite:///${SHOP_FOLDER}/from_config.db
profiling:
  tables:
    - table: users
      exclude_columns: [name]
    - orders
drift_detection:
  on_drift: fail
"""


HEARD: list[Any] = []


def hear(event: Any) -> None:
    HEARD.append(event)


@dataclass
class Instance:
    """Remembers what a task pushes."""

    dag_id: str = "alone"
    task_id: str = "named"
    run_id: str = "manual"
    map_index: int = -1
    pushed: dict[str, Any] = field(default_factory=dict)

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


@pytest.fixture
def config(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The config file of a shop that is synced."""
    monkeypatch.setenv("SHOP_FOLDER", str(shop.folder))
    path = shop.folder / "profilemesh.yml"
    path.write_text(CONFIG, encoding="utf-8")
    _sync()
    return path


def _operator(decorator: Any, returned: object = None) -> Any:
    def named() -> object:
        return returned

    @dag(schedule=None)
    def alone() -> None:
        decorator(named)()

    return alone().tasks[0]


def _sync() -> None:
    _operator(airbyte_sync, CONNECTION).execute({})


def _profiled(result: dict[str, Any]) -> list[str]:
    return [table["table"] for table in result["tables"]]


def test_a_config_alone_is_enough(shop: Shop, config: Path) -> None:
    result = _operator(profile_tables(config=config)).execute({})
    assert [(table["table"], table["column_count"]) for table in result["tables"]] == [("users", 3), ("orders", 3)]
    kept = open_store(f"sqlite:///{shop.folder}/from_config.db")
    assert len(kept.tables()) == 2
    kept.close()
    assert shop.store().tables() == []


def test_the_operator_takes_a_mapping_in_place_of_a_file(shop: Shop, config: Path) -> None:
    sections = {"source": {"conn_id": "warehouse"}, "profiling": {"tables": ["users"]}}
    assert _profiled(ProfileMeshOperator(task_id="profile", config=sections).execute({})) == ["users"]
    assert len(shop.store().tables()) == 1


def test_the_function_goes_before_the_decorator_and_the_decorator_before_the_file(config: Path) -> None:
    told = profile_tables(config=config, tables="orders")
    assert _profiled(_operator(told, "users").execute({})) == ["users"]
    assert _profiled(_operator(told).execute({})) == ["orders"]
    assert _profiled(_operator(profile_tables(config=config, on_drift="record")).execute({})) == ["users", "orders"]


def test_drift_fails_the_task_by_the_file_unless_the_decorator_says_otherwise(shop: Shop, config: Path) -> None:
    _operator(profile_tables(config=config)).execute({})
    shop.sell(users(age=99))
    _sync()
    recorded = _operator(profile_tables(config=config, on_drift="record")).execute({})
    assert recorded["drift"]["severity"] == "high"
    shop.sell(users(age=5))
    _sync()
    instance = Instance()
    with pytest.raises(AirflowFailException, match="The data has drifted"):
        _operator(profile_tables(config=config)).execute({"ti": instance})
    assert instance.pushed["return_value"]["drift"]["severity"] == "high"


def test_thresholds_of_the_file_are_used(shop: Shop, config: Path) -> None:
    config.write_text(f"{CONFIG}  thresholds: {{psi_warn: 0.5}}\n", encoding="utf-8")
    with pytest.raises(AirflowFailException, match=r"option='psi_warn'.*not above its fail"):
        _operator(profile_tables(config=config)).execute({})
    _operator(profile_tables(config=config, thresholds={"psi_fail": 0.6})).execute({})


def test_a_file_of_expectations_fails_the_task_by_the_first_profile(shop: Shop, config: Path) -> None:
    config.write_text(f"{CONFIG}  expectations: expected.yml\n", encoding="utf-8")
    with pytest.raises(AirflowFailException, match=r"line=12, key='drift_detection.expectations', got='no such file'"):
        _operator(profile_tables(config=config)).execute({})
    expected = config.with_name("expected.yml")
    expected.write_text("version: 1\ntables: {users: [{expect: row_count, low: 1, high: 999}]}\n", encoding="utf-8")
    instance = Instance()
    with pytest.raises(AirflowFailException, match="The table has 1,000 rows; 1 to 999 are usual"):
        _operator(profile_tables(config=config)).execute({"ti": instance})
    findings = {table["table"]: table["drift"]["findings"] for table in instance.pushed["return_value"]["tables"]}
    assert [finding["metric"] for finding in findings["users"]] == ["expectation_row_count"]
    assert findings["orders"] == []
    expected.write_text("version: 1\ntables: {users: [{expect: row_count, low: 1, high: 1000}]}\n", encoding="utf-8")
    assert _operator(profile_tables(config=config)).execute({})["drift"]["detected"] is False


def test_a_relative_path_starts_from_the_folder_of_the_dag(config: Path) -> None:
    operator = _operator(profile_tables(config="profilemesh.yml"))
    operator.dag.fileloc = str(config.parent / "dag.py")
    assert _profiled(operator.execute({})) == ["users", "orders"]


def test_a_path_is_a_template(config: Path) -> None:
    operator = _operator(profile_tables(config=Path("{{ folder }}/profilemesh.yml")))
    operator.render_template_fields({"folder": str(config.parent)})
    assert operator.config == str(config)
    assert _profiled(operator.execute({})) == ["users", "orders"]


def test_a_secret_of_the_environment_is_in_no_field_of_the_task(config: Path) -> None:
    sections = {"source": {"conn_id": "warehouse"}, "storage": {"store": "sqlite:///${SHOP_FOLDER}/in_place.db"}}
    operator = _operator(profile_tables(config=sections), "users")
    operator.execute({})
    assert (config.parent / "in_place.db").exists()
    assert operator.config == sections
    assert operator.store is None


def test_a_misspelt_key_fails_the_task_with_its_line_before_anything_is_stored(shop: Shop, config: Path) -> None:
    config.write_text(CONFIG.replace("on_drift", "on_drfit"), encoding="utf-8")
    with pytest.raises(AirflowFailException, match=r"line=11, .*Did you mean 'on_drift'"):
        _operator(profile_tables(config=config)).execute({})
    assert not (shop.folder / "from_config.db").exists()


def test_a_file_that_is_not_there_fails_the_task_with_its_path(shop: Shop) -> None:
    with pytest.raises(AirflowFailException, match=r"path='/nowhere/profilemesh\.yml'"):
        _operator(profile_tables(config="/nowhere/profilemesh.yml")).execute({})


def test_a_config_without_tables_leaves_a_function_that_names_none_in_need_of_one(config: Path) -> None:
    config.write_text("source: {conn_id: warehouse}\n", encoding="utf-8")
    with pytest.raises(AirflowFailException, match="no table"):
        _operator(profile_tables(config=config)).execute({})
    assert _profiled(_operator(profile_tables(config=config), "users").execute({})) == ["users"]


def test_a_function_that_names_no_table_is_told_of_config(shop: Shop) -> None:
    with pytest.raises(InvalidReturn, match="tables= or config= on the decorator"):
        _operator(profile_tables(conn_id="warehouse")).execute({})


@pytest.mark.parametrize("config", [5, "  ", ["profilemesh.yml"], b"profilemesh.yml"])
def test_what_is_neither_a_path_nor_a_mapping_is_an_error_while_the_dag_is_parsed(config: Any) -> None:
    with pytest.raises(InvalidOption, match=r"option='config'.*path of a YAML file"):
        _operator(profile_tables(config=config))


def test_a_path_may_come_from_another_task() -> None:
    @task
    def path() -> str:
        return "profilemesh.yml"

    @dag(schedule=None)
    def chained() -> None:
        ProfileMeshOperator(task_id="profile", config=path())  # type: ignore[arg-type] # the result of a task, as Airflow types it

    assert chained().task_dict["profile"].upstream_task_ids == {"path"}


def test_the_environment_goes_before_the_file_and_the_task_before_both(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFILEMESH_PROFILING__TABLES", "orders")
    assert _profiled(_operator(profile_tables(config=config)).execute({})) == ["orders"]
    assert _profiled(_operator(profile_tables(config=config), "users").execute({})) == ["users"]
    monkeypatch.setenv("PROFILEMESH_SORCE__HOST", "canary")
    with pytest.raises(AirflowFailException, match="Did you mean 'PROFILEMESH_SOURCE__HOST'"):
        _operator(profile_tables(config=config)).execute({})


def test_a_source_by_its_address_needs_no_connection(shop: Shop, config: Path) -> None:
    text = CONFIG.replace(
        "conn_id: warehouse", f"{{type: sqlite, filepath: {shop.folder / 'warehouse.db'}, name: shop}}"
    )
    config.write_text(text.replace("source:\n  {", "source: {"), encoding="utf-8")
    assert _profiled(_operator(profile_tables(config=config)).execute({})) == ["users", "orders"]
    kept = open_store(f"sqlite:///{shop.folder}/from_config.db")
    assert {source for source, _ in kept.tables()} == {"shop"}
    kept.close()


def test_columns_and_schema_changes_are_left_out_by_the_file(shop: Shop, config: Path) -> None:
    config.write_text(CONFIG.replace("profiling:", "profiling:\n  exclude_columns: [a*, nowhere]"), encoding="utf-8")
    result = _operator(profile_tables(config=config)).execute({})
    assert [table["column_count"] for table in result["tables"]] == [2, 2]


def test_the_hooks_of_the_file_hear_and_the_tasks_own_go_before_them(config: Path) -> None:
    HEARD.clear()
    said = [{"call": f"{__name__}.hear", "events": "profiling_completed", "tables": "users"}]
    sections = {"source": {"conn_id": "warehouse"}, "profiling": {"tables": ["users", "orders"]}, "hooks": said}
    ProfileMeshOperator(task_id="profile", config=sections).execute({})
    ProfileMeshOperator(task_id="silent", config=sections, event_hooks=[]).execute({})
    assert len(HEARD) == 1


@pytest.mark.parametrize("option", [{"baseline": "yesterday"}, {"strategy": "guess"}, {"event_hooks": {"call": "log"}}])
def test_words_that_there_are_not_are_errors_while_the_dag_is_parsed(option: dict[str, Any]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(option))):
        ProfileMeshOperator(task_id="profile", tables="users", **option)


def test_a_baseline_is_an_option_of_the_task(config: Path) -> None:
    for _ in range(2):
        told = ProfileMeshOperator(task_id="profile", config=str(config), baseline="moving_average", on_drift="record")
        result = told.execute({})
    assert result["drift"]["severity"] is None


def test_the_file_that_the_readme_shows_is_one_that_is_read() -> None:
    readme = Path(__file__).parents[2] / "README.md"
    shown = readme.read_text(encoding="utf-8").partition("```yaml\n")[2].partition("```")[0]
    said = read_config(yaml.safe_load(shown), environ={"PROFILES_PASSWORD": "canary-42"}, folder=Path())
    optional = {
        "environment",
        "source_type",
        "source_url",
        "rules",
        "event_hooks",
    }  # each would change the example's meaning: docs/operators.md shows them
    assert {option for option, value in said.items() if value is None} == optional
    Thresholds.from_mapping(settle(said).thresholds)
