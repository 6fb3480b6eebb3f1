"""What of a batch of syncs begins next, and what never will. Pure; `ordering.py` has put the batch in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.airbyte.ordering import OrderedSync

State: TypeAlias = Literal["waiting", "running", "succeeded", "failed", "skipped", "interrupted"]
"""Of one sync. `skipped`: it was never begun, since one that it depends on did not succeed."""

_LOST = frozenset({"failed", "skipped", "interrupted"})


def hopeless(batch: Sequence[OrderedSync], states: Mapping[str, State]) -> dict[str, str]:
    """Return the waiting syncs that can never begin, each with the connection that it depends on in vain.

    One that depends on such a sync is among them.
    """
    found: dict[str, str] = {}
    for one in batch:  # in order, so that what each depends on has been looked at
        name = one.spec.connection
        lost = next((before for before in one.after if states[before] in _LOST or before in found), None)
        if states[name] == "waiting" and lost is not None:
            found[name] = lost
    return found


def next_to_begin(
    batch: Sequence[OrderedSync], states: Mapping[str, State], *, max_parallel: int | None
) -> tuple[str, ...]:
    """Return the waiting syncs that may begin now, in order; `max_parallel` (None: any number) may run at a time."""
    running = sum(state == "running" for state in states.values())
    free = len(batch) if max_parallel is None else max(0, max_parallel - running)
    ready = [
        one.spec.connection
        for one in batch
        if states[one.spec.connection] == "waiting" and all(states[before] == "succeeded" for before in one.after)
    ]
    return tuple(ready[:free])
