"""Faults as values: what goes wrong (effects), and for which requests (method, path, nth call, probability).

    fault(Delay(6, after=True), method="POST", path="/jobs", calls=1)      the job is created, its answer comes late
    fault(Respond(429, headers={"Retry-After": "3"}), path="/jobs/*", calls=(1, 2))
    fault(Reset(), probability=0.1)                                        a tenth of all connections break

Effects compose: those of every matching fault happen together, in this order: expired tokens, delays, and answers or
broken connections *before* the operation (which then never happens); the operation; answers and changed bodies
*after* it; delays after it; how the answer travels. Seconds are those of the mock's clock. Nothing here waits, counts
or knows HTTP: `fault_book.py` counts, `exchange.py` and `delivery.py` carry out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from mock_airbyte.paths import is_called

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Respond:
    """Answer with this instead: `body` is JSON, or a text as it stands; None: no body."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False  # after the operation took place, which the caller then does not learn


@dataclass(frozen=True, slots=True)
class Delay:
    """Keep the caller waiting, before or after the operation takes place."""

    seconds: float
    after: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection without an answer, before or after the operation takes place."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the connection (TCP RST), before or after the operation takes place."""

    after: bool = False


@dataclass(frozen=True, slots=True)
class Truncate:
    """Send only this share of the body."""

    kept: float = 0.5
    breaks: bool = False  # True: the whole length is announced and the connection closed; False: it looks complete


@dataclass(frozen=True, slots=True)
class Trickle:
    """Send the body slowly, some bytes at a time."""

    chunk_bytes: int = 16
    seconds: float = 1.0  # before each chunk


@dataclass(frozen=True, slots=True)
class Change:
    """Put other values into the answer's JSON, wherever such a field stands: `{"status": "hibernating"}`."""

    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Remove:
    """Leave fields out of the answer's JSON, wherever they stand."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpireTokens:
    """End every token that was issued so far, before the request is let in."""


Effect = Respond | Delay | Drop | Reset | Truncate | Trickle | Change | Remove | ExpireTokens

_KINDS: Mapping[str, type[Effect]] = {
    "respond": Respond,
    "delay": Delay,
    "drop": Drop,
    "reset": Reset,
    "truncate": Truncate,
    "trickle": Trickle,
    "change": Change,
    "remove": Remove,
    "expire-tokens": ExpireTokens,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """Effects, and the requests that they are for."""

    effects: tuple[Effect, ...]
    method: str | None = None  # None: any
    path: str = "*"  # whole or below its base
    calls: tuple[int, ...] | None = None  # which of the matching requests, from 1; None: each
    probability: float = 1.0  # of each of these

    def __post_init__(self) -> None:
        """Refuse what can never happen, raising `ValueError`."""
        if not self.effects or not 0 <= self.probability <= 1 or any(call < 1 for call in self.calls or ()):
            message = "A fault has an effect, a probability from 0 to 1 and calls that count from 1."
            raise ValueError(message)

    def concerns(self, method: str, path: str) -> bool:
        """Return whether the request is one of those that it counts."""
        return self.method in (None, method) and is_called(self.path, path)


def fault(
    *effects: Effect,
    method: str | None = None,
    path: str = "*",
    calls: int | tuple[int, ...] | None = None,
    probability: float = 1.0,
) -> Fault:
    """Return a fault; see `Fault`. `calls`: one number, or several."""
    return Fault(effects, method, path, (calls,) if isinstance(calls, int) else calls, probability)


def html(status: int = 200) -> Respond:
    """Return the page that a proxy or a login wall answers with, whatever was asked."""
    page = "<!DOCTYPE html><html><body><h1>Sign in to continue</h1></body></html>"
    return Respond(status, page, {"Content-Type": "text/html; charset=utf-8"})


def rate_limited(retry_after: str | None = None) -> Respond:
    """Return Airbyte's 429; `retry_after`: what the header says, None leaves it out, as Airbyte mostly does."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Respond(429, {"message": "You are being rate limited."}, headers)


def as_json(one: Fault) -> dict[str, Any]:
    """Return the fault as `from_json` reads it."""
    effects = [{"kind": _NAMES[type(effect)], **asdict(effect)} for effect in one.effects]
    return {
        "method": one.method,
        "path": one.path,
        "calls": list(one.calls) if one.calls is not None else None,
        "probability": one.probability,
        "effects": effects,
    }


def from_json(given: Mapping[str, Any]) -> Fault:
    """Read a fault; raises `ValueError` saying what cannot be read."""
    try:
        calls = given.get("calls")
        return fault(
            *(_effect(one) for one in given["effects"]),
            method=given.get("method"),
            path=str(given.get("path", "*")),
            calls=calls if isinstance(calls, int) or calls is None else tuple(int(call) for call in calls),
            probability=float(given.get("probability", 1.0)),
        )
    except (AttributeError, KeyError, TypeError) as error:
        message = f"The fault cannot be read ({error}). It needs effects, each with its kind: {', '.join(_KINDS)}."
        raise ValueError(message) from error


def _effect(given: Mapping[str, Any]) -> Effect:
    make: Callable[..., Effect] = _KINDS[str(given["kind"])]
    options = {name: value for name, value in given.items() if name != "kind"}
    if isinstance(options.get("fields"), list):
        options["fields"] = tuple(options["fields"])
    return make(**options)
