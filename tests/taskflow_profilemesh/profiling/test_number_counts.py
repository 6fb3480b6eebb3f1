"""Exact statistics of numbers: totals, extremes, special values, hashes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.extremes import ExtremeState, number_extremes, text_extremes
from taskflow_profilemesh.profiling.hashing import HASH_STAMP, hash_numbers, unhash_numbers
from taskflow_profilemesh.profiling.sorted_numbers import SortedNumbers
from taskflow_profilemesh.profiling.special_values import SpecialValueState
from taskflow_profilemesh.profiling.totals import TotalState


@pytest.mark.parametrize(
    "numbers",
    [
        np.array([2**62] * 8, np.int64),
        np.array([-(2**63)] * 3 + [2**63 - 1], np.int64),
        np.array([2**64 - 1, 2**64 - 1, 5], np.uint64),
        np.array([127, -128, 127], np.int8),
        np.arange(100_000, dtype=np.int32),
        np.empty(0, np.int64),
    ],
)
def test_integer_totals_never_wrap(numbers: NDArray[Any]) -> None:
    assert TotalState.of(SortedNumbers.of(numbers)).total == sum(numbers.tolist())


def test_special_values_are_counted_and_kept_out_of_the_rest() -> None:
    numbers = SortedNumbers.of(np.array([np.nan, -0.0, 0.0, -2.5, np.inf, -np.inf, np.nan, 7.0, -np.inf]))
    assert numbers.values.tolist() == [-2.5, 0.0, 0.0, 7.0]
    assert SpecialValueState.of(numbers) == SpecialValueState(
        zero_count=2, negative_count=1, nan_count=2, infinite_count=3
    )
    assert number_extremes(numbers) == ExtremeState(-2.5, 7.0)


def test_every_special_value_is_one_value_with_its_count() -> None:
    frequencies = SortedNumbers.of(np.array([np.nan, -0.0, 0.0, np.inf, np.nan, -np.inf])).frequencies()
    values = unhash_numbers(frequencies.hashes, dtype=np.float64)
    found = {str(value): count for value, count in zip(values.tolist(), frequencies.counts.tolist(), strict=True)}
    assert found == {"nan": 2, "0.0": 2, "inf": 1, "-inf": 1}


def test_extremes_of_integers_are_python_integers() -> None:
    extremes = number_extremes(SortedNumbers.of(np.array([2**63 - 1, -5], np.int64)))
    assert (extremes.minimum, extremes.maximum) == (-5, 2**63 - 1)
    assert type(extremes.minimum) is int


def test_nothing_has_no_extremes() -> None:
    some = ExtremeState(1, 2)
    assert number_extremes(SortedNumbers.of(np.array([np.nan]))) == ExtremeState.EMPTY
    assert some.combine(ExtremeState.EMPTY) == some
    assert ExtremeState.EMPTY.combine(some) == some


def test_long_texts_are_capped_and_stay_in_order() -> None:
    assert text_extremes("a" * 300, "b" * 300) == ExtremeState("a" * 256, "b" * 256)


@pytest.mark.parametrize(
    "numbers",
    [
        np.array([0, 1, -1, 2**63 - 1, -(2**63)], np.int64),
        np.array([0, 2**64 - 1], np.uint64),
        np.array([0.0, 1.5, -np.inf, 5e-324], np.float64),
    ],
)
def test_numbers_are_read_back_from_their_hashes(numbers: NDArray[Any]) -> None:
    hashes = hash_numbers(numbers)
    assert len(set(hashes.tolist())) == len(numbers)
    assert unhash_numbers(hashes, dtype=numbers.dtype.type).tolist() == numbers.tolist()


def test_equal_numbers_of_any_width_hash_alike() -> None:
    assert hash_numbers(np.array([-7], np.int8)) == hash_numbers(np.array([-7], np.int64))
    assert hash_numbers(np.array([7], np.uint32)) == hash_numbers(np.array([7], np.uint64))
    assert hash_numbers(np.array([0.5], np.float32)) == hash_numbers(np.array([0.5], np.float64))


def test_hashes_are_the_published_ones_in_every_process() -> None:
    # The first outputs of SplitMix64 with the seed 0: its state advances by the same constant that is added here.
    assert hash_numbers(np.array([0], np.uint64)).tolist() == [0xE220A8397B1DCDAF]
    assert HASH_STAMP.startswith("splitmix64 polars-")
