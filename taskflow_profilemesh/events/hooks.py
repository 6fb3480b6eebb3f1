"""Handing events on: to the log, to the store's table `profilemesh_events`, to a webhook, to a function of your own.

A hook is any callable that takes a `ProfilingEvent`. What a hook raises is logged and costs nothing else: profiling
does not fail because somebody could not be told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from taskflow_profilemesh.drift.findings import Severity
from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.events.profiling_events import EventKind, ProfilingEvent
from taskflow_profilemesh.storage import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.storage import ProfileStore

Hook: TypeAlias = Callable[[ProfilingEvent], object]
OpenWebhook: TypeAlias = Callable[[Mapping[str, Any]], Hook]
WORTH_A_MESSAGE: Final = (EventKind.FAILED, EventKind.DRIFT_DETECTED, EventKind.SCHEMA_CHANGED)
DEFAULT_HOOKS: Final = ("store",)
EXPECTED: Final = "'log', 'store', a callable, or the dotted path of one, such as my_alerts.tell"

_KEYS: Final = ("call", "webhook", "events", "severity", "tables")
_WITH_SEVERITY: Final = (EventKind.DRIFT_DETECTED, EventKind.SCHEMA_CHANGED)
_Word = TypeVar("_Word", bound=StrEnum)

log = logging.getLogger(__name__)

_LEVELS: Final[Mapping[EventKind, int]] = {
    EventKind.FAILED: logging.WARNING,
    EventKind.DRIFT_DETECTED: logging.WARNING,
    EventKind.SCHEMA_CHANGED: logging.WARNING,
}


def emit_profiling_event(event: ProfilingEvent, hooks: Sequence[Hook]) -> None:
    """Hand the event to each hook, in order; what one raises is logged, and the next is asked."""
    for hook in hooks:
        try:
            hook(event)
        except Exception as error:  # noqa: BLE001 -- somebody's own function
            name = getattr(hook, "__qualname__", type(hook).__qualname__)
            log.warning("%s was not told of %s of %s (%s).", name, event.kind, event.table, type(error).__name__)


def log_event(event: ProfilingEvent) -> None:
    """Write the event to the log: what somebody should look at as a warning, the rest as information."""
    log.log(_LEVELS.get(event.kind, logging.INFO), "%s", event)


def store_hook(store: ProfileStore) -> Hook:
    """Return a hook that keeps events in the store, where `store.events(source, table)` and dashboards find them."""

    def store_event(event: ProfilingEvent) -> None:
        payload = {"run_id": event.run_id, **event.payload}
        store.record_event(
            Event(kind=event.kind.value, source=event.source, table=event.table, at=event.at, payload=payload)
        )

    return store_event


def hooks_named(
    named: Sequence[str | Hook | Mapping[str, Any]] | None, store: ProfileStore, *, webhook: OpenWebhook | None = None
) -> tuple[Hook, ...]:
    """Return the hooks of these names, or those of `DEFAULT_HOOKS`; raises `InvalidOption` for what is none.

    A mapping is one of a config's `hooks:`: `call` or `webhook`, and which `events`, from which `severity` on, of which
    `tables`. `webhook` makes a hook of what it says under that name; None: there are none here.
    """
    if isinstance(named, str):  # a lone text is one name, never letters
        named = (named,)
    return tuple(_hook(one, store, webhook) for one in (DEFAULT_HOOKS if named is None else named))


def _hook(named: object, store: ProfileStore, webhook: OpenWebhook | None) -> Hook:
    if not isinstance(named, Mapping):
        return _called(named, store)
    if wrong := sorted(set(map(str, named)) - set(_KEYS)):
        raise InvalidOption(option="event_hooks", got=wrong[0], expected=f"one of {', '.join(_KEYS)}", known=_KEYS)
    where = named.get("webhook")
    if (where is None) == (named.get("call") is None):
        raise InvalidOption(option="event_hooks", got="both or none", expected="either call or webhook")
    if where is None:
        return _filtered(_called(named["call"], store), named, tuple(EventKind))
    if webhook is None:
        raise InvalidOption(option="event_hooks", got="webhook", expected="one inside a task of Airflow")
    if isinstance(where, str):  # as in a config
        where = {"conn_id": where}
    if not isinstance(where, Mapping) or (where.get("conn_id") is None) == (where.get("url") is None):
        raise InvalidOption(option="event_hooks", got="webhook", expected="a webhook with either conn_id or url")
    return _filtered(webhook(where), named, WORTH_A_MESSAGE)


def _filtered(hook: Hook, said: Mapping[str, Any], usual: Sequence[EventKind]) -> Hook:
    """Return a hook that is told of these events only; one without a severity is told whatever severity is asked."""
    kinds = {_word(EventKind, kind) for kind in _listed(said.get("events"))} or set(usual)
    least = _word(Severity, said["severity"]) if said.get("severity") else None
    patterns = _listed(said.get("tables"))

    def told(event: ProfilingEvent) -> None:
        severity = event.payload.get("severity") if event.kind in _WITH_SEVERITY else None
        is_slight = least is not None and severity is not None and not Severity(severity).at_least(least)
        names = (str(event.table), event.table.name)
        is_meant = not patterns or any(fnmatchcase(name, one) for name in names for one in patterns)
        if event.kind in kinds and is_meant and not is_slight:
            hook(event)

    told.__qualname__ = getattr(hook, "__qualname__", type(hook).__qualname__)
    return told


def _word(kind: type[_Word], got: object) -> _Word:
    known = tuple(word.value for word in kind)
    if got not in known:
        raise InvalidOption(option="event_hooks", got=str(got), expected=f"one of {', '.join(known)}", known=known)
    return kind(str(got))


def _listed(said: object) -> list[str]:
    return [said] if isinstance(said, str) else [str(one) for one in said] if isinstance(said, Iterable) else []


def _called(named: object, store: ProfileStore) -> Hook:
    if callable(named):
        return named
    if named == "log":
        return log_event
    if named == "store":
        return store_hook(store)
    module, dot, name = str(named).rpartition(".")
    try:
        found = getattr(import_module(module), name) if dot else None
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidOption(option="event_hooks", got=str(named), expected=EXPECTED) from error
    if not callable(found):
        raise InvalidOption(option="event_hooks", got=str(named), expected=EXPECTED)
    return found  # type: ignore[no-any-return] # it is called with an event, and its answer is not looked at
