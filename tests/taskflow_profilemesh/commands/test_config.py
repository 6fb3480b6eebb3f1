"""`plan` and `profile` by a config file: what it says drives them as it drives a task, and what is said here wins."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh import ProfileMeshOperator
from taskflow_profilemesh.cli import _parser, main
from taskflow_profilemesh.commands.asked import Asked, asked_of
from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.taskflow_profilemesh.commands.printed import printed
from tests.taskflow_profilemesh.reading.servers import in_sqlite

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("home", "shop")
CONFIG = """\
environment: test
source: {type: sqlite, filepath: shop.db, name: shop}
storage: {store: "sqlite:///mesh.db"}
profiling:
  tables:
    - {table: orders, exclude_columns: [day], where: "id > 100"}
    - {schema: main, exclude: [tmp_*]}
  overrides:
    order_days: {max_rows: 2}
drift_detection: {on_drift: fail}
"""


@pytest.fixture(autouse=True)
def config(home: Path) -> Path:
    path = home / "mesh.yml"
    path.write_text(CONFIG)
    return path


def _asked(*arguments: str, environ: dict[str, str] | None = None) -> Asked:
    parsed = _parser().parse_args(["profile", "--config", "mesh.yml", *arguments])
    return asked_of(parsed, environ or {})


def test_a_plan_by_a_config_alone_is_of_its_source_its_tables_and_what_it_says_of_them(capsys: Capture) -> None:
    tables = {table["table"]: table for table in printed(capsys, "plan", "--config", "mesh.yml")["tables"]}
    assert set(tables) == {"orders", "order_days"}
    assert (tables["orders"]["columns"], tables["orders"]["where"]) == (["id", "price"], "id > 100")
    assert "max_rows is 2" in tables["order_days"]["why"]
    assert not Path("mesh.db").exists()


def test_profiles_are_kept_where_the_config_says_by_the_name_that_a_task_would_use(capsys: Capture) -> None:
    assert main(["profile", "--config", "mesh.yml"]) == 0
    assert "Profiles are kept in sqlite:///mesh.db; it was named by the config." in capsys.readouterr().out
    with closing(open_store("sqlite:///mesh.db")) as store:
        assert {(name, str(table)) for name, table in store.tables()} == {
            ("test/shop", "orders"),
            ("test/shop", "order_days"),
        }
    found = printed(capsys, "history", "orders", "--config", "mesh.yml", "--metric", "row_count")
    assert [point["numeric_value"] for point in found] == [900.0]


def test_a_task_by_the_same_file_goes_by_the_same_options(config: Path) -> None:
    of_the_task = ProfileMeshOperator(task_id="profile", config_path=config)._options()
    assert _asked().options == of_the_task
    assert _asked().wanted == of_the_task.requests()


def test_drift_ends_it_where_the_config_says_that_drift_fails(config: Path, capsys: Capture) -> None:
    wanted = ["profile", "--config", "mesh.yml", "orders"]
    assert main(wanted) == 0
    in_sqlite(Path("shop.db"), "alter table orders drop column price")
    assert main(wanted) == 3
    with closing(open_store("sqlite:///mesh.db")) as store:
        (pair,) = store.tables()
        assert [line.passed for line in store.history(*pair)] == [False, True]  # newest first
    assert main([*wanted, "--fail-on", "high"]) == 3
    config.write_text(CONFIG.replace("fail", "record"))
    assert main(wanted) == 0
    capsys.readouterr()


def test_a_table_that_fails_is_no_failure_where_the_config_says_so(config: Path, capsys: Capture) -> None:
    assert main(["profile", "--config", "mesh.yml", "ordres"]) == 1
    config.write_text(CONFIG.replace("profiling:", "profiling:\n  fail_on_error: false"))
    assert main(["profile", "--config", "mesh.yml", "ordres", "orders"]) == 0
    out, err = capsys.readouterr()
    assert "orders: 1,000 rows" in out
    assert "Did you mean 'orders'?" in err


def test_what_is_said_here_wins() -> None:
    asked = _asked("tmp_1", "--environment", "other", "--store", "sqlite:///own.db", "--memory-budget", "32M")
    assert asked.wanted == (TableRequest(TableRef("tmp_1")),)
    assert (asked.options.source_name, asked.options.memory_budget_bytes) == ("other/shop", 32 << 20)
    assert asked.store is not None
    assert (asked.store.url, asked.store.named_by) == ("sqlite:///own.db", "--store")


def test_what_is_said_here_of_each_table_takes_the_place_of_what_the_config_says_of_it() -> None:
    orders, every = _asked("--sample", "50", "--where", "id > 7", "--columns", "id", "--exclude", "order_*").wanted
    assert orders == TableRequest(TableRef("orders"), columns=("id",), where="id > 7", sample=50)
    assert (every.each.where, every.each.sample) == ("id > 7", 50)  # type: ignore[union-attr] # a choice of tables
    assert [one.written for one in every.exclude] == ["tmp_*", "order_*"]  # type: ignore[union-attr] # as above


def test_a_cursor_takes_the_place_of_a_sample_and_a_sample_that_of_a_cursor(config: Path) -> None:
    config.write_text("source: {conn_id: a}\nprofiling: {tables: [{table: t, sample: 9}, {table: u, incremental: id}]}")
    grown = _asked("--incremental", "n").wanted
    assert [(one.sample, one.incremental) for one in grown] == [(None, "n"), (None, "n")]  # type: ignore[union-attr]
    sampled = _asked("--max-rows", "5").wanted
    assert [(one.sample, one.max_rows, one.incremental) for one in sampled] == [(9, 5, None), (None, 5, None)]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("arguments", "name", "url"),
    [
        (["orders"], "shop", "sqlite:///shop.db"),
        (["mysql://u:pw@h:1/d", "orders"], "mysql://h:1/d", "mysql://u:pw@h:1/d"),
        (["--conn-id", "wh", "orders"], "wh", None),
    ],
)
def test_a_source_that_is_named_here_stands_in_place_of_the_configs(
    arguments: list[str], name: str, url: str | None
) -> None:
    asked = _asked(*arguments)
    assert (asked.options.conn_id, asked.options.source_url) == (name, url)
    assert asked.wanted[0].table == TableRef("orders")  # type: ignore[union-attr] # one table
    assert asked.options.source_type == ("sqlite" if name == "shop" else None)


def test_a_folder_is_a_source_where_the_config_names_none(config: Path, home: Path, capsys: Capture) -> None:
    (home / "people").mkdir()
    (home / "people" / "people.csv").write_text("name,age\nann,30\n")
    config.write_text("profiling: {tables: people}")
    assert [one["table"] for one in printed(capsys, "plan", "--config", "mesh.yml", "people")["tables"]] == ["people"]
    config.write_text(CONFIG)
    assert _asked("file://people", "people").folder == Path("people")


def test_a_config_that_names_no_source_means_the_connection_that_a_task_would_take(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    config.write_text("profiling: {tables: orders}")
    assert main(["plan", "--config", "mesh.yml"]) == 1
    assert "or a --config with its source" in capsys.readouterr().err
    monkeypatch.setenv("AIRFLOW_CONN_PROFILEMESH_DEFAULT", json.dumps({"conn_type": "sqlite", "host": "shop.db"}))
    assert [one["table"] for one in printed(capsys, "plan", "--config", "mesh.yml")["tables"]] == ["orders"]


def test_a_connection_of_another_type_than_the_config_says_is_refused(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WH", json.dumps({"conn_type": "sqlite", "host": "shop.db"}))
    config.write_text("source: {conn_id: wh, type: mysql}")
    assert main(["plan", "--config", "mesh.yml", "orders"]) == 1
    assert "mysql, which the config says with source.type" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "arguments", "told"),
    [
        ("source: {conn_id: wh}", [], "or profiling.tables in a --config"),
        ("profilling: {}", [], "line=1, key='profilling'"),
        ("drift_detection: {expectations: none.yml}", ["orders"], "line=1, key='drift_detection.expectations'"),
        ("source: {conn_id: nowhere}", ["orders"], "AIRFLOW_CONN_NOWHERE"),
    ],
)
def test_what_a_config_lacks_or_says_wrongly_is_an_error(
    config: Path, text: str, arguments: list[str], told: str, capsys: Capture
) -> None:
    config.write_text(text)
    for command in ("plan", "profile"):
        assert main([command, "--config", "mesh.yml", *arguments]) == 1
        out, err = capsys.readouterr()
        assert (out, err.startswith("profilemesh: ")) == ("", True)
        assert told in err


def test_without_a_store_and_without_an_airflow_home_nothing_is_kept_and_that_is_said(
    config: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    config.write_text(CONFIG.replace("storage", "# storage"))
    monkeypatch.setenv("AIRFLOW_HOME", str(home / "none"))
    assert main(["profile", "--config", "mesh.yml"]) == 0
    assert "Nothing was kept" in capsys.readouterr().out
    monkeypatch.setenv("AIRFLOW_HOME", str(home))
    assert main(["profile", "--config", "mesh.yml"]) == 0
    assert f"kept in sqlite:///{home}/profilemesh.db; it was named by nobody" in capsys.readouterr().out


def test_a_plan_knows_what_the_store_of_its_config_knows_and_makes_none(growing: str, capsys: Capture) -> None:
    Path("mesh.yml").write_text(
        f"source: {{url: '{growing}'}}\nstorage: {{store: 'sqlite:///mesh.db'}}\n"
        "profiling: {tables: t, incremental: id}\n"
    )

    def why() -> str:
        (table,) = printed(capsys, "plan", "--config", "mesh.yml")["tables"]
        return str(table["why"])

    assert "Read whole, because there is no state of an earlier profile" in why()
    assert not Path("mesh.db").exists()
    assert main(["profile", "--config", "mesh.yml"]) == 0
    capsys.readouterr()
    in_sqlite(Path("growing.db"), "insert into t values (60001, 1)")
    assert "Only the 1 row whose id is above the mark" in why()


def test_hooks_are_for_tasks_and_told_nothing_by_hand(config: Path, capsys: Capture) -> None:
    config.write_text(f"{CONFIG}hooks: [{{webhook: {{url: 'https://hooks.example.com/canary'}}}}, store]\n")
    assert main(["profile", "--config", "mesh.yml"]) == 0
    with closing(open_store("sqlite:///mesh.db")) as store:
        assert [store.events(*pair) for pair in store.tables()] == [[], []]
    assert "canary" not in "".join(capsys.readouterr())


def test_expectations_of_the_config_are_held_against_the_first_profile(config: Path, capsys: Capture) -> None:
    Path("expected.yml").write_text("version: 1\ntables: {orders: [{expect: row_count, low: 1, high: 5}]}\n")
    config.write_text(CONFIG.replace("on_drift: fail", "on_drift: fail, expectations: expected.yml"))
    told: dict[str, Any] = printed(capsys, "profile", "--config", "mesh.yml", "orders", code=3)
    assert told["result"]["drift"]["summary"].endswith("The table has 1,000 rows; 1 to 5 are usual.")
    found = printed(capsys, "drift", "orders", "--config", "mesh.yml")["drift"]["findings"]
    assert [one["metric"] for one in found] == ["expectation_row_count"]
