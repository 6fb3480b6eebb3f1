"""`mock-airbyte serve` as a process of its own, and what a client must know of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.environments import ROOT
from tests.processes import Command, started

_START_SECONDS = 60
CLIENT_ID, CLIENT_SECRET = "conformance-client", "conformance-secret"
WORKSPACE_ID = "5a1f8f0e-3d35-4f0b-9d9c-0d6f3a0c2b01"
CONNECTION_ID = "5a1f8f0e-3d35-4f0b-9d9c-0d6f3a0c2b02"


@dataclass(frozen=True, slots=True)
class Served:
    """The address of a running mock."""

    url: str  # of the public API

    def arguments(self) -> dict[str, str]:
        """What every function of the clients is told."""
        return {
            "url": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "workspace_id": WORKSPACE_ID,
            "connection_id": CONNECTION_ID,
        }


def shop_seed(destination: dict[str, Any]) -> dict[str, Any]:
    """A workspace with one connection, from 50 users, 100 products and their purchases to `destination`."""
    return {
        "workspaces": [{"name": "Conformance", "id": WORKSPACE_ID}],
        "sources": [{"name": "Shop", "type": "source-faker", "configuration": {"count": 50, "seed": 1}}],
        "destinations": [{"name": "Warehouse", **destination}],
        "connections": [
            {"name": "Shop to Warehouse", "id": CONNECTION_ID, "source": "Shop", "destination": "Warehouse"}
        ],
    }


@contextmanager
def served(folder: Path, seed: dict[str, Any], *options: str) -> Iterator[Served]:
    """Serve a mock on a free port until the block ends."""
    config, log = folder / "seed.json", folder / "mock.log"
    config.write_text(json.dumps(seed))
    arguments = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--config", str(config), *options]
    variables = {"MOCK_AIRBYTE_CLIENT_ID": CLIENT_ID, "MOCK_AIRBYTE_CLIENT_SECRET": CLIENT_SECRET}
    with started(Command("mock-airbyte serve", arguments, variables | {"PYTHONPATH": str(ROOT)}, folder), log) as mock:
        mock.wait_until(lambda: "Ctrl-C" in log.read_text(), within_seconds=_START_SECONDS)
        first = log.read_text().splitlines()[0]
        yield Served(first.removeprefix("mock Airbyte:").strip())
