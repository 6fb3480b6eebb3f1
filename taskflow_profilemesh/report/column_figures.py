"""The numbers of a column in words, beside those of the baseline: only what is known, and what is worth a line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.profile import Monotonicity, Precision
from taskflow_profilemesh.report.figures import SAMPLED, Figure, distinct_figure, duration, mark_of, plain, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distribution, Lengths, Numbers, TimeSpan


def column_figures(column: ColumnProfile, baseline: ColumnProfile | None = None) -> tuple[Figure, ...]:
    """Return the figures; where the baseline's differs, the note says what it was."""
    before = {figure.label: figure for figure in _figures(baseline)} if baseline and not baseline.error else {}
    return tuple(_with_before(figure, before.get(figure.label)) for figure in _figures(column))


def _with_before(figure: Figure, before: Figure | None) -> Figure:
    if before is None or before.text == figure.text:
        return figure
    was = f"was {before.mark}{before.text}"
    return replace(figure, note=f"{figure.note}; {was}" if figure.note else was)


def _figures(column: ColumnProfile) -> Iterator[Figure]:
    yield from _counts(column)
    yield from _extremes(column)
    sampled = SAMPLED if column.precision is Precision.SAMPLED else ""
    if column.numbers is not None:
        yield from _numbers(column.numbers, sampled)
        yield from _spread(column.distribution, mark_of(column.precision))
    if column.lengths is not None:
        yield from _lengths(column.lengths, sampled)
    if column.time_span is not None:
        yield from _time(column.time_span)
    if column.true_count is not None and column.value_count:
        yield Figure("True", share(column.true_count / column.value_count), sampled, f"{column.true_count:,} rows")
    if column.monotonicity not in {None, Monotonicity.NONE}:
        yield Figure("Order", str(column.monotonicity))


def _extremes(column: ColumnProfile) -> Iterator[Figure]:
    """Return the smallest and the largest value: exact of every row, and where they were counted beside a sample."""
    counted = column.counted is not None and column.counted.has_extremes
    mark = SAMPLED if column.precision is Precision.SAMPLED and not counted else ""
    if column.minimum is not None:
        yield Figure("Smallest", plain(column.minimum), mark)
    if column.maximum is not None:
        yield Figure("Largest", plain(column.maximum), mark)


def _counts(column: ColumnProfile) -> Iterator[Figure]:
    yield Figure("Values", plain(column.value_count))
    if column.null_ratio is not None:
        nulls = column.counted.null_count if column.counted else column.null_count
        yield Figure("Nulls", plain(nulls), note=share(column.null_ratio))
    if column.distinct is not None:
        yield distinct_figure(column.distinct, column.precision)
    if column.is_key_candidate:
        yield Figure("Could be a key", "yes")


def _numbers(numbers: Numbers, mark: str) -> Iterator[Figure]:
    moments = {
        "Mean": numbers.mean,
        "Standard deviation": numbers.std,
        "Total": numbers.total,
        "Skewness": numbers.skewness,
        "Excess kurtosis": numbers.kurtosis,
    }
    yield from (Figure(label, plain(value), mark) for label, value in moments.items() if value is not None)
    counts = {
        "Zeros": numbers.zero_count,
        "Negative": numbers.negative_count,
        "NaN": numbers.nan_count,
        "Infinite": numbers.infinite_count,
    }
    yield from (Figure(label, plain(count), mark) for label, count in counts.items() if count)


def _spread(distribution: Distribution | None, mark: str) -> Iterator[Figure]:
    if distribution is None or not distribution.points:
        return
    yield Figure("Interquartile range", plain(distribution.iqr), mark)
    if distribution.mad is not None:
        yield Figure("Median deviation", plain(distribution.mad), mark)


def _lengths(lengths: Lengths, mark: str) -> Iterator[Figure]:
    if lengths.minimum is not None and lengths.maximum is not None:
        yield Figure("Length", f"{lengths.minimum:,} to {lengths.maximum:,}", mark)
    if lengths.mean is not None:
        yield Figure("Mean length", plain(lengths.mean), mark)
    if lengths.empty_count:
        yield Figure("Empty", plain(lengths.empty_count), mark)
    if lengths.blank_count > lengths.empty_count:
        yield Figure("Blank", plain(lengths.blank_count), mark, "the empty ones included")


def _time(span: TimeSpan) -> Iterator[Figure]:
    if span.range_seconds is not None:
        yield Figure("Range", duration(span.range_seconds))
    if span.freshness_seconds is not None:
        yield Figure("Freshness", duration(span.freshness_seconds), note="from the last value to the profile")
    if span.future_count:
        note = f"within {span.future_error_rows:,} rows" if span.future_error_rows else ""
        yield Figure("In the future", plain(span.future_count), "≈" if note else "", note)
