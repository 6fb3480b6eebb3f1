"""A thousand deferred syncs in one event loop, as in one triggerer process: how late the loop is, and the looks are.

The triggers are the real ones, written down and made again as a triggerer that starts does, and begin in one moment.
The mock is a process of its own, whose clock stands still until every trigger has looked a few times: all jobs end in
one moment, too. A probe in the loop wakes every 10 ms and counts how late. An interval is from one look at a job to the
next, with the time that the answer took. Those that end after the clock has moved are told apart: a thousand jobs
move their rows then, and how late the mock answers says nothing of the triggers.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from tests.benchmarks import airflow_home
from tests.benchmarks.figures import at_most
from tests.processes import Command, started

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.models import Job

SYNCS = 1_000
POLL_SECONDS = 30.0  # the default
SYNC_SECONDS = 60  # of each job, by the mock's clock
WAIT_SECONDS = 125  # until that clock moves: some looks at each job
PROBE_SECONDS = 0.01
AGO_SECONDS = 600.0  # the syncs began long before the restart: their pauses have grown to the whole interval
BARS = {"p99": 50.0, "max": 1000.0, "interval": 10.0}  # ms, ms, percent


@dataclass(slots=True)
class Seen:
    """Seconds that the loop was late; the moments of each job's looks (monotonic); why each job's trigger woke."""

    late: list[float] = field(default_factory=list)
    looks: dict[int, list[float]] = field(default_factory=dict)
    ended: float = math.inf  # when all jobs did
    events: list[tuple[int, str]] = field(default_factory=list)

    def intervals(self) -> tuple[list[float], list[float]]:
        """Return the seconds between two looks at the same job: while jobs ran, and from when they ended."""
        pairs = [pair for moments in self.looks.values() for pair in pairwise(moments)]
        running = [after - before for before, after in pairs if after <= self.ended]
        return running, [after - before for before, after in pairs if after > self.ended]


def main() -> None:
    """Wait for a thousand jobs, and print how it went."""
    home = airflow_home.prepare()
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (address, connections):
        os.environ["AIRFLOW_CONN_AIRBYTE_BENCH"] = json.dumps({"conn_type": "airbyte", "host": address})
        running = _started(address, connections)
        seen = asyncio.run(_restarted(running, address))
    assert home.exists()
    print("\n".join(lines(seen)))


def lines(seen: Seen) -> Iterator[str]:
    """Yield what was seen, as text."""
    late, (running, ending) = sorted(one * 1000 for one in seen.late), seen.intervals()
    intervals = sorted(running)
    off = [abs(one / POLL_SECONDS - 1) * 100 for one in intervals]
    looks = sum(map(len, seen.looks.values()))
    yield f"{SYNCS:,} deferred syncs in one event loop, all begun in one moment, a look every {POLL_SECONDS:g} s"
    yield f"{looks:,} looks; {len(late):,} probes of the loop, late by a median of {statistics.median(late):.1f} ms"
    yield at_most("event loop late, p99", _share(late, 0.99), BARS["p99"], unit=" ms")
    yield at_most("event loop late, max", late[-1], BARS["max"], unit=" ms")
    yield f"- {len(intervals):,} intervals between looks while jobs ran, s: {intervals[0]:.2f} to {intervals[-1]:.2f}"
    if ending:
        yield f"- {len(ending):,} into their end, when all rows move, s: {min(ending):.2f} to {max(ending):.2f}"
    yield at_most("intervals off by, p99", _share(sorted(off), 0.99), BARS["interval"], unit=" %")
    yield at_most("intervals off by, max", max(off), BARS["interval"], unit=" %")
    told = Counter(job for job, _ in seen.events)
    once = sum(1 for times in told.values() if times == 1)
    reasons = ", ".join(f"{why}: {times:,}" for why, times in Counter(why for _, why in seen.events).items())
    yield f"- results delivered once: **{once:,} of {SYNCS:,}**, {len(seen.events):,} events ({reasons})"


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


async def _restarted(written: list[tuple[str, dict[str, Any]]], address: str) -> Seen:
    """Make all triggers of what was written down, as a triggerer that starts does, and run them to their ends."""
    seen = Seen()
    async with _probed(seen):
        _watch_requests(seen)
        await asyncio.gather(_end(address, seen), *(_run(classpath, kwargs, seen) for classpath, kwargs in written))
    return seen


async def _end(address: str, seen: Seen) -> None:
    """Let the triggers look for a while, then end all jobs."""
    await asyncio.sleep(WAIT_SECONDS)
    seen.ended = time.monotonic()
    url = f"{urlsplit(address)._replace(path='/_mock/clock').geturl()}"
    answer = await asyncio.to_thread(requests.post, url, json={"advanceSeconds": 2 * SYNC_SECONDS}, timeout=60)
    answer.raise_for_status()


async def _run(classpath: str, kwargs: dict[str, Any], seen: Seen) -> None:
    module, _, name = classpath.rpartition(".")
    trigger = getattr(import_module(module), name)(**kwargs)
    async for event in trigger.run():
        seen.events.append((event.payload["sync"]["job_id"], event.payload["why"]))


def _watch_requests(seen: Seen) -> None:
    """Take the moment at which a trigger asks for its job; nothing else of the client is changed."""
    from taskflow_profilemesh.airbyte.async_client import AsyncAirbyteClient

    get = AsyncAirbyteClient.get

    async def timed(client: AsyncAirbyteClient, job_id: int) -> Job:
        seen.looks.setdefault(job_id, []).append(time.monotonic())
        return await get(client, job_id)

    AsyncAirbyteClient.get = timed  # type: ignore[method-assign, assignment] # as said


@asynccontextmanager
async def _probed(seen: Seen) -> AsyncIterator[None]:
    async def probe() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(PROBE_SECONDS)
            seen.late.append(time.monotonic() - began - PROBE_SECONDS)

    task = asyncio.create_task(probe())
    try:
        yield
    finally:
        task.cancel()


def _started(address: str, connections: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Start a sync of each connection; return its trigger as Airflow writes it down and reads it again."""
    from airflow.serialization.serialized_objects import BaseSerialization

    from taskflow_profilemesh.airbyte.running import RunningSync
    from taskflow_profilemesh.airbyte.spec import SyncSpec
    from taskflow_profilemesh.triggers.airbyte import AirbyteSyncTrigger

    written, spec, now = [], SyncSpec(connection="C", poll_interval_seconds=POLL_SECONDS), time.time()
    with requests.Session() as session:
        for connection in connections:
            answer = session.post(f"{address}/jobs", json={"connectionId": connection, "jobType": "sync"}, timeout=60)
            if not answer.ok:
                sys.exit(f"The mock started no job: {answer.status_code} {answer.text}")
            sync = RunningSync(
                spec=spec,
                connection_id=connection,
                connection_name="C",
                workspace_id="w",
                job_id=int(answer.json()["jobId"]),
                role="own",
                since=now - AGO_SECONDS,
                deadline=now + AGO_SECONDS,
            )
            classpath, kwargs = AirbyteSyncTrigger("airbyte_bench", sync.as_dict()).serialize()
            text = json.dumps(BaseSerialization.serialize(kwargs))
            written.append((classpath, BaseSerialization.deserialize(json.loads(text))))
    return written


@contextmanager
def _served(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve a mock: its address and its connections, whose syncs take `SYNC_SECONDS`."""
    config, log = folder / "seed.json", folder / "mock.log"
    config.write_text(json.dumps(_seed(folder)))
    how = ("--auth", "none", "--clock", "hand", "--running-seconds", str(SYNC_SECONDS), "--config", str(config))
    command = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", *how]
    with started(Command("mock-airbyte serve", command, dict(os.environ), folder), log) as mock:
        mock.wait_until(lambda: "Ctrl-C" in log.read_text(), within_seconds=120)
        lines = log.read_text().splitlines()
        yield lines[0].split()[-1], [line.split()[1] for line in lines if line.startswith("  connection ")]


def _seed(folder: Path) -> dict[str, Any]:
    streams = [{"name": "users", "rows": [{"id": 1}]}]
    where = {"destination_path": str(folder / "warehouse.db")}
    return {
        "sources": [{"name": "Small", "type": "mock-inline", "configuration": {"streams": streams}}],
        "destinations": [{"name": "W", "type": "sqlite", "configuration": where}],
        "connections": [{"name": f"C{n}", "source": "Small", "destination": "W"} for n in range(SYNCS)],
    }


if __name__ == "__main__":
    main()
