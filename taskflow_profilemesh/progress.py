"""How far a run over some tables has come, and when it will probably end.

The estimate: so far, reading has taken so many seconds for so much work, and the rest goes at the same pace. Work is
counted in rows, and each table weighs another 5,000: a profile of a million rows of 22 columns takes some 2.4 seconds,
one of a tiny table 10 milliseconds, which is the time of about 5,000 rows. How many rows are to come is the catalog's
estimate, until a table turns out to have more, or is done. A table without an estimate (PostgreSQL has none of one that
was never analysed, and files have none) leaves the rest unknown until it is read.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from taskflow_profilemesh.amounts import amount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from taskflow_profilemesh.clock import Clock
    from taskflow_profilemesh.reading.plan import ReadPlan
    from taskflow_profilemesh.tables import TableRef

log = logging.getLogger(__name__)

TABLE_ROWS: Final = 5_000
LOG_SECONDS: Final = 30.0
_MINUTES_FROM: Final = 120.0
_HOURS_FROM: Final = 7_200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run has come; time is counted from when all tables were planned.

    `tables_done`: profiled or failed, of `tables_total`. `rows_read`: by now, those of tables that failed included.
    `rows_estimated`: as many will probably have been read in the end. `remaining_seconds`: as long it will probably
    take (≥ 0), 0 when all tables are done. Both are None where nobody knows; see the module for how they are made.
    """

    tables_done: int
    tables_total: int
    rows_read: int
    rows_estimated: int | None
    elapsed_seconds: float
    remaining_seconds: float | None

    @property
    def is_over(self) -> bool:
        """Whether no table is left."""
        return self.tables_done == self.tables_total

    @property
    def share(self) -> float:
        """The part of the run that is over, 0 to 1: of its time, or of its tables where nobody knows that."""
        if self.remaining_seconds is None:
            return self.tables_done / self.tables_total if self.tables_total else 1.0
        seconds = self.elapsed_seconds + self.remaining_seconds
        return self.elapsed_seconds / seconds if seconds else 1.0

    def __str__(self) -> str:
        """Say it in a line."""
        tables = f"{self.tables_done:,} of {amount(self.tables_total, 'table')}"
        about = "" if self.is_over or self.rows_estimated is None else f" of about {self.rows_estimated:,}"
        told = f"{tables}, {self.rows_read:,}{about} rows in {_duration(self.elapsed_seconds)}"
        if self.is_over or self.remaining_seconds is None:
            return told
        return f"{told}, about {_duration(self.remaining_seconds)} left"


class Tracker:
    """Counts what is read of the planned tables, and tells after each batch and each table how far that is.

    `failed`: so many tables beside these could not even be planned; they are done.
    """

    def __init__(
        self, plans: Sequence[ReadPlan], *, clock: Clock, tell: Callable[[Progress], None], failed: int = 0
    ) -> None:
        """Begin now, and tell so."""
        self._clock, self._tell, self._failed = clock, tell, failed
        self._started = clock.monotonic()
        self._expected: dict[TableRef, int | None] = {plan.schema.table: _rows(plan) for plan in plans}
        self._read = dict.fromkeys(self._expected, 0)
        self._tables_done = 0
        self._rows_read = 0
        self._rows_expected = sum(rows or 0 for rows in self._expected.values())
        self._unknown = sum(rows is None for rows in self._expected.values())
        self._tell(self.progress())

    def counted(self, plan: ReadPlan, batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """Yield the batches of a table and count each when the next one is wanted.

        `plan` is how it is read in the end: of a table that grows that may be less than was planned, or once more.
        """
        table, rows = plan.schema.table, _rows(plan)
        self._expect(table, None if rows is None else self._read[table] + rows)
        for batch in batches:
            yield batch
            self._count(table, batch.height)
            self._tell(self.progress())

    def done(self, table: TableRef) -> None:
        """Take a table for done: it is profiled, or failed."""
        self._expect(table, self._read[table])
        self._tables_done += 1
        self._tell(self.progress())

    def progress(self) -> Progress:
        """Return how far it is now."""
        elapsed = self._clock.monotonic() - self._started
        return Progress(
            tables_done=self._tables_done + self._failed,
            tables_total=len(self._expected) + self._failed,
            rows_read=self._rows_read,
            rows_estimated=None if self._unknown else self._rows_expected,
            elapsed_seconds=elapsed,
            remaining_seconds=self._remaining(elapsed),
        )

    def _remaining(self, elapsed: float) -> float | None:
        if self._tables_done == len(self._expected):
            return 0.0
        done = self._rows_read + TABLE_ROWS * self._tables_done
        if self._unknown or not done or not elapsed:
            return None
        whole = self._rows_expected + TABLE_ROWS * len(self._expected)
        return elapsed * (whole - done) / done

    def _count(self, table: TableRef, rows: int) -> None:
        self._rows_read += rows
        self._read[table] += rows
        expected = self._expected[table]
        if expected is not None and expected < self._read[table]:
            self._expect(table, self._read[table])

    def _expect(self, table: TableRef, rows: int | None) -> None:
        before = self._expected[table]
        self._unknown += (rows is None) - (before is None)
        self._rows_expected += (rows or 0) - (before or 0)
        self._expected[table] = rows


class Announcer:
    """Passes progress on to a callback, and every half minute and at the end to the log.

    A callback that raises costs no table: the log says so, and it is not called again in this run. It can therefore not
    end a run; `cancel()` of the source does. It is called in the thread that profiles, which waits for it meanwhile.
    """

    def __init__(self, callback: Callable[[Progress], None]) -> None:
        """Have told nothing yet."""
        self._callback: Callable[[Progress], None] | None = callback
        self._logged_at = 0.0

    def __call__(self, progress: Progress) -> None:
        """Tell of it whoever should hear."""
        if progress.is_over or progress.elapsed_seconds - self._logged_at >= LOG_SECONDS:
            log.info("Progress: %s.", progress)
            self._logged_at = progress.elapsed_seconds
        if self._callback is None:
            return
        try:
            self._callback(progress)
        except Exception:
            self._callback = None
            log.exception("The callback for progress failed, and is not called again in this run. Tables go on.")


def _rows(plan: ReadPlan) -> int | None:
    return plan.size.rows if plan.queries else 0


def _duration(seconds: float) -> str:
    if seconds < _MINUTES_FROM:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < _HOURS_FROM else f"{seconds / 3600:.1f} h"
