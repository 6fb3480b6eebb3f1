from __future__ import annotations

import pytest

from taskflow_profilemesh.reading.size import BATCH_BYTES, BatchSize, Size

_MIB = 1 << 20


@pytest.mark.parametrize(("native", "storage"), [(False, 10 * _MIB), (True, 15 * _MIB)])
def test_a_budget_is_shared_by_the_batches_on_the_way(*, native: bool, storage: int) -> None:
    assert BatchSize.within(120 * _MIB, native=native).storage_bytes == storage


def test_more_memory_makes_no_batch_larger_than_without_a_budget() -> None:
    assert BatchSize.within(1 << 40).storage_bytes == BATCH_BYTES == BatchSize.within(None).storage_bytes


@pytest.mark.parametrize(("reads", "native", "mib"), [(1, False, 30), (2, False, 30), (10, False, 12), (10, True, 8)])
def test_four_batches_are_in_memory_at_a_time_each_some_times_over(*, reads: int, native: bool, mib: int) -> None:
    assert Size(1000, 10 * _MIB).memory_bytes(reads, native=native) == mib * _MIB


def test_nothing_read_takes_no_memory_and_an_unknown_size_is_not_guessed() -> None:
    assert Size(0, 0).memory_bytes(0) == 0
    assert Size(1000, None).memory_bytes(3) is None


@pytest.mark.parametrize(
    ("height", "slices"), [(0, 100), (1, 1), (100, 100), (125, 125), (126, 63), (250, 125), (251, 84), (1000, 125)]
)
def test_rows_are_cut_evenly_and_a_few_too_many_are_not_cut_off(height: int, slices: int) -> None:
    assert BatchSize(rows=100).slice_rows(height) == slices
