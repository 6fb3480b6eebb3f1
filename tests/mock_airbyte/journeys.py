"""A connection whose source a test can change and whose table it can read, on any destination."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mock_airbyte import MockAirbyte, StreamConfig, SyncMode
from mock_airbyte.connectors import OpenContext, open_destination
from mock_airbyte.destinations.protocol import Destination
from mock_airbyte.job_state import JobState
from tests.mock_airbyte.shops import people

KEYED: dict[str, Any] = {"primary_key": (("id",),), "cursor_field": ("at",)}


def person(number: int, name: str, at: str = "2026-01-01") -> dict[str, Any]:
    """A row of a stream with a key and a cursor."""
    return {"id": number, "name": name, "at": at}


@dataclass
class Journey:
    """A mock with one connection from an inline source to a destination."""

    mock: MockAirbyte
    source_id: str
    destination_id: str
    query: Callable[[str], list[tuple[Any, ...]]]
    connection_id: str = ""

    def connect(
        self,
        mode: str = "full_refresh_overwrite",
        *,
        selected: tuple[str, ...] | None = None,
        schema_updates: str = "propagate_columns",
    ) -> None:
        keyed = KEYED if "incremental" in mode or "deduped" in mode else {}
        streams = [StreamConfig("people", None, SyncMode(mode), **keyed, selected_fields=selected)]
        self.connection_id = self.mock.create_connection(
            self.source_id, self.destination_id, streams=streams, schema_updates=schema_updates
        )

    def sync(self, *rows: dict[str, Any], **stream: object) -> JobState:
        self.mock.configure("source", self.source_id, streams=people(*rows, **stream))
        state = self.mock.job(self.mock.sync(self.connection_id))
        assert state.status == "succeeded", state.failure
        return state

    def destination(self) -> Destination:
        context = OpenContext(seed=0, now=self.mock.world.clock.now())
        return open_destination(self.mock.world.actor("destination", self.destination_id), context)

    def rows(self, columns: str = "id, name") -> list[tuple[Any, ...]]:
        return self.query(f"select {columns} from people order by {columns}")
