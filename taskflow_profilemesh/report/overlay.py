"""Two distributions over the same bins, so that one can be drawn over the other.

Each comes with a histogram of its own range. Within a bin the rows are taken as spread evenly, so shares of the common
bins are as good as the histograms', which is what a drawing needs; findings are computed elsewhere, from more.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from taskflow_profilemesh.profiling.profile import HISTOGRAM_BINS, even_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taskflow_profilemesh.profiling.profile import Distribution


@dataclass(frozen=True, slots=True)
class Overlay:
    """Shares (0 to 1) of the values in bins of one width from `low` to `high` (`low` < `high`)."""

    low: float
    high: float
    current: tuple[float, ...]
    baseline: tuple[float, ...] = ()  # none: nothing to compare with


def overlay(current: Distribution | None, baseline: Distribution | None = None) -> Overlay | None:
    """Return both over their common range; None where the current one has no values, or all are one value."""
    if current is None or not current.points:
        return None
    both = [side for side in (current, baseline) if side is not None and side.points]
    low, high = min(side.points[0] for side in both), max(side.points[-1] for side in both)
    if not low < high or high - low == float("inf"):
        return None
    borders = even_steps(low, high, HISTOGRAM_BINS)
    return Overlay(low, high, *(_shares(side, borders) for side in both))


def _shares(side: Distribution, borders: Sequence[float]) -> tuple[float, ...]:
    total = sum(side.histogram)
    if not total:  # one value
        place = max(1, bisect_left(borders, side.points[0]))
        return tuple(float(index + 1 == place) for index in range(len(borders) - 1))
    own, at_most = side.histogram_borders, [0]
    for rows in side.histogram:
        at_most.append(at_most[-1] + rows)
    below = [_rows_below(border, own, at_most) / total for border in borders]
    return tuple(upper - lower for lower, upper in pairwise(below))


def _rows_below(value: float, borders: Sequence[float], at_most: Sequence[int]) -> float:
    index = bisect_left(borders, value)
    if index == 0:
        return 0.0
    if index == len(borders):
        return at_most[-1]
    low, high = borders[index - 1], borders[index]
    return at_most[index - 1] + (at_most[index] - at_most[index - 1]) * (value - low) / (high - low)
