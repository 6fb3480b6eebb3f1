"""A DAG of the stock provider: its operator blocking and deferred, and as a pair with its sensor."""

from __future__ import annotations

import os

from airflow.providers.airbyte.operators.airbyte import AirbyteTriggerSyncOperator
from airflow.providers.airbyte.sensors.airbyte import AirbyteJobSensor
from airflow.sdk import DAG

_CONNECTION_ID = os.environ["CONFORMANCE_CONNECTION_ID"]

with DAG("stock", schedule=None):
    blocking = AirbyteTriggerSyncOperator(task_id="blocking", connection_id=_CONNECTION_ID, wait_seconds=0.2)
    deferred = AirbyteTriggerSyncOperator(task_id="deferred", connection_id=_CONNECTION_ID, deferrable=True)
    begin = AirbyteTriggerSyncOperator(task_id="begin", connection_id=_CONNECTION_ID, asynchronous=True)
    wait = AirbyteJobSensor(
        task_id="wait",
        airbyte_job_id=begin.output,  # type: ignore[arg-type]  # a template: known when the task runs
        poke_interval=0.2,
        timeout=60,
    )
    blocking >> deferred >> begin >> wait
