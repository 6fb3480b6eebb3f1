"""Keeps a store's tables at the version that this code knows, by itself, whoever comes first.

A new store is made at the current version. An older one goes through the steps after its own version, each followed
by its number in `profilemesh_version`, so that a step that was cut short is taken again: on MySQL, which cannot roll
back a change of a table, a step must therefore bear being taken twice. A newer store is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, select, text, update

from taskflow_profilemesh.errors import StoreMissing, StoreNamedOtherwise, StoreTooNew
from taskflow_profilemesh.storage.locks import exclusive
from taskflow_profilemesh.storage.names import LONGEST_NAME, TableNames
from taskflow_profilemesh.storage.schema import DEFAULT, STORE_VERSION, tables_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.engine import Connection, Engine

    from taskflow_profilemesh.storage.schema import Tables

    Step = Callable[[Connection], None]

_REMEMBERS_NAMES: Final = 4
_VERSION: Final = DEFAULT.version  # called the same in every store


def _add_states(connection: Connection) -> None:
    DEFAULT.metadata.create_all(connection, tables=[DEFAULT.table_state, DEFAULT.partials])  # those that are missing


def _add_decisions(connection: Connection) -> None:
    DEFAULT.metadata.create_all(connection, tables=[DEFAULT.decisions])


def _add_names(connection: Connection) -> None:
    there = {column["name"] for column in inspect(connection).get_columns(_VERSION.name)}
    for name in ("runs_table", "results_table"):
        if name not in there:
            connection.execute(text(f"alter table {_VERSION.name} add column {name} varchar({LONGEST_NAME})"))


STEPS: Final[Mapping[int, Step]] = {  # by the version that a step leads to, from the one before it
    2: _add_states,
    3: _add_decisions,
    _REMEMBERS_NAMES: _add_names,
}


def migrate(
    engine: Engine,
    *,
    store: str,
    names: TableNames | None = None,
    steps: Mapping[int, Step] = STEPS,
    newest_version: int = STORE_VERSION,
) -> Tables:
    """Create the store's tables, or bring them to `newest_version`, and return them.

    `store` names it in errors. `names`: how its tables are called; None: as it remembers. Raises `StoreTooNew` when a
    newer version of this package made it, `StoreNamedOtherwise` when it was made with other names.
    """
    with engine.connect() as connection:
        found = version_of(connection)
    if found != newest_version:
        with exclusive(engine, "migrations") as connection:
            _bring_up(connection, store, names or TableNames(), steps, newest_version)
    with engine.connect() as connection:
        kept = names_in(connection)
    if names is not None and names != kept:
        raise StoreNamedOtherwise(store=store, runs_table=kept.runs, results_table=kept.results)
    return tables_named(kept)


def look(engine: Engine, *, store: str, newest_version: int = STORE_VERSION) -> tuple[int, Tables]:
    """Return the version of a store that is there, and its tables; nothing is made and nothing is changed.

    Raises `StoreMissing` where there is none, `StoreTooNew`.
    """
    with engine.connect() as connection:
        found = version_of(connection)
        if found is None:
            raise StoreMissing(store=store)
        if found > newest_version:
            raise StoreTooNew(store=store, found_version=found, known_version=newest_version)
        names = names_in(connection) if found >= _REMEMBERS_NAMES else TableNames()
    return found, tables_named(names)


def version_of(connection: Connection) -> int | None:
    """Return the version of the store's tables, or None where there is no store yet."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version)).scalar()


def names_in(connection: Connection) -> TableNames:
    """Return how the store's tables are called, which it remembers from version 4 on."""
    row = connection.execute(select(_VERSION.c.runs_table, _VERSION.c.results_table)).one()
    return TableNames.of(row._asdict()) or TableNames()


def _bring_up(
    connection: Connection, store: str, names: TableNames, steps: Mapping[int, Step], newest_version: int
) -> None:
    found = version_of(connection)  # asked again under the lock: another may have been here first
    if found is None:
        tables_named(names).metadata.create_all(connection)
        remembered = {"runs_table": names.runs, "results_table": names.results}
        connection.execute(_VERSION.insert().values(id=1, version=newest_version, **remembered))
        return
    if found > newest_version:
        raise StoreTooNew(store=store, found_version=found, known_version=newest_version)
    for version in range(found + 1, newest_version + 1):
        steps[version](connection)
        connection.execute(update(_VERSION).values(version=version))
