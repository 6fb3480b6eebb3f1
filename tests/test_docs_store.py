"""`docs/store.md` names every table and column, its queries run, and the commands of `docs/cli.md` do, too."""

from __future__ import annotations

import json
import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from taskflow_profilemesh.cli import _COMMANDS, main
from taskflow_profilemesh.config import ConfigText, read_config
from taskflow_profilemesh.storage import Retention, TableNames, open_store
from taskflow_profilemesh.storage.schema import DEFAULT, STORE_VERSION
from tests.taskflow_profilemesh.profiles import numbers, table
from tests.taskflow_profilemesh.reading.servers import in_sqlite
from tests.taskflow_profilemesh.storage.runs import run

_DOCS = Path(__file__).parents[1] / "docs"
_STORE, _CLI = ((_DOCS / name).read_text(encoding="utf-8") for name in ("store.md", "cli.md"))
_QUERIES = re.findall(r"```sql\n(.*?)```", _STORE, re.DOTALL)


@pytest.mark.parametrize("kept", DEFAULT.metadata.sorted_tables, ids=lambda kept: kept.name)
def test_every_table_and_column_is_told(kept: object) -> None:
    (section,) = [part for part in _STORE.split("\n### ") if f"`{kept.name}`" in part.partition("\n")[0]]  # type: ignore[attr-defined]
    assert [column.name for column in kept.columns if f"`{column.name}`" not in section] == []  # type: ignore[attr-defined]


def test_the_version_and_the_config_are_those_of_the_code() -> None:
    assert f"The store is at version {STORE_VERSION}." in _STORE
    shown = ConfigText(_STORE.partition("```yaml\n")[2].partition("```")[0], name="docs")
    said = read_config(shown, environ={"PROFILES_PASSWORD": "x"}, folder=Path())["storage"] or {}
    assert TableNames.of(said) == TableNames(runs="mesh_runs", results="mesh_numbers")
    assert Retention.of(said) == Retention(keep_runs=1000, keep_days=365)


@pytest.mark.parametrize("store", ["sqlite", "postgres", "mysql"])
def test_each_query_for_dashboards_finds_what_it_says(
    store: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/mesh.db" if store == "sqlite" else request.getfixturevalue(f"{store}_url")
    drift = {"severity": "high", "findings": [{}], "distances": [{"column": "price", "metric": "psi", "value": 0.5}]}
    with closing(open_store(url)) as opened:
        opened.save(run(1, profile=table(numbers("price", [1.0, 3.0], nulls=2)), drift=drift))
        with opened._engine.connect() as connection:
            found = [[tuple(row) for row in connection.execute(text(query))] for query in _QUERIES]
    assert len(found) == 5
    counts, means, nulls, drifted, distances = found
    assert counts[0][:2] + counts[0][3:] == ("warehouse", "public.flights", 4)
    assert means[0][1:] == (2.0, "exact")
    assert nulls == [("price", 0.5)]
    assert drifted[0][1:] == ("warehouse", "public.flights", "high", 1)
    assert distances[0][1:] == ("price", "drift_psi", 0.5)


def test_the_commands_that_are_shown_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    shop = {"conn_type": "sqlite", "host": str(tmp_path / "shop.db")}  # of the file that `init` writes
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps(shop))
    rows = [(1, 2.5), (2, 3.5)]
    made = "create table orders (id integer, price real)", "insert into orders values (?, ?)"
    in_sqlite(tmp_path / "shop.db", *made, rows=rows)
    shown = [line for line in _CLI.splitlines() if line.startswith("profilemesh ")]
    assert len(shown) == 13
    for line in shown:
        assert main(shlex.split(line, comments=True)[1:]) == 0, line
        assert capsys.readouterr().out
    told = {line.split()[1] for line in shown}
    assert {command.name for command in _COMMANDS} - told <= {
        "demo",
        "report",
        "export",
        "expectations",
        "airbyte",
    }  # they have pages, and tests, of their own
