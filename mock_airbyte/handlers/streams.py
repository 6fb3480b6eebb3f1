"""`GET /streams`: what a source offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer
from mock_airbyte.failures import SyncFailure
from mock_airbyte.payloads import public
from mock_airbyte.problems import failed_connector

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def get_stream_properties(call: Call) -> Answer:
    """List the streams of `sourceId`; `destinationId` must exist if it is given."""
    source_id = call.id("sourceId")
    if call.one("destinationId") is not None:
        call.world.actor("destination", call.id("destinationId"))
    try:
        streams = call.world.discover(source_id)
    except SyncFailure as failure:
        raise failed_connector(failure.external_message) from failure
    return Answer([public.stream_properties(stream) for stream in streams])
