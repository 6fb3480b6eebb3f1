"""What the stock provider's hook and operator do outside of a DAG."""

from __future__ import annotations

import json
import os
from typing import Any

from airflow.providers.airbyte.hooks.airbyte import AirbyteHook
from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator

from tests.conformance.clients.answering import answer

Json = dict[str, Any]


def use_hook(**server: str) -> Json:
    """Test the connection, start a sync that would take an hour, look at it and cancel it."""
    _connect(server)
    hook = AirbyteHook()
    tested = hook.test_connection()  # type: ignore[no-untyped-call]  # Airflow's own is untyped
    job = hook.submit_sync_connection(connection_id=server["connection_id"])
    before = hook.get_job_status(job.job_id)
    return {"tested": tested, "before": before, "after": hook.cancel_job(job.job_id).status}


def sync_with_a_wrong_secret(**server: str) -> str:
    """Say what the operator raises with a secret that is not the mock's."""
    _connect(server | {"client_secret": "wrong"})
    try:
        AirbyteTriggerSyncOperator(task_id="sync", connection_id=server["connection_id"]).execute({})
    except Exception as error:  # noqa: BLE001 -- whatever the provider makes of it
        return str(error)
    return "synced"


def _connect(server: dict[str, str]) -> None:
    connection = {
        "conn_type": "airbyte",
        "host": server["url"],
        "login": server["client_id"],
        "password": server["client_secret"],
    }
    os.environ["AIRFLOW_CONN_AIRBYTE_DEFAULT"] = json.dumps(connection)


if __name__ == "__main__":
    answer(use_hook, sync_with_a_wrong_secret)
