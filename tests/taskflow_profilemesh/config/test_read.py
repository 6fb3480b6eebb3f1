from __future__ import annotations

import traceback
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from taskflow_profilemesh.config import ProfileOptions, read_config, settle
from taskflow_profilemesh.errors import ConfigError, InvalidConfig, InvalidOption
from taskflow_profilemesh.tables import Synced, TableRef, TableRequest

WHOLE = """\
source:
  conn_id: ${SHOP}
storage:
  store: postgresql://${PG_USER}:${PG_PASSWORD}@db/profiles
profiling:
  fail_on_error: false
  tables:
    - users
    - table: shop.orders
      columns: [id, amount]
      where: amount > 0
      sample: 0.1
    - {table: events, exclude_columns: payload, sample: 5000}
drift_detection:
  on_drift: fail
  drift_severity: medium
  thresholds:
    psi_warn: 0.2
    rows_gained_fail: 5
    minimum_rows: 100
    alpha: 1e-5
"""
ENVIRON = {"SHOP": "warehouse", "PG_USER": "ann", "PG_PASSWORD": "canary-42"}


def _options(folder: Path, text: str, **environ: str) -> ProfileOptions:
    (folder / "profilemesh.yml").write_text(text, encoding="utf-8")
    return settle(read_config("profilemesh.yml", environ=environ, folder=folder))


def _refused(folder: Path, text: str, **environ: str) -> InvalidConfig:
    with pytest.raises(InvalidConfig) as caught:
        _options(folder, text, **environ)
    return caught.value


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    assert _options(tmp_path, WHOLE, **ENVIRON) == ProfileOptions(
        conn_id="warehouse",
        store="postgresql://ann:canary-42@db/profiles",
        fail_on_error=False,
        tables=(
            TableRequest(TableRef("users")),
            TableRequest(TableRef("orders", "shop"), columns=("id", "amount"), where="amount > 0", sample=0.1),
            TableRequest(TableRef("events"), exclude_columns=("payload",), sample=5000),
        ),
        on_drift="fail",
        drift_severity="medium",
        thresholds={"psi_warn": 0.2, "rows_gained_fail": 5.0, "minimum_rows": 100, "alpha": 1e-5},
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "source:\n  # conn_id: later\ndrift_detection:\n  thresholds:\n"])
def test_what_a_file_leaves_open_has_its_default(text: str, tmp_path: Path) -> None:
    assert _options(tmp_path, text) == ProfileOptions()


@pytest.mark.parametrize("tables", ["orders", "{table: orders}", "[orders]"])
def test_one_table_needs_no_list(tables: str, tmp_path: Path) -> None:
    assert _options(tmp_path, f"profiling: {{tables: {tables}}}").tables == (TableRequest(TableRef("orders")),)


def test_a_mapping_is_read_like_a_file() -> None:
    config = MappingProxyType({"source": {"conn_id": "${SHOP}"}, "profiling": {"tables": ("users",)}})
    options = settle(read_config(config, environ=ENVIRON, folder=Path()))
    assert options == ProfileOptions(conn_id="warehouse", tables=(TableRequest(TableRef("users")),))


def test_a_relative_path_starts_from_the_folder_and_an_absolute_one_does_not(tmp_path: Path) -> None:
    _options(tmp_path, WHOLE, **ENVIRON)
    absolute = read_config(tmp_path / "profilemesh.yml", environ=ENVIRON, folder=Path("/nowhere"))
    assert absolute["conn_id"] == "warehouse"
    with pytest.raises(InvalidConfig, match=r"path='/nowhere/profilemesh\.yml'"):
        read_config("profilemesh.yml", environ=ENVIRON, folder=Path("/nowhere"))


@pytest.mark.parametrize(
    ("text", "line", "key", "nearest"),
    [
        ("source: {}\ndrift_detecton:\n  on_drift: fail\n", 2, "drift_detecton", "drift_detection"),
        ("source:\n  conn-id: w\n", 2, "source.conn-id", "conn_id"),
        ("drift_detection:\n  on: fail\n  on_drift: fail\n", 2, "drift_detection.on", None),
        ("drift_detection:\n  thresholds:\n    psi_wran: 1\n", 3, "drift_detection.thresholds.psi_wran", "psi_warn"),
        ("profiling:\n  tables:\n    - a\n    - tabel: b\n", 4, "profiling.tables[1].tabel", "table"),
        ("conn_id: w\n", 1, "conn_id", "source.conn_id"),
        ("tables: [a]\n", 1, "tables", "profiling.tables"),
        ("source: {}\nzzz:\n  attempts: 3\n", 2, "zzz", None),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest(
    text: str, line: int, key: str, nearest: str | None, tmp_path: Path
) -> None:
    error = _refused(tmp_path, text)
    assert (error.line, error.key, error.nearest) == (line, key, nearest)
    assert error.expected.startswith("one of ")
    assert nearest is None or str(error).endswith(f"Did you mean {nearest!r}?")


def test_the_sections_that_exist_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "profilemesh.yml"
    assert str(_refused(tmp_path, "zzz:\n")) == (
        f"The config is not valid (path='{path}', line=1, key='zzz', "
        "expected='one of environment, source, storage, profiling, incremental, drift_detection, "
        "schema_change, hooks, airbyte, execution, retry'). "
        "Correct the config; nothing was started."
    )


@pytest.mark.parametrize(
    ("text", "line", "key", "got", "expected"),
    [
        ("- source\n", 1, None, "list", "a mapping"),
        ("source:\n  conn_id: 5\n", 2, "source.conn_id", "int", "a text"),
        ("source:\n  conn_id: ' '\n", 2, "source.conn_id", "str", "a text that is not blank"),
        ("source: warehouse\n", 1, "source", "str", "a mapping"),
        ("storage:\n  store: [a]\n", 2, "storage.store", "list", "a text"),
        ("profiling:\n  fail_on_error: 'no'\n", 2, "profiling.fail_on_error", "str", "true or false"),
        ("profiling:\n  tables: 5\n", 2, "profiling.tables", "int", "a list"),
        ("profiling:\n  tables:\n  - a\n  - 5\n", 4, "profiling.tables[1]", "int", "a table's name, or a mapping"),
        ("profiling:\n  tables:\n  - where: x\n", 3, "profiling.tables[0]", None, "a mapping with 'table', 'schema'"),
        ("profiling:\n  tables:\n  - a.b.c\n", 3, "profiling.tables[0].table", None, "table or schema.table"),
        (
            "drift_detection:\n  on_drift: no\n",
            2,
            "drift_detection.on_drift",
            "bool",
            "one of record, warn, skip, fail",
        ),
    ],
)
def test_a_wrong_value_is_told_by_its_key_line_and_type(  # noqa: PLR0917 -- the columns of a table
    text: str, line: int, key: str | None, got: str | None, expected: str, tmp_path: Path
) -> None:
    error = _refused(tmp_path, text)
    assert (error.line, error.key, error.got) == (line, key, got)
    assert expected in error.expected


@pytest.mark.parametrize(
    ("text", "key", "got", "nearest"),
    [
        ("drift_detection: {on_drift: fial}", "drift_detection.on_drift", "fial", "fail"),
        ("drift_detection: {on_drift: explode}", "drift_detection.on_drift", "explode", None),
        (
            "drift_detection: {tables: {a: {baseline: lastrun}}}",
            "drift_detection.tables.a.baseline",
            "lastrun",
            "last_run",
        ),
        ("hooks: {call: log, events: drift_detektd}", "hooks[0].events[0]", "drift_detektd", "drift_detected"),
        ("source: {type: 'mysql://u:canary@h/d'}", "source.type", "str", None),
        ("drift_detection: {on_drift: '${WORD}'}", "drift_detection.on_drift", "${WORD}", None),
        ("drift_detection: {on_drift: [fail]}", "drift_detection.on_drift", "list", None),
    ],
)
def test_a_word_that_is_not_on_its_list_is_quoted_with_the_list_and_the_nearest(
    text: str, key: str, got: str, nearest: str | None, tmp_path: Path
) -> None:
    error = _refused(tmp_path, text, WORD="canary")
    assert (error.line, error.key, error.got, error.nearest) == (1, key, got, nearest)
    assert error.expected.startswith("one of ")
    assert nearest is None or nearest in error.expected.removeprefix("one of ").split(", ")
    assert "canary" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    ("lines", "key", "expected"),
    [
        ("sample: many", "sample", "a number of rows"),
        ("sample: true", "sample", "a number of rows"),
        ("sample: 0", "sample", "a number of rows"),
        ("sample: 1.5", "sample", "a number of rows"),
        ("columns: 5", "columns", "a list"),
        ("columns: [id, 5]", "columns[1]", "a text"),
    ],
)
def test_a_wrong_word_about_a_table_is_told_by_its_line(lines: str, key: str, expected: str, tmp_path: Path) -> None:
    error = _refused(tmp_path, f"profiling:\n  tables:\n    - table: a\n      where: id > 5\n      {lines}\n")
    assert (error.line, error.key) == (5, f"profiling.tables[0].{key}")
    assert expected in error.expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("psi_warn: high", "a valid number"),
        ("psi_warn: -1", "greater than or equal to 0"),
        ("psi_warn: .nan", "finite"),
        ("alpha: 1", "less than 1"),
        ("minimum_rows: 1.5", "a valid integer"),
    ],
)
def test_a_threshold_that_cannot_be_meant_is_told_by_its_line(line: str, expected: str, tmp_path: Path) -> None:
    error = _refused(tmp_path, f"drift_detection:\n  thresholds:\n    {line}\n")
    assert error.line == 3
    assert expected in error.expected


def test_a_variable_that_is_not_set_is_told_by_its_line(tmp_path: Path) -> None:
    error = _refused(tmp_path, WHOLE, SHOP="warehouse", PG_USER="ann")
    assert (error.line, error.key, error.got) == (4, "storage.store", "${PG_PASSWORD}")


@pytest.mark.parametrize(
    "text",
    [
        "drift_detection:\n  on_drift: ${SECRET}\n",
        "profiling:\n  tables:\n    - table: a\n      sample: ${SECRET}\n",
        "storage:\n  - ${SECRET}\n",
        "drift_detection:\n  thresholds: {psi_warn: '${SECRET}'}\n",
        "source: {conn_id: 5}\nstorage: {store: '${SECRET}'}\n",
    ],
)
def test_no_complaint_shows_a_value_and_neither_does_its_cause(text: str, tmp_path: Path) -> None:
    error = _refused(tmp_path, text, SECRET="canary-42")
    assert "canary-42" not in "".join(traceback.format_exception(error))


def test_a_mapping_is_complained_of_without_a_file() -> None:
    with pytest.raises(InvalidConfig) as caught:
        read_config({"source": {"conid": "w"}}, environ={}, folder=Path())
    assert str(caught.value).startswith("The config is not valid (key='source.conid', ")
    assert isinstance(caught.value, ConfigError)


def test_an_alias_in_itself_and_one_that_would_grow_without_end_are_refused_at_once(tmp_path: Path) -> None:
    assert _refused(tmp_path, "profiling:\n  tables: &t [a, *t]\n").key == "profiling.tables[1]"
    doubling = "".join(f"  - &n{i} [*n{i - 1}, *n{i - 1}]\n" for i in range(1, 60))
    assert _refused(tmp_path, f"profiling:\n  tables:\n  - &n0 [a]\n{doubling}").key == "profiling.tables[0]"


@pytest.mark.parametrize("config", [5, ["profilemesh.yml"], "", b"profilemesh.yml"])
def test_neither_a_path_nor_a_mapping_is_an_option_that_is_wrong(config: Any) -> None:
    with pytest.raises(InvalidOption, match="option='config'"):
        read_config(config, environ={}, folder=Path())


def test_every_key_of_profiling_is_heard() -> None:
    said = read_config({"profiling": {"incremental": "id", "max_rows": 9}}, environ={}, folder=Path())
    assert (said.get("incremental"), said.get("max_rows")) == ("id", 9)


def test_what_a_sync_wrote_may_stand_beside_a_table() -> None:
    table = {"table": "users", "synced": {"job_id": 7, "sync_mode": "incremental_append", "rows_committed": 30}}
    told = Synced(job_id=7, sync_mode="incremental_append", rows_committed=30, rows_last_attempt=None)
    said = read_config({"profiling": {"tables": [table]}}, environ={}, folder=Path())
    assert said.get("tables") == (TableRequest(TableRef("users"), synced=told),)
    wrong = {"table": "users", "synced": {"job_id": 0}}
    with pytest.raises(InvalidConfig, match="job_id"):
        read_config({"profiling": {"tables": [wrong]}}, environ={}, folder=Path())
