"""Airflow as its users reach it: the REST API, version 2, with a token of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
import psutil

from tests.stack.polling import awaited

_REQUEST_SECONDS = 60
_PARSE_SECONDS = 90
_RUN_SECONDS = 90
_ENDS = {"success", "failed", "skipped", "upstream_failed", "removed"}


class Airflow:
    """The API of a running stack."""

    def __init__(self, url: str) -> None:
        """Take where it listens, and get a token: everybody is an admin there."""
        token = httpx.get(f"{url}/auth/token", timeout=_REQUEST_SECONDS).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=_REQUEST_SECONDS)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the JSON that the API answers; raises `AssertionError` with its reason on an error status."""
        answer = self._client.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content

    def connect(self, conn_id: str, parts: Mapping[str, Any]) -> None:
        """Keep an Airflow connection in the metadata database, as the page of connections does."""
        self.ask("POST", "/connections", {"connection_id": conn_id, **parts})

    def dag_ids(self) -> set[str]:
        """Return the DAGs that the dag-processor has read without an error."""
        return {dag["dag_id"] for dag in self.ask("GET", "/dags?limit=100")["dags"]}

    def wait_for_files(self, names: set[str]) -> None:
        """Wait until each of these files of the DAG folder has a DAG; raises as soon as one cannot be read."""

        def read() -> set[str]:
            assert self.import_errors() == []
            return {dag["relative_fileloc"] for dag in self.ask("GET", "/dags?limit=100")["dags"]}

        awaited(read, lambda seen: seen >= names, what="DAGs of every file", within_seconds=_PARSE_SECONDS)

    def parse_again(self, dag_id: str) -> None:
        """Have the DAG's file read once more, now; the dag-processor answers nobody when it has."""
        self.ask("PUT", f"/parseDagFile/{self.ask('GET', f'/dags/{dag_id}')['file_token']}")

    def import_errors(self) -> list[str]:
        """Return why DAG files could not be read."""
        return [error["stack_trace"] for error in self.ask("GET", "/importErrors")["import_errors"]]

    def trigger(self, dag_id: str, **conf: Any) -> Run:
        """Start a run with these params, once the DAG is known."""
        awaited(self.dag_ids, lambda known: dag_id in known, what=dag_id, within_seconds=_PARSE_SECONDS)
        run = self.ask("POST", f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})
        return Run(self, dag_id, run["dag_run_id"])

    def runs(self, dag_id: str) -> list[Run]:
        """Return the DAG's runs, whoever started them, oldest first."""
        listed = self.ask("GET", f"/dags/{dag_id}/dagRuns?order_by=run_after")["dag_runs"]
        return [Run(self, dag_id, run["dag_run_id"]) for run in listed]


@dataclass(frozen=True, slots=True)
class Run:
    """One DAG run."""

    airflow: Airflow
    dag_id: str
    run_id: str

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/dags/{self.dag_id}/dagRuns/{quote(self.run_id)}"

    def state(self) -> str:
        """Return its state."""
        return str(self.airflow.ask("GET", self.path)["state"])

    def wait_for(self, state: str, *, within_seconds: float = _RUN_SECONDS) -> None:
        """Wait until it has this state; raises as soon as it has ended with another."""
        what = f"{state} of {self.dag_id}"
        is_over = ({"success", "failed"} - {state}).__contains__
        awaited(self.state, state.__eq__, what=what, within_seconds=within_seconds, hopeless=is_over)

    def task(self, task_id: str, map_index: int = -1) -> Task:
        """Return one of its tasks."""
        return Task(self, task_id, map_index)


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a DAG run: seen, marked, cleared, and killed."""

    run: Run
    task_id: str
    map_index: int = -1

    @property
    def path(self) -> str:
        """Where the API has it."""
        mapped = "" if self.map_index < 0 else f"/{self.map_index}"
        return f"{self.run.path}/taskInstances/{self.task_id}{mapped}"

    def seen(self) -> dict[str, Any]:
        """Return what the API says of it: `state`, `try_number`, `pid`, …"""
        return self.run.airflow.ask("GET", self.path)

    def wait_for(self, state: str, *, try_number: int | None = None, within_seconds: float = _RUN_SECONDS) -> None:
        """Wait until it has this state, in this try; raises as soon as it has ended with another."""
        awaited(
            self.seen,
            lambda seen: seen["state"] == state and try_number in (None, seen["try_number"]),
            what=f"{state} of {self.task_id} (try {try_number or 'any'})",
            within_seconds=within_seconds,
            hopeless=lambda seen: seen["state"] in _ENDS - {state} and seen["try_number"] == try_number,
        )

    def result(self, key: str = "return_value") -> Any:
        """Return the XCom."""
        path = f"{self.run.path}/taskInstances/{self.task_id}/xcomEntries/{key}?map_index={self.map_index}"
        return self.run.airflow.ask("GET", f"{path}&stringify=false")["value"]

    def wait_for_xcom(self, key: str) -> Any:
        """Wait until this try has pushed the XCom, and return it; those of earlier tries stay for a while."""

        def keys() -> set[str]:
            began = datetime.fromisoformat(self.seen()["start_date"])
            listed = self.run.airflow.ask("GET", f"{self.run.path}/taskInstances/{self.task_id}/xcomEntries")
            ours = [one for one in listed["xcom_entries"] if one["map_index"] == self.map_index]
            return {one["key"] for one in ours if datetime.fromisoformat(one["timestamp"]) > began}

        awaited(keys, lambda seen: key in seen, what=f"XCom {key} of {self.task_id}", within_seconds=_RUN_SECONDS)
        return self.result(key)

    def mark(self, state: str) -> None:
        """Set its state, as a user does on its page."""
        self.run.airflow.ask("PATCH", self.path, {"new_state": state})

    def clear(self) -> None:
        """Clear it, as a user does on its page."""
        chosen = {"dag_run_id": self.run.run_id, "task_ids": [self.task_id]}
        how = {"dry_run": False, "only_failed": False, "reset_dag_runs": True}
        self.run.airflow.ask("POST", f"/dags/{self.run.dag_id}/clearTaskInstances", {**chosen, **how})

    def pid(self) -> int:
        """Return the id of the process that runs it."""
        return int(self.seen()["pid"])

    def kill(self, *, with_worker: bool = False) -> None:
        """Kill its process with SIGKILL; `with_worker`: first the one that looks after it, and would report it."""
        process = psutil.Process(self.pid())
        if with_worker:
            os.kill(process.ppid(), signal.SIGKILL)
        os.kill(process.pid, signal.SIGKILL)
