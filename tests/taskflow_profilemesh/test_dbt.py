"""What dbt's artefacts say was built is what is profiled: written here by hand, in the shape of dbt's own schemas."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.dbt import tables_from_dbt
from taskflow_profilemesh.dbt_artefacts import read_run
from taskflow_profilemesh.errors import DbtArtefactInvalid, DbtNothingBuilt, DbtRunStale, InvalidOption
from taskflow_profilemesh.table_requests import table_requests
from taskflow_profilemesh.tables import TableRef, TableRequest
from tests.dbt_stand_in import Model, artefacts, write


def names(folder: Path, **options: Any) -> list[str]:
    return [found["table"] for found in tables_from_dbt(folder, **options)]


def test_models_that_were_built_are_profiled_and_no_others(tmp_path: Path) -> None:
    write(tmp_path, artefacts())
    assert names(tmp_path) == ["main.stg_users", "main.customers", "main.orders_daily"]
    assert names(tmp_path, views=False) == ["main.customers", "main.orders_daily"]


def test_the_tables_are_what_profile_tables_takes_and_plain_json(tmp_path: Path) -> None:
    write(tmp_path, artefacts([Model("dotted", alias="a.b", schema="Odd Schema")]))
    tables = tables_from_dbt(tmp_path)
    assert table_requests(json.loads(json.dumps(tables))) == (TableRequest(TableRef("a.b", "Odd Schema")),)


@pytest.mark.parametrize(
    ("select", "exclude", "expected"),
    [
        ("customers", None, ["main.customers"]),
        ("*users orders_*", None, ["main.stg_users", "main.orders_daily"]),
        (["tag:nightly"], "tag:money", ["main.customers"]),
        ("model.shop.customers", None, ["main.customers"]),
        ("package:shop", ["stg_*", "customers"], ["main.orders_daily"]),
    ],
)
def test_models_are_selected_by_name_tag_and_package(
    tmp_path: Path, select: str | list[str], exclude: str | list[str] | None, expected: list[str]
) -> None:
    write(tmp_path, artefacts())
    assert names(tmp_path, select=select, exclude=exclude) == expected


@pytest.mark.parametrize("select", ["+customers", "state:modified", "tag:", "a,b", "@orders"])
def test_what_only_dbt_can_select_is_refused(tmp_path: Path, select: str) -> None:
    write(tmp_path, artefacts())
    with pytest.raises(InvalidOption, match=r"option='select'.*wildcards, tag:… or package:…"):
        tables_from_dbt(tmp_path, select=select)


def test_seeds_and_snapshots_are_profiled_on_demand(tmp_path: Path) -> None:
    models = [Model("a"), Model("b", "seed", kind="seed"), Model("c", "snapshot", kind="snapshot")]
    write(tmp_path, artefacts(models))
    assert names(tmp_path) == ["main.a"]
    assert names(tmp_path, resource_types=("seed", "snapshot")) == ["main.b", "main.c"]
    with pytest.raises(InvalidOption, match="Did you mean 'snapshot'"):
        tables_from_dbt(tmp_path, resource_types=["snapshots"])


@pytest.mark.parametrize(
    ("adapter", "relation", "expected"),
    [
        ("snowflake", "Dev.Shop.Orders", "SHOP.ORDERS"),
        ("snowflake", 'Dev.Shop."Orders"', "SHOP.Orders"),
        ("postgres", '"dev"."Shop"."Orders"', "Shop.Orders"),
        ("postgres", "dev.Shop.Orders", "shop.orders"),
        ("mysql", "`Shop`.`Orders`", "Shop.Orders"),
        ("sqlserver", "[Dev].[Shop].[Orders]", "Shop.Orders"),
    ],
)
def test_a_relation_has_the_letters_that_its_database_keeps(
    tmp_path: Path, adapter: str, relation: str, expected: str
) -> None:
    model = Model("orders", schema="Shop", alias="Orders", relation=relation)
    write(tmp_path, artefacts([model], adapter=adapter))
    assert names(tmp_path) == [expected]


def test_models_of_several_databases_need_one_to_be_named(tmp_path: Path) -> None:
    write(tmp_path, artefacts([Model("a", database="RAW"), Model("b", database="mart")]))
    with pytest.raises(InvalidOption, match="RAW, mart"):
        tables_from_dbt(tmp_path)
    assert names(tmp_path, database="raw") == ["main.a"]


@pytest.mark.parametrize("manifest", [4, 7, 12, 20])
@pytest.mark.parametrize("results", [4, 5, 6])
def test_schemas_of_dbt_1_0_and_later_are_read(tmp_path: Path, manifest: int, results: int) -> None:
    write(tmp_path, artefacts(manifest=manifest, results=results, command=None))
    assert len(names(tmp_path)) == 3


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        ({"manifest": 3}, r"manifest/v3\.json', expected='manifest v4 to v12 or v20'"),
        ({"manifest": 13}, "manifest v4 to v12"),
        ({"results": 7}, "expected='run-results v4 to v6'"),
    ],
)
def test_another_schema_is_refused_with_those_that_are_read(
    tmp_path: Path, versions: dict[str, Any], told: str
) -> None:
    write(tmp_path, artefacts(**versions))
    with pytest.raises(DbtArtefactInvalid, match=told):
        tables_from_dbt(tmp_path)


@pytest.mark.parametrize("text", [None, "{", "[]", '{"metadata": {}}', '{"metadata": {"dbt_schema_version": 4}}'])
@pytest.mark.parametrize("name", ["manifest.json", "run_results.json"])
def test_a_file_that_is_missing_or_damaged_is_named(tmp_path: Path, name: str, text: str | None) -> None:
    write(tmp_path, artefacts())
    if text is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(text)
    with pytest.raises(DbtArtefactInvalid, match=name):
        tables_from_dbt(tmp_path)


def test_artefacts_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    documents = artefacts()
    del documents["manifest.json"]["nodes"]["model.shop.customers"]
    write(tmp_path, documents)
    with pytest.raises(DbtArtefactInvalid, match=r"model\.shop\.customers is in run_results\.json and not in"):
        tables_from_dbt(tmp_path)
    write(tmp_path, artefacts() | {"run_results.json": artefacts()["run_results.json"] | {"results": [{}]}})
    with pytest.raises(DbtArtefactInvalid, match="not the shape that dbt documents"):
        tables_from_dbt(tmp_path)


@pytest.mark.parametrize("command", ["test", "compile", "generate"])
def test_the_results_of_a_command_that_builds_nothing_are_said_to_be_such(tmp_path: Path, command: str) -> None:
    write(tmp_path, artefacts(command=command))
    with pytest.raises(DbtNothingBuilt, match=rf"command='{command}'.*another command"):
        tables_from_dbt(tmp_path)


def test_a_selection_that_nothing_fits_names_what_was_built(tmp_path: Path) -> None:
    write(tmp_path, artefacts())
    with pytest.raises(DbtNothingBuilt, match=r"'error: 1 result'.*built=\['customers', 'orders_daily', 'stg_users'\]"):
        tables_from_dbt(tmp_path, select="revenue")


@pytest.mark.parametrize("since", ["2026-01-02T03:04:06", datetime(2026, 1, 2, 4, tzinfo=UTC)])
def test_results_of_an_earlier_run_are_not_taken_for_this_ones(tmp_path: Path, since: str | datetime) -> None:
    write(tmp_path, artefacts(generated_at="2026-01-02T03:04:05.000000Z"))
    with pytest.raises(DbtRunStale, match="generated_at='2026-01-02T03:04:05"):
        tables_from_dbt(tmp_path, since=since)
    assert names(tmp_path, since="2026-01-02T03:04:05+00:00")
    with pytest.raises(InvalidOption, match="ISO 8601"):
        tables_from_dbt(tmp_path, since="yesterday")


def test_a_run_tells_of_each_node_what_dbt_says_of_it(tmp_path: Path) -> None:
    run = read_run(write(tmp_path, artefacts()))
    assert (run.command, run.invocation_id) == ("build", "5f0c6a3e")
    customers = next(node for node in run.nodes if node.name == "customers")
    assert (customers.materialized, customers.columns, customers.tests) == ("table", ("id",), ("unique_customers_id",))
    assert [node.table for node in run.nodes if node.resource_type == "test"] == [None]
