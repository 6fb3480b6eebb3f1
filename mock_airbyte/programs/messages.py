"""The messages of Airbyte's protocol, one JSON document a line: read here, typed afterwards.

What is no message (a warning that a library printed, half a line) is `Noise`: Airbyte logs it and goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_core import from_json

from mock_airbyte.failures import FailureType
from mock_airbyte.sources.protocol import SharedState

Json = Any
Key = tuple[str, str | None]  # a stream's name and namespace
_NOISE_LENGTH = 500


class Record(NamedTuple):
    """One row; there are many of them, so it is the cheapest of tuples."""

    key: Key
    data: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Log:
    """A line for the job's log."""

    level: str  # FATAL, ERROR, WARN, INFO, DEBUG or TRACE
    message: str


@dataclass(frozen=True, slots=True)
class Spec:
    """What a configuration must be."""

    schema: Mapping[str, Json]
    rest: Mapping[str, Json]  # documentationUrl, advanced_auth, …


@dataclass(frozen=True, slots=True)
class ConnectionStatus:
    """What a check found."""

    succeeded: bool
    message: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """The streams that a discovery found, as they were declared."""

    streams: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True, slots=True)
class StreamState:
    """Where a stream goes on."""

    key: Key
    state: Json


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """How far a stream is."""

    key: Key
    status: str  # STARTED, RUNNING, COMPLETE or INCOMPLETE


@dataclass(frozen=True, slots=True)
class TraceError:
    """What went wrong; of which stream (None: of none in particular)."""

    message: str
    internal_message: str = ""
    stacktrace: str = ""
    kind: FailureType = "system_error"
    key: Key | None = None


@dataclass(frozen=True, slots=True)
class NewConfiguration:
    """A configuration to be kept in the place of the old one: a token was renewed, say."""

    configuration: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Noise:
    """What is no message; `text` is "" where it may be a row's."""

    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """A message that needs nothing to be done: an estimate, say."""


Message = (
    Record
    | Log
    | Spec
    | ConnectionStatus
    | Catalog
    | StreamState
    | SharedState
    | StreamStatus
    | TraceError
    | NewConfiguration
    | Noise
    | Other
)


def read_message(line: bytes) -> Message:
    """Read one line; raises nothing."""
    try:
        content = from_json(line, cache_strings="keys")
        kind = content["type"]
        if kind == "RECORD":
            record = content["record"]
            return Record((record["stream"], record.get("namespace")), _mapping(record["data"]))
        return _READ.get(kind, _other)(content)
    except (AttributeError, KeyError, TypeError, ValueError):
        text = line.decode(errors="replace").strip()
        return Noise("" if text.startswith("{") else text[:_NOISE_LENGTH])


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        message = "A message holds something else than an object."
        raise TypeError(message)
    return value


def _log(content: Json) -> Message:
    return Log(str(content["log"]["level"]), str(content["log"]["message"]))


def _spec(content: Json) -> Message:
    rest = dict(_mapping(content["spec"]))
    return Spec(_mapping(rest.pop("connectionSpecification")), rest)


def _status(content: Json) -> Message:
    status = content["connectionStatus"]
    return ConnectionStatus(status["status"] == "SUCCEEDED", str(status.get("message") or ""))


def _catalog(content: Json) -> Message:
    return Catalog(tuple(_mapping(stream) for stream in content["catalog"]["streams"]))


def _state(content: Json) -> Message:
    state = content["state"]
    if state.get("stream") is not None:
        return StreamState(_key(state["stream"]["stream_descriptor"]), state["stream"].get("stream_state") or {})
    if state.get("global") is not None:
        return SharedState("global", _mapping(state["global"]))
    return SharedState("legacy", _mapping(state["data"]))


def _trace(content: Json) -> Message:
    trace = content["trace"]
    if trace["type"] == "STREAM_STATUS":
        status = trace["stream_status"]
        return StreamStatus(_key(status["stream_descriptor"]), str(status["status"]))
    if trace["type"] != "ERROR":
        return Other()
    error, stream = trace["error"], trace["error"].get("stream_descriptor")
    return TraceError(
        message=str(error.get("message") or error.get("internal_message") or "Something went wrong in the connector."),
        internal_message=str(error.get("internal_message") or ""),
        stacktrace=str(error.get("stack_trace") or ""),
        kind=_KINDS.get(str(error.get("failure_type")), "system_error"),
        key=_key(stream) if stream else None,
    )


_KINDS: Mapping[str, FailureType] = {
    "config_error": "config_error",
    "system_error": "system_error",
    "transient_error": "transient_error",
}


def _control(content: Json) -> Message:
    changed = content["control"].get("connectorConfig")
    return NewConfiguration(_mapping(changed["config"])) if changed else Other()


def _other(_: Json) -> Message:
    return Other()


def _key(descriptor: Json) -> Key:
    return str(descriptor["name"]), descriptor.get("namespace")


_READ = {
    "LOG": _log,
    "SPEC": _spec,
    "CONNECTION_STATUS": _status,
    "CATALOG": _catalog,
    "STATE": _state,
    "TRACE": _trace,
    "CONTROL": _control,
}
