"""What a connection remembers of its streams, in the Config API's words and back: pure.

Of the mock's own sources that is a cursor. A real connector's states stand as it gave them: by stream, or one for all
streams (`global`, and `legacy` of old connectors).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_airbyte.records import SHARED, StreamState
from mock_airbyte.sources.protocol import SharedState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_airbyte.records import Connection, StreamConfig
    from mock_airbyte.sync.plan import StreamKey

States = dict[tuple[str, str | None], StreamState]


def printed_states(states: Mapping[StreamKey, StreamState], streams: Sequence[StreamConfig]) -> dict[str, Any]:
    """Return `stateType` and what goes with it."""
    shared = states.get(SHARED, StreamState()).shared
    if shared is not None and shared.kind == "legacy":
        return {"stateType": "legacy", "state": shared.state}
    if shared is not None:
        own = [
            _printed((one["stream_descriptor"]["name"], one["stream_descriptor"].get("namespace")), one["stream_state"])
            for one in shared.state.get("stream_states") or ()
        ]
        printed = {"shared_state": shared.state.get("shared_state"), "streamStates": own}
        return {"stateType": "global", "globalState": printed}
    fields = {(config.name, config.namespace): list(config.cursor_field) for config in streams}
    known = [
        _printed(key, {"cursor": one.cursor, "cursor_field": fields.get(key, [])} if one.own is None else one.own)
        for key, one in states.items()
        if one.cursor is not None or one.own is not None
    ]
    return {"stateType": "stream", "streamState": known} if known else {"stateType": "not_set"}


def given_states(given: Mapping[str, Any], connection: Connection, known: States, *, is_own: bool) -> States:
    """Return what is to be remembered of a `connectionState`; `is_own`: the source is a real connector."""
    shared = _shared(given) if is_own else None
    if shared is not None:
        return {key: replace(kept, own=None) for key, kept in known.items()} | {SHARED: StreamState(shared=shared)}
    fields = {(config.name, config.namespace): config.cursor_field for config in connection.streams}
    states: States = {SHARED: StreamState()} if SHARED in known else {}
    for entry in given.get("streamState") or ():
        key, state = _key(entry["streamDescriptor"]), entry.get("streamState") or {}
        kept = known.get(key, StreamState())
        cursor = state.get("cursor", next((state[name] for name in fields.get(key, ()) if name in state), None))
        states[key] = replace(kept, cursor=None, own=state) if is_own else replace(kept, cursor=cursor, own=None)
    return states


def _shared(given: Mapping[str, Any]) -> SharedState | None:
    if given.get("stateType") == "legacy":
        return SharedState("legacy", given.get("state") or {})
    if given.get("stateType") != "global":
        return None
    content = given.get("globalState") or {}
    streams = [
        {"stream_descriptor": entry["streamDescriptor"], "stream_state": entry.get("streamState") or {}}
        for entry in content.get("streamStates") or ()
    ]
    return SharedState("global", {"shared_state": content.get("shared_state"), "stream_states": streams})


def _printed(key: StreamKey, state: object) -> dict[str, Any]:
    name, namespace = key
    return {
        "streamDescriptor": {"name": name} | ({"namespace": namespace} if namespace else {}),
        "streamState": state,
    }


def _key(descriptor: Mapping[str, Any]) -> StreamKey:
    return descriptor["name"], descriptor.get("namespace")
