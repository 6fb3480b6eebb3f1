"""Between a connector's words and the mock's: the catalog that it declares, the catalog and state that it is given.

A stream's own declaration is kept beside the columns that the mock made of it, and handed back to the connector.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_airbyte.sources.protocol import Column, OwnTerms, Stream
from mock_airbyte.types import from_json_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.sources.protocol import SharedState, Wanted

_FULL, _INCREMENTAL = "full_refresh", "incremental"


def stream_of(declared: Mapping[str, Any]) -> Stream:
    """Read a stream of a CATALOG message."""
    schema = declared.get("json_schema") or {}
    cursor = tuple(declared.get("default_cursor_field") or ())
    is_its_own = bool(declared.get("source_defined_cursor"))
    return Stream(
        name=declared["name"],
        namespace=declared.get("namespace"),
        columns=tuple(
            Column(str(name), from_json_schema(part if isinstance(part, Mapping) else {}))
            for name, part in (schema.get("properties") or {}).items()
        ),
        primary_key=_top_level(declared.get("source_defined_primary_key") or ()),
        cursor=cursor[0] if is_its_own and len(cursor) == 1 else None,
        own=OwnTerms(
            declared=declared,
            resumes=_INCREMENTAL in (declared.get("supported_sync_modes") or (_FULL,)),
            finds_its_cursor=is_its_own,
            proposed_cursor=cursor,
        ),
    )


def _top_level(paths: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the columns of a key; none where a part of it lies deeper: no destination's column holds that."""
    return tuple(path[0] for path in paths) if all(len(path) == 1 for path in paths) else ()


def configured_catalog(wanted: Sequence[Wanted]) -> dict[str, Any]:
    """Return what `--catalog` tells a connector to read."""
    return {"streams": [_configured(one) for one in wanted]}


def _configured(wanted: Wanted) -> dict[str, Any]:
    stream, own = wanted.stream, wanted.stream.own
    cursor = wanted.cursor_field or (own.proposed_cursor if own else ())
    declared = dict(own.declared) if own else {"name": stream.name, "supported_sync_modes": [_FULL]}
    return {
        "stream": declared | {"json_schema": stream.json_schema()},
        "sync_mode": _INCREMENTAL if wanted.is_incremental else _FULL,
        "destination_sync_mode": wanted.destination_mode,
        "cursor_field": list(cursor),
        "primary_key": [list(path) for path in wanted.primary_key],
        "generation_id": wanted.generation,
        "minimum_generation_id": wanted.least_generation,
        "sync_id": wanted.sync_id,
    }


def state_file(wanted: Sequence[Wanted], shared: SharedState | None) -> object | None:
    """Return what `--state` tells a connector of where to go on; None: nowhere, so without the option."""
    resuming = {(one.stream.name, one.stream.namespace) for one in wanted if one.is_incremental and one.resumes}
    if shared is not None and resuming:
        return shared.state if shared.kind == "legacy" else [{"type": "GLOBAL", "global": _narrowed(shared, resuming)}]
    found = [
        {
            "type": "STREAM",
            "stream": {
                "stream_descriptor": descriptor(one.stream.name, one.stream.namespace),
                "stream_state": one.state,
            },
        }
        for one in wanted
        if one.is_incremental and one.resumes and one.state is not None
    ]
    return found or None


def descriptor(name: str, namespace: str | None) -> dict[str, str]:
    """Return what tells a stream from others."""
    return {"name": name} | ({"namespace": namespace} if namespace is not None else {})


def _narrowed(shared: SharedState, resuming: set[tuple[str, str | None]]) -> dict[str, Any]:
    kept = [
        one
        for one in shared.state.get("stream_states") or ()
        if (one["stream_descriptor"]["name"], one["stream_descriptor"].get("namespace")) in resuming
    ]
    return {**shared.state, "stream_states": kept}
