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
from taskflow_profilemesh.profiling.selection import select_by_column

if TYPE_CHECKING:
    from collections.abc import Callable

    from taskflow_profilemesh.profiling.schema import TableSchema

_NANOSECONDS: Final = 1000  # in a microsecond
_NONE: Final = pl.Null()


class _Conversion(NamedTuple):
    """From the Polars types that fit a kind to the physical type."""

    physical: type[pl.DataType]  # of a column that arrives without a type, all null
    fits: Callable[[pl.DataType], bool]
    convert: Callable[[pl.Expr], pl.Expr]


def _as_is(values: pl.Expr) -> pl.Expr:
    return values


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
    Kind.DATE: _Conversion(pl.Int32, lambda dtype: dtype == pl.Date, lambda values: values.to_physical()),
    Kind.DATETIME: _Conversion(
        pl.Int64, lambda dtype: dtype == pl.Datetime, lambda values: values.dt.cast_time_unit("us").to_physical()
    ),
    Kind.TIME: _Conversion(
        pl.Int64, lambda dtype: dtype == pl.Time, lambda values: values.to_physical() // _NANOSECONDS
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
    expressions: dict[int, list[pl.Expr]] = {}
    failures: dict[int, str] = {}
    dtypes = batch.schema
    for index, column in enumerate(schema.columns):
        dtype = dtypes.get(column.name)
        if dtype is None:
            failures[index] = "the batch lacks it"
            continue
        expression = _expression(pl.nth(batch.get_column_index(column.name)), column.kind, dtype)
        if expression is None:
            failures[index] = f"it arrived as {dtype.base_type()}, which is no {column.kind}"
            continue
        expressions[index] = [expression.alias(str(index))]
    frame, unconverted = select_by_column(batch, expressions)
    failures |= {index: f"{name} when it was converted" for index, name in unconverted.items()}
    nulls = tuple(
        batch.get_column(column.name).null_count() if column.name in dtypes else 0 for column in schema.columns
    )
    rounded = frozenset(
        place
        for place, column in enumerate(schema.columns)
        if column.kind is Kind.DECIMAL
        and nulls[place] < batch.height
        and not dtypes.get(column.name, _NONE).is_decimal()
    )
    return PhysicalBatch(batch.height, nulls, frame, failures, _aware(schema, dtypes), rounded)


def _expression(values: pl.Expr, kind: Kind, dtype: pl.DataType) -> pl.Expr | None:
    """Return the conversion, or None where the type does not fit the kind."""
    conversion = _CONVERSIONS[kind]
    if dtype == pl.Null:
        return values.cast(conversion.physical)
    if kind is Kind.DECIMAL and dtype.is_decimal():
        return values
    return conversion.convert(values) if conversion.fits(dtype) else None


def _aware(schema: TableSchema, dtypes: pl.Schema) -> frozenset[int]:
    """Return the places of the datetime columns that have a time zone."""
    arrived = ((index, dtypes.get(column.name)) for index, column in enumerate(schema.columns))
    return frozenset(
        index for index, dtype in arrived if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None
    )
