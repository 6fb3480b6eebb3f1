"""What a source is: it can be checked, it says which streams it has, and it hands out their rows in batches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import polars as pl

from mock_airbyte.types import AirbyteType, from_json_schema, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

BATCH_ROWS = 16_384  # larger ones are no faster, and keep whoever calls the API waiting meanwhile


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stream."""

    name: str
    type: AirbyteType


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What a real connector says of a stream, whose place in it nobody but itself understands."""

    declared: Mapping[str, Any]  # the stream as its catalog has it
    resumes: bool  # whether it can be read from where it was left; if not, it is always read whole
    finds_its_cursor: bool  # nobody need name a column
    proposed_cursor: tuple[str, ...] = ()  # a path; empty: it proposes none

    def properties(self) -> Mapping[str, Any]:
        """Return the JSON schema of each column, as it was declared."""
        found: Mapping[str, Any] = (self.declared.get("json_schema") or {}).get("properties") or {}
        return found


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream as its source describes it."""

    name: str
    columns: tuple[Column, ...]
    namespace: str | None = None
    primary_key: tuple[str, ...] = ()  # defined by the source; empty: the connection names one
    cursor: str | None = None  # likewise
    own: OwnTerms | None = field(default=None, repr=False)  # of a real connector

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def json_schema(self) -> dict[str, Any]:
        """Return the stream's JSON schema; a column that was declared just so keeps its declaration."""
        declared = self.own.properties() if self.own else {}
        return {
            "type": "object",
            "$schema": "http://json-schema.org/draft-07/schema#",
            **(self.own.declared.get("json_schema") or {} if self.own else {}),
            "properties": {column.name: _schema(column, declared.get(column.name)) for column in self.columns},
        }

    @property
    def is_resumable(self) -> bool:
        """Whether it can be synced incrementally at all."""
        return self.own is None or self.own.resumes

    @property
    def needs_cursor(self) -> bool:
        """Whether an incremental sync needs a column that somebody names."""
        return self.own is None or not self.own.finds_its_cursor


def _schema(column: Column, declared: object) -> dict[str, Any]:
    if isinstance(declared, Mapping) and from_json_schema(declared) is column.type:
        return dict(declared)
    return json_schema(column.type)


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """One stream of a sync, as a source is told that keeps its own place in it."""

    stream: Stream  # with the selected columns only
    is_incremental: bool = False
    destination_mode: Literal["overwrite", "append", "append_dedup"] = "overwrite"
    cursor_field: tuple[str, ...] = ()  # a path; empty: the source's own
    primary_key: tuple[tuple[str, ...], ...] = ()
    generation: int = 0
    least_generation: int = 0  # what is of an earlier one is to go away
    sync_id: int = 0
    state: Any = None  # where to go on: JSON that the source made; None: at the beginning
    resumes: bool = True  # False: everything is to be read again


@dataclass(frozen=True, slots=True)
class SharedState:
    """Where all streams of a connection go on: `global`, or `legacy` of connectors that know no states by stream."""

    kind: Literal["global", "legacy"]
    state: Mapping[str, Any]  # JSON that the source made


class Read(Protocol):
    """One reading of several streams by a source that keeps its own place in them."""

    def batches(self, stream: Stream) -> Iterator[Batch]:
        """Yield the stream's rows; raises `SyncFailure` where they are not all of them."""

    def state(self, stream: Stream) -> Any | None:  # noqa: ANN401 -- JSON that the source made
        """Return where the stream goes on after the rows that were handed out; None: nothing was said."""

    def shared_state(self) -> SharedState | None:
        """Return where all streams go on, once all rows were handed out; None: nothing was said."""

    def finish(self) -> None:
        """Wait for the end; raises `SyncFailure` where it was not a good one."""


@runtime_checkable
class ResumingSource(Source, Protocol):
    """A source that keeps its own place in its streams."""

    def reading(self, wanted: Sequence[Wanted], shared: SharedState | None) -> AbstractContextManager[Read]:
        """Read these streams from their states on, or from the shared one."""
