from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import DAG, dag, task

from taskflow_profilemesh import (
    AirbyteSyncOperator,
    TableRef,
    airbyte_sync,
    create_profiling_task_group,
    profile_dag,
    profile_tables,
)
from tests.flows.running import Finished, run_dag
from tests.flows.shop import CONNECTION, Shop, users

pytestmark = pytest.mark.airflow_db


def _flow(*, deferrable: bool = False, **options: Any) -> DAG:
    @dag(schedule=None)
    def shop() -> None:
        @airbyte_sync(deferrable=deferrable, poll_interval_seconds=1)
        def sync():  # type: ignore[no-untyped-def]
            return CONNECTION

        @profile_tables(conn_id="warehouse", **options)
        def profile(synced):  # type: ignore[no-untyped-def]
            return synced

        @task(trigger_rule="all_done")
        def after(result):  # type: ignore[no-untyped-def]
            return result["drift"]["severity"]

        after(profile(sync()))

    return shop()


def _run(**options: Any) -> Finished:
    return run_dag(_flow(**options))


@pytest.mark.parametrize("deferrable", [False, True])
def test_exactly_the_tables_that_the_sync_wrote_are_profiled(shop: Shop, *, deferrable: bool) -> None:
    finished = _run(deferrable=deferrable)
    assert finished.state == "success"
    synced, profiled = finished.returned["sync"], finished.returned["profile"]
    assert (synced["status"], synced["rows_synced"], synced["tables"]) == ("succeeded", 1_600, ["users", "orders"])
    assert [(table["table"], table["row_count"]) for table in profiled["tables"]] == [("users", 1_000), ("orders", 600)]
    assert profiled["drift"] == {"detected": False, "severity": None, "summary": "No drift."}


def test_a_group_profiles_each_table_that_the_sync_wrote_and_holds_it_against_the_sync(shop: Shop) -> None:
    with DAG("grouped", schedule=None) as made:
        sync = AirbyteSyncOperator(task_id="sync", connection=CONNECTION, poll_interval_seconds=1)
        create_profiling_task_group(sync.output, conn_id="warehouse", group_id="profile")
    finished = run_dag(made)
    assert finished.state == "success"
    assert [(one["table"], one["synced"]["rows_committed"]) for one in finished.returned["profile.choose"]] == [
        ("users", 1_000),
        ("orders", 600),
    ]
    assert [one["tables"][0]["row_count"] for one in finished.returned["profile.table"]] == [1_000, 600]


def test_what_mapped_syncs_wrote_is_profiled_by_one_task(shop: Shop) -> None:
    with DAG("mapped_syncs", schedule=None) as made:

        @airbyte_sync(poll_interval_seconds=1)
        def sync(name):  # type: ignore[no-untyped-def]
            return name

        @profile_tables(conn_id="warehouse")
        def profile(synced):  # type: ignore[no-untyped-def]
            return synced

        profile(sync.expand(name=[CONNECTION]))
    finished = run_dag(made)
    assert finished.state == "success"
    assert [one["table"] for one in finished.returned["profile"]["tables"]] == ["users", "orders"]


def test_a_config_without_tables_profiles_each_that_its_sync_wrote_in_a_task_of_its_own(shop: Shop) -> None:
    config = {
        "source": {"conn_id": "warehouse"},
        "airbyte": {"connections": [{"connection": CONNECTION, "poll_interval_seconds": 1}]},
        "execution": {"dag_id": "synced_by_config", "task_per_table": True},
    }
    finished = run_dag(profile_dag(config))
    assert finished.state == "success"
    assert [one["tables"][0]["table"] for one in finished.returned["profile.table"]] == ["users", "orders"]


def test_the_result_of_a_sync_is_the_same_in_both_modes(shop: Shop) -> None:
    blocking, deferred = (_run(deferrable=mode).returned["sync"] for mode in (False, True))
    changing = ("job_id", "started_at", "finished_at", "duration_seconds", "url")
    assert {key: blocking[key] for key in blocking if key not in changing} == {
        key: deferred[key] for key in deferred if key not in changing
    }
    assert blocking.keys() == deferred.keys()
    assert (blocking["job_id"], deferred["job_id"]) == (1, 2)


def test_a_profile_is_stored_with_exact_numbers_and_without_airbytes_own_columns(shop: Shop) -> None:
    profile_id = _run().returned["profile"]["tables"][0]["profile_id"]
    stored = shop.store().load(profile_id)
    assert stored is not None
    assert [column.schema.name for column in stored.profile.columns] == ["id", "name", "age", "country"]
    age = stored.profile.column("age")
    assert age is not None
    assert (age.minimum, age.maximum, age.null_count) == (20, 69, 0)
    assert age.numbers is not None
    assert age.numbers.mean == 44.5
    assert age.distinct is not None
    assert (age.distinct.count, age.distinct.error_ratio) == (50, 0.0)
    assert stored.profile.exact


def test_a_second_run_says_what_drifted_and_succeeds_unless_told_otherwise(shop: Shop) -> None:
    _run()
    shop.sell([row | {"age": row["age"] + 30} for row in users()])
    finished = _run()
    assert (finished.state, finished.returned["after"]) == ("success", "high")
    finding = finished.returned["profile"]["tables"][0]["drift"]["findings"][0]
    assert (finding["metric"], finding["column"], finding["severity"]) == ("psi", "age", "high")


def test_severe_drift_fails_the_task_after_its_result_was_pushed_and_never_becomes_a_baseline(shop: Shop) -> None:
    _run(on_drift="fail")
    shop.sell(users(country=None))
    for _ in range(2):  # the second run is compared with the first one too, not with the one that failed
        finished = _run(on_drift="fail")
        assert finished.states["profile"] == "failed"
        assert finished.returned["profile"]["drift"]["severity"] == "high"
    passed = [run.passed for run in shop.store().history("warehouse", TableRef("users"))]
    assert passed == [False, False, True]


def test_drift_below_the_demanded_severity_stops_nothing(shop: Shop) -> None:
    _run()
    shop.sell([row | {"email": "a@b.example"} for row in users()])
    finished = _run(on_drift="fail", drift_severity="high")
    assert (finished.state, finished.returned["after"]) == ("success", "low")


def test_drift_can_skip_what_follows(shop: Shop) -> None:
    _run()
    shop.sell([])
    finished = _run(on_drift="skip")
    assert finished.states["profile"] == "skipped"
    assert finished.returned["profile"]["drift"]["severity"] == "high"


def test_a_retry_of_the_same_task_replaces_its_own_profile_instead_of_doubling_it(shop: Shop) -> None:
    flow = _flow()
    finished = run_dag(flow)
    operator: Any = flow.task_dict["profile"]
    _again(operator, finished)
    _again(operator, finished)
    assert len(shop.store().history("warehouse", TableRef("users"))) == 2


def test_rows_that_were_lost_between_sync_and_profile_fail_the_task(shop: Shop) -> None:
    @dag(schedule=None)
    def losing() -> None:
        @airbyte_sync(poll_interval_seconds=1)
        def sync():  # type: ignore[no-untyped-def]
            return CONNECTION

        @task
        def lose(synced):  # type: ignore[no-untyped-def]
            connection = sqlite3.connect(shop.warehouse)
            connection.executescript("delete from users where id < 100")
            connection.close()
            return synced

        @profile_tables(conn_id="warehouse", on_drift="fail")
        def profile(synced):  # type: ignore[no-untyped-def]
            return synced

        profile(lose(sync()))

    finished = run_dag(losing())
    assert finished.states["profile"] == "failed"
    users, orders = finished.returned["profile"]["tables"]
    (finding,) = users["drift"]["findings"]
    assert (finding["metric"], finding["baseline_value"], finding["current_value"]) == ("rows_lost", 1_000, 900)
    assert orders["drift"]["findings"] == []


def _again(operator: Any, finished: Finished) -> None:
    """Execute the profiling as the same task instance would, another time."""

    class Instance:
        dag_id, task_id, run_id, map_index = "shop", "profile", "one run", -1

        def xcom_push(self, key: str, value: Any) -> None:
            """Take the link that the task pushes."""

    operator.op_args, operator.op_kwargs = [finished.returned["sync"]], {}
    operator.execute({"ti": Instance()})
