"""A clock that is moved by hand, and that remembers how long it was asked to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class HandClock:
    """Starts at 2026-01-01 12:00 UTC; sleeping moves it on at once."""

    def __init__(self) -> None:
        self._now = datetime(2026, 1, 1, 12, tzinfo=UTC)
        self._seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self._seconds += seconds
