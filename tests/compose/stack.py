"""The services that are ours, running as processes, with everything that they need made before and removed after."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg import sql

from tests.compose import redis_database
from tests.compose.composition import ROOT, Composition
from tests.compose.here import Here
from tests.processes import Process, started

_INIT = "airflow-init"
_MIGRATION_SECONDS = 150
_REQUEST_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Stack:
    """The running services."""

    here: Here
    processes: Mapping[str, Process]
    logs: Path

    def wait_until_well(self, name: str) -> None:
        """Run the service's own healthcheck until it succeeds; raises `ProcessFault` after its start period."""
        service, check = self.here.composition.services[name], self.here.check(name)
        log = self.logs / f"{name}-healthcheck.log"
        self.processes[name].wait_until(
            lambda: check.succeeds(log, within_seconds=service.check_seconds),
            within_seconds=service.start_seconds,
        )

    def wait_for_runs(self, client: httpx.Client, dag_ids: set[str], *, within_seconds: float) -> None:
        """Wait until each of the DAGs has a run that succeeded; raises as soon as one fails, with its tasks' logs."""

        def all_succeeded() -> bool:
            runs = answer(client, "/dags/~/dagRuns?limit=100")["dag_runs"]
            states = {run["dag_id"]: run["state"] for run in runs if run["dag_id"] in dag_ids}
            for dag_id in (dag_id for dag_id, state in states.items() if state == "failed"):
                raise AssertionError("\n".join([f"a run of {dag_id} failed; its tasks' logs:", self.task_logs(dag_id)]))
            return set(states) == dag_ids and set(states.values()) == {"success"}

        self.processes["worker"].wait_until(all_succeeded, within_seconds=within_seconds)

    def log_in(self, user: str, password: str) -> httpx.Client:
        """Return a client of the API server with the user's token; raises when the password is wrong."""
        answer = httpx.post(
            self.here.url("/auth/token"),
            json={"username": user, "password": password},
            timeout=_REQUEST_SECONDS,
        )
        headers = {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
        return httpx.Client(base_url=self.here.url("/api/v2"), headers=headers, timeout=_REQUEST_SECONDS)

    def airbyte(self) -> httpx.Client:
        """Return a client of the mock, logged in with what Airflow's connection holds."""
        environment = self.here.command("worker").environment
        connection = json.loads(environment["AIRFLOW_CONN_AIRBYTE_DEFAULT"])
        answer = httpx.post(
            f"{connection['host']}/applications/token",
            json={"client_id": connection["login"], "client_secret": connection["password"]},
            timeout=_REQUEST_SECONDS,
        )
        headers = {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}
        return httpx.Client(base_url=connection["host"], headers=headers, timeout=_REQUEST_SECONDS)

    def query(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query in a database of the composition."""
        with psycopg.connect(self.here.database_url(database)) as connection:
            return connection.execute(statement.encode()).fetchall()

    def task_logs(self, dag_id: str) -> str:
        """Return what the DAG's tasks logged."""
        files = sorted((self.here.home / "logs" / f"dag_id={dag_id}").rglob("*.log"))
        return "\n".join(f"{file.parent.name}: {file.read_text(errors='replace')}" for file in files)


def answer(client: httpx.Client, path: str) -> dict[str, Any]:
    """Return the JSON that the API answers; raises on an error status."""
    content: dict[str, Any] = client.get(path).raise_for_status().json()
    return content


@contextmanager
def running(composition: Composition, postgres_url: str, folder: Path) -> Iterator[Stack]:
    """Make databases, folders and files, migrate, and start every lasting service of ours at once.

    The worker is left out where no Redis answers.
    """
    with ExitStack() as opened:
        databases = opened.enter_context(_databases(composition, postgres_url))
        has_redis = redis_database.answers()
        number = opened.enter_context(redis_database.empty_database()) if has_redis else 0
        here = Here(composition, folder / "opt-airflow", postgres_url, databases, number)
        _furnish(here)
        here.command(_INIT).run(folder / f"{_INIT}.log", within_seconds=_MIGRATION_SECONDS)
        lasting = [s.name for s in composition.services.values() if s.is_ours and not s.is_one_shot]
        names = [name for name in lasting if name != "worker" or has_redis]
        processes = {name: opened.enter_context(started(here.command(name), folder / f"{name}.log")) for name in names}
        yield Stack(here, processes, folder)


def _furnish(here: Here) -> None:
    """Put the files where the containers have them: DAGs (the examples, and a look at the wiring) and configs."""
    dags = here.home / "dags"
    dags.mkdir(parents=True)
    for file in [*(ROOT / "example_dags").glob("*.[py]*"), *(Path(__file__).parent / "dags").glob("*.py")]:
        shutil.copy(file, dags)
    here.write_configs()


@contextmanager
def _databases(composition: Composition, server_url: str) -> Iterator[Mapping[str, str]]:
    """Yield the databases that the composition creates, by their names there; they are dropped at the end."""
    token = secrets.token_hex(6)
    names = {name: f"profilemesh_test_{name}_{token}" for name in sorted(composition.created_databases)}
    script = f"CREATE DATABASE {composition.services['postgres'].environment['POSTGRES_DB']};\n"
    script += composition.config("databases")
    for there, here in names.items():
        script = re.sub(rf"\b{there}\b", here, script)
    with psycopg.connect(server_url, autocommit=True) as server:
        try:
            for statement in filter(str.strip, script.split(";")):
                server.execute(statement.encode())
            yield names
        finally:
            for name in names.values():
                server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
