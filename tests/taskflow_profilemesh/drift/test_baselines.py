from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from taskflow_profilemesh.drift.averaging import averaged
from taskflow_profilemesh.drift.baselines import BaselineKind, Choice, PastRun, choose, follows_the_week
from taskflow_profilemesh.errors import InvalidOption
from tests.taskflow_profilemesh.profiles import numbers, table, texts

_MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
Kind = BaselineKind


def _day(number: int, *, rows: int = 100, drifted: bool = False) -> PastRun:
    at = _MONDAY + timedelta(days=number)
    return PastRun(profile_id=f"p{number}", run_id=f"r{number}", at=at, row_count=rows, drifted=drifted)


_MONTH = [_day(number) for number in range(27, -1, -1)]  # newest first


def _chosen(kind: Kind, runs: list[PastRun] = _MONTH, *, pinned: PastRun | None = None, window: int = 7) -> Choice:
    choice = choose(kind, runs, at=_MONDAY + timedelta(days=28), pinned=pinned, window=window)
    assert choice is not None
    return choice


def test_each_kind_chooses_its_runs() -> None:
    assert _chosen(Kind.LAST_RUN).run_ids == ("r27",)
    assert _chosen(Kind.MOVING_AVERAGE, window=3).run_ids == ("r27", "r26", "r25")
    assert _chosen(Kind.PRIOR_PERIOD).run_ids == ("r21", "r14", "r7", "r0")
    assert _chosen(Kind.PINNED, pinned=_day(-90)).run_ids == ("r-90",)


def test_a_stable_window_ends_at_the_last_drift() -> None:
    runs = [
        _day(9, drifted=True),
        _day(8),
        _day(7, drifted=True),
        *(_day(number) for number in (6, 5, 4)),
        _day(3, drifted=True),
        _day(2),
    ]
    assert _chosen(Kind.STABLE_WINDOW, runs).run_ids == ("r6", "r5", "r4")


def test_a_kind_that_finds_nothing_falls_back_to_the_last_run_and_says_so() -> None:
    for kind, runs in ((Kind.PINNED, _MONTH), (Kind.PRIOR_PERIOD, [_day(26)]), (Kind.STABLE_WINDOW, [_day(1)])):
        assert _chosen(kind, runs) == Choice(Kind.LAST_RUN, (runs[0],))
    assert choose(Kind.AUTO, [], at=_MONDAY) is None


def test_auto_takes_what_was_pinned_then_the_week_then_what_is_stable() -> None:
    weekly = [_day(run_day, rows=1000 if run_day % 7 >= 5 else 100 + run_day % 7 * 30) for run_day in range(27, -1, -1)]
    assert follows_the_week(weekly)
    assert not follows_the_week(_MONTH)
    assert _chosen(Kind.AUTO, weekly).kind is Kind.PRIOR_PERIOD
    assert _chosen(Kind.AUTO).kind is Kind.STABLE_WINDOW
    assert _chosen(Kind.AUTO, weekly, pinned=_day(1)).kind is Kind.PINNED


def test_a_window_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidOption, match="window"):
        choose(Kind.AUTO, _MONTH, at=_MONDAY, window=0)


def test_an_average_lies_between_its_profiles() -> None:
    one = table(numbers("a", [0.0] * 10 + [1.0] * 10), texts("b", ["x"] * 20))
    two = table(numbers("a", [2.0] * 20, nulls=10), texts("b", ["x"] * 15 + ["y"] * 15))
    mean = averaged([one, two])
    number, text = mean.columns
    assert (mean.row_count, number.row_count, number.null_count) == (25, 25, 5)
    assert number.distribution is not None
    assert number.distribution.points == (0.0, 1.0, 2.0)
    assert number.distribution.cumulative_ratio == pytest.approx((0.25, 0.5, 1.0))
    assert number.numbers is not None
    assert number.numbers.mean == pytest.approx(1.25)
    assert text.distinct is not None
    assert {top.value: top.count for top in text.distinct.top} == {"x": 18, "y": 8}
    assert averaged([one]) is one
