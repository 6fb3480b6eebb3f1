"""One table while its batches arrive: small tables exactly, larger ones in bounded memory.

Up to a limit of rows the batches are kept and everything is computed exactly, at the end and at once. Beyond it each
batch goes into mergeable states of fixed size. Which of the two applies depends on the number of rows alone, never on
how they were split or in which order they came, so that states of parts merge to the profile of the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import polars as pl

from taskflow_profilemesh.profiling.columns import ColumnState
from taskflow_profilemesh.profiling.correlations import correlations
from taskflow_profilemesh.profiling.family import Context
from taskflow_profilemesh.profiling.looking import keys_of, looks_of
from taskflow_profilemesh.profiling.measures import measure
from taskflow_profilemesh.profiling.null_pairs import paired_columns
from taskflow_profilemesh.profiling.order import OrderState
from taskflow_profilemesh.profiling.physical import physical_batch
from taskflow_profilemesh.profiling.profile import Precision, TableProfile
from taskflow_profilemesh.profiling.row_sample import NUMBERS
from taskflow_profilemesh.profiling.rows import RowState
from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.profiling.sync_signals import SignalState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor
    from datetime import datetime

    from taskflow_profilemesh.profiling.facts import Correlation, DuplicateRows, NullPair
    from taskflow_profilemesh.profiling.measures import Measures
    from taskflow_profilemesh.profiling.profile import ColumnProfile, DecimalTotals
    from taskflow_profilemesh.profiling.schema import TableSchema

SMALL_ROWS: Final = 50_000

_NO_DECIMALS: Final[Mapping[str, DecimalTotals]] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """What of a table's state outlives its process: statistics of fixed size, and never a row."""

    row_count: int
    columns: tuple[ColumnState, ...]
    rows: RowState
    orders: tuple[OrderState, ...]
    signals: SignalState


class TableState:
    """The accumulator of one table's profile. It belongs to one thread; states of several threads are combined."""

    def __init__(
        self, schema: TableSchema, *, pool: Executor | None = None, small_rows: int = SMALL_ROWS, ordered: bool = False
    ) -> None:
        """Start without rows; see `empty`."""
        self._schema = schema
        self._kinds = tuple(column.kind for column in schema.columns)
        self._pool = pool
        self._small_rows = small_rows
        self._paired = paired_columns(schema)
        self._row_count = 0
        self._columns = [ColumnState.empty(kind) for kind in self._kinds]
        self._rows = RowState.EMPTY
        self._signals = SignalState.EMPTY
        self._orders = [OrderState.EMPTY if ordered else OrderState.UNKNOWN] * len(self._kinds)
        self._waiting: list[pl.DataFrame] = []  # frames that the columns' statistics do not know yet

    @classmethod
    def empty(
        cls, schema: TableSchema, *, pool: Executor | None = None, small_rows: int = SMALL_ROWS, ordered: bool = False
    ) -> Self:
        """Return a state without rows.

        Up to `small_rows` rows everything is exact, and that many rows are kept in memory. With a `pool` of threads
        columns are worked on side by side; it must not be the pool that this state itself runs in.
        `ordered` says that the batches come in the table's own order, in which columns may then rise or fall; that is
        forgotten when states are combined.
        """
        return cls(schema, pool=pool, small_rows=small_rows, ordered=ordered)

    @classmethod
    def resumed(cls, schema: TableSchema, sketches: Sketches, *, pool: Executor | None = None) -> Self:
        """Return the state that the sketches were taken of, for the same columns.

        What is merged with it is sketched too, however few the rows: those behind the sketches are gone.
        """
        state = cls(schema, pool=pool, small_rows=0)
        state._row_count, state._columns = sketches.row_count, list(sketches.columns)
        state._rows, state._orders, state._signals = sketches.rows, list(sketches.orders), sketches.signals
        return state

    @property
    def schema(self) -> TableSchema:
        """The table, with the columns that this is the state of."""
        return self._schema

    @property
    def row_count(self) -> int:
        """The rows added so far."""
        return self._row_count

    @property
    def rounded_decimals(self) -> tuple[str, ...]:
        """The decimal columns whose exact totals are not known from the batches, because doubles were among them."""
        columns = zip(self._schema.columns, self._columns, strict=True)
        return tuple(column.name for column, state in columns if state.rounded and state.error is None)

    def decimal_totals(self) -> dict[str, DecimalTotals]:
        """Return the exact totals, by name, of the decimal columns whose every value came as a decimal."""
        columns = zip(self._schema.columns, self._measured(exact=False).columns, strict=True)
        found = ((column.name, state.decimal_totals) for column, state in columns if column.kind is Kind.DECIMAL)
        return {name: totals for name, totals in found if totals is not None}

    def sketches(self) -> Sketches:
        """Return the statistics of the rows so far, in bounded size: of a small table they are no longer exact."""
        measured = self._measured(exact=False)
        return Sketches(self._row_count, tuple(measured.columns), measured.rows, tuple(measured.orders), self._signals)

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
        self._signals = self._signals.combine(SignalState.of(batch))
        self._waiting.append(physical.frame)
        if self._row_count > self._small_rows:
            measured = self._measured(exact=False)
            self._columns, self._rows, self._orders = measured.columns, measured.rows, measured.orders
            self._waiting = []

    def combine(self, other: TableState) -> TableState:
        """Return the state of both states' rows; neither of them is changed.

        Raises ValueError where the two are not of the same columns.
        """
        if self._schema.columns != other._schema.columns:
            message = (
                f"States of different columns do not combine (tables={self._schema.table}, {other._schema.table})."
            )
            raise ValueError(message)
        small_rows = min(self._small_rows, other._small_rows)
        both = TableState(self._schema, pool=self._pool, small_rows=small_rows)
        both._row_count = self._row_count + other._row_count
        if both._row_count <= both._small_rows:
            both._waiting = self._waiting + other._waiting
            one, two = self._so_far(), other._so_far()
        else:
            one, two = self._measured(exact=False), other._measured(exact=False)
        both._columns = [left.combine(right) for left, right in zip(one.columns, two.columns, strict=True)]
        both._orders = [left.combine(right) for left, right in zip(one.orders, two.orders, strict=True)]
        both._rows = one.rows.combine(two.rows)
        both._signals = self._signals.combine(other._signals)
        return both

    def profile(
        self,
        *,
        row_count: int | None = None,
        decimals: Mapping[str, DecimalTotals] = _NO_DECIMALS,
        now: datetime | None = None,
    ) -> TableProfile:
        """Return the profile of the rows so far; the state can go on afterwards.

        `row_count` is the table's own where the added rows are a sample of it; a sample that holds all of them is
        exact. `decimals` are exact totals of decimal columns by name, as the database computes them; columns that came
        as decimals need none, see `rounded_decimals`. `now` (aware) is what freshness and future are told from.
        """
        sampled = row_count is not None and row_count != self._row_count
        precision = Precision.SAMPLED if sampled else Precision.EXACT
        measured = self._measured(exact=self._row_count <= self._small_rows)
        rows = measured.rows
        of_sample = precision if rows.is_sample_complete else Precision.SAMPLED
        columns = measured.profiles(self._schema, precision, of_sample, decimals=decimals, now=now)
        healthy = {place: column for place, column in enumerate(columns) if column.error is None}
        return TableProfile(
            schema=self._schema,
            row_count=self._row_count if row_count is None else row_count,
            profiled_rows=self._row_count,
            columns=columns,
            duplicates=_duplicates(rows, columns, self._row_count),
            null_pairs=_null_pairs(rows, healthy),
            correlations=_correlations(rows, columns, of_sample),
            signals=self._signals.describe(),
        )

    def _so_far(self) -> _Measured:
        return _Measured(self._columns, self._rows, self._orders)

    def _measured(self, *, exact: bool) -> _Measured:
        """Return the columns and the rows with the statistics of the waiting frames in them."""
        if not self._waiting:
            return self._so_far()
        healthy = [str(place) for place, column in enumerate(self._columns) if column.error is None]
        frames = [frame.select(healthy) for frame in self._waiting]
        frame = pl.concat(frames, how="vertical_relaxed") if len(frames) > 1 else frames[0]
        measured, failures = measure(frame, self._kinds)
        parts: dict[int, Measures | str] = {**measured, **failures}

        def added(place: int) -> ColumnState:
            column = self._columns[place]
            return column.add(parts[place], exact=exact) if place in parts else column

        places = range(len(self._columns))
        return _Measured(
            columns=list(map(added, places) if self._pool is None else self._pool.map(added, places)),
            rows=self._rows.add(frame, measured, self._kinds, paired=self._paired, exact=exact),
            orders=[_followed(order, measured.get(place)) for place, order in enumerate(self._orders)],
        )


class _Measured(NamedTuple):
    """The states of a table with every row in them."""

    columns: list[ColumnState]
    rows: RowState
    orders: list[OrderState]

    def profiles(
        self,
        schema: TableSchema,
        precision: Precision,
        of_sample: Precision,
        *,
        decimals: Mapping[str, DecimalTotals],
        now: datetime | None,
    ) -> tuple[ColumnProfile, ...]:
        """Return what is known of each column."""
        kinds = [column.kind for column in schema.columns]
        looks = looks_of(kinds, self.rows.sample, self.rows.weights, precision=of_sample)
        keys = keys_of(kinds, self.rows.sample, self.rows.weights, precision=of_sample)
        return tuple(
            state.profile(
                column,
                precision=precision,
                context=Context(
                    aware=state.aware,
                    decimals=decimals.get(column.name),
                    now=now,
                    monotonicity=order.monotonicity,
                    looks=looks.get(place),
                    json_keys=keys.get(place),
                ),
            )
            for place, (state, order, column) in enumerate(zip(self.columns, self.orders, schema.columns, strict=True))
        )


def _followed(order: OrderState, measures: Measures | None) -> OrderState:
    """Return a column's order with the batch behind it; one that is no longer known, or of texts, is not looked at."""
    if not order.known:
        return order
    if measures is None or measures.numbers is None:
        return OrderState.UNKNOWN
    return order.then(OrderState.of(measures.numbers))


def _null_pairs(rows: RowState, columns: Mapping[int, ColumnProfile]) -> tuple[NullPair, ...]:
    names = {place: column.schema.name for place, column in columns.items()}
    return rows.null_pairs.describe(names, {place: column.null_count for place, column in columns.items()})


def _duplicates(rows: RowState, columns: Sequence[ColumnProfile], row_count: int) -> DuplicateRows | None:
    found = rows.duplicates(row_count)
    is_rounded = any(column.distinct is not None and column.distinct.is_rounded for column in columns)
    return replace(found, is_rounded=is_rounded) if found is not None and found.duplicate_count else found


def _correlations(rows: RowState, columns: Sequence[ColumnProfile], precision: Precision) -> tuple[Correlation, ...]:
    names = [column.schema.name for column in columns if column.schema.kind in NUMBERS]
    return correlations(rows.sample.numbers, rows.weights, names, precision=precision)
