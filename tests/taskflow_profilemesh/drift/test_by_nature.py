"""What is never the same twice is no drift; what breaks the habit is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.drift import DriftReport, Severity, compare
from taskflow_profilemesh.drift.rules import Check, Override, Rules
from taskflow_profilemesh.profiling.looks import Looks, SemanticType
from taskflow_profilemesh.profiling.profile import ColumnProfile, Monotonicity
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.profiles import numbers, table, texts
from tests.taskflow_profilemesh.profiling.frames import column_of

_ALWAYS = Rules(columns={"*": Override(check=Check.ALWAYS)})


def _days(counts: dict[str, int], *, kind: SemanticType | None = SemanticType.DATE) -> ColumnProfile:
    """A column of texts, which look like dates or moments, or like nothing."""
    column = texts("day", [day for day, count in counts.items() for _ in range(count)])
    return replace(column, looks=Looks(kind, 1.0 if kind else None, shapes=(), sampled_rows=256))


def _ids(first: int, name: str, *, step: int = 40) -> ColumnProfile:
    """A thousand whole numbers that are far apart."""
    return numbers(name, np.arange(first, first + 1000 * step, step), kind=Kind.INTEGER)


def _told(before: ColumnProfile, after: ColumnProfile, rules: Rules | None = None) -> list[tuple[str, Severity]]:
    report: DriftReport = compare(table(before), table(after), rules or Rules())
    return [(finding.metric, finding.severity) for finding in report.findings]


_WEEK = {"2026-03-01": 300, "2026-03-02": 300}


@pytest.mark.parametrize(
    "after", [_WEEK | {"2026-03-03": 200}, {"2026-03-02": 300, "2026-03-03": 300}, {"2026-04-01": 600}]
)
def test_a_later_day_is_no_news_though_it_is_a_text(after: dict[str, int]) -> None:
    assert _told(_days(_WEEK), _days(after)) == []
    assert ("unseen_ratio", Severity.HIGH) in _told(_days(_WEEK), _days(after), _ALWAYS)
    assert ("unseen_ratio", Severity.HIGH) in _told(_days(_WEEK, kind=None), _days(after, kind=None))


@pytest.mark.parametrize("wrong", ["1970-01-01", "2026-03-01x"])
def test_a_day_that_comes_before_or_between_is_new(wrong: str) -> None:
    after = {"2026-03-01": 240, wrong: 150, "2026-03-02": 210, "2026-03-03": 60}
    assert _told(_days(_WEEK), _days(after)) == [("unseen_ratio", Severity.HIGH)]


def test_rows_that_went_from_one_day_to_the_other_are_found() -> None:
    assert _told(_days(_WEEK), _days({"2026-03-01": 100, "2026-03-02": 500})) == [("js", Severity.HIGH)]


def test_moments_as_texts_go_on_too() -> None:
    eight, nine = (_days({f"2026-03-01T0{hour}:00": 600}, kind=SemanticType.DATETIME) for hour in (8, 9))
    assert _told(eight, nine) == []


@pytest.mark.parametrize("name", ["id", "ID", "order_id", "orderId", "orderID"])
def test_ids_go_on_however_far_apart_they_are(name: str) -> None:
    assert _told(_ids(0, name), _ids(40_000, name)) == []
    assert _told(_ids(0, name), _ids(40_000, name), _ALWAYS) == [("psi", Severity.HIGH)]


@pytest.mark.parametrize("name", ["paid", "bid", "grid", "amount"])
def test_what_is_not_called_an_id_is_judged(name: str) -> None:
    assert _told(_ids(0, name), _ids(40_000, name)) == [("psi", Severity.HIGH)]


def test_an_id_that_repeats_is_judged() -> None:
    before, after = (numbers("user_id", [*range(n, n + 9000, 15)] * 2, kind=Kind.INTEGER) for n in (0, 9000))
    assert _told(before, after) == [("psi", Severity.HIGH)]


def test_numbers_that_are_known_to_ascend_are_a_counter() -> None:
    before, after = (replace(_ids(n, "no"), monotonicity=Monotonicity.INCREASING) for n in (0, 40_000))
    assert _told(before, after) == []


def _written(days: list[int]) -> ColumnProfile:
    return numbers("day", days * 300, kind=Kind.INTEGER)


def test_a_day_written_as_a_number_goes_on_and_one_of_1970_is_found() -> None:
    before = _written([20260228, 20260301])
    assert _told(before, _written([20260301, 20260302])) == []
    assert _told(before, _written([19700101, 20260302])) == [("psi", Severity.HIGH)]
    assert _told(_written([20260228, 20260299]), _written([20260301, 20260302])) == [("psi", Severity.HIGH)]


@pytest.mark.parametrize("values", [[20260228.5, 20260301.5], [5, 20260301], [20260001, 20260301]])
def test_what_is_no_day_is_judged(values: list[float]) -> None:
    before = numbers("day", values * 300)
    assert _told(before, numbers("day", [20270101.0] * 600)) == [("psi", Severity.HIGH)]


def _lengths_told(before: Sequence[str], after: Sequence[str], rules: Rules | None = None) -> bool:
    """Whether anything is told of how long the texts are."""
    old, new = (column_of(pl.Series(values), kind=Kind.TEXT) for values in (before, after))
    return any(metric.startswith("length_") for metric, _ in _told(old, new, rules))


def _users(end: int, form: str = "user{}@example.com") -> list[str]:
    return [form.format(number) for number in range(end)]


@pytest.mark.parametrize("end", [1100, 3000, 9999])
def test_the_next_digit_of_a_number_in_texts_is_no_news(end: int) -> None:
    assert not _lengths_told(_users(1000), _users(end))
    assert not _lengths_told(_users(1050), _users(end))
    assert _lengths_told(_users(1000), _users(end), _ALWAYS)


@pytest.mark.parametrize(
    "after",
    [
        [f"user{number}@example.com"[: 9 if number % 3 else None] + f"{number:>04}" for number in range(1500)],
        _users(1050, "user{}@example.com "),  # the old ones have another character, too
        [f"user{number}{'0' * 3 * (number > 999)}@example.com" for number in range(1500)],
        _users(999, "user{}@example.comm"),  # no row is new
        _users(500) * 3,  # they are not all different
    ],
)
def test_other_lengths_of_texts_that_are_all_different_are_told(after: list[str]) -> None:
    assert _lengths_told(_users(1000), after)
