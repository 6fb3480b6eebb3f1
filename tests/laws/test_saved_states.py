"""A state that was saved and loaded merges to the same bits as one that was not, whatever the rows and their order."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from taskflow_profilemesh.profiling import ColumnSchema, DecimalTotals, Kind, TableSchema, TableState
from taskflow_profilemesh.profiling.saved_state import STATE_CLASSES, SavedState, load_state, save_state
from taskflow_profilemesh.profiling.state_codec import pack
from taskflow_profilemesh.tables import TableRef
from tests.laws.test_table_merge_law import SCHEMA, same_exact_values, state_of, table, within_bounds
from tests.laws.trees import cut, few_dozen, merge, merges, splits

PART = {"where": None}
AMOUNTS = TableSchema(TableRef("amounts"), (ColumnSchema("amount", Kind.DECIMAL, "numeric"),))


def reloaded(state: TableState) -> TableState:
    loaded = load_state(save_state(SavedState(state=state), part=PART), SCHEMA, part=PART)
    assert isinstance(loaded, SavedState), loaded
    return loaded.state


def bits(state: TableState) -> bytes:
    return pack({}, state.sketches(), STATE_CLASSES)


@settings(max_examples=25, deadline=None)
@given(st.integers(5_001, 20_000), st.sampled_from([0, 5_000]), splits, merges, st.integers(0, 2**32))
def test_a_saved_state_merges_to_the_same_bits_as_one_that_was_not(
    rows: int, small_rows: int, shares: list[float], order: Random, chosen: int
) -> None:
    frame = table(rows, seed=chosen % 100)
    states = [state_of(frame[piece], small_rows) for piece in cut(rows, shares)]
    some = np.random.default_rng(chosen).random(len(states)) < 0.7
    through = [reloaded(state) if saved else state for state, saved in zip(states, some, strict=True)]
    turns = order.getstate()
    directly = merge(states, TableState.combine, order)
    order.setstate(turns)
    indirectly = merge(through, TableState.combine, order)
    if all(state.row_count > small_rows or not state.row_count for state in states):  # none keeps rows
        assert bits(indirectly) == bits(directly)
    assert indirectly.row_count == directly.row_count
    for one, other in zip(indirectly.profile().columns, directly.profile().columns, strict=True):
        same_exact_values(one, other)
        within_bounds(one.distribution, frame.get_column(one.schema.name))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 20_000), st.integers(0, 99), st.sampled_from([0, 5_000, 50_000]))
def test_saving_twice_changes_no_bit(rows: int, seed: int, small_rows: int) -> None:
    state = state_of(table(rows, seed), small_rows)
    assert bits(reloaded(reloaded(state))) == bits(reloaded(state)) == bits(state)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 4_000), splits, merges)
def test_saved_states_of_few_rows_merge_within_their_bounds(rows: int, shares: list[float], order: Random) -> None:
    frame = table(rows, seed=1)
    fresh = [state_of(frame[piece], small_rows=50_000) for piece in cut(rows, shares)]
    merged = merge([reloaded(fresh[0]), *fresh[1:]], TableState.combine, order).profile()
    whole = state_of(frame, small_rows=50_000).profile()
    for one, other in zip(merged.columns, whole.columns, strict=True):
        assert (one.row_count, one.null_count, one.minimum, one.maximum) == (
            other.row_count,
            other.null_count,
            other.minimum,
            other.maximum,
        )
        within_bounds(one.distribution, frame.get_column(one.schema.name))


def amounts(values: list[Decimal], *, rounded: bool) -> SavedState:
    """Return the state of a decimal column that came as doubles, with the database's totals, or as decimals."""
    state = TableState.empty(AMOUNTS, small_rows=0)
    cells = pl.Series("amount", values, dtype=pl.Decimal(20, 2))
    state.add(pl.DataFrame([cells.cast(pl.Float64) if rounded else cells]))
    told = DecimalTotals(min(values), max(values), sum(values, Decimal(0))) if values else DecimalTotals(*[None] * 3)
    return SavedState(state=state, decimals={"amount": told} if rounded else {})


@few_dozen
@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=40), splits, merges, st.integers(0, 2**32))
def test_saved_decimals_obey_the_law_from_wherever_they_are_known(
    values: list[Decimal], shares: list[float], order: Random, chosen: int
) -> None:
    rounded = (np.random.default_rng(chosen).random(len(shares) + 1) < 0.5).tolist()
    pieces = zip(cut(len(values), shares), rounded, strict=True)
    states = [amounts(values[piece], rounded=one) for piece, one in pieces]
    whole = merge(states, SavedState.combine, order)
    (column,) = whole.state.profile(decimals=whole.decimals).columns
    assert column.numbers is not None
    assert (column.row_count, column.numbers.total) == (len(values), sum(values, Decimal(0)))
    assert (column.minimum, column.maximum) == (min(values), max(values))


def test_extreme_values_and_odd_texts_survive() -> None:
    frame = table(50, seed=3).with_columns(
        amount=pl.Series([float("inf"), float("-inf"), float("nan"), -0.0, 5e-324] * 10),
        name=pl.Series(["a\x00b", "", "größe 😀", '"', "x" * 500] * 10),
        key=pl.Series([2**63 - 1, -(2**63), 0, 1, None] * 10),
    )
    state = state_of(frame, small_rows=0)
    assert reloaded(state).profile() == state.profile()
