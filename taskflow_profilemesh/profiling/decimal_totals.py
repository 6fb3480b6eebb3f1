"""The smallest, the largest and the sum of a decimal column, exactly, while everything else of it is in doubles.

Decimals are whole numbers of units (0.01 at scale 2). Polars keeps the units in 128 bits, where a sum of numbers of up
to 28 digits cannot overflow; those of wider ones are summed in two halves. What is kept are Python integers, which
have no end and merge without loss, at whatever scales they come.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Final, cast

import polars as pl

from taskflow_profilemesh.profiling.profile import DecimalTotals
from taskflow_profilemesh.profiling.wide_decimals import DIGITS_OF_DOUBLES

_SAFE_DIGITS: Final = 28  # 10²⁸ times 10¹⁰ rows stay below 2¹²⁷
_HALF: Final = 10**19


@dataclass(frozen=True, slots=True)
class DecimalState:
    """Extremes and sum of decimals, in units of 10**-scale; None without values."""

    EMPTY: ClassVar[DecimalState]

    count: int = 0
    scale: int = 0
    minimum: int | None = None
    maximum: int | None = None
    total: int = 0

    @classmethod
    def of(cls, cells: pl.Series) -> DecimalState:
        """Take in a batch of decimals, nulls among them."""
        count = len(cells) - cells.null_count()
        if not count or not isinstance(cells.dtype, pl.Decimal):
            return cls.EMPTY
        units = cells.to_physical()
        minimum, maximum = cast("int", units.min()), cast("int", units.max())
        return cls(count, cells.dtype.scale, minimum, maximum, _total(units, cells.dtype.precision))

    def combine(self, other: DecimalState) -> DecimalState:
        """Merge with the totals of other rows."""
        if not self.count or not other.count:
            return self if self.count else other
        scale = max(self.scale, other.scale)
        one, two = self._at(scale), other._at(scale)
        return DecimalState(
            one.count + two.count,
            scale,
            min(value for value in (one.minimum, two.minimum) if value is not None),
            max(value for value in (one.maximum, two.maximum) if value is not None),
            one.total + two.total,
        )

    def totals(self, *, value_count: int) -> DecimalTotals | None:
        """Return the totals, or None where some of the column's values were no decimals when they came."""
        if not self.count or self.count != value_count:
            return None
        return DecimalTotals(*(_decimal(value, self.scale) for value in (self.minimum, self.maximum, self.total)))

    def _at(self, scale: int) -> DecimalState:
        factor = 10 ** (scale - self.scale)
        if factor == 1:
            return self
        low, high = (None if value is None else value * factor for value in (self.minimum, self.maximum))
        return DecimalState(self.count, scale, low, high, self.total * factor)


DecimalState.EMPTY = DecimalState()


def exceeds_doubles(totals: DecimalTotals) -> bool:
    """Say whether different values of the column may have the same nearest double.

    A double tells apart all decimals of 15 digits (IEEE 754; DBL_DIG of C). What counts is how many lie between the
    highest digit of a value and the last decimal place of all.
    """
    low, high = totals.minimum, totals.maximum
    if low is None or high is None or low == high:
        return False
    ends = [value for value in (low, high, totals.total) if value is not None]
    places = max(-int(value.as_tuple().exponent) for value in ends)
    return max(value.adjusted() for value in (low, high) if value) + 1 + max(places, 0) > DIGITS_OF_DOUBLES


def _total(units: pl.Series, precision: int | None) -> int:
    """Add up the units of decimals of so many digits (None: not known), as Python does: without an end."""
    if precision is not None and precision <= _SAFE_DIGITS:
        return int(units.sum())
    cells = pl.lit(units)
    upper, lower = pl.select(upper=(cells // _HALF).sum(), lower=(cells % _HALF).sum()).row(0)
    return int(upper) * _HALF + int(lower)


def _decimal(units: int | None, scale: int) -> Decimal | None:
    """Write units as a decimal digit by digit: arithmetic would round to 28 of them."""
    if units is None:
        return None
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -scale))
