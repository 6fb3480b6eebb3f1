from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from taskflow_profilemesh.report.column_history import history_lines
from taskflow_profilemesh.report.reading import read_table
from taskflow_profilemesh.storage import MemoryStore, open_store
from taskflow_profilemesh.tables import TableRef
from tests.taskflow_profilemesh.report.stored import ORDERS, SOURCE, save_runs, shop


def test_the_last_run_comes_with_its_baseline_and_its_past() -> None:
    contents = read_table(shop(), SOURCE, ORDERS)
    assert contents is not None
    assert contents.current.profile_id == "orders-3"
    assert contents.baseline is not None
    assert contents.baseline.profile_id == "orders-2"
    assert [run.profile_id for run in contents.past] == ["orders-0", "orders-1", "orders-2", "orders-3"]
    assert [run.profile_id for run in contents.runs] == ["orders-3", "orders-2", "orders-1", "orders-0"]
    assert contents.has_changes


def test_two_documents_of_a_table_are_read_however_long_its_history_is(tmp_path: Path) -> None:
    """The last run's and its baseline's. Each is some milliseconds: of a hundred tables, twelve runs back, seconds."""
    with closing(open_store(f"sqlite:///{tmp_path}/profiles.db")) as store:
        save_runs(store, days=12)
        counted = Mock(wraps=store)
        contents = read_table(counted, SOURCE, ORDERS)
    assert contents is not None
    assert len(contents.past) == 12
    assert counted.load.call_count + counted.latest.call_count == 2
    assert counted.numbers.call_count == 1


@pytest.mark.parametrize("kept_in", ["memory", "sqlite"])
def test_the_numbers_of_earlier_runs_are_those_of_their_profiles(kept_in: str, tmp_path: Path) -> None:
    store = MemoryStore() if kept_in == "memory" else open_store(f"sqlite:///{tmp_path}/profiles.db")
    save_runs(store)
    contents = read_table(store, SOURCE, ORDERS)
    store.close()
    assert contents is not None
    assert [run.of("amount")["mean"] for run in contents.past] == [50.5, 50.5, 50.5, 505.0]
    assert [run.of("coupon").get("null_ratio") for run in contents.past] == [None, None, None, 1.0]
    assert [run.of("price", "amount") for run in contents.past] == [run.of("amount") for run in contents.past]


def test_a_run_in_which_a_column_has_no_statistics_is_a_gap() -> None:
    """What is stored of such a column is the nulls that were counted until it broke."""
    of_a_run = {"distinct_count": 3.0, "null_ratio": 0.5, "true_count": 1.0, "false_count": 3.0}
    broken = {"null_ratio": 0.9}
    lines = {line.label: (line.first, line.last) for line in history_lines([of_a_run, of_a_run, broken, {}])}
    assert lines == {"true": ("25 %", "25 %"), "nulls": ("50 %", "50 %"), "distinct": ("3", "3")}


def test_an_earlier_run_knows_nothing_of_later_ones() -> None:
    contents = read_table(shop(), SOURCE, ORDERS, profile_id="orders-1")
    assert contents is not None
    assert [run.profile_id for run in contents.runs] == ["orders-1", "orders-0"]
    assert [run.profile_id for run in contents.past] == ["orders-0", "orders-1"]


def test_the_baseline_that_a_report_names_is_taken() -> None:
    store = shop()
    last = store.load("orders-3")
    assert last is not None
    store.save(replace(last, drift={**last.drift, "baseline_run_ids": ["run-0", "run-1"]}))
    contents = read_table(store, SOURCE, ORDERS, told_runs=1)
    assert contents is not None
    assert contents.baseline is not None
    assert contents.baseline.run_id == "run-1"
    assert [run.profile_id for run in contents.past] == ["orders-3"]


def test_the_first_run_has_no_baseline() -> None:
    contents = read_table(shop(days=1), SOURCE, ORDERS)
    assert contents is not None
    assert contents.baseline is None
    assert not contents.has_changes


def test_a_run_of_another_table_is_none_of_this_one() -> None:
    store = shop()
    assert read_table(store, SOURCE, TableRef("nothing")) is None
    assert read_table(store, SOURCE, TableRef("nothing"), profile_id="orders-1") is None
    assert read_table(store, SOURCE, ORDERS, profile_id="no-such-run") is None
