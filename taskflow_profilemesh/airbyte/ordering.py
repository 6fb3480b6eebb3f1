"""Which syncs of a group wait for which: entries are read, checked and put in order. Pure, and cheap to import.

A limit of parallel syncs is a matter of order, too: they are dealt to so many lanes, each of which runs one at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any, NoReturn

from taskflow_profilemesh.airbyte.spec import SyncSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEPENDS_ON = "depends_on"


@dataclass(frozen=True, slots=True)
class OrderedSync:
    """One sync of a group. `after`: connections whose syncs must have succeeded, as their entries name them."""

    spec: SyncSpec
    after: tuple[str, ...] = ()


def in_order(entries: Sequence[str | SyncSpec | Mapping[str, Any]], **defaults: object) -> tuple[OrderedSync, ...]:
    """Read the entries of a group and return them so that each comes after those it depends on.

    An entry is a connection's name or id, a `SyncSpec`, or a mapping of its options with `depends_on`: a connection of
    the group, or several. `defaults` apply where a name or a mapping says nothing. Entries that could come in any order
    keep theirs. Raises `InvalidOption` for an empty group, a connection that is there twice, one to depend on that is
    not in the group (with the nearest that is), and a circle.
    """
    if isinstance(entries, str | Mapping) or not entries:
        _refuse(
            "connections", "nothing" if not entries else type(entries).__name__, "a list with at least one connection"
        )
    syncs: dict[str, OrderedSync] = {}
    for entry in entries:
        one = _read(entry, defaults)
        if one.spec.connection in syncs:
            _refuse("connections", one.spec.connection, "each connection once in a group")
        syncs[one.spec.connection] = one
    for one in syncs.values():
        for name in one.after:
            if name not in syncs:
                _refuse(_DEPENDS_ON, name, "a connection of the group", known=tuple(syncs))
    try:
        order = tuple(TopologicalSorter({name: one.after for name, one in syncs.items()}).static_order())
    except CycleError as error:
        _refuse(_DEPENDS_ON, " → ".join(reversed(error.args[1])), "an order without circles")
    return tuple(syncs[name] for name in order)


def lanes(names: Sequence[str], *, max_parallel: int | None) -> tuple[tuple[str, str], ...]:
    """Return pairs of syncs, the second of which must not begin before the first has ended, in whatever way.

    With them no more than `max_parallel` (None: any number) of the syncs run at a time; `names` are in order. Raises
    `InvalidOption` for a limit that is no whole number from 1.
    """
    if max_parallel is None:
        return ()
    if not _is_limit(max_parallel):
        _refuse("max_parallel", str(max_parallel), "a whole number, 1 or more")
    return tuple(zip(names, names[max_parallel:], strict=False))


def _is_limit(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _read(entry: str | SyncSpec | Mapping[str, Any], defaults: Mapping[str, object]) -> OrderedSync:
    if not isinstance(entry, Mapping):
        return OrderedSync(SyncSpec.from_value(entry, **defaults))
    options = {name: value for name, value in entry.items() if name != _DEPENDS_ON}
    after = entry.get(_DEPENDS_ON) or ()
    named = (after,) if isinstance(after, str) else tuple(after) if isinstance(after, list | tuple | set) else (after,)
    if not all(isinstance(name, str) for name in named):
        _refuse(_DEPENDS_ON, "something else", "a connection of the group, or a list of them")
    return OrderedSync(SyncSpec.from_value(options, **defaults), tuple(dict.fromkeys(named)))


def _refuse(option: str, got: str, expected: str, *, known: Sequence[str] = ()) -> NoReturn:
    from taskflow_profilemesh.errors import InvalidOption  # loaded only to raise: a DAG file's parsing stays cheap

    raise InvalidOption(option=option, got=got, expected=expected, known=tuple(known))
