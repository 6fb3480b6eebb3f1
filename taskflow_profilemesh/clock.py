"""The only source of time.

Everything that asks for the time or waits is handed a `Clock`, so tests move time by hand and never sleep.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds since some fixed point; never goes back."""

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` (≥ 0)."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since the machine started."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` (≥ 0)."""
        time.sleep(seconds)
