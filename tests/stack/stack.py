"""The whole stack: databases, the mock, Airflow's processes; started at once, ended with all that they started."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.compose import redis_database
from tests.processes import Command, free_ports
from tests.stack.airbyte import CLIENT_ID, Airbyte, airbyte_process
from tests.stack.canaries import Canaries
from tests.stack.databases import Databases, databases
from tests.stack.rest import Airflow
from tests.stack.service import Service
from tests.stack.settings import environment

ROOT = Path(__file__).parents[2]
_DAGS = Path(__file__).parent / "dags"
_MIGRATION_SECONDS = 150
_START_SECONDS = 150
_WORKERS = ("worker-1", "worker-2")
_LOG_LINES = 25


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs."""

    folder: Path  # every log is below it
    services: Mapping[str, Service]  # scheduler, api-server, dag-processor, triggerer, and worker-1 and -2 with Celery
    airflow: Airflow
    airbyte: Airbyte
    databases: Databases
    canaries: Canaries
    fernet_key: str
    url: str  # of the api-server

    def restart(self, name: str) -> None:
        """Kill a service with all that it started, and start it again; nothing is awaited."""
        self.services[name].kill()
        self.services[name].start()

    def service_of(self, pid: int) -> Service:
        """Return the service that started the process, however deep."""
        return next(service for service in self.services.values() if service.holds(pid))

    def last_words(self) -> str:
        """Return the last lines of every service's log."""
        logs = [*(service.log for service in self.services.values()), self.airbyte.service.log]
        return "\n\n".join(_end_of(log) for log in logs)

    def task_logs(self) -> str:
        """Return the end of what the last four tries of tasks logged, newest last."""
        files = sorted((self.folder / "logs").rglob("attempt=*.log"), key=lambda file: file.stat().st_mtime)
        return "\n\n".join(_end_of(file) for file in files[-4:])


@contextmanager
def running(postgres_url: str, folder: Path, *, with_celery: bool = True, **changed: str) -> Iterator[Stack]:
    """Make databases and a DAG folder, migrate, start everything at once, and wait until Airflow answers.

    Celery's executor and its two workers are left out where no Redis answers, or unless `with_celery`. `changed`:
    variables of the environment that are other ones than in `settings.py`.
    """
    canaries = Canaries.new()
    with ExitStack() as opened:
        made = opened.enter_context(databases(postgres_url, canaries.warehouse_password))
        number = _celerys_database(opened) if with_celery else None
        (port,) = free_ports(1)
        token = canaries.webhook_token
        variables = environment(folder, made, api_port=port, redis_database=number, webhook_token=token) | changed
        path, secret = variables["PATH"], canaries.airbyte_secret
        airbyte = opened.enter_context(airbyte_process(folder, path, made.warehouse, secret))
        _furnish(folder / "dags")
        migration = Command("airflow db migrate", ["airflow", "db", "migrate"], variables, folder)
        migration.run(folder / "migration.log", within_seconds=_MIGRATION_SECONDS)
        services = {}
        for command in _commands(variables, folder, with_celery=number is not None):
            service = services[command.name] = Service(command, folder / f"{command.name}.log")
            opened.callback(service.kill)  # quick: nothing here needs to say goodbye
            service.start()
        url = f"http://127.0.0.1:{port}"
        services["api-server"].process.wait_until(lambda: _answers(url), within_seconds=_START_SECONDS)
        airbyte.wait_until_well()
        stack = Stack(
            folder=folder,
            services=services,
            airflow=Airflow(url),
            airbyte=airbyte,
            databases=made,
            canaries=canaries,
            fernet_key=variables["AIRFLOW__CORE__FERNET_KEY"],
            url=url,
        )
        _connect(stack)
        yield stack


def _celerys_database(opened: ExitStack) -> int | None:
    """Return the number of an empty database of Redis; None where none answers."""
    return opened.enter_context(redis_database.empty_database()) if redis_database.answers() else None


def _commands(variables: Mapping[str, str], folder: Path, *, with_celery: bool) -> list[Command]:
    """Return what is started; the slowest first."""
    names = ["api-server", "dag-processor", "scheduler", "triggerer"]
    commands = [Command(name, ["airflow", name, *_own(name)], variables, folder) for name in names]
    for name in _WORKERS if with_celery else ():
        options = [f"--celery-hostname={name}@%h", "--skip-serve-logs", "--without-gossip", "--without-mingle"]
        commands.append(Command(name, ["airflow", "celery", "worker", *options], variables, folder))
    return commands


def _own(name: str) -> list[str]:
    return ["--skip-serve-logs"] if name in ("scheduler", "triggerer") else []


def _furnish(dags: Path) -> None:
    """Put our DAGs and the examples into the DAG folder."""
    dags.mkdir()
    for file in [*_DAGS.glob("*.py"), *(ROOT / "example_dags").glob("*.[py]*")]:  # .py and .yml
        shutil.copy(file, dags)


def _connect(stack: Stack) -> None:
    """Keep the Airflow connections that the DAGs name, those that cannot work among them."""
    airbyte: dict[str, Any] = {"conn_type": "airbyte", "host": stack.airbyte.url, "login": CLIENT_ID}
    warehouse = stack.databases.warehouse
    connections = {
        "airbyte_default": {**airbyte, "password": stack.canaries.airbyte_secret},
        "airbyte_refused": {**airbyte, "password": stack.canaries.wrong_secret},
        "warehouse": warehouse.airflow_connection(),
        "warehouse_down": warehouse.airflow_connection(host="127.0.0.1", port=free_ports(1)[0]),
        "profiles": stack.databases.profiles.airflow_connection(),
    }
    for conn_id, parts in connections.items():
        stack.airflow.connect(conn_id, parts)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/auth/token", timeout=10).is_success
    except httpx.TransportError:
        return False


def _end_of(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"── {log} ──", *lines[-_LOG_LINES:]])
