"""Profiles made by hand: a column is described by its values, and becomes what the profiling engine would say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from taskflow_profilemesh.profiling.looks import JsonKey, JsonKeys, Looks, SemanticType, Shape
from taskflow_profilemesh.profiling.profile import (
    ColumnProfile,
    Correlation,
    Distinct,
    Distribution,
    DuplicateRows,
    Lengths,
    Monotonicity,
    NullPair,
    Numbers,
    Precision,
    SyncSignals,
    TableProfile,
    TimeSpan,
    TopValue,
)
from taskflow_profilemesh.profiling.schema import ColumnSchema, Kind, TableSchema
from taskflow_profilemesh.tables import TableRef

FLIGHTS = TableRef("flights", "public")


def distribution(values: Sequence[float] | NDArray[Any], *, rank_error_ratio: float = 0.0) -> Distribution:
    """The exact cumulative distribution of the values, with one point per different value."""
    points, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    cumulative = np.cumsum(counts) / max(counts.sum(), 1)
    return Distribution(tuple(points.tolist()), tuple(cumulative.tolist()), rank_error_ratio)


def numbers(
    name: str,
    values: Sequence[float] | NDArray[Any],
    *,
    nulls: int = 0,
    kind: Kind = Kind.FLOAT,
    **changes: Any,
) -> ColumnProfile:
    """A numeric (or temporal) column that holds these values and so many nulls."""
    held = np.asarray(values, dtype=float)
    some = len(held) > 0
    different, counts = np.unique(held, return_counts=True)
    top = tuple(TopValue(str(value), int(count)) for value, count in zip(different[:10], counts[:10], strict=True))
    column = ColumnProfile(
        schema=ColumnSchema(name, kind, _DECLARED.get(kind, kind.value), nullable=True),
        precision=Precision.EXACT,
        row_count=len(held) + nulls,
        null_count=nulls,
        minimum=float(held.min()) if some else None,
        maximum=float(held.max()) if some else None,
        distinct=Distinct(len(different), top=top),
        numbers=_moments(held),
        distribution=distribution(held) if some else None,
    )
    return replace(column, **changes)


def texts(
    name: str,
    values: Sequence[str],
    *,
    nulls: int = 0,
    **changes: Any,
) -> ColumnProfile:
    """A text column that holds these values and so many nulls."""
    lengths = [len(value) for value in values]
    counts = {value: values.count(value) for value in sorted(set(values))}
    top = sorted((TopValue(value, count) for value, count in counts.items()), key=lambda item: -item.count)
    column = ColumnProfile(
        schema=ColumnSchema(name, Kind.TEXT, "text", nullable=True),
        precision=Precision.EXACT,
        row_count=len(values) + nulls,
        null_count=nulls,
        minimum=min(values, default=None),
        maximum=max(values, default=None),
        distinct=Distinct(len(counts), top=tuple(top[:10])),
        lengths=Lengths(
            min(lengths, default=None),
            sum(lengths) / len(lengths) if lengths else None,
            max(lengths, default=None),
            lengths.count(0),
            sum(not value.strip() for value in values),
        ),
    )
    return replace(column, **changes)


def table(
    *columns: ColumnProfile,
    ref: TableRef = FLIGHTS,
    rows: int | None = None,
    **schema: Any,
) -> TableProfile:
    """A table of these columns; as many rows as the first column has, unless told."""
    profiled = columns[0].row_count if columns else 0
    return TableProfile(
        schema=TableSchema(ref, tuple(column.schema for column in columns), **schema),
        row_count=profiled if rows is None else rows,
        profiled_rows=profiled,
        columns=columns,
    )


def retyped(column: ColumnProfile, declared_type: str, *, kind: Kind | None = None) -> ColumnProfile:
    """The column, declared otherwise."""
    return replace(column, schema=replace(column.schema, declared_type=declared_type, kind=kind or column.schema.kind))


def renamed(column: ColumnProfile, name: str) -> ColumnProfile:
    """The column under another name."""
    return replace(column, schema=replace(column.schema, name=name))


def _moments(held: NDArray[Any]) -> Numbers:
    few = len(held) < 2
    return Numbers(
        mean=float(held.mean()) if len(held) else None,
        std=None if few else float(held.std(ddof=1)),
        variance=None if few else float(held.var(ddof=1)),
        skewness=None,
        kurtosis=None,
        total=float(held.sum()) if len(held) else None,
        zero_count=int((held == 0).sum()),
        negative_count=int((held < 0).sum()),
        nan_count=0,
        infinite_count=0,
    )


_DECLARED = {Kind.FLOAT: "double precision", Kind.INTEGER: "bigint", Kind.DATETIME: "timestamp with time zone"}


# What hypothesis draws: any profile that the types allow.

_finite = st.floats(allow_nan=False)
_counts = st.integers(0, 10**12)
_maybe = st.none() | _finite
_text = st.text(max_size=20)
_scalars = st.one_of(
    st.integers(),
    _finite,
    st.decimals(allow_nan=False),
    _text,
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])),
    st.times(),
)


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    points = sorted(draw(st.sets(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=10)))
    weights = draw(st.lists(st.integers(1, 1000), min_size=len(points), max_size=len(points)))
    cumulative = np.cumsum(weights) / sum(weights)
    bound = draw(st.sampled_from([0.0, 0.0016, 0.01]))
    bins = draw(st.sampled_from([(), tuple(range(20))]))
    return Distribution(tuple(points), tuple(cumulative.tolist()), bound, bins, draw(_maybe))


_schemas = st.builds(
    ColumnSchema, name=_text, kind=st.sampled_from(Kind), declared_type=_text, nullable=st.none() | st.booleans()
)
_distincts = st.builds(
    Distinct,
    count=_counts,
    error_ratio=st.floats(0, 1),
    top=st.lists(st.builds(TopValue, value=_text, count=_counts), max_size=3).map(tuple),
    top_error_rows=_counts,
    repeated_ratio=st.none() | st.floats(0, 1),
)
_numbers = st.builds(
    Numbers,
    mean=_maybe,
    std=_maybe,
    variance=_maybe,
    skewness=_maybe,
    kurtosis=_maybe,
    total=st.none() | _finite | st.integers() | st.decimals(allow_nan=False),
    zero_count=_counts,
    negative_count=_counts,
    nan_count=st.integers(0, 3),
    infinite_count=st.integers(0, 3),
)
_lengths = st.builds(
    Lengths,
    minimum=st.none() | _counts,
    mean=_maybe,
    maximum=st.none() | _counts,
    empty_count=_counts,
    blank_count=_counts,
    total=st.none() | _counts,
    distribution=st.none() | st.just(Distribution((1.0, 300.0), (0.5, 1.0))),
)
_aware = st.datetimes(timezones=st.just(UTC))
_time_spans = st.builds(
    TimeSpan,
    range_seconds=_maybe,
    at=st.none() | _aware,
    freshness_seconds=_maybe,
    future_count=st.none() | _counts,
    future_error_rows=_counts,
)
_shares = st.floats(0, 1)
_looks = st.builds(
    Looks,
    semantic_type=st.none() | st.sampled_from(SemanticType),
    semantic_ratio=st.none() | _shares,
    shapes=st.lists(st.builds(Shape, form=_text, ratio=_shares), max_size=3).map(tuple),
    sampled_rows=_counts,
    precision=st.sampled_from(Precision),
)
_json_keys = st.builds(
    JsonKeys,
    keys=st.lists(st.builds(JsonKey, key=_text, ratio=_shares), max_size=3).map(tuple),
    object_ratio=st.none() | _shares,
    sampled_rows=_counts,
    precision=st.sampled_from(Precision),
)
_duplicates = st.builds(
    DuplicateRows,
    distinct_count=_counts,
    duplicate_count=_counts,
    error_rows=_counts,
    repeated_ratio=st.none() | _shares,
)
_null_pairs = st.builds(NullPair, left=_text, right=_text, both_count=_counts, overlap_ratio=_shares)
_correlations = st.builds(
    Correlation,
    left=_text,
    right=_text,
    coefficient=st.floats(-1, 1),
    sampled_rows=_counts,
    precision=st.sampled_from(Precision),
)
_signals = st.builds(
    SyncSignals,
    latest_extracted_at=st.none() | _aware,
    changed_ratio=st.none() | _shares,
    generations=st.lists(st.integers(), max_size=3).map(tuple),
)


@st.composite
def column_profiles(draw: st.DrawFn, *, everything: bool = False) -> ColumnProfile:
    """A column; with `everything` also the groups that no comparison looks at, which take their time to draw."""
    rows = draw(st.integers(0, 10**6))
    column = ColumnProfile(
        schema=draw(_schemas),
        precision=draw(st.sampled_from(Precision)),
        row_count=rows,
        null_count=draw(st.integers(0, rows)),
        minimum=draw(st.none() | _scalars),
        maximum=draw(st.none() | _scalars),
        distinct=draw(st.none() | _distincts),
        numbers=draw(st.none() | _numbers),
        distribution=draw(st.none() | distributions()),
        lengths=draw(st.none() | _lengths),
        true_count=draw(st.none() | _counts),
        error=draw(st.none() | _text),
    )
    if not everything:
        return column
    return replace(
        column,
        monotonicity=draw(st.none() | st.sampled_from(Monotonicity)),
        time_span=draw(st.none() | _time_spans),
        looks=draw(st.none() | _looks),
        json_keys=draw(st.none() | _json_keys),
    )


@st.composite
def table_profiles(draw: st.DrawFn, *, everything: bool = False) -> TableProfile:
    columns = draw(
        st.lists(column_profiles(everything=everything), max_size=3, unique_by=lambda column: column.schema.name)
    )
    schema = TableSchema(
        TableRef(draw(st.text(min_size=1, max_size=9)), draw(st.none() | _text)),
        tuple(column.schema for column in columns),
        primary_key=tuple(column.schema.name for column in columns[: draw(st.integers(0, 2))]),
        row_estimate=draw(st.none() | _counts),
        size_bytes=draw(st.none() | _counts),
        unique_keys=draw(st.none() | st.just((tuple(column.schema.name for column in columns[:1]),))),
    )
    profile = TableProfile(schema, row_count=draw(_counts), profiled_rows=draw(_counts), columns=tuple(columns))
    if not everything:
        return profile
    return replace(
        profile,
        duplicates=draw(st.none() | _duplicates),
        null_pairs=tuple(draw(st.lists(_null_pairs, max_size=1))),
        correlations=tuple(draw(st.lists(_correlations, max_size=1))),
        signals=draw(st.none() | _signals),
    )
