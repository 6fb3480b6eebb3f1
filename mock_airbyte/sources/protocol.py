"""What a source is: it can be checked, it says which streams it has, and it hands out their rows in batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from mock_airbyte.types import AirbyteType, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH_ROWS = 16_384  # larger ones are no faster, and keep whoever calls the API waiting meanwhile


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stream."""

    name: str
    type: AirbyteType


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream as its source describes it."""

    name: str
    columns: tuple[Column, ...]
    namespace: str | None = None
    primary_key: tuple[str, ...] = ()  # defined by the source; empty: the connection names one
    cursor: str | None = None  # likewise

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def json_schema(self) -> dict[str, Any]:
        """Return the stream's JSON schema."""
        return {
            "type": "object",
            "$schema": "http://json-schema.org/draft-07/schema#",
            "properties": {column.name: json_schema(column.type) for column in self.columns},
        }


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: exactly the stream's columns, in order, in the types of `POLARS_TYPES`.

    `misfits` marks, by column, the values that did not fit its type and were made null (a Boolean series as long
    as the frame); a column without misfits is left out.
    `state` is JSON: once this batch and all before it are committed, a read that is given it as `Since.state` goes on
    from there and misses no row. None: the source cannot tell, the stream is committed whole.
    """

    frame: pl.DataFrame
    misfits: Mapping[str, pl.Series] = field(default_factory=dict)
    state: Any = None


@dataclass(frozen=True, slots=True)
class Since:
    """Where an incremental read goes on; a source that cannot heed it reads everything, and says no states."""

    cursor: str | None  # the column that tells new rows from old ones; None: the source knows by itself
    state: Any = None  # JSON: the cursor's highest value so far, or the source's own state; None: nothing was read yet
    every: int = BATCH_ROWS  # a state is wanted after so many rows (≥ 1)


class Source(Protocol):
    """A place that rows come from. Opened anew for each use, so it always sees what is there now."""

    def check(self) -> None:
        """Reach what is configured; raises `SyncFailure` saying what is wrong."""

    def streams(self) -> tuple[Stream, ...]:
        """Describe the streams that are there now; raises `SyncFailure`."""

    def batches(self, stream: Stream, since: Since | None = None, /) -> Iterator[Batch]:
        """Yield the stream's rows in batches of at most `BATCH_ROWS`; raises `SyncFailure`.

        `since`: only rows from there on are wanted (None: all). Those before it are left out later, so a source may
        yield them, unless it says states.
        """
