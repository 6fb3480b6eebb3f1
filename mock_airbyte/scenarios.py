"""Scenarios as values: how jobs go, what goes wrong on the wire, and what happens to the world, under one name.

`MockAirbyte.play` puts one in place for the jobs and requests that follow; `SCENARIOS` has them all by name. A
scenario of one's own is a `Scenario` like those below.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_airbyte.drifting import Drift
from mock_airbyte.failures import Failure
from mock_airbyte.faults import Delay, Drop, ExpireTokens, Fault, Reset, Respond, fault, rate_limited
from mock_airbyte.lifecycle import Stage, Timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAITS, _RUNS, _BACKS_OFF, _HOUR = 2.0, 10.0, 10.0, 3600.0
_STARTS = ("/jobs", "/connections/sync")
_LOOKS = ("/jobs/*",)  # the Config API's jobs/get among them
_UNAVAILABLE = Respond(503, {"message": "no healthy upstream"})
_LOST = Failure("The connection to the source was lost.", "source", "transient_error")


@dataclass(frozen=True, slots=True)
class SyncUnderWay:
    """Somebody else has started a sync of the connection."""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """The schema of the connection's source is another one from now on."""

    drift: Drift = field(default_factory=Drift)


Event = SyncUnderWay | SchemaChange


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is to happen; `says` is for people."""

    name: str
    says: str
    timeline: Timeline
    faults: tuple[Fault, ...] = ()
    events: tuple[Event, ...] = ()


def _runs(*then: Stage, pending: float = _WAITS) -> Timeline:
    return (Stage("pending", pending), Stage("running", _RUNS), *then)


def _incomplete(failure: Failure = _LOST) -> Stage:
    return Stage("incomplete", _BACKS_OFF, failure=failure)


_SUCCEEDS = _runs(Stage("succeeded"))
_FAILED_TRANSIENT = _runs(
    _incomplete(), Stage("running", _RUNS), _incomplete(), Stage("running", _RUNS), Stage("failed", failure=_LOST)
)
_NO_LOGIN = Failure("Invalid credentials. Check the user name and the password.", "source", "config_error")
_MIDWAY = Failure("The destination closed the connection.", "destination", "system_error")
_BY_SOMEBODY = Failure("The sync was cancelled.", "airbyte_platform", "manual_cancellation")


def _on(
    paths: tuple[str, ...], *faults: tuple[Respond | Delay | Drop | Reset | ExpireTokens, tuple[int, ...]]
) -> tuple[Fault, ...]:
    return tuple(fault(effect, path=path, calls=calls) for path in paths for effect, calls in faults)


_ALL = (
    Scenario("happy", "A sync waits, runs and succeeds.", _SUCCEEDS),
    Scenario(
        "slow-create",
        "The job is created at once; the answer that says so takes six seconds.",
        _SUCCEEDS,
        tuple(fault(Delay(6, after=True), method="POST", path=path, calls=1) for path in _STARTS),
    ),
    Scenario(
        "flaky-5xx",
        "Some looks at a job are answered 500, 502, 503 or 504.",
        _SUCCEEDS,
        _on(
            _LOOKS,
            (Respond(500, {"errorId": "00000000-0000-4000-8000-000000000000"}), (1,)),
            (Respond(502, "Bad Gateway"), (3,)),
            (_UNAVAILABLE, (4,)),
            (Respond(504, "Gateway Timeout"), (6,)),
        ),
    ),
    Scenario(
        "rate-limited",
        "The first requests of each kind are too many; nothing says for how long.",
        _SUCCEEDS,
        _on((*_STARTS, *_LOOKS), (rate_limited(), (1, 2))),
    ),
    Scenario(
        "rate-limited-retry-after",
        "The first request of each kind is one too many; Retry-After says: seven seconds.",
        _SUCCEEDS,
        _on((*_STARTS, *_LOOKS), (rate_limited("7"), (1,))),
    ),
    Scenario(
        "token-expiry",
        "Tokens end while the sync runs.",
        _SUCCEEDS,
        _on(_LOOKS, (ExpireTokens(), (2,))),
    ),
    Scenario("already-running", "Somebody else's sync of the connection runs.", _SUCCEEDS, (), (SyncUnderWay(),)),
    Scenario("failed-config", "The source refuses its login.", _runs(Stage("failed", failure=_NO_LOGIN))),
    Scenario("failed-transient", "Three attempts fail for a reason that might have passed.", _FAILED_TRANSIENT),
    Scenario(
        "retry-then-succeed",
        "An attempt fails; the next one succeeds.",
        _runs(_incomplete(), Stage("running", _RUNS), Stage("succeeded")),
    ),
    Scenario(
        "partial",
        "The sync fails midway: half of the streams (rounded up) are committed.",
        _runs(Stage("failed", commits=0.5, failure=_MIDWAY)),
    ),
    Scenario("zero-row-success", "The sync succeeds and moves nothing.", _runs(Stage("succeeded", commits=0))),
    Scenario("stuck", "The sync runs for ever and gets nowhere.", (Stage("pending", _WAITS), Stage("running"))),
    Scenario(
        "cancelled-externally",
        "Somebody else cancels the sync while it runs.",
        _runs(Stage("cancelled", failure=_BY_SOMEBODY)),
    ),
    Scenario(
        "schema-drift",
        "The source has a column that it had not, and another's type has changed.",
        _SUCCEEDS,
        (),
        (SchemaChange(Drift(last_becomes_text=True)),),
    ),
    Scenario(
        "late-rows",
        "The rows are in the destination a minute after the sync has succeeded.",
        _runs(Stage("succeeded", rows_after=60)),
    ),
    Scenario(
        "queued-for-hours",
        "The sync waits for capacity for four hours.",
        (
            Stage("pending", _WAITS),
            Stage("queued", 4 * _HOUR),
            Stage("pending", _WAITS),
            Stage("running", _RUNS),
            Stage("succeeded"),
        ),
    ),
    Scenario(
        "server-restart",
        "While the sync runs, connections break, then the proxy finds nobody; then all is as it was.",
        _SUCCEEDS,
        _on(_LOOKS, (Reset(), (2,)), (Drop(), (3,)), (_UNAVAILABLE, (4, 5))),
    ),
)

SCENARIOS: Mapping[str, Scenario] = {one.name: one for one in _ALL}


def scenario_named(name: str) -> Scenario:
    """Return the scenario; raises `ValueError` that lists those that there are."""
    if name not in SCENARIOS:
        message = f"There is no such scenario (name={name!r}). There are: {', '.join(SCENARIOS)}."
        raise ValueError(message)
    return SCENARIOS[name]
