"""Substitutes: what stands in for connectors that the mock does not have, or is not to use.

    {"destination-snowflake": {"type": "destination-sqlite", "configuration": {"destination_path": "warehouse.db"}}}

Sources and destinations of such a type keep the name and configuration that they were created with; their rows come
from the substitute, or land in it. A substitute may also be declared for a type that the mock has, to keep a test away
from a real server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_airbyte.connectors import Programs
    from mock_airbyte.records import ActorKind


class BadSubstitute(ValueError):
    """A substitute is declared that cannot stand in for anything; the message says why."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """A connector that the mock has, and its configuration."""

    connector: str  # "sqlite", not "destination-sqlite"
    configuration: Mapping[str, Any] = field(repr=False)


Substitutes = Mapping[str, Substitute]  # by the full name of the type that they stand in for


def full_name(kind: ActorKind, connector: str) -> str:
    """Return a type's name with its kind before it."""
    return f"{kind}-{connector.removeprefix(f'{kind}-')}"


def read_substitutes(
    declared: Mapping[str, Mapping[str, Any]], programs: Programs | None = None
) -> dict[str, Substitute]:
    """Read the mapping above; a real connector of `programs` may stand in, too. Raises `BadSubstitute`."""
    return {name: _substitute(name, entry, programs) for name, entry in declared.items()}


def _substitute(name: str, entry: Mapping[str, Any], programs: Programs | None) -> Substitute:
    from mock_airbyte.connectors import connector_named, connectors

    kind: ActorKind = "source" if name.startswith("source-") else "destination"
    if not name.startswith(f"{kind}-"):
        message = f"A substitute stands in for a source-… or a destination-… type (got={name!r})."
        raise BadSubstitute(message)
    connector = connector_named(kind, str(entry.get("type", "")), programs)
    if connector is None:
        known = ", ".join(one.name for one in connectors(kind, programs))
        message = (
            f"The substitute for {name} is no {kind} that the mock has (type={entry.get('type')!r}, known={known})."
        )
        raise BadSubstitute(message)
    configuration = entry.get("configuration") or {}
    missing = [key for key in connector.required if key not in configuration]
    if missing:
        message = f"The substitute for {name} lacks values in its configuration (missing={missing})."
        raise BadSubstitute(message)
    return Substitute(connector.name, configuration)
