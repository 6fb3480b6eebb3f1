"""From the driver's Arrow tables to Polars frames in exactly the types that `Kind` documents.

Some databases hand dates and booleans over as texts and numbers, because those cannot fail on the way; here they
become what they are. A text that is no date at all becomes null: only MySQL's zero dates come that far.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import polars as pl

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.uuid_texts import with_uuid_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pyarrow as pa

    from taskflow_profilemesh.reading.catalog import CatalogColumn


@dataclass(frozen=True, slots=True)
class Endless:
    """The physical numbers of a temporal type's infinities, which are the first and last moments that ConnectorX knows.

    What lies at `limit` (the year 262142) or beyond is infinite there, and so it is here. PostgreSQL's own numbers
    count from 2000; ADBC moves them to 1970, and what is too large for that, infinity among it, overflows to below
    `native_low`, which stands for -infinity.
    """

    high: int
    low: int
    limit: int
    native_low: int


_DATETIME_FORMATS = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_DAYS = Endless(95_026_236, -96_465_292, limit=95_025_872, native_low=-2_147_472_691)
_MOMENTS = Endless(
    8_210_266_876_799_999_999,
    -8_334_601_228_800_000_000,
    limit=8_210_235_340_800_000_000,
    native_low=-9_222_425_352_054_775_808,
)
_ZONED_FORMATS = ("%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z")


def frame_from(table: pa.Table, columns: Sequence[CatalogColumn]) -> pl.DataFrame:
    """Return the table's rows under the columns' own names."""
    frame = cast("pl.DataFrame", pl.from_arrow(with_uuid_texts(table)))
    series = [_as_kind(values, column) for values, column in zip(frame.get_columns(), columns, strict=True)]
    return pl.DataFrame(series)


def _as_kind(values: pl.Series, column: CatalogColumn) -> pl.Series:
    if column.digits is not None:
        return _exact_decimal(values, *column.digits).alias(column.schema.name)
    convert = _CONVERSIONS.get(column.schema.kind)
    converted = convert(values) if convert is not None else values
    if column.zoned and isinstance(converted.dtype, pl.Datetime) and converted.dtype.time_zone is None:
        converted = converted.dt.replace_time_zone("UTC")
    return converted.alias(column.schema.name)


def _exact_decimal(values: pl.Series, precision: int, scale: int) -> pl.Series:
    """Read decimals exactly; a batch with a NaN, which no decimal holds, arrives in doubles."""
    exact = values.cast(pl.Decimal(precision, scale), strict=False)
    return exact if exact.null_count() == values.null_count() else _decimal(values)


def _decimal(values: pl.Series) -> pl.Series:
    return values.cast(pl.Float64, strict=False)


def _text(values: pl.Series) -> pl.Series:
    """Read bytes as UTF-8; where they are none, each that does not fit becomes the replacement character."""
    if not isinstance(values.dtype, pl.Binary):
        return values
    try:
        return values.cast(pl.String)
    except pl.exceptions.ComputeError:
        return values.map_elements(lambda value: value.decode("utf-8", "replace"), return_dtype=pl.String)


def _integer(values: pl.Series) -> pl.Series:
    """Read whole numbers; Snowflake's, of which only those of up to 18 digits are integers here, arrive as decimals."""
    return values.cast(pl.Int64) if isinstance(values.dtype, pl.Decimal) else values


def _boolean(values: pl.Series) -> pl.Series:
    return values.cast(pl.Boolean)


def _date(values: pl.Series) -> pl.Series:
    if isinstance(values.dtype, pl.String):
        return values.str.to_date("%Y-%m-%d", strict=False)
    return _with_infinities(values, _DAYS)


def _time(values: pl.Series) -> pl.Series:
    return values.str.to_time("%H:%M:%S%.f", strict=False) if isinstance(values.dtype, pl.String) else values


def _datetime(values: pl.Series) -> pl.Series:
    """Parse what is text: first in the common form, then in the others where something is left over."""
    if isinstance(values.dtype, pl.Datetime) and values.dtype.time_unit != "us":
        return values.dt.cast_time_unit("us")
    if not isinstance(values.dtype, pl.String):
        return _with_infinities(values, _MOMENTS)
    parsed = _parsed(values, _DATETIME_FORMATS[0])
    if parsed.null_count() == values.null_count():
        return parsed
    text = values.str.strip_chars().str.replace("T", " ", literal=True)
    attempts = [parsed, *(_parsed(text, form) for form in _DATETIME_FORMATS)]
    zoned = text.str.replace(r" *Z$", "+00:00").str.replace(r" +([+-]\d\d:\d\d)$", "$1")
    attempts += [_parsed(zoned, form) for form in _ZONED_FORMATS]
    return pl.select(pl.coalesce(attempts)).to_series()


def _with_infinities(values: pl.Series, endless: Endless) -> pl.Series:
    physical = values.cast(pl.Int32 if values.dtype == pl.Date else pl.Int64)
    low, high = physical.min(), physical.max()
    if not isinstance(low, int) or not isinstance(high, int):
        return values
    if low > endless.native_low and high < endless.limit:
        return values
    cells = pl.col(physical.name)
    told = (
        pl.when(cells == endless.native_low)
        .then(endless.low)
        .when((cells < endless.native_low) | (cells >= endless.limit))
        .then(endless.high)
        .otherwise(cells)
    )
    return physical.to_frame().select(told.cast(physical.dtype)).to_series().cast(values.dtype)


def _parsed(text: pl.Series, form: str) -> pl.Series:
    """Parse to microseconds, without a zone; one that is written is applied."""
    if "%#z" in form:
        zoned = text.str.to_datetime(form, time_unit="us", time_zone="UTC", strict=False)
        return zoned.dt.replace_time_zone(None)
    return text.str.to_datetime(form, time_unit="us", strict=False)


_CONVERSIONS: dict[Kind, Callable[[pl.Series], pl.Series]] = {
    **dict.fromkeys((Kind.TEXT, Kind.JSON, Kind.OTHER), _text),
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _date,
    Kind.TIME: _time,
    Kind.DATETIME: _datetime,
}
