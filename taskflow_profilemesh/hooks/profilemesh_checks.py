"""The *Test* button of a `profilemesh` connection: config, source and store, each by itself, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.providers.common.compat.sdk import AirflowNotFoundException

from taskflow_profilemesh.errors import ProfileMeshError

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.hooks.profilemesh import ProfileMeshHook


def tested(hook: ProfileMeshHook) -> tuple[bool, str]:
    """Return whether all parts work, and what is to be said of each; what failed comes first.

    Without a readable config nothing else is tried: it may name the other two.
    """
    told = [_told("config", lambda: _config(hook))]
    if told[0][0]:
        told += [_told("source", lambda: _source(hook)), _told("store", lambda: _store(hook))]
    told.sort(key=lambda part: part[0])
    return all(worked for worked, _ in told), " ".join(sentence for _, sentence in told)


def _told(part: str, look: Callable[[], str]) -> tuple[bool, str]:
    try:
        return True, look()
    except (ProfileMeshError, AirflowNotFoundException) as error:
        return False, f"The {part} failed: {error}"


def _config(hook: ProfileMeshHook) -> str:
    tables = len(hook.get_config().tables)
    return f"The config names {tables} {'table or pattern' if tables == 1 else 'tables or patterns'}."


def _source(hook: ProfileMeshHook) -> str:
    if not hook.names_source():
        return "No source is named: the connection serves as a store only."
    source = hook.get_source()
    try:
        source.check()
        return f"The source {source.name} answers ({source.address})."
    finally:
        source.close()


def _store(hook: ProfileMeshHook) -> str:
    store = hook.get_store()
    try:
        tables = len(store.tables())
        where = ", a file that only this machine sees" if store.is_file else ""
        return f"History lives in {store.name}{where}; it holds {tables} {'table' if tables == 1 else 'tables'}."
    finally:
        store.close()
