"""Whether a table is sampled, and how much of it: a sample that was asked for, or a table of too many rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taskflow_profilemesh.errors import InvalidOption
from taskflow_profilemesh.reading.catalog.entry import Pages

if TYPE_CHECKING:
    from taskflow_profilemesh.reading.catalog.entry import CatalogTable
    from taskflow_profilemesh.tables import TableRequest


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which rows are read instead of all."""

    share: float  # of the rows, 0 to 1
    by_pages: bool = False  # whole pages where the database has them, else each row by its own throw
    why: str = ""  # where nobody asked for a sample

    @property
    def told(self) -> str:
        """The end of a sentence about how a table is read."""
        what = "pages" if self.by_pages else "rows"
        return f"; about {self.share:.2%} of the {what} at random" + (f", {self.why}" if self.why else "")


def is_count_needed(entry: CatalogTable, request: TableRequest) -> bool:
    """Say whether the rows have to be counted to know how many of them are read; pages that hold too few need not."""
    most = min((size for size in (request.sample, request.max_rows) if isinstance(size, int)), default=None)
    if most is None:
        return False
    return request.where is not None or not isinstance(entry.cut, Pages) or entry.cut.most_rows > most


def sampling_of(request: TableRequest, row_count: int | None) -> Sampling | None:
    """Return how the table is sampled; None reads every row.

    `row_count`, where it is known, is that of the rows that are meant. Raises `InvalidOption` for what is no sample.
    """
    asked, most = sample_share(request.sample, row_count), sample_share(request.max_rows, row_count)
    by_pages = request.sample_method == "pages"
    if most is not None and (asked is None or most < asked):
        why = f"because there are {row_count:,} of them and max_rows is {request.max_rows:,}"
        return Sampling(most, by_pages=by_pages, why=why)
    return None if asked is None else Sampling(asked, by_pages=by_pages)


def sample_share(sample: float | None, row_count: int | None) -> float | None:
    """Return the share of the rows to read, None for all; raises `InvalidOption` for what is no sample.

    `row_count` is needed for a sample given in rows; a table of no more rows than that is read whole.
    """
    if sample is None:
        return None
    is_rows = isinstance(sample, int) and not isinstance(sample, bool)
    if is_rows and sample >= 1:
        return None if row_count is None or row_count <= sample else sample / row_count
    if not is_rows and 0 < sample < 1:
        return sample
    raise InvalidOption(option="sample", got=str(sample), expected="a number of rows (1 or more) or a share (0 to 1)")
