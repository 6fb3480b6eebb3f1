"""`profilemesh plan`, as a stranger without Airflow runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.words import size
from tests.taskflow_profilemesh.reading.servers import in_sqlite

Capture = pytest.CaptureFixture[str]


def test_a_plan_says_how_each_table_is_read_and_why(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "order*"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    heads, orders = out.splitlines()[0].split(), out.splitlines()[2].split()
    assert heads == ["table", "kind", "reads", "rows", "size", "memory"]
    assert orders[:4] == ["orders", "single", "1", "1,000"]
    assert "orders: One read, because the rows fit one batch." in out
    assert "order_days: One read, because a view has no row numbers." in out
    assert "tmp_1" not in out


def test_a_plan_may_be_json(shop: str, capsys: Capture) -> None:
    arguments = [
        "--json",
        "--schema",
        "main",
        "--exclude",
        "tmp_*",
        "--exclude",
        "*_days",
        "--partition",
        "day=recent:2",
    ]
    assert main(["plan", shop, *arguments, "--columns", "id, day", "--where", "id > 10"]) == 0
    (table,) = json.loads(capsys.readouterr().out)["tables"]
    assert table["table"] == "orders"
    assert table["kind"] == "single"
    assert table["row_count"] == 660
    assert table["columns"] == ["id", "day"]
    assert (table["where"], table["partition_column"]) == ("id > 10", "day")
    assert sorted(table["partition_values"]) == ["2024-01-02", "2024-01-03"]
    assert table["why"] == "One read, because the rows of these partitions fit one batch."


def test_a_memory_budget_makes_more_and_smaller_reads(tmp_path: Path, capsys: Capture) -> None:
    rows = [(n, "x" * 1000) for n in range(20_000)]
    url = in_sqlite(tmp_path / "a.db", "create table t (a int, b text)", "insert into t values (?, ?)", rows=rows)

    def planned(*arguments: str) -> tuple[int, int]:
        assert main(["plan", url, "t", "--json", *arguments]) == 0
        (table,) = json.loads(capsys.readouterr().out)["tables"]
        return table["reads"], table["estimated_memory_bytes"]

    assert planned()[0] == 1
    reads, memory = planned("--memory-budget", "16M")
    assert reads > 10
    assert memory <= 16 << 20


def test_a_share_may_be_written_as_a_percentage(shop: str, capsys: Capture) -> None:
    plans = []
    for share in ("0.1", "10%"):
        assert main(["plan", shop, "orders", "--sample", share]) == 0
        plans.append(capsys.readouterr().out)
    assert plans[0] == plans[1]
    assert "sample" in plans[0]


def test_a_table_that_cannot_be_planned_is_told_and_ends_with_1(shop: str, capsys: Capture) -> None:
    assert main(["plan", shop, "orders", "ordres"]) == 1
    out, err = capsys.readouterr()
    assert "orders" in out
    assert "Did you mean 'orders'?" in err
    assert main(["plan", shop, "ord*s_*_x"]) == 1
    assert "No table matches" in capsys.readouterr().err


def test_a_plan_says_whether_only_new_rows_would_be_read_and_why(growing: str, tmp_path: Path, capsys: Capture) -> None:
    arguments = [growing, "t", "--incremental", "id", "--store", f"sqlite:///{tmp_path / 'profiles.db'}"]

    def planned() -> dict[str, Any]:
        assert main(["plan", *arguments, "--json"]) == 0
        (table,) = json.loads(capsys.readouterr().out)["tables"]
        assert table["incremental"] == "id"
        return dict(table)

    assert planned()["kind"] == "single"
    assert "Read whole, because there is no state of an earlier profile" in planned()["why"]
    assert main(["profile", *arguments]) == 0
    capsys.readouterr()
    in_sqlite(tmp_path / "growing.db", "insert into t values (60001, 1), (60002, 2)")
    table = planned()
    assert (table["kind"], table["reads"], table["row_count"]) == ("incremental", 1, 2)
    assert "Only the 2 rows whose id is above the mark" in table["why"]
    assert planned() == table  # a plan changes nothing
    assert main(["profile", *arguments, "--json"]) == 0
    (profiled,) = json.loads(capsys.readouterr().out)["result"]["tables"]
    assert profiled["row_count"] == 60_002
    assert "Only the 2 rows" in profiled["plan"]
    assert main(["plan", *arguments]) == 0
    heads, t, *_ = (line.split() for line in capsys.readouterr().out.splitlines())
    assert (heads[:3], t[:3]) == (["table", "kind", "reads"], ["t", "incremental", "0"])
    in_sqlite(tmp_path / "growing.db", "delete from t where id < 3")
    assert "2 rows at or below the mark went" in planned()["why"]


def test_a_column_by_which_nothing_grows_is_told_of_its_table_and_costs_the_others_nothing(
    growing: str, tmp_path: Path, capsys: Capture
) -> None:
    in_sqlite(tmp_path / "growing.db", "create table u (id text)")
    arguments = ["--incremental", "id", "--store", f"sqlite:///{tmp_path / 'profiles.db'}"]
    assert main(["plan", growing, "*", *arguments]) == 1
    out, err = capsys.readouterr()
    assert "t: Read whole" in out
    assert err.startswith("profilemesh: u: ")
    assert "an integer, date or timestamp column" in err


def test_an_exclusion_that_fits_nothing_is_told(shop: str, capsys: Capture) -> None:
    for _ in range(2):
        assert main(["plan", shop, "*", "--exclude", "tmp_*", "--exclude", "tpm_*"]) == 0
        told = capsys.readouterr().err.splitlines()
        assert told == ["profilemesh: The exclusion 'tpm_*' leaves out none of the tables that were chosen."]


@pytest.mark.parametrize(("count", "written"), [(None, "?"), (0, "0 B"), (1536, "1.5 KiB"), (3 << 40, "3.0 TiB")])
def test_sizes_are_written_for_people(count: int | None, written: str) -> None:
    assert size(count) == written
