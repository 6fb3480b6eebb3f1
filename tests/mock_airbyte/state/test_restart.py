"""`mock-airbyte serve --state`, killed and started again: nothing is lost, and no secret comes out."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests

from mock_airbyte.state.file import StateFile
from mock_airbyte.state.keys import state_key
from tests.mock_airbyte.api import Json

CANARY = "canary-7d1f"
_MOMENT = re.compile(rb'"(\d{4}-\d\d-\d\dT[\d:.]+)Z"')
STREAMS = [{"name": "people", "rows": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Grace"}]}]


class Served:
    """A mock in a process of its own."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.process = process

    def call(self, method: str, path: str, **options: Any) -> Json:
        base = self.url.removesuffix("/api/public/v1")
        answer = requests.request(method, base + path, timeout=20, **options)
        assert answer.status_code in (200, 204), answer.text
        return answer.json() if answer.content else None

    def post(self, path: str, **body: Any) -> Json:
        return self.call("POST", f"/api/public/v1{path}", json=body)

    def get(self, path: str) -> Json:
        return self.call("GET", f"/api/public/v1{path}")

    def finished(self, job_id: int) -> Json:
        for _ in range(2000):
            job = self.get(f"/jobs/{job_id}")
            if job["status"] in ("succeeded", "failed", "cancelled"):
                return job
        raise AssertionError(job)

    def everything(self) -> Json:
        shown = {path: self.get(path)["data"] for path in ("/workspaces", "/sources", "/destinations", "/connections")}
        shown |= {path: self.get(path)["data"] for path in ("/jobs", "/tags", "/permissions")}
        for connection in shown["/connections"]:
            same = {"connectionId": connection["connectionId"]}
            shown[connection["connectionId"]] = self.call("POST", "/api/v1/state/get", json=same)
        for job in shown["/jobs"]:
            shown[job["jobId"]] = self.call("POST", "/api/v1/jobs/get", json={"id": job["jobId"]})
        return shown

    def kill(self) -> str:
        """Kill it (SIGKILL) and return what it had printed."""
        self.process.kill()
        printed, errors = self.process.communicate(timeout=20)
        return printed + errors


@contextmanager
def _served(state: Path, *options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--auth", "none"]
    with subprocess.Popen(
        [*command, "--state", str(state), *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Served(process.stdout.readline().removeprefix("mock Airbyte:").strip(), process)
        finally:
            process.kill()


def _workspace(served: Served) -> str:
    workspace_id: str = served.get("/workspaces")["data"][0]["workspaceId"]
    return workspace_id


def _connect(served: Served, destination: dict[str, Any], **stream: Any) -> str:
    place = {"workspaceId": _workspace(served)}
    configuration = {"sourceType": "mock-inline", "streams": STREAMS, "api_key": CANARY}
    source = served.post("/sources", name="Shop", configuration=configuration, **place)["sourceId"]
    made = served.post("/destinations", name="W", configuration=destination, **place)["destinationId"]
    streams = {"streams": [{"name": "people", **stream}]}
    connection = served.post("/connections", sourceId=source, destinationId=made, configurations=streams)
    connection_id: str = connection["connectionId"]
    return connection_id


def test_a_killed_mock_comes_back_with_everything_and_its_syncs_still_authenticate(
    tmp_path: Path, postgres_parts: dict[str, Any], postgres: psycopg.Connection[tuple[Any, ...]]
) -> None:
    user, password = f"shopkeeper_{secrets.token_hex(4)}", CANARY
    postgres.execute(f"create role {user} login password '{password}'")
    postgres.execute(f"grant all on schema public to {user}")
    postgres.execute(f'grant create on database "{postgres_parts["database"]}" to {user}')
    parts = {"destinationType": "postgres", **postgres_parts, "username": user, "password": password}
    try:
        _kill_and_sync_again(tmp_path / "state.db", parts)
        rows = postgres.execute("select id from people order by id, _airbyte_extracted_at").fetchall()
        assert rows == [(1,), (2,), (2,)]  # the second sync began at the cursor that was kept
    finally:
        postgres.execute(f"drop owned by {user} cascade")
        postgres.execute(f"drop role {user}")


def _kill_and_sync_again(state: Path, parts: dict[str, Any]) -> None:
    with _served(state) as served:
        connection_id = _connect(served, parts, syncMode="incremental_append", cursorField=["id"])
        served.post("/tags", name="nightly", color="FF00AA", workspaceId=_workspace(served))
        job = served.post("/jobs", connectionId=connection_id, jobType="sync")
        assert served.finished(job["jobId"])["rowsSynced"] == 2
        before = served.everything()
        printed = served.kill()
    with _served(state) as served:
        assert served.everything() == before
        job = served.post("/jobs", connectionId=connection_id, jobType="sync")
        assert (job["jobId"], served.finished(job["jobId"])["rowsSynced"]) == (2, 1)
        made = served.post("/workspaces", name="Another")
        assert made["workspaceId"] not in str(before)
        printed += served.kill()
    files = b"".join(path.read_bytes() for path in state.parent.glob("state.db*") if path.suffix != ".key")
    assert (CANARY in printed, CANARY in str(before), CANARY.encode() in files) == (False, False, False)


def test_a_job_that_was_under_way_is_finished_after_the_restart(tmp_path: Path) -> None:
    state, warehouse = tmp_path / "state.db", tmp_path / "w.db"
    with _served(state, "--pending-seconds", "1000") as served:
        connection_id = _connect(served, {"destinationType": "sqlite", "destination_path": str(warehouse)})
        waiting = served.post("/jobs", connectionId=connection_id, jobType="sync")["jobId"]
        served.call("DELETE", f"/api/public/v1/jobs/{waiting}")
        served.kill()
    with _served(state) as served:
        assert served.get(f"/jobs/{waiting}")["status"] == "cancelled"
        quick = served.post("/jobs", connectionId=connection_id, jobType="sync")["jobId"]
        assert served.finished(quick)["rowsSynced"] == 2


def test_a_job_that_is_killed_before_its_next_attempt_keeps_those_that_it_made(tmp_path: Path) -> None:
    state, file = tmp_path / "state.db", tmp_path / "in" / "people.csv"
    file.parent.mkdir()
    file.write_text("id\n1\n")
    with _served(state, "--backoff", "airbyte", "--clock", "hand") as served:
        connection_id = _connect_files(served, file.parent, tmp_path / "w.db")
        file.write_text("id\n1,2,3\n")
        job = served.post("/jobs", connectionId=connection_id, jobType="sync")["jobId"]
        _until(served, job, "incomplete")
        before = served.call("POST", "/api/v1/jobs/get", json={"id": job})
        served.kill()
    file.write_text("id\n1\n")
    with _served(state, "--clock", "hand") as served:
        assert served.call("POST", "/api/v1/jobs/get", json={"id": job}) == before
        served.call("POST", "/_mock/clock", json={"advanceSeconds": 10})
        assert served.finished(job)["rowsSynced"] == 1
        attempts = served.call("POST", "/api/v1/jobs/get", json={"id": job})["attempts"]
        assert [one["attempt"]["status"] for one in attempts] == ["failed", "succeeded"]
        served.kill()


def _connect_files(served: Served, folder: Path, warehouse: Path) -> str:
    place = {"workspaceId": _workspace(served)}
    configuration = {"sourceType": "mock-files", "folder": str(folder)}
    source = served.post("/sources", name="S", configuration=configuration, **place)["sourceId"]
    configuration = {"destinationType": "sqlite", "destination_path": str(warehouse)}
    made = served.post("/destinations", name="W", configuration=configuration, **place)["destinationId"]
    connection_id: str = served.post("/connections", sourceId=source, destinationId=made)["connectionId"]
    return connection_id


def _until(served: Served, job_id: int, status: str) -> None:
    for _ in range(2000):
        if served.get(f"/jobs/{job_id}")["status"] == status:
            return
    raise AssertionError(status)


def test_what_was_deleted_stays_deleted_and_a_seed_file_is_planted_once(tmp_path: Path) -> None:
    state, seed = tmp_path / "state.db", tmp_path / "seed.yml"
    seed.write_text("sources: [{name: Fake, type: faker}, {name: Gone, type: faker}]")
    with _served(state, "--config", str(seed)) as served:
        gone = next(one for one in served.get("/sources")["data"] if one["name"] == "Gone")
        served.call("DELETE", f"/api/public/v1/sources/{gone['sourceId']}")
        served.kill()
    with _served(state, "--config", str(seed)) as served:
        assert [one["name"] for one in served.get("/sources")["data"]] == ["Fake"]
        assert len(served.get("/workspaces")["data"]) == 1


def test_a_reset_goes_back_to_the_seed_file_after_a_restart_too(tmp_path: Path) -> None:
    state, seed = tmp_path / "state.db", tmp_path / "seed.yml"
    seed.write_text("sources: [{name: Fake, type: faker}]")
    with _served(state, "--config", str(seed)) as served:
        served.post("/workspaces", name="Another")
        served.kill()
    with _served(state, "--config", str(seed)) as served:
        assert len(served.get("/workspaces")["data"]) == 2
        served.call("POST", "/_mock/reset")
        before = served.everything()
        served.kill()
    with _served(state, "--config", str(seed)) as served:
        assert served.everything() == before
        assert [one["name"] for one in before["/sources"]] == ["Fake"]
        assert len(before["/workspaces"]) == 1


def test_a_key_file_that_others_may_read_stops_it_before_it_serves(tmp_path: Path) -> None:
    (tmp_path / "state.db.key").write_text("k")
    (tmp_path / "state.db.key").chmod(0o644)
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--state", str(tmp_path / "state.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "chmod 600" in done.stderr) == (2, True)


def _jobs(served: Served, *, at_least: int) -> Json:
    """Wait until there are so many jobs: the mock starts them by itself."""
    jobs: Json = []
    for _ in range(2000):
        jobs = served.get("/jobs")["data"]
        if len(jobs) >= at_least and jobs[-1]["status"] == "succeeded":
            break
    return jobs


def _earlier(match: re.Match[bytes], hours: float) -> bytes:
    at = datetime.fromisoformat(f"{match[1].decode()}+00:00") - timedelta(hours=hours)
    return f'"{at:%Y-%m-%dT%H:%M:%S.%f}Z"'.encode()


def _long_ago(state: Path, hours: float) -> None:
    """Let everything in a state file be older by so much, as if the mock had been down that long."""
    file = StateFile(state, state_key(state.with_name(f"{state.name}.key"), {}))
    for kind in ("job", "connection"):
        for identifier, body in file.all(kind):
            file.put(kind, identifier, _MOMENT.sub(lambda match: _earlier(match, hours), body))
    file.close()


def test_a_schedule_that_came_due_while_the_mock_was_down_starts_one_job_at_the_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    with _served(state) as served:
        connection_id = _connect(served, {"destinationType": "sqlite", "destination_path": str(tmp_path / "w.db")})
        every = {"basicSchedule": {"timeUnit": "hours", "units": 1}}
        change = {"connectionId": connection_id, "scheduleType": "basic", "scheduleData": every}
        served.call("POST", "/api/v1/connections/update", json=change)
        assert len(_jobs(served, at_least=1)) == 1  # an interval begins at once
        served.kill()
    with _served(state) as served:
        assert len(_jobs(served, at_least=1)) == 1  # nothing is due yet
        served.kill()
    _long_ago(state, hours=5.5)
    started = datetime.now(UTC).replace(microsecond=0)
    with _served(state) as served:
        jobs = _jobs(served, at_least=2)
        served.kill()
    with _served(state) as served:
        assert _jobs(served, at_least=2) == jobs
    assert [job["jobId"] for job in jobs] == [1, 2]
    assert datetime.fromisoformat(jobs[1]["startTime"]) >= started
