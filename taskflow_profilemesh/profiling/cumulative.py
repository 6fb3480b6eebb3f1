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
        order = np.argsort(values)
        return cls(values[order], np.cumsum(counts[order]), count=int(counts.sum()))

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
        places = np.searchsorted(self.points, values, side="right")
        found: NDArray[Any] = np.concatenate([[0], self.at_most])[places]
        return found

    def distribution(self) -> Distribution:
        """Return what a profile shows: few points all, of more those at which each further percent is reached.

        Every percentile that a report asks for is among them; the share given is that of the point itself, so that a
        value which many rows hold shows its whole weight.
        """
        points, at_most = self.points, self.at_most
        if len(points) > MOST_POINTS:
            wanted = np.arange(_STEPS + 1) * self.count  # in rows · steps: comparing integers keeps exact shares exact
            reached = np.searchsorted(at_most * _STEPS, wanted)
            reached[-1] = len(points) - 1
            chosen = reached[np.append(reached[1:] != reached[:-1], [True])]  # they ascend
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
        median = self.points[np.searchsorted(self.at_most, half)]
        distances = _distances(self.points, median)
        order = np.argsort(distances, kind="stable")
        within = np.cumsum(_steps(self.at_most)[order])
        return float(distances[order][min(int(np.searchsorted(within, half)), len(order) - 1)])


def _steps(at_most: NDArray[Any]) -> NDArray[Any]:
    steps = at_most.copy()
    steps[1:] -= at_most[:-1]
    return steps


def _distances(points: NDArray[Any], origin: Any) -> NDArray[Any]:  # noqa: ANN401 -- a NumPy number of any type
    """Return how far each point lies from the origin; integers exactly, since wrapping is undone."""
    with np.errstate(over="ignore"):
        distances: NDArray[Any] = np.where(points >= origin, points - origin, origin - points)
    return distances if points.dtype.kind == "f" else distances.view(np.uint64)
