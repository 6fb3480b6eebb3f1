"""Putting what a database counted over all rows into the profile of a sample of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.scope import Counted
from taskflow_profilemesh.profiling.sync_signals import SignalState
from taskflow_profilemesh.profiling.table import TableState

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from taskflow_profilemesh.profiling.facts import SyncSignals
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile


def with_counts(sample: TableProfile, *, null_counts: Mapping[str, int], extremes: pl.DataFrame) -> TableProfile:
    """Return the sample's profile with exact nulls and extremes; its row count is of all rows already.

    `extremes`: the lowest and the highest values, as batches bring them, of the columns where they are known.
    """
    ends = _ends(sample, extremes)

    def counted(column: ColumnProfile) -> ColumnProfile:
        name = column.schema.name
        if name not in null_counts:
            return column
        found = ends.column(name)
        has_extremes = found is not None and found.error is None
        told = Counted(sample.row_count, null_counts[name], has_extremes=has_extremes)
        if found is None or not has_extremes:
            return replace(column, counted=told)
        return replace(column, counted=told, minimum=found.minimum, maximum=found.maximum)

    return replace(sample, columns=tuple(map(counted, sample.columns)), signals=_signals(sample, extremes))


def _signals(sample: TableProfile, extremes: pl.DataFrame) -> SyncSignals | None:
    """Return the sample's signals, with the latest extraction of all rows where it was counted."""
    of_all = SignalState.of(extremes).describe()
    if sample.signals is None or of_all is None or of_all.latest_extracted_at is None:
        return sample.signals
    return replace(sample.signals, latest_extracted_at=of_all.latest_extracted_at)


def _ends(sample: TableProfile, extremes: pl.DataFrame) -> TableProfile:
    """Profile the extremes: that says them in a profile's words."""
    columns = tuple(column for column in sample.schema.columns if column.name in extremes.columns)
    state = TableState.empty(replace(sample.schema, columns=columns))
    state.add(extremes)
    return state.profile()
