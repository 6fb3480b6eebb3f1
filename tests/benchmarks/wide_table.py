"""The table of the profiling benchmarks: 22 columns of the kinds that warehouses are made of, the same for each seed.

Integers of three widths, decimals, floats, dates, timestamps with and without a zone, booleans, texts from one value to
one per row, uuids, JSON documents, a column of nulls and a constant one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ROWS = 1_000_000
SEED = 7
_CHUNK_ROWS = 250_000
_FIRST_DAY = 18_262  # 2020-01-01, in days since 1970
_FIVE_YEARS = 5 * 365 * 86_400
_US = 1_000_000
_TEXT = "Sync the orders, count what came, compare it with yesterday, and say so before anybody builds a report on it. "
_COUNTRIES = ("US", "DE", "FR", "GB", "IN", "BR", "JP", "CN", "ES", "IT", *(f"X{number}" for number in range(40)))
_STATUSES = ("active", "closed", "pending", "suspended", "NEW ")

DECLARED = """id bigint, customer_id integer, qty smallint, price numeric(12, 2), discount double precision,
score double precision, ratio real, zipf_id bigint, order_date date, created timestamptz, updated timestamp,
is_active boolean, status text, country varchar(4), category text, email text, full_name text, uid uuid, attrs jsonb,
note text, all_null text, constant text"""


def _uuid(column: pl.Expr) -> pl.Expr:
    cuts = ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))
    return pl.concat_str([column.str.slice(start, length) for start, length in cuts], separator="-")


_DOCUMENT = pl.concat_str(
    [
        pl.lit('{"k": '),
        pl.col("category"),
        pl.lit(', "s": "'),
        pl.col("status"),
        pl.lit('", "t": ['),
        pl.col("words"),
        pl.lit(", "),
        pl.col("qty"),
        pl.lit("]}"),
    ]
)
_COLUMNS: Mapping[str, pl.Expr] = {
    **{name: pl.col(name) for name in ("id", "customer_id", "qty")},
    "price": pl.col("price").cast(pl.Decimal(12, 2)),
    **{name: pl.col(name) for name in ("discount", "score", "ratio", "zipf_id")},
    "order_date": pl.col("order_date").cast(pl.Date),
    "created": pl.col("created").cast(pl.Datetime("us", "UTC")),
    "updated": pl.col("updated").cast(pl.Datetime("us")),
    **{name: pl.col(name) for name in ("is_active", "status", "country")},
    "category": pl.format("cat-{}", pl.col("category").cast(pl.String).str.zfill(4)),
    "email": pl.format(
        "user{}@{}.example.com", pl.col("id") % 2_000_003 + pl.col("words"), pl.col("country").str.to_lowercase()
    ),
    "full_name": pl.format("Name {} {}", pl.col("person"), pl.col("status")),
    "uid": _uuid(pl.col("uid")),
    "attrs": _DOCUMENT,
    "note": pl.concat_str(
        [pl.lit(_TEXT * 2).str.slice(0, pl.col("words") * 6 + 5), pl.lit(" #"), pl.col("customer_id")]
    ),
    "all_null": pl.lit(None, dtype=pl.String),
    "constant": pl.lit("v1"),
}
_HOLES: Mapping[str, float] = {
    "score": 0.08,
    "updated": 0.3,
    "is_active": 0.02,
    "country": 0.05,
    "attrs": 0.4,
    "note": 0.2,
}  # the share of nulls


def chunks(rows: int, *, seed: int = SEED, first: int = 0) -> Iterator[pl.DataFrame]:
    """Yield so many of the table's rows, from `first` on, in parts; each depends on the seed and its place alone."""
    end = first + rows
    for start in range(first, end, _CHUNK_ROWS):
        yield _chunk(np.random.default_rng([seed, start]), start, min(_CHUNK_ROWS, end - start))


def load(url: str, name: str, rows: int, *, seed: int = SEED) -> None:
    """Create the table in PostgreSQL and fill it; it is vacuumed and analysed, as a warehouse's tables are."""
    table = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(sql.SQL("create table {} ({})").format(table, sql.SQL(DECLARED)))
        _fill(cursor, table, chunks(rows, seed=seed))
        cursor.execute(sql.SQL("vacuum analyze {}").format(table))


def append(url: str, name: str, rows: int, *, first: int, seed: int = SEED) -> None:
    """Add rows, the first of them with the id `first`, as a sync does: nobody vacuums after it."""
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        _fill(cursor, sql.Identifier(name), chunks(rows, seed=seed, first=first))


def copy(url: str, name: str, source: str) -> None:
    """Create a table that holds the same rows as another one."""
    with psycopg.connect(url, autocommit=True) as connection:
        table = sql.Identifier(name)
        connection.execute(sql.SQL("create table {} as table {}").format(table, sql.Identifier(source)))
        connection.execute(sql.SQL("vacuum analyze {}").format(table))


def partition(url: str, name: str, source: str, days: Sequence[date]) -> None:
    """Create a table of another one's rows, spread evenly over partitions, one for each day of a 23rd column."""
    table = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection:
        create = "create table {} (like {}, loaded_on date not null) partition by list (loaded_on)"
        connection.execute(sql.SQL(create).format(table, sql.Identifier(source)))
        for number, day in enumerate(days):
            part = sql.Identifier(f"{name}_{number}")
            create = "create table {} partition of {} for values in ({})"
            connection.execute(sql.SQL(create).format(part, table, sql.Literal(day)))
        spread = "insert into {} select *, ({}::date[])[1 + id % {}] from {}"
        values = (table, sql.Literal(list(days)), sql.Literal(len(days)), sql.Identifier(source))
        connection.execute(sql.SQL(spread).format(*values))
        connection.execute(sql.SQL("vacuum analyze {}").format(table))


def drop(url: str, *names: str) -> None:
    """Drop tables, where they exist."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("drop table if exists {}").format(sql.Identifier(name)))


def write(path: Path, rows: int, *, seed: int = SEED) -> None:
    """Write the table as one Parquet file."""
    pl.concat(chunks(rows, seed=seed)).write_parquet(path)


def _fill(cursor: psycopg.Cursor, table: sql.Identifier, frames: Iterable[pl.DataFrame]) -> None:
    with cursor.copy(sql.SQL("copy {} from stdin (format csv, null '\\N')").format(table)) as copying:
        for frame in frames:
            copying.write(frame.write_csv(include_header=False, null_value="\\N"))


def _chunk(random: np.random.Generator, start: int, rows: int) -> pl.DataFrame:
    drawn = pl.DataFrame(_drawn(random, start, rows))
    holes = {name: pl.Series(random.random(rows) < share) for name, share in _HOLES.items()}
    return drawn.select(
        pl.when(~holes[name]).then(value).alias(name) if name in holes else value.alias(name)
        for name, value in _COLUMNS.items()
    )


def _drawn(random: np.random.Generator, start: int, rows: int) -> dict[str, NDArray[Any]]:
    created = (_FIRST_DAY * 86_400 + random.integers(0, _FIVE_YEARS, rows)) * _US
    return {
        "id": np.arange(start, start + rows),
        "customer_id": random.integers(1, 800_000, rows, dtype=np.int32),
        "qty": random.poisson(4, rows).astype(np.int16),
        "price": np.round(random.lognormal(3.5, 1.1, rows), 2),
        "discount": np.where(random.random(rows) < 0.5, 0.0, np.round(random.random(rows) * 0.4, 4)),
        "score": random.normal(0, 1, rows),
        "ratio": random.random(rows).astype(np.float32),
        "zipf_id": np.minimum(random.zipf(1.3, rows), 200_000),
        "order_date": (_FIRST_DAY + random.integers(0, 1826, rows)).astype(np.int32),
        "created": created,
        "updated": created + random.integers(0, 30 * 86_400 * _US, rows),
        "is_active": random.random(rows) < 0.73,
        "status": np.array(_STATUSES)[random.choice(5, rows, p=[0.6, 0.2, 0.12, 0.05, 0.03])],
        "country": np.array(_COUNTRIES)[np.minimum(random.geometric(0.12, rows) - 1, 49)],
        "category": random.integers(0, 1_500, rows),
        "person": random.integers(0, 60_000, rows),
        "words": random.integers(0, 30, rows),
        "uid": _hex(random, rows),
    }


def _hex(random: np.random.Generator, rows: int) -> NDArray[Any]:
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)[random.integers(0, 16, (rows, 32))]
    return digits.view("S32").ravel().astype("U32")
