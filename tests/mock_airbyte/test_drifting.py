from __future__ import annotations

import pytest

from mock_airbyte.drifting import Drift, DriftedSource
from mock_airbyte.sources.inline import InlineSource
from mock_airbyte.sources.protocol import Column, Stream
from mock_airbyte.types import AirbyteType

STREAM = Stream(
    "people",
    (Column("id", AirbyteType.INTEGER), Column("age", AirbyteType.INTEGER), Column("at", AirbyteType.DATE)),
    primary_key=("id",),
    cursor="at",
)
ROWS = [{"id": 1, "age": 36, "at": "2026-01-01"}]


@pytest.mark.parametrize(
    ("drift", "columns"),
    [
        (Drift(), ["id integer", "age integer", "at date", "drifted string"]),
        (Drift(adds=None, removes_last=True), ["id integer", "at date"]),
        (Drift(adds=None, last_becomes_text=True), ["id integer", "age string", "at date"]),
    ],
)
def test_a_drift_spares_the_key_and_the_cursor(drift: Drift, columns: list[str]) -> None:
    source = DriftedSource(InlineSource([(STREAM, ROWS)]), drift)
    source.check()
    (stream,) = source.streams()
    assert [f"{column.name} {column.type}" for column in stream.columns] == columns
    (batch,) = source.batches(stream)
    assert batch.frame.columns == [column.name for column in stream.columns]


def test_rows_have_the_new_types_and_the_new_column() -> None:
    source = DriftedSource(InlineSource([(STREAM, ROWS)]), Drift(last_becomes_text=True))
    (batch,) = source.batches(DriftedSource(InlineSource([(STREAM, ROWS)]), Drift(last_becomes_text=True)).streams()[0])
    assert batch.frame.select("id", "age", "drifted").rows() == [(1, "36", "new")]
