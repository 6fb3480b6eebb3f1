from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.drift import Finding, Severity
from taskflow_profilemesh.drift.anomalies import Number, anomalies, row_band
from taskflow_profilemesh.drift.rules import Check, Override, Rules
from taskflow_profilemesh.profiling.profile import ColumnProfile, TableProfile
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.drift.engine import profiled
from tests.taskflow_profilemesh.profiles import numbers, table

_HOUR = 3_600.0
_ROWS: Number = (None, "row_count")
_STEADY = numbers("a", [1.0])


def _found(
    metric: str,
    value: float,
    past: Sequence[float],
    *,
    column: ColumnProfile | None = None,
    rules: Rules | None = None,
    key: tuple[str, ...] = (),
) -> tuple[Finding, ...]:
    """What is unlike the past of one number: of the column, or of the table."""
    number: Number = (column.schema.name if column else None, metric)
    profile: TableProfile = table(column or _STEADY, primary_key=key)
    return anomalies(profile, {number: value}, {number: past}, rules or Rules())


def test_an_anomaly_is_far_from_the_median_of_seven_runs() -> None:
    past: Mapping[Number, Sequence[float]] = {_ROWS: [1000.0, 1002, 998, 1001, 999, 1000, 1003]}
    (found,) = anomalies(table(_STEADY), {_ROWS: 1500.0}, past, Rules(), run_ids=["r1"])
    assert (found.metric, found.baseline_value, found.current_value) == ("anomaly_row_count", 1000, 1500)
    assert found.distance == pytest.approx(500 / (1.4826 * (1 + 90 / 49)))  # the median of the distances is 1
    assert found.baseline_run_ids == ("r1",)
    assert "is 1,500; in the 7 runs before it was about 1,000 (" in found.sentence


@pytest.mark.parametrize("value", [1000.0, 1050.0])
def test_what_is_usual_or_too_small_to_matter_is_no_anomaly(value: float) -> None:
    assert _found("row_count", value, [1000.0] * 7) == ()


def test_nothing_is_said_while_warming_up() -> None:
    assert _found("row_count", 1500.0, [1000.0] * 6) == ()
    assert row_band([100.0] * 6) is None
    assert row_band([100.0] * 7) == (90, 110)


# What is no news


@pytest.mark.parametrize("runs", [7, 8, 10, 14, 20, 28])
def test_numbers_that_vary_by_a_third_from_run_to_run_are_an_anomaly_in_less_than_one_of_a_hundred(runs: int) -> None:
    drawn = np.random.default_rng(runs).normal(1e9, 3e8, (2000, runs + 1))
    told = [_found("row_count", row[0], row[1:].tolist()) for row in drawn]
    assert sum(map(bool, told)) <= 0.01 * len(told)


@pytest.mark.parametrize("rows", [20, 200, 2000])
def test_samples_of_one_source_are_an_anomaly_in_less_than_one_of_a_hundred(rows: int) -> None:
    random, alarms, trials = np.random.default_rng(rows), 0, 150
    for _ in range(trials):
        past = {"mean": [], "std": [], "null_ratio": []}  # type: dict[str, list[float]]
        for _ in range(8):
            held = random.normal(size=rows - (nulls := int(random.binomial(rows, 0.1))))
            past["mean"].append(float(held.mean()))
            past["std"].append(float(held.std(ddof=1)))
            past["null_ratio"].append(nulls / rows)
        column = numbers("a", held, nulls=nulls)
        alarms += sum(bool(_found(metric, said[-1], said[:-1], column=column)) for metric, said in past.items())
    assert alarms <= 0.01 * 3 * trials


def test_two_more_rows_and_a_null_among_ten_are_no_anomaly() -> None:
    assert _found("row_count", 12.0, [10.0] * 7) == ()
    assert _found("null_ratio", 0.1, [0.0] * 7, column=numbers("a", range(9), nulls=1)) == ()


def test_the_mean_of_a_key_or_a_counter_goes_on_unless_somebody_wants_it_judged() -> None:
    grown = numbers("id", range(2000), kind=Kind.INTEGER)
    assert _found("mean", 999.5, [499.5] * 7, column=grown) == ()
    scattered = numbers("id", np.arange(2000) ** 2.0)
    assert _found("mean", 1e6, [5e5] * 7, column=scattered, key=("id",)) == ()
    always = Rules(columns={"id": Override(check=Check.ALWAYS)})
    assert _found("mean", 999.5, [499.5] * 7, column=grown, rules=always)


def test_a_column_that_is_never_judged_has_no_anomalies() -> None:
    column = numbers("a_note", range(1000), nulls=1000)
    assert _found("null_ratio", 0.5, [0.0] * 7, column=column)
    assert not _found("null_ratio", 0.5, [0.0] * 7, column=column, rules=Rules(columns={"*_note": _NEVER}))


_NEVER = Override(check=Check.NEVER)


def _seen() -> ColumnProfile:
    (column,) = profiled(pl.DataFrame({"seen_at": [date(2026, 3, 1)]})).columns
    return column


@pytest.mark.parametrize(("hours", "told"), [(0.1, False), (1.2, False), (5.0, True)])
def test_data_is_an_anomaly_when_it_is_older_than_usual_and_not_by_minutes(hours: float, *, told: bool) -> None:
    found = _found("freshness_seconds", hours * _HOUR, [_HOUR] * 7, column=_seen())
    assert [one.sentence.partition(" (")[0] for one in found] == (
        ["The age of the last seen_at is 5:00:00; in the 7 runs before it was about 1:00:00"] if told else []
    )


# What is


def test_a_null_burst_a_moved_mean_and_longer_texts_are_anomalies_from_five_hundred_rows_on() -> None:
    held = numbers("a", np.random.default_rng(1).normal(0.5, 1, 500), nulls=50)
    assert _found("null_ratio", 50 / 550, [0.0, 0.002, 0.0, 0.0, 0.001, 0.0, 0.002], column=held)
    assert _found("mean", 0.5, [0.01, -0.02, 0.03, 0.0, -0.01, 0.02, -0.03], column=held)
    (texts,) = profiled(pl.DataFrame({"a": ["ab", "abcdefgh"] * 300})).columns
    assert _found("length_mean", 5.0, [3.0, 3.1, 2.9, 3.0, 3.05, 2.95, 3.0], column=texts)


@pytest.mark.parametrize(
    ("rows", "severity"), [(11_500, "medium"), (16_000, "high"), (8_500, "medium"), (7_000, "high"), (0, "high")]
)
def test_a_number_of_rows_is_severe_only_beyond_what_a_comparison_would_let_pass(rows: float, severity: str) -> None:
    (found,) = _found("row_count", rows, [10_000.0] * 7)
    assert found.severity is Severity(severity)


def test_a_column_without_values_says_nothing_of_its_mean() -> None:
    assert _found("mean", 5.0, [1.0] * 7, column=numbers("a", [], nulls=10)) == ()


def test_a_table_that_was_empty_says_nothing_of_chance() -> None:
    assert _found("row_count", 10.0, [0.0] * 7) == ()
