"""The merge law: any split of the rows, merged in any order, gives what all rows at once give.

Exact statistics must be equal, moments equal to 1e-11, distinct states equal to the last bit, ranks and frequencies
within the bound that the state itself carries. One property for each statistic, so that a broken `combine` has a name.
"""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal, localcontext
from random import Random
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.counts import CountState
from taskflow_profilemesh.profiling.decimal_totals import DecimalState
from taskflow_profilemesh.profiling.distinct import DistinctState
from taskflow_profilemesh.profiling.extremes import ExtremeState, number_extremes, text_extremes
from taskflow_profilemesh.profiling.hashing import hash_numbers
from taskflow_profilemesh.profiling.heavy_hitters import CAPACITY, HeavyHitterState
from taskflow_profilemesh.profiling.lengths import LengthState
from taskflow_profilemesh.profiling.moments import MomentState
from taskflow_profilemesh.profiling.profile import DecimalTotals
from taskflow_profilemesh.profiling.ranks import RankState
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers
from taskflow_profilemesh.profiling.special_values import SpecialValueState
from taskflow_profilemesh.profiling.totals import TotalState
from taskflow_profilemesh.profiling.truths import TruthState
from tests.laws.trees import cut, few_dozen, few_hundred, merge, merges, splits

integers = st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60)
floats = st.lists(st.floats(allow_subnormal=False), min_size=1, max_size=60)


def parts(numbers: NDArray[Any], shares: list[float]) -> list[SortedNumbers]:
    return [SortedNumbers.of(numbers[piece]) for piece in cut(len(numbers), shares)]


@few_hundred
@given(st.lists(st.booleans() | st.none(), max_size=50), splits, merges)
def test_counts_obey_the_law(cells: list[bool | None], shares: list[float], order: Random) -> None:
    pieces = [cells[piece] for piece in cut(len(cells), shares)]
    counted = merge([CountState(len(piece), piece.count(None)) for piece in pieces], CountState.combine, order)
    assert counted.combine(CountState.EMPTY) == CountState(len(cells), cells.count(None))
    assert counted.value_count == len(cells) - cells.count(None)


@few_hundred
@given(st.lists(st.booleans(), max_size=50), splits, merges)
def test_truths_obey_the_law(cells: list[bool], shares: list[float], order: Random) -> None:
    pieces = [cells[piece] for piece in cut(len(cells), shares)]
    states = [TruthState(piece.count(True), piece.count(False)) for piece in pieces]
    assert merge(states, TruthState.combine, order) == TruthState(cells.count(True), cells.count(False))


@few_hundred
@given(integers, splits, merges)
def test_totals_obey_the_law(values: list[int], shares: list[float], order: Random) -> None:
    states = [TotalState.of(part) for part in parts(np.array(values, np.int64), shares)]
    assert merge(states, TotalState.combine, order).total == sum(values)


@few_hundred
@given(
    st.lists(st.decimals(-(10**30), 10**30, places=3), min_size=1, max_size=40),
    st.sampled_from([34, 38]),
    splits,
    merges,
)
def test_decimal_totals_obey_the_law(values: list[Decimal], precision: int, shares: list[float], order: Random) -> None:
    cells = pl.Series(values, dtype=pl.Decimal(precision, 3))
    states = [DecimalState.of(cells[piece]) for piece in cut(len(values), shares)]
    with localcontext(prec=100):
        expected = DecimalTotals(min(values), max(values), sum(values, Decimal(0)))
    assert merge(states, DecimalState.combine, order).totals(value_count=len(values)) == expected


@few_hundred
@given(floats, splits, merges)
def test_extremes_obey_the_law(values: list[float], shares: list[float], order: Random) -> None:
    states = [number_extremes(part) for part in parts(np.array(values), shares)]
    finite = [value for value in values if math.isfinite(value)]
    expected = ExtremeState(min(finite, default=None), max(finite, default=None))
    assert merge(states, ExtremeState.combine, order) == expected


@few_hundred
@given(st.lists(st.text(max_size=4), max_size=40), splits, merges)
def test_text_extremes_obey_the_law(texts: list[str], shares: list[float], order: Random) -> None:
    pieces = [texts[piece] for piece in cut(len(texts), shares)]
    states = [text_extremes(min(piece, default=None), max(piece, default=None)) for piece in pieces]
    expected = ExtremeState(min(texts, default=None), max(texts, default=None))
    assert merge(states, ExtremeState.combine, order) == expected


@few_hundred
@given(floats, splits, merges)
def test_special_values_obey_the_law(values: list[float], shares: list[float], order: Random) -> None:
    numbers = np.array(values)
    states = [SpecialValueState.of(part) for part in parts(numbers, shares)]
    assert merge(states, SpecialValueState.combine, order) == SpecialValueState(
        zero_count=int((numbers == 0).sum()),
        negative_count=int((np.isfinite(numbers) & (numbers < 0)).sum()),
        nan_count=int(np.isnan(numbers).sum()),
        infinite_count=int(np.isinf(numbers).sum()),
    )


@few_hundred
@given(st.lists(st.integers(0, 300) | st.integers(0, 2**31), max_size=50), splits, merges)
def test_lengths_obey_the_law(lengths: list[int], shares: list[float], order: Random) -> None:
    whole = np.array(lengths, np.uint32)
    states = [LengthState.of(whole[piece]) for piece in cut(len(whole), shares)]
    merged, at_once = merge(states, LengthState.combine, order), LengthState.of(whole)
    assert (merged.count, merged.total, merged.blank_count) == (at_once.count, at_once.total, at_once.blank_count)
    assert (merged.minimum, merged.maximum) == (at_once.minimum, at_once.maximum)
    assert merged.bins.tolist() == at_once.bins.tolist()
    assert merged.mean == (sum(lengths) / len(lengths) if lengths else None)


@few_hundred
@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.sampled_from([0.0, 1e9, -1e15]),
    st.sampled_from([1.0, 1e-200, 1e200]),
    splits,
    merges,
)
def test_moments_obey_the_law(
    values: list[float], offset: float, unit: float, shares: list[float], order: Random
) -> None:
    numbers = (np.array(values) + offset) * unit
    whole = MomentState.of(SortedNumbers.of(numbers))
    merged = merge([MomentState.of(part) for part in parts(numbers, shares)], MomentState.combine, order)
    assert merged.count == len(numbers)
    spread = math.sqrt(whole.squares / whole.count)
    assert merged.exponent == whole.exponent
    assert merged.mean == pytest.approx(whole.mean, rel=1e-15, abs=1e-15 * spread)
    assert merged.squares == pytest.approx(whole.squares, rel=1e-11, abs=1e-280)
    assert merged.cubes == pytest.approx(whole.cubes, abs=1e-11 * whole.count * spread**3 + 1e-280)
    assert merged.fourths == pytest.approx(whole.fourths, rel=1e-11, abs=1e-280)


@few_dozen
@given(st.integers(1, 12_000), st.integers(0, 2**32), splits, merges)
def test_distinct_states_obey_the_law_to_the_last_bit(
    different: int, seed: int, shares: list[float], order: Random
) -> None:
    numbers = np.random.default_rng(seed).integers(0, different, 15_000)
    whole = DistinctState.of(SortedNumbers.of(numbers).frequencies())
    states = [DistinctState.of(part.frequencies()) for part in parts(numbers, shares)]
    merged = merge(states, DistinctState.combine, order)
    assert merged.cut == whole.cut
    assert merged.kept.hashes.tolist() == whole.kept.hashes.tolist()
    assert merged.kept.counts.tolist() == whole.kept.counts.tolist()
    truth = Counter(hash_numbers(numbers).tolist())
    assert merged.kept.counts.tolist() == [truth[hash_] for hash_ in merged.kept.hashes.tolist()]


@pytest.mark.parametrize("step", [2, 3000])
def test_a_part_that_brings_nothing_new_moves_no_cut(step: int) -> None:
    numbers = np.arange(10_000)
    whole = DistinctState.of(SortedNumbers.of(numbers).frequencies())
    part = DistinctState.of(SortedNumbers.of(numbers[::step]).frequencies())
    for merged in (whole.combine(part), part.combine(whole)):
        assert merged.cut == whole.cut
        assert merged.kept.hashes.tolist() == whole.kept.hashes.tolist()


def test_the_errors_of_heavy_hitters_add_up() -> None:
    too_many = SortedNumbers.of(np.arange(CAPACITY + 1)).frequencies()
    merged = HeavyHitterState.EMPTY
    for _ in range(5):
        merged = merged.combine(HeavyHitterState.of(too_many))
    assert (len(merged.kept.hashes), merged.error_rows) == (0, 5)


@few_dozen
@given(st.integers(1, 12_000), st.integers(0, 2**32), splits, merges)
def test_heavy_hitters_obey_the_law_within_their_error(
    different: int, seed: int, shares: list[float], order: Random
) -> None:
    numbers = np.random.default_rng(seed).zipf(1.2, 15_000) % different
    states = [HeavyHitterState.of(part.frequencies()) for part in parts(numbers, shares)]
    merged = merge(states, HeavyHitterState.combine, order)
    kept = dict(zip(merged.kept.hashes.tolist(), merged.kept.counts.tolist(), strict=True))
    assert merged.error_rows <= len(numbers) / (CAPACITY + 1)
    for hash_, count in Counter(hash_numbers(numbers).tolist()).items():
        assert count - merged.error_rows <= kept.get(hash_, 0) <= count


@few_dozen
@given(st.integers(0, 60_000), st.integers(0, 2**32), st.sampled_from([3, 10**9]), splits, merges)
def test_ranks_obey_the_law_within_their_bound(
    rows: int, seed: int, different: int, shares: list[float], order: Random
) -> None:
    numbers = np.random.default_rng(seed).integers(0, different, rows)
    states = [RankState.of(part.values) for part in parts(numbers, shares)]
    merged = merge(states, RankState.combine, order)
    assert merged.count == rows
    assert merged.error_rows <= 0.003 * rows
    points, ranks = merged.ranks()
    truth = np.searchsorted(np.sort(numbers), points, side="right")
    assert np.abs(truth - ranks).max(initial=0) <= merged.error_rows
