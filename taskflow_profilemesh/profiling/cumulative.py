"""The cumulative distribution of a column before it is thinned for its profile, and what is read from it.

Exact where the different values are counted, else from the rank sketch, within the sketch's bound at any value.

- Histogram: 20 bins of one width from the smallest to the largest value; a bin holds its upper border, the first one
  also its lower. Each bin's count is the difference of two ranks, and off by at most twice the rank error.
- MAD, the median of the distances from the median (Hampel, 1974), unscaled. Both are lower medians: values that occur
  (or points of the sketch). Of a sketch, the share of values within the MAD of the median is off one half by at most
  twice the rank error (and one row).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.profile import HISTOGRAM_BINS, Distribution, even_steps

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.ranks import RankState

MOST_POINTS: Final = 101

_STEPS: Final = 100
_PERCENTS: Final = np.arange(_STEPS + 1)
_DIGITS: Final = 6  # of a share that is estimated


@dataclass(frozen=True, slots=True, eq=False)
class Cumulative:
    """Ascending different points (at least one), and how many rows hold at most each of them."""

    points: NDArray[Any]
    at_most: NDArray[Any]
    count: int
    error_rows: float = 0.0

    @classmethod
    def counted(cls, values: NDArray[Any], counts: NDArray[np.int64]) -> Cumulative:
        """Return the exact distribution of different values (at least one) in any order, each with its count."""
        order = values.argsort()
        at_most = counts[order].cumsum()
        return cls(values[order], at_most, count=int(at_most[-1]))

    @classmethod
    def estimated(cls, ranks: RankState, *, minimum: float, maximum: float) -> Cumulative:
        """Return the distribution within the sketch's bound, from the known smallest to the known largest value."""
        points, at_most = ranks.ranks()
        inner = (points > minimum) & (points < maximum)
        below = at_most[points <= minimum]
        first = max(float(below[-1]) if len(below) else 0.0, 1.0)  # at least the row that holds it
        points = np.concatenate([[minimum], points[inner], [maximum]])
        at_most = np.concatenate([[first], np.maximum(at_most[inner], first), [ranks.count]])
        return cls(points, at_most, count=ranks.count, error_rows=ranks.error_rows)

    def rows_at_most(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return how many rows hold at most each of the values."""
        places = self.points.searchsorted(values, side="right")
        found: NDArray[Any] = np.where(places > 0, self.at_most[places - 1], 0)
        return found

    def distribution(self) -> Distribution:
        """Return what a profile shows: few points all, of more those at which each further percent is reached.

        Every percentile that a report asks for is among them; the share given is that of the point itself, so that a
        value which many rows hold shows its whole weight.
        """
        points, at_most = self.points, self.at_most
        if len(points) > MOST_POINTS:
            wanted = _PERCENTS * self.count  # in rows · steps: comparing integers keeps exact shares exact
            reached = (at_most * _STEPS).searchsorted(wanted)
            reached[-1] = len(points) - 1
            chosen = reached[_last_of_each(reached)]
            points, at_most = points[chosen], at_most[chosen]
        shares, error = at_most / self.count, self.error_rows / self.count
        if error:  # digits that say nothing are dropped: they would double the size of a stored profile
            shares, error = np.round(shares, _DIGITS), error + 10.0**-_DIGITS / 2
        return Distribution(
            points=tuple(points.astype(np.float64).tolist()),
            cumulative_ratio=tuple(shares.tolist()),
            rank_error_ratio=error,
        )

    def histogram(self) -> tuple[int, ...]:
        """Return the rows in each of the bins between the extremes, estimated ones rounded; none for a constant."""
        low, high = float(self.points[0]), float(self.points[-1])
        if low == high:
            return ()
        borders = np.array(even_steps(low, high, HISTOGRAM_BINS))
        at_most = np.rint(self.rows_at_most(borders[1:]))
        at_most[-1] = self.count
        return tuple(_steps(at_most).astype(np.int64).tolist())

    def median_deviation(self) -> float:
        """Return the MAD. It is finite: half of the values lie on the side of the median on which zero does not."""
        half = self.count / 2
        distances = _distances(self.points, int(self.at_most.searchsorted(half)))
        order = distances.argsort(kind="stable")
        within = _steps(self.at_most)[order].cumsum()
        return float(distances[order[min(int(within.searchsorted(half)), len(order) - 1)]])


def _steps(at_most: NDArray[Any]) -> NDArray[Any]:
    steps = at_most.copy()
    steps[1:] -= at_most[:-1]
    return steps


def _last_of_each(ascending: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where the last one of each run of equal values stands (at least one value)."""
    last = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=last[:-1])
    return last


def _distances(points: NDArray[Any], place: int) -> NDArray[Any]:
    """Return how far each ascending point lies from the one at the place; integers exactly: wrapping is undone."""
    distances = np.empty_like(points)
    with np.errstate(over="ignore"):
        np.subtract(points[place], points[:place], out=distances[:place])
        np.subtract(points[place:], points[place], out=distances[place:])
    return distances if points.dtype.kind == "f" else distances.view(np.uint64)
