"""Mean, variance, skewness and kurtosis in one pass, merged without loss.

The central moments of a batch are taken around its mean in two passes; two batches merge by the formulas of Chan, Golub
and LeVeque (1983) for the variance and Pébay (2008, SAND2008-6212) for the third and fourth moment. Two measures keep
them right where plain doubles fail:

- The mean is an unevaluated sum of two doubles, because the distance of two means is what a merge depends on: around
  1e15 a double resolves 0.125, which would swallow the noise that is being measured.
- Floats are scaled by a power of two (which is exact) to magnitudes of at most 1, so that the fourth power of 1e200
  does not overflow and that of 1e-200 does not vanish.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from taskflow_profilemesh.profiling.sorted_numbers import integer_distances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers

_LEAST_EXPONENT: Final = -1000  # 2**1000 is still a double; what is smaller than 2**-1000 stays smaller than 1


@dataclass(frozen=True, slots=True)
class MomentState:
    """Count, mean and the sums of the 2nd, 3rd and 4th powers of the distances from it.

    Mean and sums are in units of 2**exponent and its powers.
    """

    EMPTY: ClassVar[MomentState]

    count: int = 0
    exponent: int = 0
    mean: float = 0.0
    mean_rest: float = 0.0  # what the double `mean` could not hold
    squares: float = 0.0
    cubes: float = 0.0
    fourths: float = 0.0

    @classmethod
    def of(cls, numbers: SortedNumbers) -> MomentState:
        """Compute the moments of a batch's finite numbers."""
        if not len(numbers.unique):
            return cls.EMPTY
        if numbers.unique.dtype.kind == "f":
            exponent = _exponent(numbers)
            scaled = numbers.unique * math.ldexp(1.0, -exponent)
            return _around_mean(scaled - scaled[0], numbers.counts, origin=(float(scaled[0]), 0.0), exponent=exponent)
        smallest = int(numbers.unique[0])
        origin = (float(smallest), float(smallest - int(float(smallest))))
        return _around_mean(integer_distances(numbers).astype(np.float64), numbers.counts, origin=origin, exponent=0)

    def combine(self, other: MomentState) -> MomentState:
        """Merge with the moments of other rows."""
        if not self.count or not other.count:
            return self if self.count else other
        exponent = max(self.exponent, other.exponent)
        one, two = self._in_unit(exponent), other._in_unit(exponent)
        return _merge(one, two) if one.count >= two.count else _merge(two, one)

    @property
    def mean_value(self) -> float | None:
        """The mean, or None without values."""
        return _unscaled(self.mean, self.exponent) if self.count else None

    @property
    def total(self) -> float | None:
        """The sum, or None without values or where it exceeds a double."""
        if not self.count:
            return None
        return _unscaled(math.fsum((self.mean * self.count, self.mean_rest * self.count)), self.exponent)

    @property
    def variance(self) -> float | None:
        """Sample variance (n - 1), or None below two values or where it exceeds a double."""
        return _unscaled(self.squares / (self.count - 1), 2 * self.exponent) if self.count > 1 else None

    @property
    def std(self) -> float | None:
        """Sample standard deviation (n - 1), or None below two values."""
        return _unscaled(math.sqrt(self.squares / (self.count - 1)), self.exponent) if self.count > 1 else None

    @property
    def skewness(self) -> float | None:
        """Population skewness (g1), or None where all values are equal."""
        if not self.squares:
            return None
        return (self.cubes / self.count) / math.pow(self.squares / self.count, 1.5)

    @property
    def kurtosis(self) -> float | None:
        """Population excess kurtosis (g2), or None where all values are equal."""
        if not self.squares:
            return None
        return (self.fourths / self.count) / (self.squares / self.count) ** 2 - 3.0

    def _in_unit(self, exponent: int) -> MomentState:
        step = self.exponent - exponent
        if not step:
            return self
        return MomentState(
            count=self.count,
            exponent=exponent,
            mean=math.ldexp(self.mean, step),
            mean_rest=math.ldexp(self.mean_rest, step),
            squares=math.ldexp(self.squares, 2 * step),
            cubes=math.ldexp(self.cubes, 3 * step),
            fourths=math.ldexp(self.fourths, 4 * step),
        )


MomentState.EMPTY = MomentState()


def _exponent(numbers: SortedNumbers) -> int:
    largest = max(abs(float(numbers.unique[0])), abs(float(numbers.unique[-1])))
    if not largest:
        return _LEAST_EXPONENT  # zeros fit into any unit, and must not make the unit of tiny numbers coarse
    return max(math.frexp(largest)[1], _LEAST_EXPONENT)


def _around_mean(
    distances: NDArray[np.float64], counts: NDArray[np.int64], *, origin: tuple[float, float], exponent: int
) -> MomentState:
    """Compute moments of numbers given as distances from an origin, which has two parts like the mean.

    The distances are overwritten: memory that is new for each step costs as much as the step.
    """
    count = int(counts.sum())
    weights = counts.astype(np.float64)
    product = distances * weights
    first = float(product.sum()) / count
    centred = np.subtract(distances, first, out=distances)
    np.multiply(centred, weights, out=product)
    rest = float(product.sum()) / count  # the rounding error of the first mean
    centred -= rest
    squared = centred * centred
    weighted = np.multiply(squared, weights, out=product)
    squares = float(weighted.sum())
    cubes = float(np.multiply(centred, weighted, out=centred).sum())
    fourths = float(np.multiply(squared, weighted, out=squared).sum())
    mean, lost = _two_sum(origin[0], first)
    mean, mean_rest = _two_sum(mean, lost + origin[1] + rest)
    return MomentState(
        count=count,
        exponent=exponent,
        mean=mean,
        mean_rest=mean_rest,
        squares=squares,
        cubes=cubes,
        fourths=fourths,
    )


def _merge(more: MomentState, less: MomentState) -> MomentState:
    """Merge two states of one unit, neither empty; starting at the larger one keeps the mean's step small."""
    count = more.count + less.count
    a, b = more.count / count, less.count / count  # the shares of the rows
    delta = (less.mean - more.mean) + (less.mean_rest - more.mean_rest)
    mean, lost = _two_sum(more.mean, delta * b)
    mean, mean_rest = _two_sum(mean, lost + more.mean_rest)
    spread = delta * delta * a * b * count  # Σ of the squared distances of the two means from the common one
    return MomentState(
        count=count,
        exponent=more.exponent,
        mean=mean,
        mean_rest=mean_rest,
        squares=more.squares + less.squares + spread,
        cubes=more.cubes + less.cubes + delta * (spread * (a - b) + 3.0 * (a * less.squares - b * more.squares)),
        fourths=more.fourths
        + less.fourths
        + delta * delta * (spread * (a * a - a * b + b * b) + 6.0 * (a * a * less.squares + b * b * more.squares))
        + 4.0 * delta * (a * less.cubes - b * more.cubes),
    )


def _two_sum(left: float, right: float) -> tuple[float, float]:
    """Add two doubles; return the rounded sum and the exact error of it (Knuth, TAOCP 2, §4.2.2)."""
    total = left + right
    virtual = total - left
    return total, (left - (total - virtual)) + (right - virtual)


def _unscaled(value: float, exponent: int) -> float | None:
    """Return value · 2**exponent, or None where that exceeds a double."""
    try:
        return math.ldexp(value, exponent)
    except OverflowError:
        return None
