from __future__ import annotations

from datetime import UTC, date, datetime, time

import polars as pl
import pyarrow as pa

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind
from taskflow_profilemesh.reading.catalog import CatalogColumn
from taskflow_profilemesh.reading.convert import frame_from


def _converted(kind: Kind, values: list[object], *, zoned: bool = False) -> pl.Series:
    column = CatalogColumn(ColumnSchema("x", kind, "?"), "x", zoned=zoned)
    return frame_from(pa.table({"c0": values}), [column]).to_series()


def test_columns_get_their_own_names() -> None:
    columns = [CatalogColumn(ColumnSchema(name, Kind.INTEGER, "int"), name) for name in ("a", "A")]
    frame = frame_from(pa.table({"c0": [1], "c1": pa.array([None], pa.int64())}), columns)
    assert frame.rows(named=True) == [{"a": 1, "A": None}]
    assert frame.dtypes == [pl.Int64, pl.Int64]


def test_numbers_become_booleans() -> None:
    assert _converted(Kind.BOOLEAN, [0, 1, None]).to_list() == [False, True, None]


def test_long_numbers_become_doubles_infinity_and_nan() -> None:
    values = _converted(Kind.DECIMAL, ["1.5", "1" + "0" * 400, "NaN", "-Infinity", None])
    assert values.dtype == pl.Float64
    assert str(values.to_list()) == "[1.5, inf, nan, -inf, None]"


def test_texts_become_dates_and_zero_dates_null() -> None:
    values = _converted(Kind.DATE, ["2024-02-29", "0000-00-00", "2024-02-31", None])
    assert values.to_list() == [date(2024, 2, 29), None, None, None]


def test_texts_become_times() -> None:
    assert _converted(Kind.TIME, ["01:02:03", "23:59:59.999999"]).to_list() == [time(1, 2, 3), time(23, 59, 59, 999999)]


def test_every_way_to_write_a_datetime_is_understood() -> None:
    texts: list[object] = [
        "2024-01-02 03:04:05.123456",
        "2024-01-02T03:04:05",
        "2024-01-02 03:04",
        "2024-01-02",
        "2024-01-02T03:04:05Z",
        "2024-01-02 03:04:05.5+01:00",
        "2024-01-02 03:04:05.123456789 -05:30",
        " 2024-01-02 03:04Z ",
        None,
    ]
    values = _converted(Kind.DATETIME, texts)
    assert values.dtype == pl.Datetime("us")
    assert values.dt.to_string("%Y-%m-%d %H:%M:%S%.6f").to_list() == [
        "2024-01-02 03:04:05.123456",
        "2024-01-02 03:04:05.000000",
        "2024-01-02 03:04:00.000000",
        "2024-01-02 00:00:00.000000",
        "2024-01-02 03:04:05.000000",
        "2024-01-02 02:04:05.500000",
        "2024-01-02 08:34:05.123456",
        "2024-01-02 03:04:00.000000",
        None,
    ]


def test_a_column_with_a_zone_is_in_utc() -> None:
    values = _converted(Kind.DATETIME, ["2024-01-02 03:04:05"], zoned=True)
    assert values.to_list() == [datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)]
