"""The connectors that the mock has: their names, Airbyte's ids for them, what they must be told, how they open.

A type is named as in the public API (`"sourceType": "faker"`); the connector's full name (`source-faker`) is taken
too. Connectors that exist only here are called `mock-…`; their ids are derived from their names. Real connectors that
are installed on this machine are declared (`programs`), and go before those of the mock. Any other type's name is taken
as well: what stands in for it is declared as a substitute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar
from uuid import NAMESPACE_URL, uuid5

from mock_airbyte.failures import SyncFailure
from mock_airbyte.programs.installed import InstalledConnector
from mock_airbyte.programs.specification import Specification
from mock_airbyte.substitutes import Substitutes, full_name
from mock_airbyte.sync.progress import Say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_airbyte.destinations.protocol import Destination
    from mock_airbyte.records import Actor, ActorKind
    from mock_airbyte.sources.protocol import Source


Opened_co = TypeVar("Opened_co", covariant=True)
Programs = Mapping[str, InstalledConnector]  # real connectors by their full names


@dataclass(frozen=True, slots=True)
class OpenContext:
    """What a connector may use beside its configuration."""

    seed: int  # for connectors that are told to be random: the world's own
    now: datetime  # aware
    substitutes: Substitutes = field(default_factory=dict)
    programs: Programs = field(default_factory=dict)
    stopping: Callable[[], bool] = lambda: False  # whether what takes long is to stop
    say: Say = lambda *_: None  # takes lines for the log
    reconfigure: Callable[[Mapping[str, Any]], None] = lambda _: None  # takes a configuration that a connector renewed


@dataclass(frozen=True, slots=True)
class Connector(Generic[Opened_co]):
    """One type of source or destination."""

    name: str
    definition_id: str
    required: tuple[str, ...]
    open: Callable[[Mapping[str, Any], OpenContext], Opened_co]
    specify: Callable[[], Specification] | None = None  # raises `SyncFailure`; None: `required` is all that is known

    def specification(self) -> Specification:
        """Return what its configuration must be; raises `SyncFailure` where a real connector does not say so."""
        if self.specify is not None:
            return self.specify()
        properties: dict[str, Any] = {name: {} for name in self.required}
        schema = {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}
        return Specification({**schema, "required": list(self.required), "properties": properties})


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


def _hardcoded(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.hardcoded import open_hardcoded

    return open_hardcoded(configuration)


def _postgres_tables(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.postgres import PostgresTables
    from mock_airbyte.sources.sql import SqlSource

    return SqlSource(PostgresTables(configuration))


def _mysql_tables(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.mysql import MySqlTables
    from mock_airbyte.sources.sql import SqlSource

    return SqlSource(MySqlTables(configuration))


def _sqlite_tables(configuration: Mapping[str, Any], _: OpenContext) -> Source:
    from mock_airbyte.sources.sql import SqlSource
    from mock_airbyte.sources.sqlite import SqliteTables

    return SqlSource(SqliteTables(Path(configuration["path"])))


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


_TYPE_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def _own(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"https://mock-airbyte/{name}"))


SOURCES: tuple[Connector[Source], ...] = (
    Connector("faker", "dfd88b22-b603-4c3d-aad7-3701784586b1", (), _faker),
    Connector("file", "778daa7c-feaf-4db6-96f3-70fd645acc77", ("dataset_name", "format", "url", "provider"), _file),
    Connector("hardcoded-records", "084124ab-22db-4019-b36d-630418541bf7", (), _hardcoded),
    Connector("postgres", "decd338e-5647-4c0b-adf4-da0e75f5a750", ("host", "database", "username"), _postgres_tables),
    Connector("mysql", "435bb9a5-7887-4809-aa58-28c27df0d7ad", ("host", "database", "username"), _mysql_tables),
    Connector("mock-sqlite", _own("source-mock-sqlite"), ("path",), _sqlite_tables),
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


def connectors(kind: ActorKind, programs: Programs | None = None) -> Sequence[Connector[Source | Destination]]:
    """Return all connectors of a kind: those of the mock, and declared ones in the place of those of their names."""
    return _sources(programs) if kind == "source" else DESTINATIONS


def _sources(programs: Programs | None) -> Sequence[Connector[Source]]:
    declared = {one.name: one for one in map(_declared, (programs or {}).values())}
    return tuple(({one.name: one for one in SOURCES} | declared).values())


def _declared(installed: InstalledConnector) -> Connector[Source]:
    program = installed.program
    name = program.name.removeprefix("source-")
    twin = _found(SOURCES, name, None)
    definition_id = program.definition_id or (twin.definition_id if twin else _own(program.name))
    return Connector(name, definition_id, (), installed.open, installed.specification)


def connector_named(
    kind: ActorKind, name: str, programs: Programs | None = None
) -> Connector[Source | Destination] | None:
    """Return the connector of that type name (with or without `source-`/`destination-`) that there is, or None."""
    return _found(connectors(kind, programs), name.removeprefix(f"{kind}-"), None)


def find_connector(
    kind: ActorKind, *, name: str | None, definition_id: str | None = None, programs: Programs | None = None
) -> Connector[Source | Destination] | None:
    """Return the connector of that type name (with or without `source-`/`destination-`) or id.

    A name that the mock does not know gives a connector that takes any configuration and needs a substitute when it is
    opened. An unknown id, or what cannot be a type's name, gives None.
    """
    bare = (name or "").removeprefix(f"{kind}-")
    found = _found(connectors(kind, programs), bare, definition_id)
    if found is None and _TYPE_NAME.fullmatch(bare):
        return Connector(bare, definition_id or _own(full_name(kind, bare)), (), partial(_refuse, kind, bare))
    return found


def is_opened(kind: ActorKind, name: str, substitutes: Substitutes, programs: Programs | None = None) -> bool:
    """Return whether there is a connector of that type, or a substitute for it."""
    return connector_named(kind, name, programs) is not None or full_name(kind, name) in substitutes


def keeps_own_state(actor: Actor, substitutes: Substitutes, programs: Programs) -> bool:
    """Return whether a source is a real connector, whose states nobody else understands."""
    substitute = substitutes.get(full_name(actor.kind, actor.connector))
    return full_name(actor.kind, substitute.connector if substitute else actor.connector) in programs


def open_source(actor: Actor, context: OpenContext) -> Source:
    """Open a source, or its substitute; raises `SyncFailure` where its configuration cannot be used."""
    source = _opened(_sources(context.programs), actor, context)
    if actor.drift is None:
        return source
    from mock_airbyte.drifting import drifted

    return drifted(source, actor.drift)


def open_destination(actor: Actor, context: OpenContext) -> Destination:
    """Open a destination, or its substitute; raises `SyncFailure` where its configuration cannot be used."""
    return _opened(DESTINATIONS, actor, context)


def _found(known: Sequence[Connector[Opened_co]], name: str, definition_id: str | None) -> Connector[Opened_co] | None:
    return next((one for one in known if name == one.name or definition_id == one.definition_id), None)


def _opened(known: Sequence[Connector[Opened_co]], actor: Actor, context: OpenContext) -> Opened_co:
    substitute = context.substitutes.get(full_name(actor.kind, actor.connector))
    if substitute is not None:
        actor = replace(actor, connector=substitute.connector, configuration=substitute.configuration)
        context = replace(context, reconfigure=lambda _: None)  # what is renewed is not the actor's own
    connector = _found(known, actor.connector, None)
    if connector is None:
        _refuse(actor.kind, actor.connector)
    return connector.open(actor.configuration, context)


def _refuse(kind: ActorKind, name: str, *_: object) -> NoReturn:
    message = (
        "Could not connect with provided configuration."
        f" Error: the mock has no connector {full_name(kind, name)}, and no substitute is declared for it."
    )
    raise SyncFailure(message, origin=kind)
