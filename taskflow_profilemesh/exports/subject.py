"""A stored profile as it may leave the store: without the hashes that stand for withheld values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.withheld import Method

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile


def leaving(profile: TableProfile) -> TableProfile:
    """Return the profile without hashes: they are for comparing profiles of one store, and say nothing elsewhere."""
    return replace(profile, columns=tuple(map(_without_hashes, profile.columns)))


def _without_hashes(column: ColumnProfile) -> ColumnProfile:
    if column.withheld is None or column.withheld.method is not Method.HASH or column.distinct is None:
        return column
    return replace(column, distinct=replace(column.distinct, top=()))
