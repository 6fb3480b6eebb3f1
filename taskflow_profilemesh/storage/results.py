"""A profile, flattened into the numbers that a dashboard selects: one row per table, column and metric.

Pure. A metric that was estimated is called `approx_…`, and its bound stands beside it under a name of its own. A
number that a float cannot hold exactly also stands as text; what is no finite number stands as text alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.profiling.profile import Precision, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct, Distribution, TableProfile

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_LONGEST_TEXT = 256


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
        if not isinstance(self.value, int | float | Decimal):
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
    sampled = Precision.EXACT if profile.profiled_rows == profile.row_count else Precision.SAMPLED
    table = {
        "row_count": profile.row_count,
        "profiled_rows": profile.profiled_rows,
        "column_count": len(profile.columns),
    }
    results = [Result(None, metric, value) for metric, value in table.items()]
    for column in profile.columns:
        results.extend(_column_results(column))
    results.extend(
        Result(distance["column"], f"drift_{distance['metric']}", distance["value"], sampled)
        for distance in drift.get("distances", ())
    )
    return results


def _column_results(column: ColumnProfile) -> Iterator[Result]:
    yield from _counted_results(column)
    plain: dict[str, Scalar | None] = {
        "true_count": column.true_count,
        "error": column.error,
    }
    if numbers := column.numbers:
        plain |= {"mean": numbers.mean, "std": numbers.std, "variance": numbers.variance, "sum": numbers.total}
        plain |= {"skewness": numbers.skewness, "kurtosis": numbers.kurtosis}
        plain |= {"zero_count": numbers.zero_count, "negative_count": numbers.negative_count}
        plain |= {"nan_count": numbers.nan_count, "infinite_count": numbers.infinite_count}
    if lengths := column.lengths:
        plain |= {"length_min": lengths.minimum, "length_mean": lengths.mean, "length_max": lengths.maximum}
        plain |= {"empty_count": lengths.empty_count, "blank_count": lengths.blank_count}
    name = column.schema.name
    yield from (Result(name, metric, value, column.precision) for metric, value in plain.items() if value is not None)
    if column.distinct:
        yield from _distinct_results(name, column.distinct, column.precision)
    if column.distribution and column.distribution.points:
        yield from _quantile_results(name, column.distribution, column.precision)


def _counted_results(column: ColumnProfile) -> Iterator[Result]:
    """Return what a database can count beside a sample, and then is exact."""
    counted = column.counted
    nulls = column.precision if counted is None else Precision.EXACT
    ends = Precision.EXACT if counted is not None and counted.has_extremes else column.precision
    values: dict[str, tuple[Scalar | None, Precision]] = {
        "null_count": (column.null_count if counted is None else counted.null_count, nulls),
        "null_ratio": (column.null_ratio, nulls),
        "min": (column.minimum, ends),
        "max": (column.maximum, ends),
    }
    name = column.schema.name
    yield from (
        Result(name, metric, value, precision) for metric, (value, precision) in values.items() if value is not None
    )


def _distinct_results(name: str, distinct: Distinct, precision: Precision) -> Iterator[Result]:
    if distinct.error_ratio:
        estimated = _estimated(precision)
        yield Result(name, "approx_distinct_count", distinct.count, estimated)
        yield Result(name, "approx_distinct_error_ratio", distinct.error_ratio, estimated)
    else:
        yield Result(name, "distinct_count", distinct.count, precision)


def _quantile_results(name: str, distribution: Distribution, precision: Precision) -> Iterator[Result]:
    bound = distribution.rank_error_ratio
    prefix = "approx_" if bound else ""
    shown = _estimated(precision) if bound else precision
    for share in QUANTILES:
        yield Result(name, f"{prefix}quantile_{share:.2f}", distribution.quantile(share), shown)
    if bound:
        yield Result(name, "approx_quantile_rank_error_ratio", bound, shown)


def _estimated(precision: Precision) -> Precision:
    return Precision.SAMPLED if precision is Precision.SAMPLED else Precision.APPROXIMATE
