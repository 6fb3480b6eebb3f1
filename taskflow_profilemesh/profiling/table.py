"""One table while its batches arrive: small tables exactly, larger ones in bounded memory.

Up to a limit of rows the batches are kept and everything is computed exactly, at the end and at once. Beyond it each
batch goes into mergeable states of fixed size. Which of the two applies depends on the number of rows alone, never on
how they were split or in which order they came, so that states of parts merge to the profile of the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import polars as pl

from taskflow_profilemesh.profiling.columns import ColumnState
from taskflow_profilemesh.profiling.measures import measure
from taskflow_profilemesh.profiling.physical import physical_batch
from taskflow_profilemesh.profiling.profile import Precision, TableProfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import DecimalTotals
    from taskflow_profilemesh.profiling.schema import TableSchema

SMALL_ROWS: Final = 50_000

_NO_DECIMALS: Final[Mapping[str, DecimalTotals]] = {}


class TableState:
    """The accumulator of one table's profile. It belongs to one thread; states of several threads are combined."""

    def __init__(self, schema: TableSchema, *, pool: Executor | None = None, small_rows: int = SMALL_ROWS) -> None:
        """Start without rows; see `empty`."""
        self._schema = schema
        self._kinds = tuple(column.kind for column in schema.columns)
        self._pool = pool
        self._small_rows = small_rows
        self._row_count = 0
        self._columns = [ColumnState.empty(kind) for kind in self._kinds]
        self._waiting: list[pl.DataFrame] = []  # frames that the columns' statistics do not know yet

    @classmethod
    def empty(cls, schema: TableSchema, *, pool: Executor | None = None, small_rows: int = SMALL_ROWS) -> Self:
        """Return a state without rows.

        Up to `small_rows` rows everything is exact, and that many rows are kept in memory. With a `pool` of threads
        columns are worked on side by side; it must not be the pool that this state itself runs in.
        """
        return cls(schema, pool=pool, small_rows=small_rows)

    @property
    def row_count(self) -> int:
        """The rows added so far."""
        return self._row_count

    @property
    def rounded_decimals(self) -> tuple[str, ...]:
        """The decimal columns whose exact totals are not known from the batches, because doubles were among them."""
        columns = zip(self._schema.columns, self._columns, strict=True)
        return tuple(column.name for column, state in columns if state.rounded and state.error is None)

    def add(self, batch: pl.DataFrame) -> None:
        """Take in a batch with the schema's columns, in the types that `Kind` documents.

        A column that is missing, of another type or not convertible fails alone; it never raises.
        """
        physical = physical_batch(batch, self._schema)
        self._row_count += batch.height
        self._columns = [
            column.seen(
                row_count=batch.height,
                null_count=physical.null_counts[place],
                aware=place in physical.aware,
                rounded=place in physical.rounded,
                error=physical.failures.get(place),
            )
            for place, column in enumerate(self._columns)
        ]
        self._waiting.append(physical.frame)
        if self._row_count > self._small_rows:
            self._columns, self._waiting = self._measured(exact=False), []

    def combine(self, other: TableState) -> TableState:
        """Return the state of both states' rows; neither of them is changed.

        Raises ValueError where the two are not of the same columns.
        """
        if self._schema.columns != other._schema.columns:
            message = (
                f"States of different columns do not combine (tables={self._schema.table}, {other._schema.table})."
            )
            raise ValueError(message)
        both = TableState(self._schema, pool=self._pool, small_rows=self._small_rows)
        both._row_count = self._row_count + other._row_count
        if both._row_count <= both._small_rows:
            both._waiting = self._waiting + other._waiting
            parts = self._columns, other._columns
        else:
            parts = self._measured(exact=False), other._measured(exact=False)
        both._columns = [one.combine(two) for one, two in zip(*parts, strict=True)]
        return both

    def profile(
        self, *, row_count: int | None = None, decimals: Mapping[str, DecimalTotals] = _NO_DECIMALS
    ) -> TableProfile:
        """Return the profile of the rows so far; the state can go on afterwards.

        `row_count` is the table's own where the added rows are a sample of it; a sample that holds all of them is
        exact. `decimals` are exact totals of decimal columns by name, as the database computes them; columns that came
        as decimals need none, see `rounded_decimals`.
        """
        sampled = row_count is not None and row_count != self._row_count
        precision = Precision.SAMPLED if sampled else Precision.EXACT
        columns = self._measured(exact=self._row_count <= self._small_rows)
        return TableProfile(
            schema=self._schema,
            row_count=self._row_count if row_count is None else row_count,
            profiled_rows=self._row_count,
            columns=tuple(
                state.profile(column, precision=precision, decimals=decimals.get(column.name))
                for state, column in zip(columns, self._schema.columns, strict=True)
            ),
        )

    def _measured(self, *, exact: bool) -> list[ColumnState]:
        """Return the columns with the statistics of the waiting frames in them."""
        if not self._waiting:
            return self._columns
        healthy = [str(place) for place, column in enumerate(self._columns) if column.error is None]
        frames = [frame.select(healthy) for frame in self._waiting]
        frame = pl.concat(frames, how="vertical_relaxed") if len(frames) > 1 else frames[0]
        measured, failures = measure(frame, self._kinds)
        parts: dict[int, Measures | str] = {**measured, **failures}

        def added(place: int) -> ColumnState:
            column = self._columns[place]
            return column.add(parts[place], exact=exact) if place in parts else column

        places = range(len(self._columns))
        return list(map(added, places) if self._pool is None else self._pool.map(added, places))
