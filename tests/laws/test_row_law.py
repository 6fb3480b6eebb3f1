"""The merge law for whole rows and Airbyte's signals: bit-identical samples, exact pairs, orders that are forgotten."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.profiling.measures import measure
from taskflow_profilemesh.profiling.null_pairs import NullPairState
from taskflow_profilemesh.profiling.order import OrderState
from taskflow_profilemesh.profiling.profile import Monotonicity
from taskflow_profilemesh.profiling.row_hashes import row_hashes
from taskflow_profilemesh.profiling.row_sample import ROWS, RowSample
from taskflow_profilemesh.profiling.rows import RowState
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.sync_signals import SignalState
from tests.laws.trees import cut, few_dozen, few_hundred, merge, merges, splits

KINDS = (Kind.INTEGER, Kind.FLOAT, Kind.TEXT, Kind.JSON, Kind.BOOLEAN)
PAIRED = frozenset(range(len(KINDS)))


def rows(count: int, different: int, seed: int) -> pl.DataFrame:
    """Rows in physical types, of which so many differ, with nulls here and there."""
    key = np.random.default_rng(seed).integers(0, different, count)
    return pl.DataFrame({"0": key}).select(
        pl.when(pl.col("0") % 7 != 0).then(pl.col("0")).alias("0"),
        pl.when(pl.col("0") % 5 != 0).then(pl.col("0") / 8 - 20).alias("1"),
        pl.when(pl.col("0") % 3 != 0).then(pl.format("n-{}", pl.col("0"))).alias("2"),
        pl.concat_str(pl.lit('{"k'), pl.col("0") % 4, pl.lit('": 1}')).alias("3"),
        (pl.col("0") % 2 == 0).alias("4"),
    )


def sample_of(frame: pl.DataFrame) -> RowSample:
    return RowSample.of(frame, hashes_of(frame), KINDS)


def hashes_of(frame: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    measured, _ = measure(frame, KINDS)
    return row_hashes(frame, measured)


def state_of(frame: pl.DataFrame) -> RowState:
    measured, _ = measure(frame, KINDS)
    return RowState.EMPTY.add(frame, measured, KINDS, paired=PAIRED, exact=False)


def same_sample(one: RowSample, other: RowSample) -> None:
    assert one.hashes.tolist() == other.hashes.tolist()
    assert one.numbers.tobytes() == other.numbers.tobytes()
    assert one.types.tolist() == other.types.tolist()
    assert (one.shapes, one.keys) == (other.shapes, other.keys)


@few_dozen
@given(st.integers(2, 6000), st.sampled_from([1, 300, 10**6]), st.integers(0, 99), splits, merges)
def test_row_samples_obey_the_law_to_the_last_bit(
    count: int, different: int, seed: int, shares: list[float], order: Random
) -> None:
    frame = rows(count, different, seed)
    whole = sample_of(frame)
    merged = merge([sample_of(frame[piece]) for piece in cut(count, shares)], RowSample.combine, order)
    same_sample(merged, whole)
    assert whole.hashes.tolist() == sorted(set(hashes_of(frame).tolist()))[:ROWS]


@few_dozen
@given(st.integers(2, 12_000), st.sampled_from([1, 300, 10**6]), st.integers(0, 99), splits, merges)
def test_rows_obey_the_law_to_the_last_bit(
    count: int, different: int, seed: int, shares: list[float], order: Random
) -> None:
    frame = rows(count, different, seed)
    whole = state_of(frame)
    merged = merge([state_of(frame[piece]) for piece in cut(count, shares)], RowState.combine, order)
    assert merged.distinct.kept.hashes.tolist() == whole.distinct.kept.hashes.tolist()
    assert merged.distinct.kept.counts.tolist() == whole.distinct.kept.counts.tolist()
    assert merged.distinct.cut == whole.distinct.cut
    same_sample(merged.sample, whole.sample)
    truth = Counter(hashes_of(frame).tolist())
    assert merged.weights.tolist() == [truth[hash_] for hash_ in merged.sample.hashes.tolist()]


@few_dozen
@given(st.integers(1, 3000), st.integers(0, 99), splits)
def test_batches_of_any_size_give_the_same_rows(count: int, seed: int, shares: list[float]) -> None:
    frame = rows(count, 10**6, seed)
    state = RowState.EMPTY
    for piece in cut(count, shares):
        measured, _ = measure(frame[piece], KINDS)
        state = state.add(frame[piece], measured, KINDS, paired=PAIRED, exact=False)
    whole = state_of(frame)
    same_sample(state.sample, whole.sample)
    assert state.distinct.kept.counts.tolist() == whole.distinct.kept.counts.tolist()
    assert state.null_pairs == whole.null_pairs


@few_hundred
@given(st.lists(st.tuples(*[st.none() | st.integers(0, 9)] * 4), min_size=1, max_size=200), splits, merges)
def test_null_pairs_obey_the_law(cells: list[tuple[int | None, ...]], shares: list[float], order: Random) -> None:
    held = np.array([[cell is not None for cell in row] for row in cells])
    states = [
        NullPairState.of({place: held[piece, place] for place in range(4) if not held[piece, place].all()})
        for piece in cut(len(cells), shares)
    ]
    merged = merge(states, NullPairState.combine, order)
    names = {place: str(place) for place in range(4)}
    found = merged.describe(names, {place: int((~held[:, place]).sum()) for place in range(4)})
    for left in range(4):
        for right in range(left + 1, 4):
            truth = sum(row[left] is None and row[right] is None for row in cells)
            counts = [pair.both_count for pair in found if (pair.left, pair.right) == (str(left), str(right))]
            assert counts == [truth] * (truth > 0)


@few_hundred
@given(
    st.lists(st.tuples(st.none() | st.integers(0, 10**6), st.integers(0, 300), st.booleans()), max_size=40),
    splits,
    merges,
)
def test_signals_obey_the_law(cells: list[tuple[int | None, int, bool]], shares: list[float], order: Random) -> None:
    start = datetime(2026, 1, 1)  # noqa: DTZ001 -- a naive column is read as UTC
    frame = pl.DataFrame(
        {
            "_airbyte_extracted_at": [None if at is None else start + timedelta(seconds=at) for at, _, _ in cells],
            "_airbyte_generation_id": [generation for _, generation, _ in cells],
            "_airbyte_meta": [changed for _, _, changed in cells],
        },
        schema={"_airbyte_extracted_at": pl.Datetime, "_airbyte_generation_id": pl.Int64, "_airbyte_meta": pl.Boolean},
    )
    merged = merge([SignalState.of(frame[piece]) for piece in cut(len(cells), shares)], SignalState.combine, order)
    assert merged.combine(SignalState.EMPTY) == SignalState.of(frame) == merged
    assert (merged.meta_rows, merged.changed_rows) == (len(cells), sum(changed for *_, changed in cells))
    assert merged.generations == tuple(sorted({generation for _, generation, _ in cells})[-100:])


@few_hundred
@given(st.lists(st.integers(0, 3) | st.floats(), max_size=20), splits)
def test_rows_that_follow_each_other_have_the_order_of_all(values: list[float], shares: list[float]) -> None:
    cells = np.array(values, np.float64)
    state = OrderState.EMPTY
    for piece in cut(len(values), shares):
        state = state.then(OrderState.of(cells[piece]))
    assert state.monotonicity == OrderState.of(cells).monotonicity
    if values == sorted(values) and len(set(values)) > 1 and not np.isnan(cells).any():
        assert state.monotonicity is Monotonicity.INCREASING


@few_hundred
@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), splits, merges)
def test_orders_obey_the_law_by_forgetting(values: list[int], shares: list[float], order: Random) -> None:
    cells = np.array(values)
    states = [OrderState.of(cells[piece]) for piece in cut(len(values), shares)]
    merged = merge(states, OrderState.combine, order)
    filled = [state for state in states if state.first is not None]
    assert merged == (filled[0] if len(filled) == 1 else OrderState.UNKNOWN)
