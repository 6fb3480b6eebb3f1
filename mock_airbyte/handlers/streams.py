"""`GET /streams`: what a source offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_airbyte.calls import Answer
from mock_airbyte.failures import SyncFailure
from mock_airbyte.payloads import public
from mock_airbyte.problems import bad_request, unprocessable
from mock_airbyte.texts import as_id

if TYPE_CHECKING:
    from mock_airbyte.calls import Call


def get_stream_properties(call: Call) -> Answer:
    """List the streams of `sourceId`; `destinationId` must exist if it is given."""
    source, destination = call.one("sourceId"), call.one("destinationId")
    if source is None:
        message = "Required query parameter [sourceId] not specified"
        raise bad_request(message)
    if destination is not None:
        call.world.actor("destination", as_id(destination))
    try:
        streams = call.world.discover(as_id(source))
    except SyncFailure as failure:
        raise unprocessable(failure.external_message) from failure
    return Answer([public.stream_properties(stream) for stream in streams])
