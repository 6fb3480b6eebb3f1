"""Looking at another process until something is so: the one place here that sleeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.2


def _never(_: object) -> bool:
    return False


def awaited(
    look: Callable[[], T],
    wanted: Callable[[T], bool],
    *,
    what: str,
    within_seconds: float,
    hopeless: Callable[[T], bool] = _never,
) -> T:
    """Look until what is seen is `wanted`, and return it.

    Raises `AssertionError`, which says `what` was awaited and what was seen last, when the time is over, or at once
    when what is seen is `hopeless`: it cannot become what is wanted any more.
    """
    deadline = time.monotonic() + within_seconds
    while not wanted(seen := look()):
        if hopeless(seen):
            message = f"{what} was awaited and cannot come any more; seen: {seen!r}"
            raise AssertionError(message)
        if time.monotonic() > deadline:
            message = f"{what} did not come within {within_seconds:.0f} s; seen last: {seen!r}"
            raise AssertionError(message)
        time.sleep(_POLL_SECONDS)
    return seen
