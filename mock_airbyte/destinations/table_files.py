"""How a table looks in a Parquet or CSV file, and how its values come back from one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import polars as pl

from mock_airbyte.destinations.protocol import EXTRACTED_AT
from mock_airbyte.sources.csv_types import parsed
from mock_airbyte.types import JSON_TYPES, POLARS_TYPES, AirbyteType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MOMENTS: Mapping[bool, str] = {True: "%Y-%m-%dT%H:%M:%S%.6fZ", False: "%Y-%m-%dT%H:%M:%S%.6f"}


def read_table(path: Path, kind: Literal["parquet", "csv"]) -> pl.LazyFrame:
    """Return the file's rows: of a CSV file, as texts."""
    return pl.scan_parquet(path) if kind == "parquet" else pl.scan_csv(path, infer_schema=False)


def write_table(frame: pl.LazyFrame, path: Path, kind: Literal["parquet", "csv"]) -> None:
    """Write the rows; in CSV, a moment is ISO 8601 and an unquoted empty field is null."""
    if kind == "parquet":
        frame.sink_parquet(path)
        return
    schema = frame.collect_schema()
    zoned = {name: dtype.time_zone is not None for name, dtype in schema.items() if isinstance(dtype, pl.Datetime)}
    frame.with_columns(pl.col(name).dt.strftime(_MOMENTS[zone]) for name, zone in zoned.items()).sink_csv(path)


def parquet_types(path: Path) -> dict[str, frozenset[AirbyteType]]:
    """Return which types each column of a Parquet file may hold."""
    schema = pl.read_parquet_schema(path)
    return {
        name: frozenset(kind for kind, other in POLARS_TYPES.items() if other == dtype)
        for name, dtype in schema.items()
    }


def converted(name: str, dtype: pl.DataType, kind: AirbyteType | None) -> pl.Expr:
    """Return the column as a type (None: as it is); a value that does not fit is null."""
    value = pl.col(name)
    if kind is None or dtype == POLARS_TYPES[kind]:
        return value
    if kind in JSON_TYPES:
        return value.map_elements(_document, return_dtype=pl.String).alias(name)
    if dtype.is_numeric() and kind in (AirbyteType.INTEGER, AirbyteType.NUMBER):
        whole = pl.when(value == value.round()).then(value) if kind is AirbyteType.INTEGER else value
        return whole.cast(POLARS_TYPES[kind], strict=False).alias(name)
    if isinstance(dtype, pl.Datetime):
        value = value.dt.strftime(_MOMENTS[dtype.time_zone is not None])
    text = value.cast(pl.String, strict=False)
    if kind is AirbyteType.INTEGER:
        text = text.str.replace(r"\.0*$", "")
    return parsed(text, kind).alias(name)


def _document(value: object) -> str:
    return json.dumps(value, default=str)


def latest_per_key(frame: pl.LazyFrame, key: Sequence[str], cursor: str | None) -> pl.LazyFrame:
    """Return one row per key, in the order of arrival: the latest by cursor, then extraction, then arrival."""
    place = "_airbyte_place"
    by = [*([cursor] if cursor else []), EXTRACTED_AT, place]
    latest = frame.with_row_index(place).sort(by, descending=True, nulls_last=True)
    return latest.unique(key, keep="first", maintain_order=True).sort(place).drop(place)
