"""What all rows of some files say beside a sample of them: how many they are, nulls and extremes, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from taskflow_profilemesh.profiling.schema import Kind
from taskflow_profilemesh.reading.counting import ORDERED, Counts

if TYPE_CHECKING:
    from taskflow_profilemesh.profiling.schema import TableSchema


def counts_of(rows: pl.LazyFrame, schema: TableSchema) -> Counts:
    """Return the counts of the schema's columns; NaN and the infinities are no extremes."""
    ordered = [place for place, column in enumerate(schema.columns) if column.kind in ORDERED]
    wanted = [pl.len().alias("n")]
    for place, column in enumerate(schema.columns):
        cells = pl.col(column.name)
        wanted.append(cells.null_count().alias(f"v{place}"))
        if place in ordered:
            values = cells.filter(cells.is_finite()) if column.kind is Kind.FLOAT else cells
            wanted += [values.min().alias(f"a{place}"), values.max().alias(f"z{place}")]
    found = rows.select(wanted).collect(engine="streaming")
    ends = [pl.concat([found[f"a{place}"], found[f"z{place}"].alias(f"a{place}")]) for place in ordered]
    return Counts(
        int(found["n"][0]),
        {column.name: int(found[f"v{place}"][0]) for place, column in enumerate(schema.columns)},
        pl.DataFrame([one.alias(schema.columns[place].name) for one, place in zip(ends, ordered, strict=True)]),
        {},
    )
