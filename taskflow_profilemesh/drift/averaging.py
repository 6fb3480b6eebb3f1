"""One profile for several: what they say on average.

Runs of one table hold mostly the same rows, so they are no larger sample than one of them: counts are averaged, not
added up, and the noise floors stay those of a single run. Distributions are mixed point by point, each run weighing by
its values; frequent values are averaged, and where a list lacks one, the average may be too low by what that list does
not tell. What an average does not exist of (extremes, forms, keys) is the newest run's, and so is the distribution of
dates: those of earlier runs are the same without the last ones.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from taskflow_profilemesh.drift.distances import shares_at_most
from taskflow_profilemesh.drift.distributions import DATES
from taskflow_profilemesh.drift.frequencies import Listed
from taskflow_profilemesh.profiling.profile import Distribution, TopValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.profiling.profile import (
        ColumnProfile,
        Distinct,
        Lengths,
        Numbers,
        TableProfile,
        TimeSpan,
    )

_MOST_VALUES = 50


def averaged(profiles: Sequence[TableProfile]) -> TableProfile:
    """Return the average of the profiles (one or more, newest first), declared as the newest one is."""
    newest = profiles[0]
    if len(profiles) == 1:
        return newest
    return replace(
        newest,
        row_count=round(_mean([profile.row_count for profile in profiles])),
        profiled_rows=round(_mean([profile.profiled_rows for profile in profiles])),
        columns=tuple(_column(column, _same(column, profiles)) for column in newest.columns),
    )


def _same(column: ColumnProfile, profiles: Sequence[TableProfile]) -> list[ColumnProfile]:
    """Return the column as each profile has it, as far as it is of the same kind there and has statistics."""
    found = (profile.column(column.schema.name) for profile in profiles)
    return [one for one in found if one and one.error is None and one.schema.kind is column.schema.kind]


def _column(newest: ColumnProfile, columns: list[ColumnProfile]) -> ColumnProfile:
    if newest.error is not None or len(columns) == 1:
        return newest
    rows = round(_mean([column.row_count for column in columns]))
    trues = [column.true_count for column in columns if column.true_count is not None]
    return replace(
        newest,
        row_count=rows,
        null_count=min(round(_mean([column.null_count for column in columns])), rows),
        counted=None,
        distinct=_distinct(columns),
        numbers=_numbers(columns),
        distribution=newest.distribution
        if newest.schema.kind in DATES
        else _distribution([(column.distribution, column.value_count) for column in columns]),
        lengths=_lengths(columns),
        true_count=round(_mean(trues)) if trues else None,
        time_span=_time_span(columns),
    )


def _distribution(parts: list[tuple[Distribution | None, int]]) -> Distribution | None:
    """Mix the distributions by their numbers of values."""
    known = [(part, count) for part, count in parts if part is not None and part.points and count > 0]
    if not known:
        return None
    places = np.unique(np.concatenate([np.asarray(part.points) for part, _ in known]))
    total = sum(count for _, count in known)
    mixed = sum((shares_at_most(part, places) * (count / total) for part, count in known), np.zeros(len(places)))
    bound = max(part.rank_error_ratio for part, _ in known)
    return Distribution(tuple(places.tolist()), tuple(np.minimum(mixed, 1.0).tolist()), bound)


def _numbers(columns: list[ColumnProfile]) -> Numbers | None:
    known = [(column.numbers, column.value_count) for column in columns if column.numbers]
    if not known:
        return None
    newest = known[0][0]
    mean, variance = _pooled(known)
    return replace(
        newest,
        mean=mean,
        variance=variance,
        std=None if variance is None else math.sqrt(variance),
        total=None,
        zero_count=round(_mean([numbers.zero_count for numbers, _ in known])),
        negative_count=round(_mean([numbers.negative_count for numbers, _ in known])),
        nan_count=round(_mean([numbers.nan_count for numbers, _ in known])),
        infinite_count=round(_mean([numbers.infinite_count for numbers, _ in known])),
    )


def _pooled(known: list[tuple[Numbers, int]]) -> tuple[float | None, float | None]:
    """Return mean and variance of all values together: that within the runs and that between their means."""
    some = [
        (float(item.mean), float(item.variance), count)
        for item, count in known
        if item.mean is not None and item.variance is not None and count
    ]
    total = sum(count for *_, count in some)
    if not total:
        return known[0][0].mean, known[0][0].variance
    mean = sum(item * (count / total) for item, _, count in some)
    try:
        variance = sum((spread + (item - mean) ** 2) * (count / total) for item, spread, count in some)
    except OverflowError:
        variance = math.inf
    return (mean, variance) if math.isfinite(mean) and math.isfinite(variance) else (None, None)


def _distinct(columns: list[ColumnProfile]) -> Distinct | None:
    known = [column.distinct for column in columns if column.distinct]
    if not known:
        return None
    lists = [listed for column in columns if (listed := Listed.of(column))]
    values = {value for listed in lists for value in listed.counts}
    average = {value: _mean([listed.counts.get(value, 0.0) for listed in lists]) for value in values}
    order = sorted(average.items(), key=lambda item: (-item[1], item[0]))[:_MOST_VALUES]
    error = max((listed.error + (0.0 if listed.is_complete else listed.beyond) for listed in lists), default=0.0)
    complete = len(order) == len(average)
    count = max(round(_mean([item.count for item in known])), len(average) if complete and not error else 0)
    top = tuple(TopValue(value, max(round(count), 1)) for value, count in order)
    repeated = [item.repeated_ratio for item in known if item.repeated_ratio is not None]
    return replace(
        known[0],
        count=count,
        error_ratio=max(item.error_ratio for item in known),
        top=top,
        top_error_rows=math.ceil(error),
        repeated_ratio=max(repeated, default=None),
    )


def _lengths(columns: list[ColumnProfile]) -> Lengths | None:
    known = [column.lengths for column in columns if column.lengths]
    if not known:
        return None
    means = [lengths.mean for lengths in known if lengths.mean is not None]
    parts = [(column.lengths.distribution, column.value_count) for column in columns if column.lengths]
    return replace(
        known[0],
        mean=_mean(means) if means else None,
        empty_count=round(_mean([lengths.empty_count for lengths in known])),
        blank_count=round(_mean([lengths.blank_count for lengths in known])),
        distribution=_distribution(parts),
    )


def _time_span(columns: list[ColumnProfile]) -> TimeSpan | None:
    known = [column.time_span for column in columns if column.time_span]
    if not known:
        return None
    fresh = [span.freshness_seconds for span in known if span.freshness_seconds is not None]
    future = [span.future_count for span in known if span.future_count is not None]
    return replace(
        known[0],
        freshness_seconds=_mean(fresh) if fresh else None,
        future_count=round(_mean(future)) if future else None,
        future_error_rows=max(span.future_error_rows for span in known),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
