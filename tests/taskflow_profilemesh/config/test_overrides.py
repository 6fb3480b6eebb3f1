"""What a config says of tables by pattern, of sources by address, of Variables, schema changes and hooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.config import ConfigText, ProfileOptions, read_config, settle
from taskflow_profilemesh.config.section import without_references
from taskflow_profilemesh.errors import InvalidConfig
from taskflow_profilemesh.table_selection import expand
from taskflow_profilemesh.tables import TableRef, TableRequest

KNOWN = [TableRef("big_a", "shop"), TableRef("small", "shop"), TableRef("users", "public")]


def _options(text: str, **said: Any) -> ProfileOptions:
    return settle(read_config(ConfigText(text, name="shop.yml"), environ={}, folder=Path(), **said))


def _requests(text: str) -> dict[str, TableRequest]:
    found = expand(_options(text).requests(), tables=lambda only: KNOWN[2:] if only else KNOWN, source="warehouse")
    return {str(one.table): one for one in found}


def test_an_override_says_what_an_entry_leaves_open() -> None:
    found = _requests("""
profiling:
  tables: ["shop.*", {table: users, max_rows: 3}]
  max_rows: 100
  overrides:
    "big_*": {max_rows: 10, where: "id > 1", exclude_columns: "*_raw"}
    users: {max_rows: 4, columns: [id]}
    "shop.big_*": {where: "id > 2"}
""")
    big, small, users = found["shop.big_a"], found["shop.small"], found["users"]
    assert (big.max_rows, big.where, big.unwanted_columns) == (10, "id > 2", ("*_raw",))
    assert (small.max_rows, small.where, small.unwanted_columns) == (100, None, ())
    assert (users.max_rows, users.columns) == (3, ("id",))


def test_a_cursor_is_named_for_all_for_some_and_for_none() -> None:
    found = _requests("""
profiling: {tables: ["shop.*", {table: users, sample: 5}]}
incremental: {column: at, tables: {"shop.*": id, small: false}}
""")
    assert [one.incremental for one in found.values()] == ["id", None, None]
    assert found["users"].sample == 5


def test_a_cursor_and_a_sample_shut_each_other_out() -> None:
    found = _requests("""
profiling: {tables: ["shop.*"], max_rows: 9, overrides: {small: {sample: 0.5}}}
incremental: id
""")
    assert (found["shop.big_a"].incremental, found["shop.big_a"].max_rows) == ("id", None)
    assert (found["shop.small"].incremental, found["shop.small"].sample) == (None, 0.5)


def test_columns_are_left_out_of_every_table_that_has_them() -> None:
    found = _requests("profiling: {tables: [users], exclude_columns: ['*_note', ssn]}")["users"]
    assert [name for name in ("id", "my_note", "ssn") if found.leaves_out(name)] == ["my_note", "ssn"]


@pytest.mark.parametrize(
    ("source", "url", "name"),
    [
        ("{url: 'mysql://u:canary@h:1/d'}", "mysql://u:canary@h:1/d", "mysql://h:1/d"),
        ("{type: sqlite, filepath: /a/b.db}", "sqlite:////a/b.db", "/a/b.db"),
        (
            "{type: postgres, host: h, port: 5, database: d, username: u, password: p@w, options: {sslmode: require}}",
            "postgresql://u:p%40w@h:5/d?sslmode=require",
            "postgresql://h:5/d",
        ),
        (
            "{type: snowflake, account: a, database: D, schema: S, warehouse: W, role: R, username: u, password: p}",
            "snowflake://u:p@a/D/S?warehouse=W&role=R",
            "snowflake://a/D",
        ),
        ("{type: mysql, name: shop, host: h, database: d}", "mysql://h/d", "shop"),
    ],
)
def test_a_source_may_be_an_address(source: str, url: str, name: str) -> None:
    options = _options(f"source: {source}")
    assert (options.source_url, options.source_name) == (url, name)
    assert "canary" not in repr(options)


def test_an_address_is_one_that_a_driver_takes() -> None:
    from taskflow_profilemesh.reading.address import DatabaseAddress

    text = "source: {type: snowflake, account: a, database: D, schema: S, username: u, password: p, role: R}"
    address = DatabaseAddress.from_url(_options(text).source_url or "")
    assert (address.user, address.database) == ("u", "D")


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("{conn_id: a, url: 'sqlite:///b'}", "source.url"),
        ("{conn_id: a, host: b}", "source.host"),
        ("{host: b, database: c}", "source.type"),
        ("{type: postgres, host: b}", "source.database"),
        ("{type: sqlite, host: b, filepath: c}", "source.host"),
        ("{conn_id: a, name: b}", "source.name"),
    ],
)
def test_a_source_is_named_once_and_whole(source: str, key: str) -> None:
    with pytest.raises(InvalidConfig, match=rf"key='{key}'"):
        _options(f"source: {source}")


def test_a_tasks_own_connection_goes_before_the_files_address() -> None:
    said = read_config({"source": {"url": "sqlite:///b"}}, environ={}, folder=Path())
    assert settle({"conn_id": "own"}, said).source_url is None
    assert settle({"conn_id": None}, said).source_url == "sqlite:///b"


def test_a_variable_of_airflow_is_looked_up() -> None:
    text = "environment: '{{ var.value.stage }}'\nstorage: {store: 'sqlite:///{{var.value.folder}}/p.db'}"
    options = _options(text, variables={"stage": "prod", "folder": "/data"}.get)
    assert (options.environment, options.store) == ("prod", "sqlite:////data/p.db")
    with pytest.raises(InvalidConfig, match=r"line=1, key='environment'.*Airflow Variable that exists"):
        _options(text, variables={}.get)
    with pytest.raises(InvalidConfig, match="no Airflow here"):
        _options(text)


def test_a_connection_is_named_by_its_id_or_as_a_template() -> None:
    text = "source: {conn_id: '{{ conn.warehouse }}'}\nhooks: [{webhook: {conn_id: '{{ conn.alerts }}'}}]"
    options = _options(text)
    assert options.conn_id == "warehouse"
    assert options.event_hooks == ({"webhook": {"conn_id": "alerts"}},)
    assert without_references({"hooks": [{"webhook": "{{ conn.alerts }}"}]}) == {"hooks": [{"webhook": "alerts"}]}


def test_hooks_may_be_none_and_two_cursors_for_all_are_refused() -> None:
    assert _options("hooks: []").event_hooks == ()
    assert _options("hooks:").event_hooks is None
    with pytest.raises(InvalidConfig, match=r"line=2, key='incremental.column'"):
        _options("profiling: {incremental: a}\nincremental: {column: b}")


def test_a_misspelt_key_below_a_pattern_is_told_with_its_line() -> None:
    with pytest.raises(InvalidConfig, match=r"line=4, .*Did you mean 'baseline'"):
        _options("drift_detection:\n  tables:\n    shop.orders:\n      basline: auto\n")
