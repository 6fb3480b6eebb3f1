"""How large a table, a batch and the memory for reading it are: estimates from the catalog's own. Pure.

While batches are read, some are on the way, one is worked on and the others wait, and each is there several times over:
as the driver brings it, as a frame, and as what statistics make of it. The numbers are from measurements of a table of
22 columns, whose peak they bound: 11 times a batch's storage by ConnectorX, 5 times by ADBC.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

BATCH_ROWS: Final = 65_536
NATIVE_BATCH_ROWS: Final = 98_304  # of ADBC, which holds a batch once; ConnectorX's buffers double while they grow
BATCH_BYTES: Final = 64 << 20  # of the table's own storage, so that rows with long values come in smaller batches

_TOLERANCE: Final = 1.25  # ranges are of estimated size; a rest of a few rows costs the statistics as a batch does
_IN_FLIGHT: Final = 4  # batches: two readers, two that wait or are worked on
_COPIES: Final = 3
_NATIVE_COPIES: Final = 2


@dataclass(frozen=True, slots=True)
class BatchSize:
    """The most that one read should bring: rows, and bytes of the table's own storage."""

    rows: int = BATCH_ROWS
    storage_bytes: int = BATCH_BYTES

    @classmethod
    def within(cls, memory_budget_bytes: int | None, *, rows: int = BATCH_ROWS, native: bool = False) -> BatchSize:
        """Return the size of batches that are read within so much memory; None leaves it at the default."""
        if memory_budget_bytes is None:
            return cls(rows)
        return cls(rows, min(BATCH_BYTES, memory_budget_bytes // (_IN_FLIGHT * _copies(native=native))))

    def slice_rows(self, height: int) -> int:
        """Return the rows of each of the even slices, hardly larger than a batch, that so many rows are cut into."""
        return ceil(height / ceil(height / (self.rows * _TOLERANCE))) if height else self.rows

    def reads(self, rows: int, size: Size) -> int:
        """Return how many reads of even size hold so many rows of a table of that size."""
        row_bytes = size.row_bytes
        by_bytes = rows * row_bytes / self.storage_bytes if row_bytes else 0.0
        return ceil(max(rows / self.rows, by_bytes))


@dataclass(frozen=True, slots=True)
class Size:
    """What is probably read of a table: rows, and bytes of its storage; None where nobody knows."""

    rows: int | None = None
    storage_bytes: int | None = None

    @property
    def row_bytes(self) -> float | None:
        """Bytes of storage a row."""
        return self.storage_bytes / self.rows if self.rows and self.storage_bytes is not None else None

    def of(self, rows: int | None) -> Size:
        """Return the size of so many of its rows."""
        if rows is None or self.row_bytes is None:
            return Size(rows, self.storage_bytes if rows == self.rows else None)
        return Size(rows, round(rows * self.row_bytes))

    def memory_bytes(self, reads: int, *, native: bool = False) -> int | None:
        """Return the memory that so many reads of even size take together at a time; None where nobody knows."""
        if self.storage_bytes is None or not reads:
            return None if reads else 0
        return ceil(self.storage_bytes / reads) * min(reads, _IN_FLIGHT) * _copies(native=native)


def _copies(*, native: bool) -> int:
    return _NATIVE_COPIES if native else _COPIES
