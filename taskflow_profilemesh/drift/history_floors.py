"""How far chance alone may bring a number of a run from the median of its history.

Two samples of one source differ. With q = √χ²(1 - alpha, 1), and as many values n on either side, of which s is the
standard deviation and g the excess kurtosis: a mean by q · s · √(2/n), a standard deviation by
q · s · √((g + 2)/4) · √(2/n) (to first order), a share of nulls as two proportions do, a number of rows as two Poisson
counts do. The age of the last value is no sample.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from taskflow_profilemesh.drift.floors import count_floor, sampling, share_floor

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile, Distribution


def row_floor(count: float, middle: float, *, alpha: float) -> float:
    """Return the floor of |count - middle|, in rows; 0 from an empty table on."""
    if middle < 1:
        return 0.0
    by_chance = count_floor(variation=1 / max(count, 1.0) + 1 / middle, alpha=alpha)
    return middle * (-math.expm1(-by_chance) if count < middle else math.expm1(by_chance))


def column_floor(column: ColumnProfile, metric: str, value: float, middle: float, *, alpha: float) -> float:
    """Return the floor of |value - middle|, in the metric's own unit; infinite where the column has no values."""
    if metric == "null_ratio":
        rows = max(column.row_count, 1)
        share = (rows * (value + middle) + 1) / (2 * rows + 2)  # one of each more: never a certain 0 or 1
        return share_floor(min(share, 1.0), variation=sampling(rows, rows), alpha=alpha)
    count, error = column.value_count, _error_of_one(column, metric)
    return error * count_floor(variation=sampling(count, count), alpha=alpha) if count else math.inf


def _error_of_one(column: ColumnProfile, metric: str) -> float:
    """Return √n times the standard error of the metric."""
    numbers, lengths = column.numbers, column.lengths
    match metric:
        case "mean" if numbers and numbers.std is not None:
            return numbers.std
        case "std" if numbers and numbers.std is not None:
            return numbers.std * math.sqrt(max((numbers.kurtosis or 0.0) + 2, 0.0) / 4)
        case "length_mean" if lengths and lengths.distribution:
            return _std(lengths.distribution)
        case _:
            return 0.0


def _std(distribution: Distribution) -> float:
    shares = [after - before for before, after in pairwise((0.0, *distribution.cumulative_ratio))]
    mean = sum(share * point for share, point in zip(shares, distribution.points, strict=True))
    square = sum(share * (point - mean) ** 2 for share, point in zip(shares, distribution.points, strict=True))
    return math.sqrt(square)
