from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import cast

import pytest

from taskflow_profilemesh.reading.batches import read_ahead


def _readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("profilemesh-reader")]


def _ahead(jobs: Sequence[Callable[[], int]], *, workers: int = 2, depth: int = 2) -> Iterator[int]:
    return read_ahead(jobs, workers=workers, depth=depth)


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_results_come_in_order_and_no_thread_is_left(workers: int, depth: int) -> None:
    jobs = [partial(int, number) for number in range(50)]
    assert list(_ahead(jobs, workers=workers, depth=depth)) == list(range(50))
    assert _readers() == []


def test_no_jobs_are_no_results() -> None:
    assert list(_ahead([])) == []


def test_a_slow_first_job_does_not_change_the_order() -> None:
    second_done = threading.Event()

    def first() -> int:
        assert second_done.wait(5)
        return 1

    def second() -> int:
        second_done.set()
        return 2

    assert list(_ahead([first, second])) == [1, 2]


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt()])
def test_a_jobs_exception_is_raised_where_the_results_are_taken(error: BaseException) -> None:
    def fails() -> int:
        raise error

    results = _ahead([lambda: 1, fails, lambda: 3])
    assert next(results) == 1
    with pytest.raises(type(error)):
        next(results)
    assert _readers() == []


def test_a_caller_that_stops_stops_the_readers() -> None:
    started: list[int] = []

    def job(number: int) -> int:
        started.append(number)
        return number

    results = _ahead([partial(job, number) for number in range(1000)])
    assert next(results) == 0
    cast("object", results).close()  # type: ignore[attr-defined]  # a generator, typed as an iterator
    assert len(started) <= 4
    assert _readers() == []


def test_at_most_depth_results_wait_for_the_caller() -> None:
    made: list[int] = []
    both_made = threading.Event()

    def job(number: int) -> int:
        made.append(number)
        if number == 2:
            both_made.set()
        return number

    results = _ahead([partial(job, number) for number in range(20)], workers=5, depth=2)
    assert next(results) == 0
    assert both_made.wait(5)
    assert len(made) == 3
    assert list(results) == list(range(1, 20))


def test_a_signal_interrupts_the_wait_for_a_slow_job() -> None:
    let_go = threading.Event()

    def alarm(_number: int, _frame: object) -> None:
        let_go.set()
        raise TimeoutError

    def slow() -> int:
        assert let_go.wait(10)
        return 1

    before = signal.signal(signal.SIGALRM, alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        with pytest.raises(TimeoutError):
            next(_ahead([slow]))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert _readers() == []
