"""Airbyte's `source-faker`: users, products and purchases, generated in the process with NumPy and Polars.

Configuration keys, stream names and columns are Airbyte's own; the values are not. The same seed and count give
the same rows. A random generator is made per batch
(`numpy.random.default_rng([seed, stream, batch])`), so memory stays bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from mock_airbyte.sources import faker_words as words
from mock_airbyte.sources.fitting import fit_frame
from mock_airbyte.sources.protocol import BATCH_ROWS, Column, Stream
from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mock_airbyte.sources.protocol import Batch, Since

_ADDRESS = ("street_number", "street_name", "city", "state", "postal_code", "country_code")
_Ids = np.ndarray[Any, np.dtype[np.int64]]

_PRODUCTS = 100
_DAY_SECONDS = 86_400
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_FIRST_UPDATE = datetime(2024, 1, 1, tzinfo=UTC)

_S, _I, _T = AirbyteType.STRING, AirbyteType.INTEGER, AirbyteType.TIMESTAMP_WITH_TIMEZONE
_COLUMNS: Mapping[str, Mapping[str, AirbyteType]] = {
    "users": {
        "id": _I,
        "created_at": _T,
        "updated_at": _T,
        "name": _S,
        "title": _S,
        "age": _I,
        "email": _S,
        "telephone": _S,
        "gender": _S,
        "language": _S,
        "academic_degree": _S,
        "nationality": _S,
        "occupation": _S,
        "height": _S,
        "blood_type": _S,
        "weight": _I,
        "address": AirbyteType.OBJECT,
    },
    "products": {
        "id": _I,
        "make": _S,
        "model": _S,
        "year": _I,
        "price": AirbyteType.NUMBER,
        "created_at": _T,
        "updated_at": _T,
    },
    "purchases": {
        "id": _I,
        "product_id": _I,
        "user_id": _I,
        "created_at": _T,
        "updated_at": _T,
        "added_to_cart_at": _T,
        "purchased_at": _T,
        "returned_at": _T,
    },
}
_STREAMS = tuple(
    Stream(
        name=name,
        columns=tuple(Column(column, kind) for column, kind in columns.items()),
        primary_key=("id",),
        cursor="updated_at",
    )
    for name, columns in _COLUMNS.items()
)


@dataclass(frozen=True, slots=True)
class FakerSource:
    """Generates rows. `updated_at`: None gives every row a time of its own that never changes."""

    count: int
    seed: int
    updated_at: datetime | None

    def check(self) -> None:
        """Do nothing: what is generated is always there."""

    def streams(self) -> tuple[Stream, ...]:
        """Describe the three streams."""
        return _STREAMS

    def batches(self, stream: Stream, _: Since | None = None) -> Iterator[Batch]:
        """Yield the stream's rows."""
        total = _PRODUCTS if stream.name == "products" else self.count
        for number, start in enumerate(range(0, total, BATCH_ROWS)):
            ids = np.arange(start + 1, min(start + BATCH_ROWS, total) + 1)
            wanted = [column.name for column in stream.columns if column.name in _COLUMNS[stream.name]]
            rows = self._rows(stream.name, number, ids).select(wanted).collect(engine="in-memory")
            yield fit_frame(rows, stream.columns)

    def _rows(self, stream: str, number: int, ids: _Ids) -> pl.LazyFrame:
        """Draw every column, whatever is wanted, so that its values stay the same; texts are made if they are."""
        draw = _Draw(np.random.default_rng([self.seed, list(_COLUMNS).index(stream), number]), len(ids))
        made = {"users": _users, "products": _products, "purchases": _purchases}[stream](draw, ids, self.count)
        created = draw.moments(_BEGINNING, 365 * 4)
        return made.with_columns(created_at=created, updated_at=self._updated(ids))

    def _updated(self, ids: _Ids) -> pl.Series:
        if self.updated_at is not None:
            return pl.repeat(self.updated_at, len(ids), dtype=pl.Datetime("us", "UTC"), eager=True)
        return _moments(_FIRST_UPDATE, ids)


def open_faker(configuration: Mapping[str, Any], *, seed: int, now: datetime) -> FakerSource:
    """Open `{"count": 1000, "seed": -1, "always_updated": true}`; seed -1 takes `seed`."""
    own_seed = int(configuration.get("seed", -1))
    return FakerSource(
        count=int(configuration.get("count", 1000)),
        seed=own_seed if own_seed >= 0 else abs(seed),
        updated_at=now if configuration.get("always_updated", True) else None,
    )


class _Draw:
    """Random columns of one length."""

    def __init__(self, random: np.random.Generator, size: int) -> None:
        self._random, self._size = random, size

    def words(self, pool: Sequence[str]) -> pl.Series:
        return pl.Series(pool).gather(self.numbers(0, len(pool)))

    def numbers(self, low: int, high: int) -> pl.Series:
        return pl.Series(self._random.integers(low, high, size=self._size))

    def chance(self, share: float) -> pl.Series:
        return pl.Series(self._random.random(self._size) < share)

    def moments(self, start: datetime, days: int) -> pl.Series:
        return _moments(start, self._random.integers(0, days * _DAY_SECONDS, size=self._size))


def _moments(start: datetime, seconds: _Ids) -> pl.Series:
    micros = seconds * 1_000_000 + int(start.timestamp()) * 1_000_000
    return pl.Series(micros).cast(pl.Datetime("us", "UTC"))


def _users(draw: _Draw, ids: _Ids, _: int) -> pl.LazyFrame:
    people = pl.LazyFrame(
        {
            "id": ids,
            "first": draw.words(words.FIRST_NAMES),
            "last": draw.words(words.LAST_NAMES),
            "title": draw.words(words.TITLES),
            "age": draw.numbers(18, 95),
            "phone": draw.numbers(2_000_000_000, 9_999_999_999),
            "gender": draw.words(words.GENDERS),
            "language": draw.words(words.LANGUAGES),
            "academic_degree": draw.words(words.DEGREES),
            "nationality": draw.words(words.NATIONALITIES),
            "occupation": draw.words(words.OCCUPATIONS),
            "metres": draw.numbers(150, 205) / 100,
            "blood_type": draw.words(words.BLOOD_TYPES),
            "weight": draw.numbers(45, 120),
            **_address(draw),
        }
    )
    return people.with_columns(
        address=pl.struct(_ADDRESS).struct.json_encode(),
        name=pl.format("{} {}", "first", "last"),
        email=pl.format("{}.{}{}@example.com", "first", "last", "id").str.to_lowercase(),
        telephone=pl.format("+{}", "phone"),
        height=pl.col("metres").round(2).cast(pl.String),
    )


def _address(draw: _Draw) -> dict[str, pl.Series]:
    return {
        "street_number": draw.numbers(1, 1_500).cast(pl.String),
        "street_name": draw.words(words.STREETS),
        "city": draw.words(words.CITIES),
        "state": draw.words(words.STATES),
        "postal_code": draw.numbers(10_000, 99_999).cast(pl.String),
        "country_code": draw.words(words.COUNTRIES),
    }


def _products(draw: _Draw, ids: _Ids, _: int) -> pl.LazyFrame:
    place = ids - 1
    return pl.LazyFrame(
        {
            "id": ids,
            "make": pl.Series(words.MAKES).gather(place // len(words.MODELS)),
            "model": pl.Series(words.MODELS).gather(place % len(words.MODELS)),
            "year": draw.numbers(1990, 2026),
            "price": draw.numbers(500, 90_000),
        }
    )


def _purchases(draw: _Draw, ids: _Ids, users: int) -> pl.LazyFrame:
    frame = pl.LazyFrame(
        {
            "id": ids,
            "product_id": draw.numbers(1, _PRODUCTS + 1),
            "user_id": draw.numbers(1, max(users, 1) + 1),
            "added_to_cart_at": draw.moments(_BEGINNING, 365 * 4),
            "hours_to_buy": draw.numbers(0, 72),
            "days_to_return": draw.numbers(1, 30),
            "bought": draw.chance(0.7),
            "returned": draw.chance(0.1),
        }
    )
    bought = pl.col("added_to_cart_at") + pl.duration(hours="hours_to_buy")
    return frame.with_columns(
        purchased_at=pl.when("bought").then(bought),
        returned_at=pl.when(pl.col("bought") & pl.col("returned")).then(bought + pl.duration(days="days_to_return")),
    )
