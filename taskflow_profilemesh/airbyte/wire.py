"""One call as it goes over the wire: address, headers and timeouts. Pure; both clients send exactly this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from taskflow_profilemesh.airbyte.replies import Asked

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.address import AirbyteAddress
    from taskflow_profilemesh.airbyte.auth import Auth
    from taskflow_profilemesh.airbyte.calls import Call

T = TypeVar("T")

CONNECT_SECONDS = 3.0
USER_AGENT = "taskflow-profilemesh"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long an answer may take, in seconds: the very first, any later one, and that to a start of a job."""

    first_seconds: float = 8.0
    read_seconds: float = 30.0
    slow_seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Wire:
    """A request, ready to be sent. Its text form shows neither headers nor body."""

    method: str
    url: str
    params: tuple[tuple[str, str], ...]
    body: Mapping[str, Any] | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


def wire_of(call: Call[T], address: AirbyteAddress, authorization: str | None) -> Wire:
    """Return the request that the call means at this address."""
    base = {"public": address.public_base, "config": address.config_base, "token": address.token_url}[call.api]
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
    if authorization and not call.anonymous:
        headers["Authorization"] = authorization
    return Wire(call.method, base + call.path, call.params, call.body, headers)


def read_seconds(call: Call[T], timeouts: Timeouts, *, established: bool) -> float:
    """Return how long to wait for the answer; `established`: this server has answered before."""
    if call.slow:
        return timeouts.slow_seconds
    return timeouts.read_seconds if established else min(timeouts.first_seconds, timeouts.read_seconds)


def asked(wire: Wire, address: AirbyteAddress, auth: Auth, *, tries: int, is_understood: bool) -> Asked:
    """Return what a message may tell of the request."""
    return Asked(wire.method, wire.url, address.public_base, auth, tries, is_understood)
