"""Making values fit the types that their stream declares; what does not fit becomes null and is marked.

Two ways in: whole Polars columns (files, generators), and Python values (inline rows), where anything may occur.
"""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import polars as pl

from mock_airbyte.sources.protocol import Batch
from mock_airbyte.types import JSON_TYPES, POLARS_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mock_airbyte.sources.protocol import Column

_INT64 = range(-(2**63), 2**63)


def fit_frame(frame: pl.DataFrame, columns: Sequence[Column]) -> Batch:
    """Return the columns in their canonical types; a column that the frame lacks is all null."""
    fitted: list[pl.Series] = []
    misfits: dict[str, pl.Series] = {}
    for column in columns:
        if column.name not in frame.columns:
            fitted.append(pl.Series(column.name, [None] * frame.height, dtype=POLARS_TYPES[column.type]))
            continue
        raw = frame.get_column(column.name)
        series = _fit_series(raw, column.type)
        fitted.append(series)
        if series.null_count() > raw.null_count():
            misfits[column.name] = series.is_null() & raw.is_not_null()
    return Batch(pl.DataFrame(fitted), misfits)


def _fit_series(raw: pl.Series, kind: AirbyteType) -> pl.Series:
    if kind in JSON_TYPES:
        return raw if raw.dtype == pl.String else _as_json(raw)
    series = raw.cast(POLARS_TYPES[kind], strict=False) if raw.dtype != POLARS_TYPES[kind] else raw
    if kind is AirbyteType.NUMBER and not series.is_finite().all():  # JSON carries neither NaN nor infinity
        series = series.set(~series.is_finite(), None)
    return series


def _as_json(raw: pl.Series) -> pl.Series:
    texts = [None if value is None else json.dumps(_plain(value), default=str) for value in raw]
    return pl.Series(raw.name, texts, dtype=pl.String)


def _plain(value: object) -> object:
    return value.to_list() if isinstance(value, pl.Series) else value


def fit_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> Batch:
    """Return the rows as a frame; a row without a column has null there."""
    fitted: list[pl.Series] = []
    misfits: dict[str, pl.Series] = {}
    for column in columns:
        raw = [row.get(column.name) for row in rows]
        if _TYPES.get(column.type, frozenset()).issuperset(map(type, raw)):
            fitted.append(pl.Series(column.name, raw, dtype=POLARS_TYPES[column.type]))
            continue
        values = [fit_value(value, column.type) for value in raw]
        fitted.append(pl.Series(column.name, values, dtype=POLARS_TYPES[column.type]))
        lost = [before is not None and after is None for before, after in zip(raw, values, strict=True)]
        if any(lost):
            misfits[column.name] = pl.Series(column.name, lost)
    return Batch(pl.DataFrame(fitted), misfits)


_TYPES: Mapping[AirbyteType, frozenset[type]] = {  # what needs no fitting, whatever its value
    AirbyteType.STRING: frozenset({str, type(None)}),
    AirbyteType.BOOLEAN: frozenset({bool, type(None)}),
}
_document = json.JSONEncoder(default=str).encode  # made once: `dumps` would make one for each value


def fit_value(value: object, kind: AirbyteType) -> object:
    """Return the value as its column carries it, or None where it does not fit."""
    if value is None:
        return None
    if kind in JSON_TYPES:
        return _document(value)
    try:
        return _FITS[kind](value)
    except (TypeError, ValueError, OverflowError):
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else _document(value)


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        return None
    number = int(value) if isinstance(value, int | float) else int(str(value))
    return number if number in _INT64 else None


def _number(value: object) -> float | None:
    number = float(value) if isinstance(value, int | float) else float(str(value))
    return None if isinstance(value, bool) or not math.isfinite(number) else number


def _boolean(value: object) -> bool | None:
    named = {"true": True, "false": False}
    return value if isinstance(value, bool) else named.get(str(value).lower())


def _date(value: object) -> date:
    return value if isinstance(value, date) and not isinstance(value, datetime) else date.fromisoformat(str(value))


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _zoned(value: object) -> datetime | None:
    moment = _moment(value)
    return moment if moment.tzinfo is not None else None


def _unzoned(value: object) -> datetime | None:
    moment = _moment(value)
    return moment if moment.tzinfo is None else None


def _time(value: object) -> time | None:
    moment = value if isinstance(value, time) else time.fromisoformat(str(value))
    return moment if moment.tzinfo is None else None


def _zoned_time(value: object) -> str | None:
    moment = value if isinstance(value, time) else time.fromisoformat(str(value))
    return moment.isoformat() if moment.tzinfo is not None else None


_FITS: Mapping[AirbyteType, Callable[[Any], object]] = {
    AirbyteType.STRING: _text,
    AirbyteType.INTEGER: _integer,
    AirbyteType.NUMBER: _number,
    AirbyteType.BOOLEAN: _boolean,
    AirbyteType.DATE: _date,
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: _zoned,
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: _unzoned,
    AirbyteType.TIME_WITH_TIMEZONE: _zoned_time,
    AirbyteType.TIME_WITHOUT_TIMEZONE: _time,
}
