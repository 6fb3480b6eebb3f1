"""How far two samples of one and the same source may lie apart by chance: a finding must be further.

A bare threshold on a distance cries wolf on small samples. Each floor here is the distance that two samples of one
distribution stay below with probability 1 - alpha, for sizes n and m:

- PSI of k bins: χ²(1 - alpha, k - 1) · (1/n + 1/m). Near equality the PSI is a χ² statistic divided by n·m/(n + m).
- KS: √(-ln(alpha/2)/2 · (1/n + 1/m)), the asymptotic bound of Kolmogorov and Smirnov.
- A share: √(χ²(1 - alpha, 1) · p(1 - p) · (1/n + 1/m)), the two-sided test of two proportions.
- A count, on the logarithmic scale: √(χ²(1 - alpha, 1) · (1/n + 1/m)), as two Poisson counts would differ.

Profiles that state their shares within a bound widen the floors of PSI and KS by what the bounds alone could feign.

The χ² quantile is found by bisection on the closed forms that the upper tail has for whole degrees of freedom (a finite
Poisson sum for even ones; erfc and a finite sum for odd ones), which `math` evaluates to a few units in the last
place: the relative error is below 1e-9 for alpha ≥ 1e-12 and up to 200 degrees of freedom (tested against SciPy).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@cache
def chi_square_quantile(alpha: float, degrees: int) -> float:
    """Return the value that a χ² variable with `degrees` ≥ 1 degrees of freedom exceeds with probability `alpha`."""
    low, high = 0.0, float(degrees)
    while chi_square_tail(high, degrees) > alpha:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:  # ends when no double lies between
        low, high = (middle, high) if chi_square_tail(middle, degrees) > alpha else (low, middle)
    return high


def chi_square_tail(value: float, degrees: int) -> float:
    """Return the probability that a χ² variable with `degrees` ≥ 1 degrees of freedom exceeds `value` ≥ 0."""
    half = value / 2
    if degrees % 2:
        tail, term, step = math.erfc(math.sqrt(half)), math.exp(-half) * math.sqrt(half) / math.gamma(1.5), 1.5
    else:
        tail, term, step = 0.0, math.exp(-half), 1.0
    for _ in range(degrees // 2):
        tail += term
        term *= half / step
        step += 1
    return tail


def sampling(baseline_count: int, current_count: int) -> float:
    """Return 1/n + 1/m for two counts ≥ 1: how much two samples vary against each other."""
    return 1 / baseline_count + 1 / current_count


def psi_floor(shares: Sequence[float], *, variation: float, bound: float, alpha: float) -> float:
    """Return the floor of a PSI over bins that hold `shares` (0 to 1, of both samples on average).

    `variation` is 1/n + 1/m; `bound` is the sum of both profiles' rank error ratios.
    """
    if len(shares) < 2:  # noqa: PLR2004 -- one bin holds everything on both sides
        return 0.0
    by_chance = chi_square_quantile(alpha, len(shares) - 1) * variation
    off = 2 * bound  # a bin's share is the difference of two shares
    by_bound = sum(off * off / max(share, off) for share in shares) if off else 0.0
    return (math.sqrt(by_chance) + math.sqrt(by_bound)) ** 2


def ks_floor(*, variation: float, bound: float, alpha: float) -> float:
    """Return the floor of a KS statistic; `variation` and `bound` as for `psi_floor`."""
    return math.sqrt(-math.log(alpha / 2) / 2 * variation) + bound


def share_floor(share: float, *, variation: float, alpha: float) -> float:
    """Return the floor of the change of a share that is `share` (0 to 1) in both samples together."""
    return math.sqrt(chi_square_quantile(alpha, 1) * share * (1 - share) * variation)


def count_floor(*, variation: float, alpha: float) -> float:
    """Return the floor of the change of a count's natural logarithm."""
    return math.sqrt(chi_square_quantile(alpha, 1) * variation)
