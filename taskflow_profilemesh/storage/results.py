"""A profile, flattened into the numbers that a dashboard selects: one row per table, column and metric.

Pure. A metric that was estimated is called `approx_…`, and its bound stands beside it under a name of its own. A
number that a float cannot hold exactly also stands as text; what is no finite number stands as text alone. What needs
more than a row (histograms, top values, pairs of columns, keys of documents) stands in the profile only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.profiling.profile import Precision, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from taskflow_profilemesh.profiling.profile import (
        ColumnProfile,
        Distinct,
        Distribution,
        DuplicateRows,
        SyncSignals,
        TableProfile,
        TimeSpan,
    )

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_NUMBERS = (int, float, Decimal)
_LONGEST_TEXT = 256
_EXACT_LENGTH = 256  # longer lengths are told by the upper border of their bin


@dataclass(frozen=True, slots=True)
class Result:
    """One metric of a column, or of the table (column None). A value that is unknown makes no result."""

    column: str | None
    metric: str
    value: Scalar
    precision: Precision = Precision.EXACT

    @property
    def numeric_value(self) -> float | None:
        """The value as a float, or None when it is no finite number."""
        if not isinstance(self.value, _NUMBERS):
            return None
        try:
            number = float(self.value)
        except OverflowError:
            return None
        return number if math.isfinite(number) else None

    @property
    def text_value(self) -> str | None:
        """The value as text, at most 256 characters; None when `numeric_value` says it all."""
        if self.numeric_value == self.value:
            return None
        return str(self.value).replace("\x00", "\\u0000")[:_LONGEST_TEXT]


def results_of(profile: TableProfile, drift: Mapping[str, Any]) -> list[Result]:
    """Return every number of a profile and every distance of its drift report's `as_dict()`."""
    precision = Precision.EXACT if profile.profiled_rows == profile.row_count else Precision.SAMPLED
    results = [
        Result(None, "row_count", profile.row_count),
        Result(None, "profiled_rows", profile.profiled_rows),
        Result(None, "column_count", len(profile.columns)),
    ]
    if profile.schema.size_bytes is not None:
        results.append(Result(None, "size_bytes", profile.schema.size_bytes, Precision.APPROXIMATE))
    if profile.duplicates:
        results.extend(_duplicate_results(profile.duplicates, precision))
    if profile.signals:
        results.extend(_signal_results(profile.signals, precision))
    for column in profile.columns:
        results.extend(_column_results(column))
    results.extend(
        Result(distance["column"], f"drift_{distance['metric']}", distance["value"], precision)
        for distance in drift.get("distances", ())
    )
    return results


def _column_results(column: ColumnProfile) -> Iterator[Result]:
    name = column.schema.name
    yield from _counted_results(column)
    yield from (
        Result(name, metric, value, column.precision)
        for metric, value in _plain_values(column).items()
        if value is not None
    )
    if column.distinct:
        yield from _distinct_results(column, column.distinct)
    if column.distribution and column.distribution.points:
        yield from _quantile_results(name, column.distribution, column.precision)
    if column.lengths and column.lengths.distribution:
        yield from _length_results(name, column.lengths.distribution, column.precision)
    if column.time_span:
        yield from _time_results(column, column.time_span)
    if column.looks and column.looks.semantic_type:
        yield Result(name, "semantic_type", column.looks.semantic_type.value, column.looks.precision)
        yield Result(name, "semantic_ratio", column.looks.semantic_ratio or 0.0, column.looks.precision)


def _plain_values(column: ColumnProfile) -> dict[str, Scalar | None]:
    """Return what is one number, or one word, of the column by its metric; None where there is none."""
    plain: dict[str, Scalar | None] = {
        "true_count": column.true_count,
        "false_count": column.false_count,
        "error": column.error,
        "monotonicity": column.monotonicity and column.monotonicity.value,
        "values_withheld": column.withheld.looks_like.value if column.withheld else None,
    }
    if numbers := column.numbers:
        plain |= {"mean": numbers.mean, "std": numbers.std, "variance": numbers.variance}
        plain |= {"coefficient_of_variation": numbers.coefficient_of_variation}
        plain |= {"skewness": numbers.skewness, "kurtosis": numbers.kurtosis}
        plain |= {"zero_count": numbers.zero_count, "negative_count": numbers.negative_count}
        plain |= {"nan_count": numbers.nan_count, "infinite_count": numbers.infinite_count}
    if lengths := column.lengths:
        plain |= {"length_min": lengths.minimum, "length_mean": lengths.mean, "length_max": lengths.maximum}
        plain |= {"empty_count": lengths.empty_count, "blank_count": lengths.blank_count}
        plain |= {"length_total": lengths.total}
    return plain


def _duplicate_results(duplicates: DuplicateRows, precision: Precision) -> Iterator[Result]:
    bound = duplicates.error_rows
    prefix, shown = ("", precision) if duplicates.is_exact else ("approx_", _estimated(precision))
    yield Result(None, f"{prefix}distinct_row_count", duplicates.distinct_count, shown)
    yield Result(None, f"{prefix}duplicate_row_count", duplicates.duplicate_count, shown)
    if bound:
        yield Result(None, "approx_duplicate_row_error_rows", bound, shown)


def _signal_results(signals: SyncSignals, precision: Precision) -> Iterator[Result]:
    if signals.latest_extracted_at is not None:
        yield Result(None, "latest_extracted_at", signals.latest_extracted_at, precision)
    if signals.changed_ratio is not None:
        yield Result(None, "changed_row_ratio", signals.changed_ratio, precision)
    if signals.generations:
        yield Result(None, "latest_generation", signals.generations[-1], precision)


def _distinct_results(column: ColumnProfile, distinct: Distinct) -> Iterator[Result]:
    name, bound = column.schema.name, distinct.error_ratio
    is_estimated = bound or distinct.is_rounded
    prefix, shown = ("approx_", _estimated(column.precision)) if is_estimated else ("", column.precision)
    yield Result(name, f"{prefix}distinct_count", distinct.count, shown)
    if column.unique_ratio is not None:
        yield Result(name, f"{prefix}unique_ratio", column.unique_ratio, shown)
    if column.is_key_candidate is not None:
        yield Result(name, f"{prefix}is_key_candidate", int(column.is_key_candidate), shown)
    if bound:
        yield Result(name, "approx_distinct_error_ratio", bound, shown)


def _length_results(name: str, lengths: Distribution, precision: Precision) -> Iterator[Result]:
    """Tell quantiles of lengths: exact up to 256, beyond that too high by 2.2 % at most."""
    for share in QUANTILES:
        length = lengths.quantile(share)
        rounded = length > _EXACT_LENGTH
        prefix, shown = ("approx_", _estimated(precision)) if rounded else ("", precision)
        yield Result(name, f"{prefix}length_quantile_{share:.2f}", int(length), shown)


def _time_results(column: ColumnProfile, span: TimeSpan) -> Iterator[Result]:
    name, precision, ends = column.schema.name, column.precision, _precision_of_ends(column)
    if span.range_seconds is not None:
        yield Result(name, "range_seconds", span.range_seconds, ends)
    if span.freshness_seconds is not None:
        yield Result(name, "freshness_seconds", span.freshness_seconds, ends)
    if span.future_count is not None:
        bound = span.future_error_rows
        prefix, shown = ("approx_", _estimated(precision)) if bound else ("", precision)
        yield Result(name, f"{prefix}future_count", span.future_count, shown)
        if bound:
            yield Result(name, "approx_future_error_rows", bound, shown)


def _counted_results(column: ColumnProfile) -> Iterator[Result]:
    """Return what a database can count beside a sample, and then is exact."""
    counted = column.counted
    nulls = column.precision if counted is None else Precision.EXACT
    ends = _precision_of_ends(column)
    total = column.numbers.total if column.numbers else None
    values: dict[str, tuple[Scalar | None, Precision]] = {
        "null_count": (column.null_count if counted is None else counted.null_count, nulls),
        "null_ratio": (column.null_ratio, nulls),
        "min": (column.minimum, ends),
        "max": (column.maximum, ends),
        "sum": (total, ends if isinstance(total, Decimal) else column.precision),  # of decimals it comes with the ends
    }
    name = column.schema.name
    yield from (
        Result(name, metric, value, precision) for metric, (value, precision) in values.items() if value is not None
    )


def _precision_of_ends(column: ColumnProfile) -> Precision:
    return Precision.EXACT if column.counted is not None and column.counted.has_extremes else column.precision


def _quantile_results(name: str, distribution: Distribution, precision: Precision) -> Iterator[Result]:
    bound = distribution.rank_error_ratio
    prefix = "approx_" if bound else ""
    shown = _estimated(precision) if bound else precision
    for share in QUANTILES:
        yield Result(name, f"{prefix}quantile_{share:.2f}", distribution.quantile(share), shown)
    yield Result(name, f"{prefix}iqr", distribution.iqr, shown)
    if distribution.mad is not None:
        yield Result(name, f"{prefix}mad", distribution.mad, shown)
    if bound:
        yield Result(name, "approx_quantile_rank_error_ratio", bound, shown)


def _estimated(precision: Precision) -> Precision:
    return Precision.SAMPLED if precision is Precision.SAMPLED else Precision.APPROXIMATE
