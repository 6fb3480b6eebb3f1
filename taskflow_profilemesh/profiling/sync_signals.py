"""What Airbyte's own columns say of the rows, exact when merged: they are signals of a sync, no data.

`_airbyte_extracted_at` (a datetime, a text in RFC 3339's form, whose zone is UTC unless it says so, or milliseconds
since 1970, which files of Airbyte have), `_airbyte_generation_id` (a whole number, in whatever type) and
`_airbyte_meta`, either the document as text or the boolean whether its list of changes holds any. The first
destinations that wrote the document called that list `errors`. A table that lacks one of the columns, or a reader that
does not bring it, leaves the signal unknown. Of the generations the 100 latest are kept.
Source: Airbyte's documentation, "Airbyte metadata fields".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Final

import polars as pl

from taskflow_profilemesh.profiling.facts import SyncSignals
from taskflow_profilemesh.profiling.scalars import to_scalar
from taskflow_profilemesh.profiling.schema import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXTRACTED_AT: Final = "_airbyte_extracted_at"
GENERATION: Final = "_airbyte_generation_id"
META: Final = "_airbyte_meta"
SIGNAL_COLUMNS: Final = (EXTRACTED_AT, GENERATION, META)
MOST_GENERATIONS: Final = 100

_CHANGES: Final = r'"(?:changes|errors)"\s*:\s*\[\s*[^\]\s]'  # a list that does not end where it begins
_RFC_3339: Final = "%+"
_MILLISECOND: Final = 1000  # in microseconds


@dataclass(frozen=True, slots=True)
class SignalState:
    """The latest extraction (microseconds since 1970 UTC), rows with changes among those with meta, generations."""

    EMPTY: ClassVar[SignalState]

    latest: int | None = None
    meta_rows: int = 0
    changed_rows: int = 0
    generations: tuple[int, ...] = ()  # ascending

    @classmethod
    def of(cls, batch: pl.DataFrame) -> SignalState:
        """Read the signals of a batch, as far as it has their columns in one of the expected types."""
        present = set(SIGNAL_COLUMNS).intersection(batch.columns)
        wanted = _expressions({name: batch.get_column(name).dtype for name in present})
        if not wanted:
            return cls.EMPTY
        row = batch.select(**wanted).row(0, named=True)
        return cls(
            latest=row.get("latest"),
            meta_rows=row.get("meta_rows", 0),
            changed_rows=row.get("changed_rows", 0),
            generations=_latest(row.get("generations") or ()),
        )

    def combine(self, other: SignalState) -> SignalState:
        """Merge with the signals of other rows."""
        return SignalState(
            latest=max((moment for moment in (self.latest, other.latest) if moment is not None), default=None),
            meta_rows=self.meta_rows + other.meta_rows,
            changed_rows=self.changed_rows + other.changed_rows,
            generations=_latest((*self.generations, *other.generations)),
        )

    def describe(self) -> SyncSignals | None:
        """Return what a profile says of them; None where nothing is known."""
        if self == SignalState.EMPTY:
            return None
        latest = None if self.latest is None else to_scalar(self.latest, Kind.DATETIME, aware=True)
        return SyncSignals(
            latest_extracted_at=latest.astimezone(UTC) if isinstance(latest, datetime) else None,
            changed_ratio=self.changed_rows / self.meta_rows if self.meta_rows else None,
            generations=self.generations,
        )


SignalState.EMPTY = SignalState()


def _expressions(dtypes: Mapping[str, pl.DataType]) -> dict[str, pl.Expr]:
    wanted: dict[str, pl.Expr] = {}
    if (moment := _microseconds(dtypes.get(EXTRACTED_AT))) is not None:
        wanted["latest"] = moment.max()
    if (generation := dtypes.get(GENERATION)) is not None and _may_be_whole(generation):
        number = pl.col(GENERATION).cast(pl.Int64, strict=False)
        wanted["generations"] = number.drop_nulls().unique().top_k(MOST_GENERATIONS).implode()
    if (meta := dtypes.get(META)) in (pl.Boolean, pl.String):
        changed = pl.col(META) if meta == pl.Boolean else pl.col(META).str.contains(_CHANGES)
        wanted |= {"meta_rows": pl.col(META).count(), "changed_rows": changed.sum()}
    return wanted


def _microseconds(dtype: pl.DataType | None) -> pl.Expr | None:
    """Return the moments of extraction since 1970 UTC, or None where they are of a type that has none."""
    column = pl.col(EXTRACTED_AT)
    match dtype:
        case pl.Datetime():
            return column.dt.cast_time_unit("us").to_physical()
        case pl.String():
            texts = (column, column + "Z")
            moments = (text.str.to_datetime(_RFC_3339, time_unit="us", time_zone="UTC", strict=False) for text in texts)
            return pl.coalesce(*moments).to_physical()
        case _ if dtype is not None and dtype.is_integer():
            return column.cast(pl.Int64, strict=False) * _MILLISECOND
        case _:
            return None


def _may_be_whole(dtype: pl.DataType) -> bool:
    return dtype.is_integer() or dtype.is_decimal() or dtype == pl.String


def _latest(generations: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(generations))[-MOST_GENERATIONS:])
