"""The cumulative distribution that a profile shows: at most 512 points, exact or within the rank sketch's bound.

Few different values are all shown. Of more, those at which the distribution first reaches each multiple of 0.2 %, which
includes every percentile, decile and quartile that a report asks for; the share given is that of the point itself, so
that a value which many rows hold shows its whole weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from taskflow_profilemesh.profiling.profile import Distribution

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.ranks import RankState

MOST_POINTS: Final = 512

_STEPS: Final = 500


def counted_distribution(values: NDArray[Any], counts: NDArray[np.int64]) -> Distribution:
    """Return the exact distribution of different values (at least one) in any order, each with its count."""
    order = np.argsort(values)
    return _thinned(values[order], np.cumsum(counts[order]), count=int(counts.sum()), error_rows=0.0)


def estimated_distribution(ranks: RankState, *, minimum: float, maximum: float) -> Distribution:
    """Return the distribution within the sketch's bound, from the known smallest to the known largest value."""
    points, at_most = ranks.ranks()
    inner = (points > minimum) & (points < maximum)
    below = at_most[points <= minimum]
    first = max(float(below[-1]) if len(below) else 0.0, 1.0)  # at least the row that holds it
    points = np.concatenate([[minimum], points[inner], [maximum]])
    at_most = np.concatenate([[first], np.maximum(at_most[inner], first), [ranks.count]])
    return _thinned(points, at_most, count=ranks.count, error_rows=ranks.error_rows)


def _thinned(points: NDArray[Any], at_most: NDArray[Any], *, count: int, error_rows: float) -> Distribution:
    if len(points) > MOST_POINTS:
        wanted = np.arange(_STEPS + 1) * count  # in rows · steps: comparing integers keeps exact shares exact
        reached = np.searchsorted(at_most * _STEPS, wanted)
        chosen = np.unique(np.append(reached, len(points) - 1))
        points, at_most = points[chosen], at_most[chosen]
    return Distribution(
        points=tuple(points.astype(np.float64).tolist()),
        cumulative_ratio=tuple((at_most / count).tolist()),
        rank_error_ratio=error_rows / count,
    )
