"""The mock Airbyte as a process of its own: it can be killed and comes back at the same address with what it knew.

Each test syncs a connection of its own, so that its jobs are its own whatever other tests did before.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.processes import Command, free_ports
from tests.stack.databases import Database
from tests.stack.polling import awaited
from tests.stack.service import Service

CLIENT_ID = "stack-client"
_START_SECONDS = 60
_JOB_SECONDS = 60
ROWS = 25


class Airbyte:
    """The running mock, steered through its control."""

    def __init__(self, service: Service, url: str, warehouse: Database, client_secret: str) -> None:
        """Take the process, where it listens, where its connections write to, and the secret of its one user."""
        self.service = service
        self.url = url
        self._warehouse = warehouse
        self._client_secret = client_secret

    def wait_until_well(self) -> None:
        """Wait until it answers."""
        self.service.process.wait_until(self._answers, within_seconds=_START_SECONDS)

    def connection(self, name: str | None = None) -> Synced:
        """Make a connection that moves one table of `ROWS` rows into the warehouse; its name and table are new.

        `name`: the one that they have, where a DAG has to know it beforehand.
        """
        name = name or f"shop_{secrets.token_hex(4)}"
        rows = [{"id": number, "price": number / 4} for number in range(ROWS)]
        source = {"name": name, "type": "mock-inline", "configuration": {"streams": [{"name": name, "rows": rows}]}}
        configuration = self._warehouse.airbyte_configuration()
        destination = {"name": name, "type": "postgres", "configuration": configuration}
        joined = {"name": name, "source": name, "destination": name}
        self.control("POST", "/seed", {"sources": [source], "destinations": [destination], "connections": [joined]})
        known = {one["name"]: one["connectionId"] for one in self.control("GET", "/state")["connections"]}
        return Synced(self, name, known[name])

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Ask the mock's control; raises on an error status."""
        answer = httpx.request(method, f"{self.url}/_mock{path}", json=body, timeout=20)
        content: dict[str, Any] = answer.raise_for_status().json()
        return content

    def start_sync(self, connection_id: str) -> int:
        """Start a sync through Airbyte's API, as somebody who is not Airflow does, and return the job's id."""
        public = f"{self.url}/api/public/v1"
        account = {"client_id": CLIENT_ID, "client_secret": self._client_secret, "grant_type": "client_credentials"}
        token = httpx.post(f"{public}/applications/token", json=account, timeout=20).raise_for_status().json()
        headers = {"Authorization": f"Bearer {token['access_token']}"}
        body = {"connectionId": connection_id, "jobType": "sync"}
        answer = httpx.post(f"{public}/jobs", json=body, headers=headers, timeout=20).raise_for_status()
        return int(answer.json()["jobId"])

    def restart(self) -> None:
        """Kill it in the middle of whatever it does, start it again, and wait until it answers."""
        self.service.kill()
        self.service.start()
        self.wait_until_well()

    def _answers(self) -> bool:
        try:
            return bool(self.control("GET", "/health")["status"] == "ok")
        except httpx.TransportError:
            return False


@dataclass(frozen=True, slots=True)
class Synced:
    """One connection of the mock and its jobs; `name` is its table's as well."""

    airbyte: Airbyte
    name: str
    connection_id: str

    def start(self) -> int:
        """Sync by hand, whoever watches, and return the job's id."""
        return self.airbyte.start_sync(self.connection_id)

    def hold(self) -> None:
        """Let jobs that start from now on run until they are moved by `finish`."""
        self.airbyte.control("POST", "/scenarios", {"name": "stuck", "connectionId": self.connection_id})

    def let_go(self) -> None:
        """Let jobs that start from now on succeed by themselves."""
        self.airbyte.control("DELETE", "/scenarios")

    def jobs(self) -> dict[int, str]:
        """Return the status of each job that ever was, by its id."""
        listed = [one["job"] for one in self.airbyte.control("GET", "/snapshot")["jobs"]]
        return {job["id"]: job["status"] for job in listed if job["configId"] == self.connection_id}

    def running_job(self) -> int:
        """Wait until exactly one job runs, and return its id."""
        seen = awaited(
            self.jobs,
            lambda jobs: list(jobs.values()).count("running") == 1,
            what="a running job",
            within_seconds=_JOB_SECONDS,
        )
        return next(job_id for job_id, status in seen.items() if status == "running")

    def finish(self, job_id: int, status: str = "succeeded") -> None:
        """Let the job end now."""
        self.airbyte.control("POST", f"/jobs/{job_id}/transition", {"status": status})

    def wait_for_jobs(self, *statuses: str) -> None:
        """Wait until the jobs that ever were, oldest first, have these statuses."""
        awaited(
            self.jobs,
            lambda jobs: [status for _, status in sorted(jobs.items())] == list(statuses),
            what=f"jobs {statuses}",
            within_seconds=_JOB_SECONDS,
        )


@contextmanager
def airbyte_process(folder: Path, path: str, warehouse: Database, client_secret: str) -> Iterator[Airbyte]:
    """Start the mock, and end it at the end; nothing is awaited. `path`: where its command is looked for."""
    (port,) = free_ports(1)
    serve = ["mock-airbyte", "serve", f"--port={port}", f"--state={folder / 'airbyte.state'}"]
    command = Command(
        "mock-airbyte",
        [*serve, f"--client-id={CLIENT_ID}", "--pending-seconds=0.5", "--running-seconds=1"],
        {"PATH": path, "HOME": str(folder), "PYTHONUNBUFFERED": "1", "MOCK_AIRBYTE_CLIENT_SECRET": client_secret},
        folder,
    )
    service = Service(command, folder / "mock-airbyte.log")
    service.start()
    try:
        yield Airbyte(service, f"http://127.0.0.1:{port}", warehouse, client_secret)
    finally:
        service.stop()
