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
    """

    frame: pl.DataFrame
    misfits: Mapping[str, pl.Series] = field(default_factory=dict)


class Source(Protocol):
    """A place that rows come from. Opened anew for each use, so it always sees what is there now."""

    def check(self) -> None:
        """Reach what is configured; raises `SyncFailure` saying what is wrong."""

    def streams(self) -> tuple[Stream, ...]:
        """Describe the streams that are there now; raises `SyncFailure`."""

    def batches(self, stream: Stream) -> Iterator[Batch]:
        """Yield the stream's rows in batches of at most `BATCH_ROWS`; raises `SyncFailure`."""
