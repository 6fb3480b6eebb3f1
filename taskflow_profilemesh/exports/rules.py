"""What one profile suggests of the rows to come: few rules, each of an exact fact of all rows of the table.

- Not null: no null among at least 100 rows, or declared so. Unique: declared as a key of one column; or a text or a
  whole number that repeats in none of at least 100 rows.
- Accepted values: a text with two to ten different values, all known, in 20 rows each on average and at least.
- A range: a number that is no key, of at least 100 rows: the range that was seen, wider by its own width on both sides,
  but never below zero where nothing was. Whole numbers keep whole borders.
- Never of a column whose values are withheld: accepted values, a range.

One profile knows no yesterday: where a part of the table or a sample was profiled, only what is declared is suggested.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

from taskflow_profilemesh.profiling.precision import Precision
from taskflow_profilemesh.profiling.scalars import LONGEST_TEXT
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile

LEAST_ROWS: Final = 100
LEAST_VALUES: Final = 2
MOST_VALUES: Final = 10
ROWS_A_VALUE: Final = 20

_NUMBERS: Final = (Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL)
_KEYS: Final = (Kind.INTEGER, Kind.TEXT, Kind.OTHER)

Number = int | float
NumberT = TypeVar("NumberT", int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRules:
    """What is suggested of a column; False, and None, suggest nothing."""

    not_null: bool = False
    unique: bool = False
    accepted_values: tuple[str, ...] | None = None  # in alphabetical order
    minimum: Number | None = None
    maximum: Number | None = None


def rules_of(profile: TableProfile, column: ColumnProfile) -> ColumnRules:
    """Return what the profile suggests of one of its columns."""
    name = column.schema.name
    declared = {*(profile.schema.unique_keys or ()), profile.schema.primary_key}
    is_key, is_whole = (name,) in declared, _is_of_all_rows(profile, column)
    not_null = column.schema.nullable is False or name in profile.schema.primary_key
    if not is_whole:
        return ColumnRules(not_null=not_null, unique=is_key)
    enough = column.row_count >= LEAST_ROWS
    unique = is_key or (enough and column.schema.kind in _KEYS and _is_exact_key(column))
    low, high = (None, None) if unique else _range(column)
    return ColumnRules(
        not_null=not_null or (enough and not column.null_count),
        unique=unique,
        accepted_values=None if unique else _accepted(column),
        minimum=low,
        maximum=high,
    )


def _is_of_all_rows(profile: TableProfile, column: ColumnProfile) -> bool:
    return (
        profile.scope is None
        and column.error is None
        and column.precision is not Precision.SAMPLED
        and profile.profiled_rows == profile.row_count == column.row_count
    )


def _is_exact_key(column: ColumnProfile) -> bool:
    return column.distinct is not None and column.distinct.is_exact and column.is_key_candidate is True


def _accepted(column: ColumnProfile) -> tuple[str, ...] | None:
    """Return all values of a column of few, None of any other."""
    distinct = column.distinct
    if column.schema.kind is not Kind.TEXT or distinct is None or not distinct.is_exact or column.withheld is not None:
        return None
    values = tuple(sorted(top.value for top in distinct.top))
    is_all = LEAST_VALUES <= distinct.count == len(values) <= MOST_VALUES
    is_whole = all(len(value) < LONGEST_TEXT for value in values)  # a longer one may be cut
    return values if is_all and is_whole and column.value_count >= ROWS_A_VALUE * len(values) else None


def _range(column: ColumnProfile) -> tuple[Number | None, Number | None]:
    low, high, numbers = column.minimum, column.maximum, column.numbers
    if column.schema.kind not in _NUMBERS or column.withheld is not None or column.value_count < LEAST_ROWS:
        return None, None
    if numbers is not None and (numbers.nan_count or numbers.infinite_count):
        return None, None
    if column.schema.kind is Kind.INTEGER and isinstance(low, int) and isinstance(high, int):
        return _widened(low, high)
    if isinstance(low, int | float | Decimal) and isinstance(high, int | float | Decimal):
        least, most = _widened(float(low), float(high))
        return (least, most) if math.isfinite(least) and math.isfinite(most) else (None, None)
    return None, None


def _widened(low: NumberT, high: NumberT) -> tuple[NumberT, NumberT]:
    width = high - low
    least = low - width
    return (type(low)(0) if low >= 0 > least else least), high + width
