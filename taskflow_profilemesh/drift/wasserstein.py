"""The Wasserstein distance between two distributions of numbers, in standard deviations of the baseline.

W₁ = ∫ |F(x) - G(x)| dx over the two cumulative distributions, which is the work of moving one into the other: how many
units an average value moved. Divided by the baseline's standard deviation it has no unit. Source: Vaserstein (1969);
for one dimension see Ramdas and others, "On Wasserstein two-sample testing" (2017). SciPy's `wasserstein_distance` is
the same integral over raw values.

It has no floor of its own, since its noise depends on the tails: it counts where PSI or KS stands out of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from taskflow_profilemesh.drift.distances import Steps

WASSERSTEIN: Final = "wasserstein"


def wasserstein(steps: Steps) -> float:
    """Return the distance (≥ 0) in the column's unit; infinite where the numbers are too far apart for a double."""
    gaps = np.abs(steps.before - steps.after)[:-1]
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sum(np.where(gaps > 0, gaps * np.diff(steps.places), 0.0)))


def in_deviations(distance: float, std: float | None) -> float | None:
    """Return the distance in standard deviations; None where the baseline does not spread, or nobody can say."""
    if not std or not np.isfinite(std):
        return None
    normed = distance / std
    return normed if np.isfinite(normed) else None
