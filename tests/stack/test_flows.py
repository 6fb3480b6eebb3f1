"""Sync → profile on a real stack: on every executor, in both ways of waiting, and the example DAGs as they are."""

from __future__ import annotations

import pytest

from tests.stack.airbyte import ROWS, Synced
from tests.stack.conftest import needs_redis
from tests.stack.rest import Airflow
from tests.stack.stack import ROOT

LOCAL = ["local_blocking", "local_deferrable"]
CELERY = [pytest.param(name, marks=needs_redis) for name in ("celery_blocking", "celery_deferrable")]


@pytest.mark.parametrize("flow", [*LOCAL, *CELERY])
def test_a_sync_is_run_once_and_its_table_is_profiled(airflow: Airflow, shop: Synced, flow: str) -> None:
    run = airflow.trigger(f"flow_{flow}", connection=shop.name)
    run.wait_for("success")
    assert list(shop.jobs().values()) == ["succeeded"]
    assert run.task("sync").result()["rows_synced"] == ROWS
    (table,) = run.task("profile").result()["tables"]
    assert (table["table"], table["row_count"]) == (f"public.{shop.name}", ROWS)


def test_every_dag_file_is_read_without_an_error(airflow: Airflow) -> None:
    examples = {file.name for file in (ROOT / "example_dags").glob("*.py")}
    assert examples >= {"sync_then_profile.py", "sync_many.py", "wait_for_sync.py", "profile_tables.py"}
    airflow.wait_for_files(examples)
    assert airflow.import_errors() == []
