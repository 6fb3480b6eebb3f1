"""Keeps a store's tables at the version that this code knows, by itself, whoever comes first.

A new store is made at the current version. An older one goes through the steps after its own version, each followed
by its number in `profilemesh_version`, so that a step that was cut short is taken again: on MySQL, which cannot roll
back a change of a table, a step must therefore bear being taken twice. A newer store is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, select, update

from taskflow_profilemesh.errors import StoreTooNew
from taskflow_profilemesh.storage.locks import exclusive
from taskflow_profilemesh.storage.schema import METADATA, PARTIALS, STORE_VERSION, TABLE_STATE, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine import Connection, Engine

    Step = Callable[[Connection], None]


def _add_states(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[TABLE_STATE, PARTIALS])  # those that are missing


STEPS: Final[Mapping[int, Step]] = {2: _add_states}  # by the version that a step leads to, from the one before it


def migrate(
    engine: Engine, *, store: str, steps: Mapping[int, Step] = STEPS, newest_version: int = STORE_VERSION
) -> None:
    """Create the store's tables, or bring them to `newest_version`.

    `store` names it in errors. Raises `StoreTooNew` when a newer version of this package made it.
    """
    with engine.connect() as connection:
        found = version_of(connection)
    if found != newest_version:
        with exclusive(engine, "migrations") as connection:
            _bring_up(connection, store, steps, newest_version)


def version_of(connection: Connection) -> int | None:
    """Return the version of the store's tables, or None where there is no store yet."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.execute(select(VERSION.c.version)).scalar()


def _bring_up(connection: Connection, store: str, steps: Mapping[int, Step], newest_version: int) -> None:
    found = version_of(connection)  # asked again under the lock: another may have been here first
    if found is None:
        METADATA.create_all(connection)
        connection.execute(VERSION.insert().values(id=1, version=newest_version))
        return
    if found > newest_version:
        raise StoreTooNew(store=store, found_version=found, known_version=newest_version)
    for version in range(found + 1, newest_version + 1):
        steps[version](connection)
        connection.execute(update(VERSION).values(version=version))
