"""Columns of dates: what goes on with the calendar is left alone, and what changed in the past is found by its name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.drift import DriftReport, Finding, Severity, compare
from taskflow_profilemesh.drift.averaging import averaged
from taskflow_profilemesh.drift.rules import Check, Override, Rules, Strategy
from taskflow_profilemesh.profiling.profile import TableProfile
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.drift.engine import profiled
from tests.taskflow_profilemesh.profiles import numbers, table

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_DAY = 100  # rows


def _moments(first: float, last: float) -> list[datetime]:
    """A hundred rows a day, evenly, from so many days after the first of January on."""
    return [_FIRST + timedelta(days=day) for day in np.arange(first * _A_DAY, last * _A_DAY) / _A_DAY]


def _of(moments: Iterable[datetime], *, now: float, small_rows: int = 50_000, by_day: bool = False) -> TableProfile:
    """The profile of a column of these, made so many days after the first of January."""
    column = pl.Series("at", [moment.replace(tzinfo=None) for moment in moments], dtype=pl.Datetime("us"))
    frame = pl.DataFrame({"at": column.dt.date() if by_day else column})
    return profiled(frame, small_rows=small_rows, now=_FIRST + timedelta(days=now))


def _shapes(report: DriftReport) -> set[str]:
    return {found.metric for found in report.findings} & {"psi", "ks", "wasserstein", "earlier_ratio"}


def _only(report: DriftReport) -> Finding:
    (finding,) = (found for found in report.findings if found.metric != "unique_ratio")
    return finding


@pytest.mark.parametrize("by_day", [True, False], ids=["dates", "moments"])
@pytest.mark.parametrize("small_rows", [50_000, 100], ids=["counted", "summarised"])
class TestWhatGoesOn:
    @pytest.mark.parametrize("days", [10, 400])
    def test_a_column_has_not_drifted_from_itself(self, days: int, small_rows: int, *, by_day: bool) -> None:
        profile = _of(_moments(0, days), now=days, small_rows=small_rows, by_day=by_day)
        assert not compare(profile, profile, Rules(strategy=Strategy.STATISTICAL)).detected

    @pytest.mark.parametrize(("before", "after"), [(6, 7), (6.3, 7.8), (10, 20), (90, 97), (400.5, 401.5)])
    def test_days_that_were_added_are_no_drift(
        self, before: float, after: float, small_rows: int, *, by_day: bool
    ) -> None:
        old, new = (_of(_moments(0, end), now=end, small_rows=small_rows, by_day=by_day) for end in (before, after))
        for strategy in (Strategy.ABSOLUTE_THRESHOLD, Strategy.STATISTICAL):
            assert _shapes(compare(old, new, Rules(strategy=strategy))) == set()

    @pytest.mark.parametrize("moved_on", [0.5, 1, 3, 7, 50])
    def test_a_window_that_moves_on_is_no_drift(self, moved_on: float, small_rows: int, *, by_day: bool) -> None:
        old, new = (
            _of(_moments(start, start + 7.4), now=start + 7.4, small_rows=small_rows, by_day=by_day)
            for start in (0, moved_on)
        )
        assert _shapes(compare(old, new)) == set()

    def test_the_average_of_a_growing_column_is_its_last_run(self, small_rows: int, *, by_day: bool) -> None:
        past = [_of(_moments(0, end), now=end, small_rows=small_rows, by_day=by_day) for end in (100, 30, 20, 10)]
        new = _of(_moments(0, 101), now=101, small_rows=small_rows, by_day=by_day)
        assert _shapes(compare(averaged(past), new)) == set()

    def test_rows_that_are_updated_move_to_the_end(self, small_rows: int, *, by_day: bool) -> None:
        """The last ones most: two fifths of the last five days, of which each then has a moment of today."""
        before = _moments(0, 30)
        today = _FIRST + timedelta(days=30.5)
        after = [moment if place < 2500 or place % 5 > 1 else today for place, moment in enumerate(before)]
        old, new = (_of(rows, now=31, small_rows=small_rows, by_day=by_day) for rows in (before, after))
        assert _shapes(compare(old, new)) == set()

    def test_rows_that_are_valid_until_9999_are_closed_day_by_day(self, small_rows: int, *, by_day: bool) -> None:
        open_rows = [datetime(9999, 12, 31, tzinfo=UTC)] * 900
        old, new = (
            _of([*_moments(0, end), *open_rows], now=end, small_rows=small_rows, by_day=by_day) for end in (10, 13)
        )
        assert _shapes(compare(old, new)) == set()

    @pytest.mark.parametrize("grown", [0, 1, 10])
    def test_a_fifth_that_became_1970_is_found_and_named(self, grown: int, small_rows: int, *, by_day: bool) -> None:
        before, after = _moments(0, 30), _moments(0, 30 + grown)
        broken = [_EPOCH if place % 5 == 0 else moment for place, moment in enumerate(after)]
        old = _of(before, now=30, small_rows=small_rows, by_day=by_day)
        finding = _only(compare(old, _of(broken, now=30 + grown, small_rows=small_rows, by_day=by_day)))
        assert (finding.metric, finding.severity) == ("earlier_ratio", Severity.HIGH)
        assert finding.current_value == pytest.approx(0.2, abs=0.01)
        assert finding.sentence == "20.0% of the values of at lie before the first one that it had."

    @pytest.mark.parametrize("grown", [0, 1, 3])
    def test_a_fifth_that_became_a_date_in_the_past_is_found(
        self, grown: int, small_rows: int, *, by_day: bool
    ) -> None:
        before, after = _moments(0, 30), _moments(0, 30 + grown)
        broken = [_FIRST + timedelta(days=3) if place % 5 == 0 else moment for place, moment in enumerate(after)]
        old = _of(before, now=30, small_rows=small_rows, by_day=by_day)
        finding = _only(compare(old, _of(broken, now=30 + grown, small_rows=small_rows, by_day=by_day)))
        assert finding.metric in {"psi", "ks"}
        assert finding.sentence.startswith("at is distributed differently")
        assert finding.sentence.endswith("those after the baseline's last one left out.")


def test_what_changed_in_a_window_that_moves_on_is_found() -> None:
    broken = [_FIRST + timedelta(days=20) if place % 4 == 0 else at for place, at in enumerate(_moments(10, 30))]
    old, new = _of(_moments(0, 30), now=30), _of([*broken, *_moments(30, 40)], now=40)
    assert _shapes(compare(old, new))


def test_a_month_that_was_lost_is_found_though_a_day_was_added() -> None:
    old = _of(_moments(0, 90), now=90)
    new = _of([*_moments(0, 30), *_moments(60, 91)], now=91)
    assert "psi" in _shapes(compare(old, new))


def test_it_is_said_how_far_dates_moved() -> None:
    """Dates over a thousand days, a fifth of which became the hundredth one: a fifth of what they lie off it."""
    days = np.arange(5000) // 5
    moved = np.where(np.arange(5000) % 5 == 0, 100, days)
    old, new = (
        profiled(pl.DataFrame({"born": pl.Series([date(1980, 1, 1) + timedelta(days=int(day)) for day in each])}))
        for each in (days, moved)
    )
    finding = _only(compare(old, new))
    assert finding.metric == "ks"
    off = 0.2 * float(np.abs(np.arange(1000) - 100).mean())
    told = float(finding.sentence.partition("on average they moved by ")[2].partition(" days")[0])
    assert told == pytest.approx(off, rel=0.03)


def test_a_few_earlier_ones_are_recorded_and_not_told() -> None:
    before, after = _moments(0, 30), [_EPOCH] * 50 + _moments(0, 30)
    report = compare(_of(before, now=30), _of(after, now=30))
    assert _shapes(report) == set()
    (earlier,) = (distance for distance in report.distances if distance.metric == "earlier_ratio")
    assert earlier.value == pytest.approx(50 / 3050)


@pytest.mark.parametrize("rows", [499, 500])
def test_nothing_is_said_of_fewer_than_500(rows: int) -> None:
    before = _moments(0, rows / _A_DAY)
    broken = [_EPOCH if place % 5 == 0 else moment for place, moment in enumerate(before)]
    assert bool(_shapes(compare(_of(before, now=9), _of(broken, now=9)))) is (rows >= 500)


def test_whoever_says_always_hears_of_added_days_too() -> None:
    always = Rules(columns={"at": Override(check=Check.ALWAYS)})
    report = compare(_of(_moments(0, 10), now=10), _of(_moments(0, 20), now=20), always)
    assert "psi" in _shapes(report)


def test_a_date_that_came_to_be_a_moment_has_no_distance() -> None:
    days = _moments(0, 30)
    report = compare(_of(days, now=30, by_day=True), _of(days, now=30))
    assert {"psi", "ks"} & {distance.metric for distance in report.distances} == set()


def test_two_samples_of_one_source_are_not_told_apart() -> None:
    random = np.random.default_rng(7)
    for size in (500, 2000):
        for _ in range(20):
            old, new = (
                _of([_FIRST + timedelta(days=day) for day in random.exponential(30, size)], now=900) for _ in range(2)
            )
            assert not compare(old, new).detected


def test_a_constant_date_of_which_a_fifth_became_another_one_is_found() -> None:
    old = table(numbers("a", [20_000.0] * 1000, kind=Kind.DATE))
    new = table(numbers("a", [0.0] * 200 + [20_000.0] * 800, kind=Kind.DATE))
    assert not compare(old, old).detected
    assert _only(compare(old, new)).metric == "earlier_ratio"
    assert not compare(new, old).detected  # repaired: as if old rows had been deleted
