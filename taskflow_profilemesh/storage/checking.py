"""Is a store whole? What other hands did to it: runs without their profile, without their numbers, unreadable ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taskflow_profilemesh.errors import StoreDamaged, StoreTooNew

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.storage.sql import SqlStore


def problems(store: SqlStore, *, newest: int | None) -> Iterator[str]:
    """Yield a sentence for each thing that is wrong; of each table the `newest` profiles are read (None: all).

    The store must have been looked at, or migrated.
    """
    for what, ids in store.strays().items():
        if ids:
            shown = ", ".join(ids[:3]) + (", …" if len(ids) > len(ids[:3]) else "")
            yield f"{len(ids)} of the {what} ({shown})."
    for kept in store.overview():
        for run in store.history(kept.source, kept.table, limit=kept.runs if newest is None else newest):
            try:
                store.load(run.profile_id)
            except (StoreDamaged, StoreTooNew) as error:
                yield str(error)
