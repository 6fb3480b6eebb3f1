"""`drift_detection.expectations`: from where its path starts, and what is said of a file that is not there or wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskflow_profilemesh.comparison import drift_settings
from taskflow_profilemesh.config import ConfigText, read_config, read_dag_options, settle
from taskflow_profilemesh.drift import Thresholds
from taskflow_profilemesh.drift.expectations import ExpectationKind
from taskflow_profilemesh.errors import InvalidConfig
from taskflow_profilemesh.tables import TableRef

CONFIG = "profiling: {tables: orders}\ndrift_detection:\n  on_drift: fail\n  expectations: expected.yml\n"
EXPECTED = "version: 1\ntables:\n  orders:\n  - {expect: not_null, column: id}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a config and, beside it, the file that it names."""
    (tmp_path / "mesh.yml").write_text(CONFIG)
    (tmp_path / "expected.yml").write_text(EXPECTED)
    return tmp_path


def _named(config: object, folder: Path, **environ: str) -> str:
    return str(settle(read_config(config, environ=environ, folder=folder)).drift["expectations"])


def test_a_path_starts_from_the_folder_of_its_config(folder: Path) -> None:
    there = str(folder / "expected.yml")
    assert _named("mesh.yml", folder) == there
    assert _named(folder.name + "/mesh.yml", folder.parent) == there
    assert _named(folder / "mesh.yml", Path("/nowhere")) == there
    assert _named(ConfigText(CONFIG.replace("expected.yml", there), name="x"), Path("/nowhere")) == there


def test_a_config_without_a_file_of_its_own_starts_from_where_configs_are_looked_for(folder: Path) -> None:
    assert _named(ConfigText(CONFIG, name="the Variable x"), folder) == str(folder / "expected.yml")
    assert _named({"drift_detection": {"expectations": "expected.yml"}}, folder) == str(folder / "expected.yml")


def test_what_it_says_is_what_its_tables_are_held_to(folder: Path) -> None:
    settings = drift_settings(settle(read_config("mesh.yml", environ={}, folder=folder)).drift)
    (expectation,) = settings.expectations["orders"]
    assert (expectation.kind, expectation.column) == (ExpectationKind.NOT_NULL, "id")
    assert settings.for_table(TableRef("orders"), Thresholds()).expectations == (expectation,)
    assert settings.for_table(TableRef("users"), Thresholds()).expectations == ()


def test_a_task_may_change_the_rest_of_what_counts_as_drift(folder: Path) -> None:
    options = settle({"drift": {"baseline": "pinned"}}, read_config("mesh.yml", environ={}, folder=folder))
    assert dict(options.drift) == {"baseline": "pinned", "expectations": str(folder / "expected.yml")}


def test_a_file_that_is_not_there_is_told_by_the_line_that_names_it(folder: Path) -> None:
    (folder / "expected.yml").unlink()
    for read in (read_config, read_dag_options):  # when a task runs, and when a DAG file is parsed
        with pytest.raises(InvalidConfig) as refused:
            read("mesh.yml", environ={}, folder=folder)
        error = refused.value
        assert (error.path, error.line) == (str(folder / "mesh.yml"), 4)
        assert (error.key, error.got) == ("drift_detection.expectations", "no such file")
        assert "profilemesh expectations -o" in error.expected


def test_a_path_by_a_variable_is_looked_at_when_the_task_runs(folder: Path) -> None:
    (folder / "mesh.yml").write_text(CONFIG.replace("expected.yml", "${WHERE}/expected.yml"))
    read_dag_options("mesh.yml", environ={}, folder=folder)
    assert _named("mesh.yml", folder, WHERE=str(folder)) == str(folder / "expected.yml")
    with pytest.raises(InvalidConfig) as refused:
        _named("mesh.yml", folder, WHERE="/canary")
    assert "canary" not in str(refused.value)


def test_the_environment_may_name_it_and_is_told_of_by_its_variable(folder: Path) -> None:
    variable = "PROFILEMESH_DRIFT_DETECTION__EXPECTATIONS"
    assert _named(None, folder, **{variable: "expected.yml"}) == str(folder / "expected.yml")
    with pytest.raises(InvalidConfig, match=f"key='{variable}', got='no such file'"):
        _named(None, folder, **{variable: "nowhere.yml"})


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("version: 2\n", 1, "version"),
        ("version: 1\ntables: 5\n", 2, "tables"),
        ("version: 1\ntables:\n  orders: x\n", 3, "tables.orders"),
        (EXPECTED + "  - expect: notnull\n    column: a\n", 5, "tables.orders[1].expect"),
        (EXPECTED + "  - column: a\n    expect: not_null\n    low: 5\n", 7, "tables.orders[1].low"),
        ("version: [\n", 2, None),
    ],
)
def test_a_file_that_is_wrong_is_told_by_its_own_line(folder: Path, text: str, line: int, key: str | None) -> None:
    (folder / "expected.yml").write_text(text)
    with pytest.raises(InvalidConfig) as refused:
        drift_settings(settle(read_config("mesh.yml", environ={}, folder=folder)).drift)
    error = refused.value
    assert (error.path, error.line, error.key) == (str(folder / "expected.yml"), line, key)
