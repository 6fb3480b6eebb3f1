"""Reading ahead keeps order, passes errors on, and stops when nobody reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from mock_airbyte.sync.ahead import read_ahead


def test_items_come_in_order_from_another_thread() -> None:
    made_in: set[str] = set()

    def numbers() -> Iterator[int]:
        for number in range(100):
            made_in.add(threading.current_thread().name)
            yield number

    assert list(read_ahead(numbers())) == list(range(100))
    assert threading.current_thread().name not in made_in


def test_an_error_is_raised_where_the_items_are_read() -> None:
    def numbers() -> Iterator[int]:
        yield 1
        message = "no more"
        raise ValueError(message)

    seen: list[int] = []
    with pytest.raises(ValueError, match="no more"):
        seen.extend(read_ahead(numbers()))
    items = read_ahead(numbers())
    assert next(items) == 1
    with pytest.raises(ValueError, match="no more"):
        next(items)


def test_a_reader_that_gives_up_closes_the_source_and_ends_its_thread() -> None:
    closed = threading.Event()

    def numbers() -> Iterator[int]:
        try:
            yield from range(1_000_000)
        finally:
            closed.set()

    items = read_ahead(numbers())
    assert next(items) == 0
    items.close()
    assert closed.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "mock-airbyte-read"]
