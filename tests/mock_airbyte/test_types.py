from __future__ import annotations

import polars as pl
import pytest

from mock_airbyte.types import POLARS_TYPES, AirbyteType, from_json_schema, from_polars, json_schema


@pytest.mark.parametrize("kind", list(AirbyteType))
def test_a_type_is_read_back_from_its_own_json_schema(kind: AirbyteType) -> None:
    assert from_json_schema(json_schema(kind)) is kind


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "format": "date-time"}, AirbyteType.TIMESTAMP_WITH_TIMEZONE),
        ({"type": ["null", "number"]}, AirbyteType.NUMBER),
        ({"type": "number", "airbyte_type": "integer"}, AirbyteType.INTEGER),
        ({"type": ["string", "integer"]}, AirbyteType.UNION),
        ({}, AirbyteType.UNION),
        ({"type": "null"}, AirbyteType.UNION),
    ],
)
def test_declared_types_are_understood(schema: dict[str, object], expected: AirbyteType) -> None:
    assert from_json_schema(schema) is expected


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        (pl.UInt8(), AirbyteType.INTEGER),
        (pl.Float32(), AirbyteType.NUMBER),
        (pl.Decimal(10, 2), AirbyteType.NUMBER),
        (pl.Datetime("ns"), AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE),
        (pl.Datetime("ms", "Europe/Paris"), AirbyteType.TIMESTAMP_WITH_TIMEZONE),
        (pl.List(pl.Int64()), AirbyteType.ARRAY),
        (pl.Struct({"a": pl.Int64()}), AirbyteType.OBJECT),
        (pl.Categorical(), AirbyteType.STRING),
    ],
)
def test_columns_of_files_get_their_airbyte_type(dtype: pl.DataType, expected: AirbyteType) -> None:
    assert from_polars(dtype) is expected


def test_every_type_has_a_polars_type() -> None:
    assert set(POLARS_TYPES) == set(AirbyteType)
