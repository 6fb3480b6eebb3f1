"""Asset events of profiled and of synced tables, read from Airflow's own metadata database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest
from airflow.providers.common.compat.sdk import Asset, AssetAlias, dag

from taskflow_profilemesh import airbyte_sync, profile_tables
from tests.flows.running import asset_events, run_dag
from tests.flows.shop import CONNECTION, Shop, users

if TYPE_CHECKING:
    from airflow.providers.common.compat.sdk import DAG

pytestmark = pytest.mark.airflow_db


def _flow(profiled: Sequence[Any] = (), synced: Sequence[Any] = (), **options: Any) -> DAG:
    @dag(schedule=None)
    def assets() -> None:
        @airbyte_sync(poll_interval_seconds=1, outlets=list(synced))
        def sync() -> str:
            return CONNECTION

        @profile_tables(conn_id="warehouse", outlets=list(profiled), **options)
        def profile(result: Any) -> Any:
            return result

        profile(sync())

    return assets()


def test_an_outlet_that_is_a_profiled_table_has_its_numbers(shop: Shop) -> None:
    users_asset, other = Asset(f"sqlite://{shop.warehouse}/users"), Asset(f"sqlite://{shop.warehouse}/elsewhere")
    finished = run_dag(_flow([users_asset, other]))
    (extra,) = asset_events(users_asset.uri)
    told = finished.returned["profile"]["tables"][0]
    assert extra == {
        "table": "users",
        "row_count": 1_000,
        "column_count": 4,
        "profile_id": told["profile_id"],
        "exact": True,
        "drift_severity": None,
        "findings": 0,
        "schema_changes": 0,
    }
    assert asset_events(other.uri) == [{}]  # Airflow tells every outlet of a task that succeeds


def test_an_outlet_may_be_called_by_the_tables_own_name(shop: Shop) -> None:
    run_dag(_flow([Asset("orders")]))
    assert asset_events("orders")[-1]["row_count"] == 600


def test_an_alias_tells_of_every_table_that_was_profiled(shop: Shop) -> None:
    run_dag(_flow([AssetAlias("profiled")]))
    for name, rows in (("users", 1_000), ("orders", 600)):
        (extra,) = asset_events(f"sqlite://{shop.warehouse}/{name}")
        assert (extra["table"], extra["row_count"]) == (name, rows)


def test_drift_travels_with_the_event(shop: Shop) -> None:
    flow = _flow([AssetAlias("profiled")])
    run_dag(flow)
    shop.sell(users(country=None))
    run_dag(flow)
    severities = [extra["drift_severity"] for extra in asset_events(f"sqlite://{shop.warehouse}/users")]
    assert severities == [None, "high"]


@pytest.mark.parametrize("on_drift", ["fail", "skip"])
def test_a_gate_that_ends_the_task_lets_no_event_through(shop: Shop, on_drift: str) -> None:
    flow = _flow([AssetAlias("profiled")], on_drift=on_drift)
    run_dag(flow)
    shop.sell(users(country=None))
    run_dag(flow)
    assert len(asset_events(f"sqlite://{shop.warehouse}/users")) == 1


def test_a_sync_tells_the_rows_of_each_table(shop: Shop) -> None:
    wanted = Asset(f"sqlite://{shop.warehouse}/users")
    finished = run_dag(_flow(synced=[wanted, AssetAlias("synced")]))
    told = finished.returned["sync"]
    (direct, by_alias) = asset_events(wanted.uri)
    assert direct == by_alias
    assert (direct["rows_synced"], direct["job_id"]) == (1_000, told["job_id"])
    server = shop.airbyte.url.removeprefix("http://").split("/")[0]
    (orders,) = asset_events(f"airbyte://{server}/{shop.connection_id}/orders")
    assert orders["rows_synced"] == 600
