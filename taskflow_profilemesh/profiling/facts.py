"""What a profile says of a table as a whole: rows that repeat, columns that are null or that move together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from taskflow_profilemesh.profiling.precision import Precision


@dataclass(frozen=True, slots=True)
class DuplicateRows:
    """How many rows repeat another one, in the columns that were read."""

    distinct_count: int  # different rows
    duplicate_count: int  # rows beyond the first of each
    error_rows: int = 0  # both counts may be off by this many (three standard errors); 0 is exact
    repeated_ratio: float | None = None  # share of the different rows (of 4,096 of them, if estimated)
    is_rounded: bool = False  # rows that differ only in digits that doubles have lost may have been taken for equal

    @property
    def is_exact(self) -> bool:
        """Whether both counts are those of the rows that were read."""
        return not self.error_rows and not self.is_rounded


@dataclass(frozen=True, slots=True)
class NullPair:
    """Two columns that are null in the same rows. The counts are exact."""

    left: str
    right: str
    both_count: int  # rows in which both are null
    overlap_ratio: float  # share (0 to 1] of these among the rows in which one of them is null


@dataclass(frozen=True, slots=True)
class Correlation:
    """How two numeric columns move together: Pearson's r, of a sample of the rows unless it is exact.

    Its standard error is about (1 - r²) / √sampled_rows.
    """

    left: str
    right: str
    coefficient: float  # -1 to 1
    sampled_rows: int  # in which both hold a finite number
    precision: Precision = Precision.SAMPLED


@dataclass(frozen=True, slots=True)
class SyncSignals:
    """What Airbyte's own columns say of the rows; None where the table lacks the column or it was not read.

    Beside a sample of the rows they are of that sample, but for the latest extraction where it was counted.
    """

    latest_extracted_at: datetime | None = None  # in UTC
    changed_ratio: float | None = None  # share (0 to 1) of the rows in which Airbyte changed or dropped a value
    generations: tuple[int, ...] = ()  # of the syncs that wrote the rows, ascending; the latest 100
