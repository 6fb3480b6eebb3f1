"""Putting what a database counted over all rows into the profile of a sample of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.scope import Counted
from taskflow_profilemesh.profiling.sync_signals import SignalState
from taskflow_profilemesh.profiling.table import TableState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    import polars as pl

    from taskflow_profilemesh.profiling.facts import SyncSignals
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile, TimeSpan


def with_counts(
    sample: TableProfile,
    *,
    null_counts: Mapping[str, int],
    extremes: pl.DataFrame,
    decimals: Collection[str] = (),
    now: datetime | None = None,
) -> TableProfile:
    """Return the sample's profile with exact nulls and extremes; its row count is of all rows already.

    `extremes`: the lowest and the highest values, as batches bring them, of the columns where they are known.
    `decimals`: columns whose totals of all rows are in the profile already. `now` (aware) is what freshness is told
    from.
    """
    ends = _ends(sample, extremes, now)

    def counted(column: ColumnProfile) -> ColumnProfile:
        name = column.schema.name
        if name not in null_counts:
            return column
        found = ends.column(name)
        counts = Counted(sample.row_count, null_counts[name], has_extremes=name in decimals and column.error is None)
        if found is None or found.error is not None:
            return replace(column, counted=counts)
        return replace(
            column,
            counted=replace(counts, has_extremes=True),
            minimum=found.minimum,
            maximum=found.maximum,
            time_span=_time_span(column.time_span, found.time_span),
        )

    return replace(sample, columns=tuple(map(counted, sample.columns)), signals=_signals(sample, extremes))


def _signals(sample: TableProfile, extremes: pl.DataFrame) -> SyncSignals | None:
    """Return the sample's signals, with the latest extraction of all rows where it was counted."""
    of_all = SignalState.of(extremes).describe()
    if sample.signals is None or of_all is None or of_all.latest_extracted_at is None:
        return sample.signals
    return replace(sample.signals, latest_extracted_at=of_all.latest_extracted_at)


def _time_span(sample: TimeSpan | None, of_all: TimeSpan | None) -> TimeSpan | None:
    """Return the range and freshness of all rows; how many lie in the future is known of the sample only."""
    if of_all is None:
        return sample
    future = (None, 0) if sample is None else (sample.future_count, sample.future_error_rows)
    return replace(of_all, future_count=future[0], future_error_rows=future[1])


def _ends(sample: TableProfile, extremes: pl.DataFrame, now: datetime | None) -> TableProfile:
    """Profile the extremes: that says them in a profile's words."""
    columns = tuple(column for column in sample.schema.columns if column.name in extremes.columns)
    state = TableState.empty(replace(sample.schema, columns=columns))
    state.add(extremes)
    return state.profile(now=now)
