"""A pretend Airbyte: its public and Config APIs, its job states, its errors, and rows that really move.

`MockAirbyte` serves one inside a Python process, `mock-airbyte serve` as a process of its own, and the pytest fixtures
`mock_airbyte` and `mock_airbyte_server` come with the package. README.md says what it does not imitate.

Rooms: `routes` and `handlers` (operations), `payloads` and `problems` (JSON), `world` and `jobs` (what is remembered),
`lifecycle`, `retries` and `job_state` (what a job looks like: pure), `sync`, `sources` and `destinations` (rows),
`programs` (real connectors), `faults`, `scenarios` and `play` (what goes wrong), `exchange`, `delivery` and `journal`
(each request), `control` and `control_desk` (steering), `seeding`, `planting`, `copying` and `importing` (seed files),
`notices`, `notification_settings` and `webhooks`, `metrics`, `app`, `server`, `page`, `cli` and `commands` (the
outside).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_airbyte.auth import Auth
    from mock_airbyte.clock import HandClock
    from mock_airbyte.lifecycle import IMMEDIATE, MANUAL, Stage, by_clock, polls
    from mock_airbyte.mock import MockAirbyte
    from mock_airbyte.records import StreamConfig, SyncMode
    from mock_airbyte.retries import AIRBYTE_BACKOFF, NO_BACKOFF, Backoff

__all__ = [
    "AIRBYTE_BACKOFF",
    "IMMEDIATE",
    "MANUAL",
    "NO_BACKOFF",
    "Auth",
    "Backoff",
    "HandClock",
    "MockAirbyte",
    "Stage",
    "StreamConfig",
    "SyncMode",
    "by_clock",
    "polls",
]

_HOMES = {
    "AIRBYTE_BACKOFF": "retries",
    "IMMEDIATE": "lifecycle",
    "MANUAL": "lifecycle",
    "NO_BACKOFF": "retries",
    "Auth": "auth",
    "Backoff": "retries",
    "HandClock": "clock",
    "MockAirbyte": "mock",
    "Stage": "lifecycle",
    "StreamConfig": "records",
    "SyncMode": "records",
    "by_clock": "lifecycle",
    "polls": "lifecycle",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used: importing the package itself costs nothing."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
