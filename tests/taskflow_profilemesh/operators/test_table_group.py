"""What the tasks of a table on many workers make of their options."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from taskflow_profilemesh import profile_table_group
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.operators.table_group import PlanTableOperator
from tests.taskflow_profilemesh.airflow_connections import connect
from tests.taskflow_profilemesh.reading.servers import in_sqlite


def test_each_worker_withholds_what_its_options_hide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_sqlite(tmp_path / "shop.db", "create table orders (price real)")
    connect(monkeypatch, "warehouse", conn_type="sqlite", host=str(tmp_path / "shop.db"))
    task = PlanTableOperator(
        task_id="plan",
        tables="orders",
        partitions=1,
        conn_id="warehouse",
        store=f"sqlite:///{tmp_path}/profiles.db",
        privacy={"hide_values": ["price"]},
    )
    with task._spread(task._options()) as (spread, _):
        assert spread.pipeline.privacy.hide_values == ("price",)


def test_a_dry_run_of_many_workers_is_refused_for_it_would_store() -> None:
    options = cast("Any", {"dry_run": True})
    with pytest.raises(InvalidOption, match="dry_run"):
        profile_table_group("orders", **options)
