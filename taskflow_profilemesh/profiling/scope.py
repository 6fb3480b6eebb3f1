"""Which rows of a table a profile is of, where it is not of all, and what the database counted beside a sample."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a table that was profiled, in the request's words."""

    where: str | None = None
    partition_column: str | None = None
    partition_values: tuple[str, ...] = ()  # the partitions that were read, as the database writes their values


@dataclass(frozen=True, slots=True)
class Counted:
    """What the database counted over all rows of a column, beside a sample of them: exact."""

    row_count: int
    null_count: int
    has_extremes: bool = False  # so are minimum and maximum, range and freshness, and the total of decimals
