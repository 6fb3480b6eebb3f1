from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.reading.ranges import key_ranges, page_ranges


def test_pages_are_shared_out_and_the_last_range_is_open() -> None:
    assert page_ranges(25, pages_per_range=10) == (
        "ctid < '(10,0)'::tid",
        "ctid >= '(10,0)'::tid and ctid < '(20,0)'::tid",
        "ctid >= '(20,0)'::tid",
    )


def test_what_fits_one_range_is_not_cut() -> None:
    assert page_ranges(10, pages_per_range=10) == ()
    assert page_ranges(0, pages_per_range=10) == ()
    assert key_ranges("k", 1, 100, count=1, nullable=True) == ()


def test_a_nullable_key_has_a_range_for_its_nulls() -> None:
    assert key_ranges("k", 1, 10, count=2, nullable=True) == ("k < 6", "k >= 6", "k is null")


@given(
    keys=st.lists(st.none() | st.integers(-(2**62), 2**62), max_size=30),
    count=st.integers(1, 9),
    strangers=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
)
def test_every_row_is_in_exactly_one_range_those_beyond_the_bounds_too(
    keys: list[int | None], count: int, strangers: list[int]
) -> None:
    known = [key for key in keys if key is not None] or [0]
    ranges = key_ranges("k", min(known), max(known), count=count, nullable=True) or ("true",)
    database = sqlite3.connect(":memory:")
    database.execute("create table t(k integer)")
    database.executemany("insert into t values (?)", [(key,) for key in [*keys, *strangers]])
    found = [row[0] for condition in ranges for row in database.execute(f"select k from t where {condition}")]
    database.close()
    assert sorted(map(repr, found)) == sorted(map(repr, [*keys, *strangers]))
    assert len(ranges) <= count + 1
