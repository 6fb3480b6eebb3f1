"""Bring a batch into the few physical types that statistics are computed in.

Integers and decimals stay as they are, floats become Float64 (so that Float32 and Float64 of one number hash alike),
temporal columns become integers (days, microseconds), texts of any encoding String. A column whose type does not fit
its kind, or that cannot be converted, is named with the reason, and costs the batch nothing else. Reasons name types,
never values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.selection import FAILURES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from taskflow_profilemesh.profiling.schema import TableSchema

_NANOSECONDS: Final = 1000  # in a microsecond


class _Conversion(NamedTuple):
    """From the Polars types that fit a kind to the physical type."""

    physical: type[pl.DataType]  # of a column that arrives without a type, all null
    fits: Callable[[pl.DataType], bool]
    convert: Callable[[pl.Series], pl.Series]


def _as_is(values: pl.Series) -> pl.Series:
    return values


def _microseconds(values: pl.Series) -> pl.Series:
    """Count moments since 1970; by `cast`, since most other methods of a series start a query."""
    is_so = isinstance(values.dtype, pl.Datetime) and values.dtype.time_unit == "us"
    return (values if is_so else values.dt.cast_time_unit("us")).cast(pl.Int64)


_NUMBER: Final = _Conversion(pl.Float64, lambda dtype: dtype.is_numeric(), lambda values: values.cast(pl.Float64))
_STRING: Final = _Conversion(
    pl.String, lambda dtype: dtype in (pl.String, pl.Categorical, pl.Enum), lambda values: values.cast(pl.String)
)
_CONVERSIONS: Final[Mapping[Kind, _Conversion]] = {
    Kind.INTEGER: _Conversion(pl.Int64, lambda dtype: dtype.is_integer(), _as_is),
    Kind.FLOAT: _NUMBER,
    Kind.DECIMAL: _NUMBER,  # unless it is a Decimal, which stays one
    Kind.BOOLEAN: _Conversion(pl.Boolean, lambda dtype: dtype == pl.Boolean, _as_is),
    Kind.TEXT: _STRING,
    Kind.DATE: _Conversion(pl.Int32, lambda dtype: dtype == pl.Date, lambda values: values.cast(pl.Int32)),
    Kind.DATETIME: _Conversion(pl.Int64, lambda dtype: dtype == pl.Datetime, _microseconds),
    Kind.TIME: _Conversion(
        pl.Int64, lambda dtype: dtype == pl.Time, lambda values: values.cast(pl.Int64) // _NANOSECONDS
    ),
    Kind.JSON: _STRING,
    Kind.BINARY: _Conversion(pl.Binary, lambda dtype: dtype == pl.Binary, _as_is),
    Kind.OTHER: _STRING,
}


@dataclass(frozen=True, slots=True)
class PhysicalBatch:
    """A batch in physical types. Column i of the schema is named str(i) here: no name is then taken for a pattern."""

    row_count: int
    null_counts: tuple[int, ...]  # of each of the schema's columns; 0 where the batch lacks it
    frame: pl.DataFrame
    failures: Mapping[int, str]  # why a column is missing from the frame
    aware: frozenset[int] = frozenset()  # datetime columns with a time zone; they are in UTC
    rounded: frozenset[int] = frozenset()  # decimal columns with values that are doubles already


def physical_batch(batch: pl.DataFrame, schema: TableSchema) -> PhysicalBatch:
    """Convert the schema's columns of a batch; others are ignored."""
    by_name = {cells.name: cells for cells in batch.get_columns()}
    arrived = {place: by_name[column.name] for place, column in enumerate(schema.columns) if column.name in by_name}
    kinds = [column.kind for column in schema.columns]
    frame, failures = _converted(arrived, kinds)
    places = range(len(kinds))
    return PhysicalBatch(
        row_count=batch.height,
        null_counts=tuple(arrived[place].null_count() if place in arrived else 0 for place in places),
        frame=frame,
        failures={place: "the batch lacks it" for place in places if place not in arrived} | failures,
        aware=frozenset(place for place, cells in arrived.items() if _is_aware(cells.dtype)),
        rounded=frozenset(
            place for place, cells in arrived.items() if kinds[place] is Kind.DECIMAL and _is_rounded(cells)
        ),
    )


def _converted(arrived: Mapping[int, pl.Series], kinds: Sequence[Kind]) -> tuple[pl.DataFrame, dict[int, str]]:
    """Return the columns in physical types, by place, and why some are missing; most come as they have to be."""
    physical: list[pl.Series] = []
    failures: dict[int, str] = {}
    for place, cells in arrived.items():
        convert = _conversion(kinds[place], cells.dtype)
        if convert is None:
            failures[place] = f"it arrived as {cells.dtype.base_type()}, which is no {kinds[place]}"
            continue
        try:
            physical.append(convert(cells).alias(str(place)))
        except FAILURES as error:  # whose words quote values of rows
            failures[place] = f"{type(error).__name__} when it was converted"
    return pl.DataFrame(physical), failures


def _conversion(kind: Kind, dtype: pl.DataType) -> Callable[[pl.Series], pl.Series] | None:
    """Return how to make a type the kind's physical one, or None where it does not fit."""
    conversion = _CONVERSIONS[kind]
    if dtype == pl.Null:
        return lambda values: values.cast(conversion.physical)
    if kind is Kind.DECIMAL and dtype.is_decimal():
        return _as_is
    if not conversion.fits(dtype):
        return None
    return _as_is if dtype == conversion.physical else conversion.convert


def _is_aware(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is not None


def _is_rounded(cells: pl.Series) -> bool:
    """Whether a column of decimals holds any value that is a double already."""
    return cells.null_count() < len(cells) and not cells.dtype.is_decimal()
