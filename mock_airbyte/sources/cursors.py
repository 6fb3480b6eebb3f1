"""A cursor's values: the highest of a frame, and between their column's type and the JSON of a stream's state."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from mock_airbyte.types import AirbyteType

if TYPE_CHECKING:
    import polars as pl

    from mock_airbyte.sources.protocol import Column

Cursor = Any  # a value of the cursor's column, or its JSON form; None: nothing was read yet


def latest(cursor: str | None, frame: pl.DataFrame, so_far: Cursor) -> Cursor:
    """Return the highest value of the cursor's column and what was seen before (None: nothing)."""
    if cursor is None or cursor not in frame.columns:
        return so_far
    candidates = [value for value in (so_far, frame[cursor].max()) if value is not None]
    return max(candidates, default=None)


def to_state(value: Cursor) -> Cursor:
    """Return a cursor value as JSON."""
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def from_state(value: Cursor, column: Column | None) -> Cursor:
    """Return a cursor value as its column carries it."""
    if value is None or column is None:
        return None
    match column.type:
        case AirbyteType.DATE:
            return date.fromisoformat(value)
        case AirbyteType.TIMESTAMP_WITH_TIMEZONE | AirbyteType.TIMESTAMP_WITHOUT_TIMEZONE:
            return datetime.fromisoformat(value)
        case AirbyteType.TIME_WITHOUT_TIMEZONE:
            return time.fromisoformat(value)
        case _:
            return value
