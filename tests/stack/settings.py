"""The environment that all of Airflow's processes share: nothing of this machine's, and waits that are short.

Airflow notices a dead worker or triggerer after minutes as it comes; here after seconds, or the tests would wait.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
from pathlib import Path

from tests.stack.databases import Databases

LINEAGE = "lineage.jsonl"  # the file of OpenLineage's events
_SHORT_WAITS = {
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "AIRFLOW__SCHEDULER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__SCHEDULER__PARSING_CLEANUP_INTERVAL": "10",  # new assets become active then
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "2",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "2",
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "10",
}


def environment(
    home: Path, databases: Databases, *, api_port: int, redis_database: int | None, webhook_token: str
) -> dict[str, str]:
    """Return the variables; `redis_database`: the number of the one that Celery uses, None without Celery."""
    url = databases.metadata.sqlalchemy_url
    lineage = {"type": "file", "log_file_path": str(home / LINEAGE), "append": True}
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "AIRFLOW_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor" if redis_database is None else "LocalExecutor,CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",  # the examples would run by themselves, every hour
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api_port}/execution/",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(api_port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{api_port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_hex(16),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__PROFILEMESH__STORE": "profiles",  # an Airflow connection: its password is a canary, too
        "AIRFLOW__PROFILEMESH__WEBHOOK_TOKEN": webhook_token,
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",  # looking at all files is half a minute's work
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps(lineage),
        "AIRFLOW__OPENLINEAGE__SELECTIVE_ENABLE": "True",  # each event costs a process: few DAGs send them
        **_SHORT_WAITS,
        **(_celery(url, redis_database) if redis_database is not None else {}),
    }


def _celery(url: str, redis_database: int) -> dict[str, str]:
    return {
        "AIRFLOW__CELERY__BROKER_URL": f"redis://127.0.0.1:6379/{redis_database}",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{url}",
        "AIRFLOW__CELERY__WORKER_CONCURRENCY": "2",
        "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT": "86400",
    }
