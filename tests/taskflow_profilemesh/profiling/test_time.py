"""Time spans, freshness and future, monotonicity, and Airbyte's signals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.profiling import Kind, TableState
from taskflow_profilemesh.profiling.facts import SyncSignals
from taskflow_profilemesh.profiling.profile import Monotonicity, TimeSpan
from tests.taskflow_profilemesh.profiling.frames import schema_of, state_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATHS = pytest.mark.parametrize("small_rows", [50_000, 0], ids=["small", "sketched"])


def span(values: pl.Series, kind: Kind, *, now: datetime | None = NOON, small_rows: int = 50_000) -> TimeSpan | None:
    state = state_of(values.alias("at").to_frame(), kinds={"at": kind}, small_rows=small_rows)
    return state.profile(now=now).columns[0].time_span


@PATHS
def test_a_datetime_column_is_fresh_and_partly_in_the_future(small_rows: int) -> None:
    values = pl.Series([NOON - timedelta(hours=1), NOON, NOON + timedelta(seconds=90), None])
    assert span(values, Kind.DATETIME, small_rows=small_rows) == TimeSpan(3690.0, NOON, -90.0, 1)


@PATHS
def test_a_naive_datetime_is_read_as_utc(small_rows: int) -> None:
    values = pl.Series([datetime(2026, 3, 1, 11), datetime(2026, 2, 28)])  # noqa: DTZ001 -- the point of it
    assert span(values, Kind.DATETIME, small_rows=small_rows) == TimeSpan(126_000.0, NOON, 3600.0, 0)


@PATHS
def test_todays_date_is_not_in_the_future(small_rows: int) -> None:
    values = pl.Series([date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)])
    assert span(values, Kind.DATE, small_rows=small_rows) == TimeSpan(172_800.0, NOON, -129_600.0, 2)


def test_without_a_moment_only_the_range_is_known() -> None:
    assert span(pl.Series([date(2026, 3, 1)]), Kind.DATE, now=None) == TimeSpan(0.0)


def test_other_columns_have_no_span() -> None:
    assert span(pl.Series([time(1)]), Kind.TIME) is None
    assert span(pl.Series([1]), Kind.INTEGER) is None
    assert span(pl.Series([None], dtype=pl.Date), Kind.DATE) is None


def test_an_infinite_date_lies_in_the_future_and_has_no_distance() -> None:
    infinity = pl.Series([95_026_236, 0], dtype=pl.Int32).cast(pl.Date)
    assert span(infinity, Kind.DATE) == TimeSpan(None, NOON, None, 1)


def test_the_future_of_a_sketched_column_lies_within_its_bound() -> None:
    offsets = np.random.default_rng(3).permutation(np.arange(-150_000, 50_000))
    values = pl.Series(offsets).cast(pl.Duration("ms")) + NOON
    found = span(values, Kind.DATETIME)
    assert found is not None
    assert found.future_count is not None
    assert 0 < found.future_error_rows <= 0.003 * len(values)
    assert abs(found.future_count - 49_999) <= found.future_error_rows
    past = span(values, Kind.DATETIME, now=NOON + timedelta(days=1))
    assert past is not None
    assert (past.future_count, past.future_error_rows) == (0, 0)


ORDERS: list[tuple[list[Any], Monotonicity | None]] = [
    ([1, 2, 2, None, 3], Monotonicity.INCREASING),
    ([3, 2, None], Monotonicity.DECREASING),
    ([2, 2, None, 2], Monotonicity.CONSTANT),
    ([2, 1, 2], Monotonicity.NONE),
    ([None, None, None], None),
]


@PATHS
@pytest.mark.parametrize(("values", "expected"), ORDERS)
def test_an_ordered_read_tells_whether_values_rise_or_fall(
    values: list[Any], expected: Monotonicity | None, small_rows: int
) -> None:
    kinds = {"n": Kind.INTEGER, "text": Kind.TEXT}
    frame = pl.DataFrame({"n": pl.Series(values, dtype=pl.Int64), "text": ["a"] * len(values)})
    state = TableState.empty(schema_of(kinds), small_rows=small_rows, ordered=True)
    for batch in (frame[:1], frame[1:1], frame[1:]):
        state.add(batch)
    assert [column.monotonicity for column in state.profile().columns] == [expected, None]
    state.add(frame[:1])
    unordered = state_of(frame, kinds=kinds, small_rows=small_rows)
    assert unordered.profile().columns[0].monotonicity is None
    assert state.combine(unordered).profile().columns[0].monotonicity is None


def test_nan_breaks_any_order() -> None:
    state = TableState.empty(schema_of({"x": Kind.FLOAT}), ordered=True)
    state.add(pl.DataFrame({"x": [1.0, float("nan"), 2.0]}))
    assert state.profile().columns[0].monotonicity is Monotonicity.NONE


@pytest.mark.parametrize(
    ("moments", "latest"),
    [
        (["2026-01-01T12:00:05.25Z", "2026-01-01 14:30:00+02:00", "soon", None], (12, 30, 0, 0)),
        (["2026-01-01 12:00:05.000007", "2026-01-01T11:00:00"], (12, 0, 5, 7)),  # without a zone it is UTC
        ([1_767_268_805_250, 1_767_268_800_000, None], (12, 0, 5, 250_000)),  # milliseconds since 1970
    ],
)
def test_moments_of_extraction_may_be_texts_and_milliseconds(
    moments: list[Any], latest: tuple[int, int, int, int]
) -> None:
    frame = pl.DataFrame({"id": range(len(moments)), "_airbyte_extracted_at": moments})
    profile = state_of(frame, kinds={"id": Kind.INTEGER}).profile()
    assert profile.signals == SyncSignals(datetime(2026, 1, 1, *latest, tzinfo=UTC), None, ())


@pytest.mark.parametrize("generations", [["4", "x", "3", None], [Decimal(3), Decimal(4)]])
def test_generations_may_be_texts_and_decimals(generations: list[Any]) -> None:
    frame = pl.DataFrame({"id": range(len(generations)), "_airbyte_generation_id": generations})
    assert state_of(frame, kinds={"id": Kind.INTEGER}).profile().signals == SyncSignals(None, None, (3, 4))


META = ['{"sync_id": 1, "changes": []}', '{"changes": [{"field": "a", "change": "NULLED"}]}', '{"changes":[ ]}', None]
ERRORS = ['{"errors": []}', '{"errors": ["Problem with a"]}', '{"errors":[ ]}', None]  # as it was called at first


@pytest.mark.parametrize("meta", [META, ERRORS, [False, True, False, None]])
def test_airbytes_own_columns_are_signals_and_no_data(meta: list[Any]) -> None:
    frame = pl.DataFrame(
        {
            "id": [1, 2, 3, 4],
            "_airbyte_extracted_at": [NOON, NOON + timedelta(seconds=5), NOON, None],
            "_airbyte_generation_id": [3, 1, 3, None],
            "_airbyte_meta": meta,
        }
    )
    state = state_of(frame[:1], frame[1:], kinds={"id": Kind.INTEGER})
    profile = state.profile()
    assert len(profile.columns) == 1
    assert profile.signals == SyncSignals(NOON + timedelta(seconds=5), 1 / 3, (1, 3))


def test_a_table_without_airbytes_columns_has_no_signals() -> None:
    frame = pl.DataFrame({"id": [1], "_airbyte_extracted_at": ["yesterday"], "_airbyte_generation_id": ["x"]})
    assert state_of(frame, kinds={"id": Kind.INTEGER}).profile().signals is None
