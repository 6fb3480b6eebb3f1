"""A mock that knows one real connector, which is the tests' own."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from mock_airbyte import HandClock, MockAirbyte, StreamConfig, SyncMode
from mock_airbyte.job_state import JobState
from tests.mock_airbyte.api import CONFIG, Api
from tests.mock_airbyte.shops import select

CONNECTOR = Path(__file__).with_name("connector.py")
COMMAND = [sys.executable, str(CONNECTOR)]
PHRASE = "open sesame"
_WAIT_SECONDS = 30.0


@dataclass
class Lab:
    """A mock whose source-test is run, and lands in a SQLite file."""

    mock: MockAirbyte
    folder: Path

    @property
    def config_api(self) -> Api:
        return Api(self.mock, CONFIG)

    def source(self, **configuration: object) -> str:
        told: dict[str, Any] = {"rows": 2, "witness": str(self.folder), "phrase": PHRASE, **configuration}
        return self.mock.create_source("Test", "source-test", **told)

    def connect(self, *streams: StreamConfig, **configuration: object) -> str:
        destination = self.mock.create_destination("W", "sqlite", destination_path=str(self.folder / "w.db"))
        return self.mock.create_connection(self.source(**configuration), destination, streams=streams or None)

    def sync(self, connection: str) -> JobState:
        return self.mock.job(self.mock.sync(connection))

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return select(self.folder / "w.db", statement)

    def told(self) -> Any:
        """What the connector saw when it read last."""
        return json.loads((self.folder / "told.json").read_text())

    def pids(self) -> list[int]:
        """The processes of a connector that hangs, once they are there."""
        path = self.folder / "pids"
        until(path.exists)
        return [int(pid) for pid in path.read_text().split()]


def people(mode: str = "incremental_append") -> StreamConfig:
    return StreamConfig("people", None, SyncMode(mode))


def until(ready: Callable[[], bool], within_seconds: float = _WAIT_SECONDS) -> float:
    """Wait until something is so, and return how many seconds that took."""
    begun = time.monotonic()
    while not ready():
        assert time.monotonic() < begun + within_seconds, f"not within {within_seconds} s"
        time.sleep(0.02)
    return time.monotonic() - begun


def are_gone(pids: list[int]) -> bool:
    """Whether none of the processes runs; a zombie does not."""
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                return False
    return True


@pytest.fixture
def make_lab(tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    made: list[Lab] = []

    def make(*, patience_seconds: float = 60, **options: Any) -> Lab:
        declared = {"command": COMMAND, **options}
        mock = MockAirbyte(clock=HandClock(), patience_seconds=patience_seconds, connectors={"source-test": declared})
        made.append(Lab(mock, tmp_path))
        return made[-1]

    yield make
    for lab in made:
        lab.mock.stop()
        pids = lab.folder / "pids"
        for pid in pids.read_text().split() if pids.exists() else ():
            with suppress(ProcessLookupError):
                os.kill(int(pid), 9)


@pytest.fixture
def lab(make_lab: Callable[..., Lab]) -> Lab:
    return make_lab()
