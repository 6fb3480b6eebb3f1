"""Times and durations as Airbyte (java.time) prints them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


def moment(at: datetime) -> str:
    """Return `2026-11-20T09:20:04Z`; a full minute is printed without seconds: `2026-11-20T09:20Z`."""
    utc = at.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ" if utc.second else "%Y-%m-%dT%H:%MZ")


def duration(length: timedelta) -> str:
    """Return whole seconds as ISO 8601: `PT1M6S`, `PT0S`, `PT26H`."""
    seconds = max(int(length.total_seconds()), 0)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    text = "".join(f"{value}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if value)
    return f"PT{text or '0S'}"


def epoch(at: datetime) -> int:
    """Return whole seconds since 1970."""
    return int(at.timestamp())
