"""Distances between two distributions, from what the profiles kept of them: no raw rows.

- PSI, the population stability index, over bins between the baseline's deciles: Σ (q - p) · ln(q / p), where p and q
  are the baseline's and the current share of a bin, each smoothed by half a count so that an empty bin stays finite.
  Deciles that fall on one value are one edge.
- KS, the Kolmogorov-Smirnov statistic: the widest gap between the two cumulative distributions.

A distribution is known at its points. Between two of them its share is off by up to the step between them, so a
distance is as fine as the profiles' points are dense.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.profile import Distribution

    Floats = NDArray[np.float64]

_DECILES = tuple(tenth / 10 for tenth in range(1, 10))


@dataclass(frozen=True, slots=True)
class Bin:
    """A range between two deciles of the baseline, and the shares (0 to 1) of the values in it."""

    baseline_from: float  # share of the baseline's values that lie below the bin
    baseline_share: float
    current_share: float


@dataclass(frozen=True, slots=True)
class Gap:
    """The place where two cumulative distributions are furthest apart: the shares (0 to 1) up to it."""

    baseline_share: float
    current_share: float

    @property
    def ks(self) -> float:
        """The KS statistic (0 to 1)."""
        return abs(self.current_share - self.baseline_share)


@dataclass(frozen=True, slots=True)
class Steps:
    """Two cumulative distributions at every point of either: the shares (0 to 1) of their values up to it."""

    places: Floats
    before: Floats
    after: Floats

    @classmethod
    def of(cls, baseline: Distribution, current: Distribution) -> Steps:
        """Lay the two over each other."""
        places = np.union1d(baseline.points, current.points)
        return cls(places, shares_at_most(baseline, places), shares_at_most(current, places))


def decile_bins(baseline: Distribution, current: Distribution) -> tuple[Bin, ...]:
    """Return the bins between the baseline's deciles; the first and the last one are open."""
    edges = sorted({baseline.quantile(share) for share in _DECILES})
    before = [0.0, *(baseline.share_at_most(edge) for edge in edges), 1.0]
    after = [0.0, *(current.share_at_most(edge) for edge in edges), 1.0]
    return tuple(
        Bin(before[i], max(before[i + 1] - before[i], 0.0), max(after[i + 1] - after[i], 0.0))
        for i in range(len(edges) + 1)
    )


def psi(bins: tuple[Bin, ...], *, baseline_count: int, current_count: int) -> float:
    """Return the PSI (≥ 0) over the bins, for so many values on either side (≥ 1)."""
    total = 0.0
    for item in bins:
        expected = _smoothed(item.baseline_share, baseline_count, len(bins))
        actual = _smoothed(item.current_share, current_count, len(bins))
        total += (actual - expected) * math.log(actual / expected)
    return total


def widest_gap(steps: Steps) -> Gap:
    """Return where the two cumulative distributions are furthest apart."""
    widest = int(np.argmax(np.abs(steps.after - steps.before)))
    return Gap(float(steps.before[widest]), float(steps.after[widest]))


def _smoothed(share: float, count: int, bins: int) -> float:
    return (share * count + 0.5) / (count + 0.5 * bins)


def shares_at_most(distribution: Distribution, places: Floats) -> Floats:
    """Return the share (0 to 1) of the values that are at most each of the places."""
    shares = np.concatenate(([0.0], distribution.cumulative_ratio))
    found: Floats = shares[np.searchsorted(distribution.points, places, side="right")]
    return found
