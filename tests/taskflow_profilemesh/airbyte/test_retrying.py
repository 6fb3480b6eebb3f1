from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taskflow_profilemesh.airbyte.retrying import pause_before_retry, seconds_of

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("3", 3),
        ("-3", 0),
        ("soon", 0),
        ("inf", 0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert seconds_of(header, now=NOW) == seconds


def test_pauses_grow_and_are_spread_at_random() -> None:
    def pause(tries: int, draw: float) -> float | None:
        return pause_before_retry(
            tries=tries, waited_seconds=0, patience_seconds=99, retry_after=None, now=NOW, draw=draw
        )

    assert [pause(tries, 0) for tries in (1, 2, 3, 20, 5000)] == [0.25, 0.5, 1, 15, 15]
    assert pause(3, 0.5) == 0.75
