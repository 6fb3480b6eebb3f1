"""Telling apart decimals that have the same nearest double.

A double tells apart all decimals of 15 digits (IEEE 754; DBL_DIG of C), counted from the first to the last that is not
zero. A number of more digits gets a stand-in here: a double made of a hash of its digits and its power of ten. What
stands for a number depends on nothing but its value, whatever the scale of its column and the other rows of its batch,
and a number of few digits stands for itself: it is the double as which it comes where a batch cannot bring decimals.
Two numbers share a stand-in with odds of 1 to 2⁶³.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import polars as pl

from taskflow_profilemesh.profiling.hashing import hash_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

DIGITS_OF_DOUBLES: Final = 15

_FIRST_WIDE: Final = 10**DIGITS_OF_DOUBLES  # units
_SURELY_NARROW: Final = 0.999 * _FIRST_WIDE  # the doubles that are asked may be rounded
_EXACT_POWERS: Final = (
    22  # 10²² is the last power of ten that is a double: beyond, even few digits are divided inexactly
)
_ZEROS: Final = (32, 16, 8, 4, 2, 1)  # so many are cut off at a time; 63 together, and no decimal has more than 38
_HALF: Final = 1 << 64
_FINITE: Final = np.uint64(~(1 << 62) & (2**64 - 1))  # without this bit no double is NaN or infinite


def told_apart(cells: pl.Series, doubles: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a double for each decimal that no other number has; None where `doubles` are that already.

    `cells` may hold nulls; `doubles` are the nearest of the others, in their order.
    """
    dtype = cast("pl.Decimal", cells.dtype)
    if not _may_be_wide(dtype, doubles):
        return None
    units = cells.drop_nulls().to_physical()
    wide = np.ones(len(units), np.bool_) if dtype.scale > _EXACT_POWERS else _are_wide(units)
    if not wide.any():
        return None
    apart = doubles + 0.0
    apart[wide] = _stand_ins(units.filter(pl.Series(wide)), dtype.scale)
    return apart


def _may_be_wide(dtype: pl.Decimal, doubles: NDArray[np.float64]) -> bool:
    """Say whether any could have too many digits: of most columns that is known from their type."""
    if dtype.scale > _EXACT_POWERS:
        return True
    if not len(doubles) or dtype.precision <= DIGITS_OF_DOUBLES:
        return False
    return max(float(doubles.max()), -float(doubles.min())) * 10.0**dtype.scale >= _SURELY_NARROW


def _are_wide(units: pl.Series) -> NDArray[np.bool_]:
    return ((units >= _FIRST_WIDE) | (units <= -_FIRST_WIDE)).to_numpy()


def _stand_ins(units: pl.Series, scale: int) -> NDArray[np.float64]:
    """Return a double for each number of units of 10**-scale."""
    digits, powers = _without_zeros(units)
    powers -= scale
    wide = _are_wide(digits)
    found = np.empty(len(units))
    found[wide] = _hashed(digits.filter(pl.Series(wide)), powers[wide])
    found[~wide] = _nearest(digits.filter(pl.Series(~wide)).cast(pl.Int64).to_numpy(), powers[~wide])
    return found


def _without_zeros(units: pl.Series) -> tuple[pl.Series, NDArray[np.int64]]:
    """Return numbers without the zeros at their ends, and how many those were."""
    powers = np.zeros(len(units), np.int64)
    for zeros in _ZEROS:
        places = pl.Series(np.arange(len(units)))
        ends = (units != 0) & (units % _wide(10**zeros) == 0)
        if ends.any():
            powers[places.filter(ends).to_numpy()] += zeros
            units = units.zip_with(~ends, units // _wide(10**zeros))
    return units, powers


def _hashed(digits: pl.Series, powers: NDArray[np.int64]) -> NDArray[np.float64]:
    upper = digits // _wide(_HALF)
    lower = (digits - upper * _wide(_HALF)).cast(pl.UInt64).to_numpy()
    hashes = hash_numbers(powers)
    for part in (upper.cast(pl.Int64).to_numpy().view(np.uint64), lower):
        hashes = hash_numbers(hashes ^ part)
    return (hashes & _FINITE).view(np.float64)


def _nearest(digits: NDArray[np.int64], powers: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the nearest doubles of few digits: both factors are exact, so that it is rounded once."""
    factors: NDArray[np.float64] = np.array([float(10**power) for power in range(77)])[abs(powers)]
    found: NDArray[Any] = np.where(powers < 0, digits / factors, digits * factors)
    return found


def _wide(number: int) -> pl.Series:
    return pl.Series([number], dtype=pl.Int128)
