"""How fast a served mock answers many clients at once, idle and while it moves a million rows.

Fifty clients send two hundred requests a second between them, in the mix of orchestrators that
wait for syncs: mostly looks at jobs, some lists, now and then a new job. Each request has its moment, whether or not
the one before it was answered in time; latency counts from that moment: a server that stalls is not asked less.
The server is a process of its own, and its resident memory is taken while it runs.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from tests.benchmarks.mock_rows import COLUMNS, ROWS
from tests.processes import Command, Process, started

CLIENTS = 50
REQUESTS_A_SECOND = 200
SECONDS = 60
WARM_UP_SECONDS = 5
BARS = {"idle": 20, "moving 1 M rows": 40}  # p99 in milliseconds
BASE = "/api/public/v1"
MIX = {"job": 70, "jobs": 15, "connection": 10, "start": 5}  # percent of the requests


@dataclass(slots=True)
class Seen:
    """What the clients saw: seconds from each request's moment to its whole answer, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the latency, in milliseconds, that this share of the requests did not pass."""
        ordered = sorted(self.seconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000


class Client:
    """One orchestrator with one connection of its own, which it syncs and looks at."""

    def __init__(self, address: str, connection_id: str, *, seed: int) -> None:
        self._http = http.client.HTTPConnection(address, timeout=30)
        self._connection_id = connection_id
        self._random = random.Random(seed)
        self._job_id = 0
        self.seen = Seen()

    def run(self, begins: float, seconds: float) -> None:
        """Send requests at their moments, from `begins` (monotonic) on."""
        every = CLIENTS / REQUESTS_A_SECOND
        moment = begins + self._random.uniform(0, every)
        while moment < begins + seconds:
            time.sleep(max(0.0, moment - time.monotonic()))
            error = self._ask()
            if moment >= begins + WARM_UP_SECONDS:
                self.seen.seconds.append(time.monotonic() - moment)
            if error:
                self.seen.errors.append(error)
            moment += every

    def _ask(self) -> str:
        kind = self._random.choices(list(MIX), list(MIX.values()))[0] if self._job_id else "start"
        try:
            if kind == "start":
                return self._start()
            return self._get(kind)
        except (OSError, http.client.HTTPException) as error:
            self._http.close()
            return f"{kind}: {type(error).__name__}"

    def _start(self) -> str:
        body = json.dumps({"connectionId": self._connection_id, "jobType": "sync"})
        status, answer = self._exchange("POST", "/jobs", body)
        self._job_id = answer.get("jobId", self._job_id)
        return "" if status in {200, 409} else f"start: {status}"

    def _get(self, kind: str) -> str:
        paths = {
            "job": f"/jobs/{self._job_id}",
            "jobs": f"/jobs?connectionId={self._connection_id}&limit=20&orderBy=createdAt%7CDESC",
            "connection": f"/connections/{self._connection_id}",
        }
        status, _ = self._exchange("GET", paths[kind])
        return "" if status == http.HTTPStatus.OK else f"{kind}: {status}"

    def _exchange(self, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, Any]]:
        self._http.request(method, BASE + path, body, {"Content-Type": "application/json"} if body else {})
        answer = self._http.getresponse()
        return answer.status, json.loads(answer.read())


def main() -> None:
    """Load a mock that has nothing else to do, then one that moves a million rows over and over, and print both."""
    print(f"\nA served mock, {CLIENTS} clients, {REQUESTS_A_SECOND} requests a second for {SECONDS} s on loopback")
    print(f"{'server':<18}{'requests':>9}{'errors':>8}{'p50 ms':>8}{'p99 ms':>8}{'bar':>5}{'max ms':>8}{'MB':>12}")
    for name in BARS:
        with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (mock, address, ids):
            _load(name, mock, address, ids)


def _load(name: str, mock: Process, address: str, ids: list[str]) -> None:
    done = threading.Event()
    syncing = threading.Thread(target=_keep_syncing, args=(address, ids.pop(0), done))
    clients = [Client(address, identifier, seed=number) for number, identifier in enumerate(ids)]
    begins = time.monotonic() + 0.5
    threads = [threading.Thread(target=client.run, args=(begins, WARM_UP_SECONDS + SECONDS)) for client in clients]
    memory: list[float] = []
    if name != "idle":
        syncing.start()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(1)
        memory.append(psutil.Process(mock.pid).memory_info().rss / 1e6)
    done.set()
    if name != "idle":
        syncing.join()
    _report(name, [client.seen for client in clients], memory)


def _report(name: str, seen: list[Seen], memory: list[float]) -> None:
    together = Seen([one for part in seen for one in part.seconds], [one for part in seen for one in part.errors])
    quarter = max(len(memory) // 4, 1)
    early, late = statistics.median(memory[quarter : 2 * quarter]), statistics.median(memory[-quarter:])
    print(
        f"{name:<18}{len(together.seconds):>9,}{len(together.errors):>8}{together.percentile(0.5):>8.1f}"
        f"{together.percentile(0.99):>8.1f}{BARS[name]:>5}{max(together.seconds) * 1000:>8.1f}"
        f"{f'{early:.0f} → {late:.0f}':>12}"
    )
    for error in sorted(set(together.errors)):
        print(f"  {together.errors.count(error)} × {error}")


def _keep_syncing(address: str, connection_id: str, done: threading.Event) -> None:
    """Start the big sync again as soon as it is over."""
    client = Client(address, connection_id, seed=0)
    while not done.wait(0.2):
        client._start()


@contextmanager
def _served(folder: Path) -> Iterator[tuple[Process, str, list[str]]]:
    """Serve a mock: its process, its address, and the ids of its connections, the one of a million rows first."""
    config, log = folder / "seed.json", folder / "mock.log"
    config.write_text(json.dumps(_seed(folder)))
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--auth", "none", "--config", str(config)]
    with started(Command("mock-airbyte serve", command, dict(os.environ), folder), log) as mock:
        mock.wait_until(lambda: "Ctrl-C" in log.read_text(), within_seconds=60)
        lines = log.read_text().splitlines()
        address = urlsplit(lines[0].split()[-1]).netloc
        yield mock, address, [line.split()[1] for line in lines if line.startswith("  connection ")]


def _seed(folder: Path) -> dict[str, Any]:
    rows = [{"id": 1}]
    small = {"name": "Small", "type": "mock-inline", "configuration": {"streams": [{"name": "users", "rows": rows}]}}
    big = {"name": "Big", "type": "faker", "configuration": {"count": ROWS, "seed": 1}}
    users = {"name": "users", "selectedFields": [{"fieldPath": [name]} for name in COLUMNS]}
    return {
        "sources": [big, small],
        "destinations": [
            {"name": name, "type": "sqlite", "configuration": {"destination_path": str(folder / f"{name}.db")}}
            for name in ("big", *(f"w{number}" for number in range(CLIENTS)))
        ],
        "connections": [
            {"name": "Big", "source": "Big", "destination": "big", "configurations": {"streams": [users]}},
            *({"name": f"C{n}", "source": "Small", "destination": f"w{n}"} for n in range(CLIENTS)),
        ],
    }


if __name__ == "__main__":
    main()
