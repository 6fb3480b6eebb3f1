"""The mock's only source of time: the machine's clock, or one that is moved by hand.

Jobs are computed from the time that a clock tells, so a test that moves a `HandClock` sees hours pass at once.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return datetime.now(UTC)


class HandClock:
    """Stands still until `advance` moves it; safe to move while a server runs."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, 12, tzinfo=UTC)) -> None:
        """Start at an aware time."""
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the time it was moved to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` (≥ 0); raises `ValueError` for a step back."""
        if seconds < 0:
            message = f"A clock does not go back (seconds={seconds}). Pass zero or more."
            raise ValueError(message)
        with self._lock:
            self._now += timedelta(seconds=seconds)
