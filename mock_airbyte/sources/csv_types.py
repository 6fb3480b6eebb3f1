"""Which type each column of a CSV file has, found by looking at every row.

A sample would be wrong as soon as row 10,001 holds a fraction; Polars' own whole-file inference of dates takes
eight seconds on 336,776 rows. So a small sample strikes out what a column cannot be, and one vectorised pass over
the file proves what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from mock_airbyte.sources.protocol import Column
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SAMPLE_ROWS = 1_000
_DAY, _TIME = r"\d{4}-\d{2}-\d{2}", r"\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_ZONE = r"(Z|[+-]\d{2}:\d{2})"


def _where(pattern: str, text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(f"^{pattern}$")).then(text)


def _boolean(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)


def _number(text: pl.Expr) -> pl.Expr:
    return _where(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text).cast(pl.Float64, strict=False)


def _moment(text: pl.Expr, zone: str) -> pl.Expr:
    whole = _where(f"{_DAY}[T ]{_TIME}{zone}", text)
    with_seconds = whole.str.replace(r"^(.{10}).(\d{2}:\d{2})($|Z|[+-])", "${1}T${2}:00${3}")
    return with_seconds.str.replace(" ", "T", literal=True)


def _zoned(text: pl.Expr) -> pl.Expr:
    in_utc = _moment(text, _ZONE).str.replace("Z", "+00:00", literal=True)
    return in_utc.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False)


def _unzoned(text: pl.Expr) -> pl.Expr:
    return _moment(text, "").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)


def _time(text: pl.Expr) -> pl.Expr:
    with_seconds = _where(_TIME, text).str.replace(r"^(\d{2}:\d{2})$", "${1}:00")
    return with_seconds.str.to_time("%H:%M:%S%.f", strict=False)


# From the narrowest to the widest; a column gets the first one that all of its values are.
_PARSERS: Mapping[AirbyteType, Callable[[pl.Expr], pl.Expr]] = {
    AirbyteType.BOOLEAN: _boolean,
    AirbyteType.INTEGER: lambda text: _where(r"[+-]?\d{1,18}", text).cast(pl.Int64, strict=False),
    AirbyteType.NUMBER: _number,
    AirbyteType.DATE: lambda text: _where(_DAY, text).str.to_date("%Y-%m-%d", strict=False),
    AirbyteType.TIMESTAMP_WITH_TIMEZONE: _zoned,
    AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE: _unzoned,
    AirbyteType.TIME_WITHOUT_TIMEZONE: _time,
    AirbyteType.STRING: lambda text: text,
}


def parsed(text: pl.Expr, kind: AirbyteType) -> pl.Expr:
    """Return texts as values of a type; what does not parse is null. JSON documents and zoned times stay text."""
    return _PARSERS[kind](text) if kind in _PARSERS else text


def infer(texts: pl.LazyFrame) -> tuple[Column, ...]:
    """Return the columns of a frame of texts with their types; a column without any value is text."""
    sample = texts.head(_SAMPLE_ROWS).collect()
    possible = {name: list(_PARSERS) for name in sample.columns}
    possible = _fitting(sample.lazy(), possible)
    possible = _fitting(texts, possible)
    filled = texts.select(pl.all().count()).collect(engine="streaming").row(0, named=True)
    return tuple(Column(name, kinds[0] if filled[name] else AirbyteType.STRING) for name, kinds in possible.items())


def parse(texts: pl.DataFrame, columns: tuple[Column, ...]) -> pl.DataFrame:
    """Return a batch of texts in their columns' types; a column that the batch lacks is left out."""
    known = [column for column in columns if column.name in texts.columns]
    return texts.select(_PARSERS[column.type](pl.col(column.name)).alias(column.name) for column in known)


def _fitting(texts: pl.LazyFrame, possible: Mapping[str, list[AirbyteType]]) -> dict[str, list[AirbyteType]]:
    checks = {f"{name}\n{kind}": (name, kind) for name, kinds in possible.items() for kind in kinds}
    if not checks:
        return {}
    answers = texts.select(
        (_PARSERS[kind](pl.col(name)).null_count() == pl.col(name).null_count()).alias(key)
        for key, (name, kind) in checks.items()
    ).collect(engine="streaming")
    fits = answers.row(0, named=True)
    return {name: [kind for kind in kinds if fits[f"{name}\n{kind}"]] for name, kinds in possible.items()}
