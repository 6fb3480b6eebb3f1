"""A life of a mock by a hand-moved clock, told as JSON: run as a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

from mock_airbyte import HandClock, MockAirbyte, by_clock
from tests.mock_airbyte.api import CONFIG, Api

_MODES = [("users", "incremental_deduped_history"), ("products", "full_refresh_append")]


def live(folder: Path) -> dict[str, Any]:
    """Deploy, sync twice, fail, refresh, and return every id, time, answer and row."""
    mock = MockAirbyte(seed=5, clock=HandClock(), timeline=by_clock(), patience_seconds=30)
    public, config = Api(mock), Api(mock, CONFIG)
    body = {"name": "Shop", "workspaceId": mock.workspace_id, "configuration": {"sourceType": "faker", "count": 30}}
    source = public.post("/sources", body)
    warehouse = {"destinationType": "sqlite", "destination_path": "w.db"}
    destination = public.post("/destinations", body | {"configuration": warehouse})
    ids = {"sourceId": source["sourceId"], "destinationId": destination["destinationId"]}
    streams = [{"name": name, "syncMode": mode} for name, mode in _MODES]
    connection = public.post("/connections", ids | {"configurations": {"streams": streams}})
    same = {"connectionId": connection["connectionId"]}
    jobs: list[Any] = []
    for _ in "ab":
        mock.job(public.post("/jobs", same | {"jobType": "sync"})["jobId"])
        mock.advance(60)
        jobs.append(config.post("/jobs/get", {"id": len(jobs) + 1}))
    refused = config.post("/connections/get", {"connectionId": mock.world.new_id()}, expect=404)
    mock.refresh(same["connectionId"], "merge")
    mock.advance(60)
    jobs.append(public.get("/jobs/3"))
    told = {
        "resources": [source, destination, connection, config.post("/connections/get", same)],
        "jobs": jobs,
        "refused": refused,
        "state": config.post("/state/get", same),
        "notices": [dict(notice.payload) for notice in mock.notices],
        "rows": _rows(folder / "w.db"),
    }
    mock.stop()
    return told


def _rows(path: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(path) as warehouse:
        names = [name for (name,) in warehouse.execute("select name from sqlite_master order by 1")]
        rows = {name: warehouse.execute(f"select * from {name} order by _airbyte_raw_id").fetchall() for name in names}
    warehouse.close()
    return rows


if __name__ == "__main__":
    json.dump(live(Path.cwd()), sys.stdout)
