"""One HTTP call as handlers see it, and what they answer: plain values, no web framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_airbyte.auth import Gate
from mock_airbyte.jobs import JobBook
from mock_airbyte.problems import missing_property, unspecified
from mock_airbyte.registry import Registry
from mock_airbyte.texts import as_id
from mock_airbyte.world import World


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body: JSON, or a text as it stands; None: no body."""

    body: Any = None
    status: int = 200
    content_type: str = "text/plain"  # of a text


NO_CONTENT = Answer(status=204)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one handler."""

    world: World
    jobs: JobBook
    gate: Gate
    registry: Registry
    public_url: str  # the configured address of the public API, for links
    path: str  # as it was called
    arguments: Mapping[str, str] = field(default_factory=dict)  # from the path
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    def one(self, name: str) -> str | None:
        """Return a query parameter, or None; of several the first."""
        values = self.query.get(name, ())
        return values[0] if values else None

    def many(self, name: str) -> tuple[str, ...]:
        """Return a repeated query parameter; commas separate values too."""
        return tuple(value for text in self.query.get(name, ()) for value in text.split(",") if value)

    def id(self, name: str) -> str:
        """Return a query parameter that is a UUID, in its usual spelling; raises a 400 for anything else or none."""
        text = self.one(name)
        if text is None:
            raise unspecified(name)
        return as_id(text, name)

    def ids(self, name: str) -> tuple[str, ...]:
        """Return a repeated query parameter of UUIDs in their usual spelling; raises a 400 for anything else."""
        return tuple(as_id(text, name) for text in self.many(name))


def required(body: Mapping[str, Any], name: str) -> object:
    """Return a field of a request's body; raises a 400 without it."""
    value = body.get(name)
    if value is None:
        raise missing_property(name)
    return value


def required_id(body: Mapping[str, Any], name: str) -> str:
    """Return a field of a request's body that is a UUID; raises a 400."""
    return as_id(str(required(body, name)), name)
