"""The connectors that the mock has: their names, Airbyte's ids for them, what they must be told, how they open.

A type is named as in the public API (`"sourceType": "faker"`); the connector's full name (`source-faker`) is taken
too. Connectors that exist only here are called `mock-…`; their ids are derived from their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import NAMESPACE_URL, uuid5

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.destinations.protocol import Destination
    from mock_airbyte.records import Actor, ActorKind
    from mock_airbyte.sources.protocol import Source


Opened_co = TypeVar("Opened_co", covariant=True)


@dataclass(frozen=True, slots=True)
class OpenContext:
    """What a connector may use beside its configuration."""

    seed: int  # for connectors that are told to be random: the world's own
    now: datetime  # aware


@dataclass(frozen=True, slots=True)
class Connector(Generic[Opened_co]):
    """One type of source or destination."""

    name: str
    definition_id: str
    required: tuple[str, ...]
    open: Callable[[Mapping[str, Any], OpenContext], Opened_co]


def _faker(configuration: Mapping[str, Any], context: OpenContext) -> Source:
    from mock_airbyte.sources.faker import open_faker

    return open_faker(configuration, seed=context.seed, now=context.now)


def _inline(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.inline import open_inline

    return open_inline(configuration)


def _folder(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.files import files_in_folder

    return files_in_folder(configuration)


def _file(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.files import single_file

    return single_file(configuration)


def _sqlite(configuration: Mapping[str, Any], _: OpenContext) -> Destination:
    from mock_airbyte.destinations.sqlite import open_sqlite

    return open_sqlite(configuration)


def _postgres(configuration: Mapping[str, Any], _: OpenContext) -> Destination:
    from mock_airbyte.destinations.postgres import PostgresDestination

    return PostgresDestination(configuration)


def _mysql(configuration: Mapping[str, Any], _: OpenContext) -> Destination:
    from mock_airbyte.destinations.mysql import MySqlDestination

    return MySqlDestination(configuration)


def _csv_folder(configuration: Mapping[str, Any], _: OpenContext) -> Destination:
    from mock_airbyte.destinations.files import FileDestination

    return FileDestination(Path(configuration["destination_path"]), "csv")


def _data_folder(configuration: Mapping[str, Any], _: OpenContext) -> Destination:
    from mock_airbyte.destinations.files import open_folder

    return open_folder(configuration)


def _own(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://mock-airbyte/{name}"))


SOURCES: tuple[Connector[Source], ...] = (
    Connector("faker", "dfd88b22-b603-4c3d-aad7-3701784586b1", (), _faker),
    Connector("file", "778daa7c-feaf-4db6-96f3-70fd645acc77", ("dataset_name", "format", "url", "provider"), _file),
    Connector("mock-files", _own("source-mock-files"), ("folder",), _folder),
    Connector("mock-inline", _own("source-mock-inline"), ("streams",), _inline),
)
DESTINATIONS: tuple[Connector[Destination], ...] = (
    Connector("sqlite", "b76be0a6-27dc-4560-95f6-2623da0bd7b6", ("destination_path",), _sqlite),
    Connector("postgres", "25c5221d-dce2-4163-ade9-739ef790f503", ("host", "port", "database", "username"), _postgres),
    Connector("mysql", "ca81ee7c-3163-4246-af40-094cc31e5e42", ("host", "port", "database", "username"), _mysql),
    Connector("csv", "8be1cf83-fde1-477f-a4ad-318d23c9f3c6", ("destination_path",), _csv_folder),
    Connector("mock-files", _own("destination-mock-files"), ("folder",), _data_folder),
)


def connectors(kind: ActorKind) -> Sequence[Connector[Source | Destination]]:
    """Return all connectors of a kind."""
    return SOURCES if kind == "source" else DESTINATIONS


def find_connector(
    kind: ActorKind, *, name: str | None, definition_id: str | None = None
) -> Connector[Source | Destination] | None:
    """Return the connector of that type name (with or without `source-`/`destination-`) or id, or None."""
    return _found(connectors(kind), (name or "").removeprefix(f"{kind}-"), definition_id)


def open_source(actor: Actor, context: OpenContext) -> Source:
    """Open a source; raises `SyncFailure` where its configuration cannot be used."""
    source = _known(SOURCES, actor).open(actor.configuration, context)
    if actor.drift is None:
        return source
    from mock_airbyte.drifting import DriftedSource

    return DriftedSource(source, actor.drift)


def open_destination(actor: Actor, context: OpenContext) -> Destination:
    """Open a destination; raises `SyncFailure` where its configuration cannot be used."""
    return _known(DESTINATIONS, actor).open(actor.configuration, context)


def _found(known: Sequence[Connector[Opened_co]], name: str, definition_id: str | None) -> Connector[Opened_co] | None:
    return next((one for one in known if name == one.name or definition_id == one.definition_id), None)


def _known(known: Sequence[Connector[Opened_co]], actor: Actor) -> Connector[Opened_co]:
    return next(one for one in known if one.name == actor.connector)
