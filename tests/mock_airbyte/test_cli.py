"""`mock-airbyte serve` as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

SEED = """
sources: [{{name: Files, type: source-mock-files, configuration: {{folder: "{folder}"}}}}]
destinations: [{{name: W, type: destination-sqlite, configuration: {{destination_path: "{database}"}}}}]
connections: [{{name: Files to W, source: Files, destination: W}}]
"""


@contextmanager
def _served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("mock Airbyte:").strip(), process
        finally:
            process.kill()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(stop: signal.Signals) -> None:
    with _served() as (url, process):
        assert requests.get(f"{url}/health", timeout=10).status_code == 200
        process.send_signal(stop)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")


def test_it_ends_soon_while_a_sync_hangs_and_clients_hold_connections() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        _served("--auth", "none") as (url, process),
        ExitStack() as held,
    ):
        root = urlsplit(url)
        place = {"host": "127.0.0.1", "port": silent.getsockname()[1], "database": "d", "username": "u"}
        seed = {
            "sources": [{"name": "S", "type": "faker", "configuration": {"count": 1}}],
            "destinations": [{"name": "W", "type": "postgres", "configuration": place}],
            "connections": [{"name": "C", "source": "S", "destination": "W"}],
        }
        requests.post(f"http://{root.netloc}/_mock/seed", json=seed, timeout=10).raise_for_status()
        (connection,) = requests.get(f"{url}/connections", timeout=10).json()["data"]
        body = {"connectionId": connection["connectionId"], "jobType": "sync"}
        requests.post(f"{url}/jobs", json=body, timeout=10).raise_for_status()
        silent.settimeout(30)
        held.enter_context(silent.accept()[0])  # the sync waits for an answer that never comes
        for said in (b"", b"GET /api/public/v1/hea", b"GET /api/public/v1/health HTTP/1.1\r\nHost: x\r\n\r\n"):
            client = held.enter_context(socket.create_connection((str(root.hostname), int(root.port or 0)), timeout=10))
            client.sendall(said)
        assert client.recv(10) == b"HTTP/1.1 2"
        begun = time.monotonic()
        process.terminate()
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - begun < 4  # 2 on a machine that is not busy


def test_it_begins_with_what_a_file_lists_and_moves_its_rows(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "people.csv").write_text("id,name\n1,Ada\n")
    seed = tmp_path / "seed.yml"
    seed.write_text(SEED.format(folder=tmp_path / "data", database=tmp_path / "w.db"))
    with _served("--config", str(seed), "--auth", "bearer", "--token", "let-me-in") as (url, _):
        session = requests.Session()
        assert session.get(f"{url}/connections", timeout=10).status_code == 401
        session.headers["Authorization"] = "Bearer let-me-in"
        (connection,) = session.get(f"{url}/connections", timeout=10).json()["data"]
        body = {"connectionId": connection["connectionId"], "jobType": "sync"}
        job = session.post(f"{url}/jobs", json=body, timeout=10).json()
        for _ in range(1000):
            if job["status"] == "succeeded":
                break
            job = session.get(f"{url}/jobs/{job['jobId']}", timeout=10).json()
        assert (job["status"], job["rowsSynced"]) == ("succeeded", 1)
        session.close()


def test_a_bad_file_stops_it_before_it_serves(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yml"
    seed.write_text("sources: [{name: S, type: teapot}]")
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--config", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "teapot" in done.stderr


def test_a_port_that_cannot_be_had_is_named_before_it_serves() -> None:
    with _served() as (url, _):
        port = url.partition("//")[2].partition("/")[0].partition(":")[2]
        done = _refused("--port", port)
    assert (done.returncode, f"port={port}): Address already in use" in done.stderr) == (2, True)
    done = _refused("--port", "99999")
    assert (done.returncode, "There is no such port (port=99999)" in done.stderr) == (2, True)


def _refused(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mock_airbyte", "serve", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_it_tells_its_version() -> None:
    command = [sys.executable, "-m", "mock_airbyte", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.split()[0]) == (0, "mock-airbyte")


def test_options_that_make_no_sense_are_refused() -> None:
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--auth", "magic"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "invalid choice" in done.stderr) == (2, True)


def test_the_secret_it_was_given_is_not_printed() -> None:
    with _served("--client-secret", "canary-secret") as (url, process):
        requests.get(f"{url}/health", timeout=10)
        process.terminate()
        printed, errors = process.communicate(timeout=20)
        assert "canary-secret" not in printed + errors
