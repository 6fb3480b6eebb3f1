"""Airbyte's `source-hardcoded-records`: the same record again and again, which is all that it is for (load tests).

Configuration keys, stream names and columns are Airbyte's own; the values are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from mock_airbyte.sources.fitting import fit_rows
from mock_airbyte.sources.protocol import BATCH_ROWS, Batch, Column, Stream
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_airbyte.sources.protocol import Since

_S, _I, _T = AirbyteType.STRING, AirbyteType.INTEGER, AirbyteType.TIMESTAMP_WITH_TIMEZONE
_CREATED, _UPDATED = "2024-03-01T08:00:00+00:00", "2024-03-02T09:30:00+00:00"
_ADDRESS = {"id": 1, "address1": "Mill Lane 1", "city": "Ashford", "country_code": "GB", "default": True}
_RECORDS: Mapping[str, Mapping[str, tuple[AirbyteType, object]]] = {
    "products": {
        "id": (_I, 1),
        "make": (_S, "Alder"),
        "model": (_S, "Breeze"),
        "year": (_I, 2015),
        "price": (AirbyteType.NUMBER, 3100),
        "created_at": (_T, _CREATED),
        "updated_at": (_T, _UPDATED),
    },
    "customers": {
        "id": (_I, 4_000_000_001),
        "email": (_S, "ada@example.com"),
        "created_at": (_T, _CREATED),
        "updated_at": (_T, _UPDATED),
        "first_name": (_S, "Ada"),
        "last_name": (_S, "Abara"),
        "orders_count": (_I, 0),
        "state": (_S, "enabled"),
        "total_spent": (AirbyteType.NUMBER, 0.0),
        "verified_email": (AirbyteType.BOOLEAN, True),
        "note": (_S, None),
        "currency": (_S, "EUR"),
        "phone": (_S, "+440000000000"),
        "addresses": (AirbyteType.ARRAY, [_ADDRESS]),
        "default_address": (AirbyteType.OBJECT, _ADDRESS),
        "shop_url": (_S, "shop.example.com"),
    },
    "dummy_fields": {f"field{number}": (_S, f"value{number}") for number in range(1, 6)},
}


def _stream(name: str) -> Stream:
    columns = tuple(Column(column, kind) for column, (kind, _) in _RECORDS[name].items())
    keyed = "id" in _RECORDS[name]
    return Stream(name, columns, primary_key=("id",) if keyed else (), cursor="updated_at" if keyed else None)


@dataclass(frozen=True, slots=True)
class HardcodedSource:
    """Hands out `count` equal records per stream."""

    count: int

    def check(self) -> None:
        """Do nothing: the records are always there."""

    def streams(self) -> tuple[Stream, ...]:
        """Describe the three streams."""
        return tuple(_stream(name) for name in _RECORDS)

    def batches(self, stream: Stream, _: Since | None = None) -> Iterator[Batch]:
        """Yield the stream's record, `count` times."""
        record = {name: value for name, (_, value) in _RECORDS[stream.name].items()}
        one = fit_rows([record], stream.columns).frame
        for start in range(0, self.count, BATCH_ROWS):
            height = min(BATCH_ROWS, self.count - start)
            yield Batch(one.select(pl.all().repeat_by(height).explode()))


def open_hardcoded(configuration: Mapping[str, Any]) -> HardcodedSource:
    """Open `{"count": 1000}`."""
    return HardcodedSource(int(configuration.get("count", 1000)))
