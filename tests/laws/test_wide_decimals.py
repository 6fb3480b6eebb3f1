"""Decimals of any digits: equal ones are one value and different ones are two, however they come."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.profiling.table import TableState
from taskflow_profilemesh.profiling.wide_decimals import told_apart
from taskflow_profilemesh.tables import TableRef
from tests.laws.trees import cut, few_dozen, few_hundred, merge, merges, splits

PRICES = TableSchema(TableRef("t"), (ColumnSchema("price", Kind.DECIMAL, "numeric"),))
# whole numbers around each power of ten, with zeros at their ends and without, in units of 1, 0.1, …
digits = (
    st.integers(-(10**6), 10**6) | st.integers(-(10**27), 10**27) | st.sampled_from([10**15 - 1, 10**15, 10**15 + 1])
)
decimals = st.builds(
    lambda units, zeros, places: Decimal(units).scaleb(zeros - places), digits, st.integers(0, 4), st.integers(0, 4)
)


def _cells(values: list[Decimal | None], scale: int) -> pl.Series:
    return pl.Series("price", values, dtype=pl.Decimal(38, scale))


def _apart(values: list[Decimal | None], scale: int) -> list[float]:
    cells = _cells(values, scale)
    doubles = cells.drop_nulls().cast(pl.Float64).to_numpy()
    found = told_apart(cells, doubles)
    told: list[float] = (doubles if found is None else found).tolist()
    return told


@few_hundred
@given(st.lists(decimals | st.none(), min_size=1, max_size=20), st.integers(4, 6), st.integers(4, 6))
def test_what_stands_for_a_decimal_depends_on_nothing_but_its_value(
    values: list[Decimal | None], one: int, other: int
) -> None:
    held = [value for value in values if value is not None]
    together = _apart(values, one)
    alone = [_apart([value], other)[0] for value in held]
    assert together == alone
    assert all(np.isfinite(together))
    assert len(set(together)) == len(set(held))
    for value, double in zip(held, together, strict=True):
        if len(value.normalize().as_tuple().digits) <= 15:
            assert double == float(value)


@few_dozen
@given(
    st.lists(decimals | st.none(), min_size=1, max_size=40),
    splits,
    merges,
    st.integers(0, 2**32),
    st.sampled_from([0, 50_000]),
)
def test_distinct_decimals_and_duplicate_rows_obey_the_law(
    values: list[Decimal | None], shares: list[float], order: Random, chosen: int, rows: int
) -> None:
    values = values + values[: len(values) // 2]
    scales = np.random.default_rng(chosen).integers(4, 7, len(shares) + 1).tolist()
    states = []
    for piece, scale in zip(cut(len(values), shares), scales, strict=True):
        state = TableState.empty(PRICES, small_rows=rows)
        state.add(pl.DataFrame([_cells(values[piece], scale)]))
        states.append(state)
    profile = merge(states, TableState.combine, order).profile()
    distinct, duplicates = profile.columns[0].distinct, profile.duplicates
    assert distinct is not None
    assert (distinct.count, distinct.is_rounded) == (len({value for value in values if value is not None}), False)
    assert duplicates is not None
    assert (duplicates.distinct_count, duplicates.is_rounded) == (len(set(values)), False)
