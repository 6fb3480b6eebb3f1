from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from taskflow_profilemesh.drift import ChangeKind, DriftReport, Finding, Severity, Thresholds, compare, worst
from taskflow_profilemesh.profiling.profile import ColumnProfile, Distinct, Distribution, TableProfile
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.profiles import numbers, renamed, retyped, table, table_profiles, texts

_NORMAL = np.random.default_rng(11).normal(0, 1, 4000)
_OTHER = np.random.default_rng(12).normal(0, 1, 4000)
_SECRET = 987654.25  # a value of a row


def _only(report: DriftReport) -> Finding:
    (finding,) = report.findings
    return finding


def _distances(report: DriftReport) -> dict[tuple[str | None, str], float]:
    return {(distance.column, distance.metric): distance.value for distance in report.distances}


@given(table_profiles())
def test_a_profile_has_not_drifted_from_itself(profile: TableProfile) -> None:
    report = compare(profile, profile)
    assert not report.detected
    assert report.severity is None
    assert report.summary == "No drift."


@given(baseline=table_profiles(), current=table_profiles())
def test_any_two_profiles_can_be_compared_and_told_as_json(baseline: TableProfile, current: TableProfile) -> None:
    json.dumps(compare(baseline, current).as_dict(), allow_nan=False)


# Row counts


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        (1000, 900, None),
        (1000, 790, Severity.MEDIUM),
        (1000, 500, Severity.HIGH),
        (1000, 0, Severity.HIGH),
        (1, 0, Severity.HIGH),
        (1000, 1400, None),
        (1000, 1600, Severity.MEDIUM),
        (1000, 4000, Severity.HIGH),
        (3, 6, None),
        (10, 5, None),
        (0, 5, Severity.LOW),
        (0, 0, None),
    ],
)
def test_a_row_count_is_remarkable_when_it_is_far_off_and_not_by_chance(
    before: int, after: int, severity: Severity | None
) -> None:
    report = compare(table(rows=before), table(rows=after))
    assert report.severity is severity


def test_a_row_count_says_what_it_was_and_is() -> None:
    finding = _only(compare(table(rows=1000), table(rows=250)))
    assert (finding.metric, finding.column, finding.baseline_value, finding.current_value) == (
        "row_count",
        None,
        1000,
        250,
    )
    assert (finding.distance, finding.threshold) == (-0.75, 0.2)
    assert finding.sentence == "The table lost 75% of its rows: 250 after 1,000."
    assert _only(compare(table(rows=1000), table(rows=2000))).sentence.startswith("The table has 100% more rows")
    assert _only(compare(table(rows=0), table(rows=5))).distance is None


# Nulls


def test_a_burst_of_nulls_of_ten_points_is_found() -> None:
    before, after = table(numbers("a", _NORMAL[:500])), table(numbers("a", _NORMAL[:450], nulls=50))
    finding = _only(compare(before, after))
    assert (finding.metric, finding.column, finding.severity) == ("null_ratio", "a", Severity.MEDIUM)
    assert (finding.baseline_value, finding.current_value, finding.distance) == (0.0, 0.1, 0.1)
    assert finding.sentence == "a is null in 10.0% of the rows after 0.0% (+10.0 percentage points)."


def test_a_column_that_went_mostly_null_is_severe() -> None:
    before, after = table(texts("a", ["x"] * 600)), table(texts("a", ["x"] * 60, nulls=540))
    assert _only(compare(before, after)).severity is Severity.HIGH


def test_a_column_that_was_repaired_is_remarkable_but_not_severe() -> None:
    before, after = table(texts("a", ["x"] * 60, nulls=540)), table(texts("a", ["x"] * 600))
    assert _only(compare(before, after)).severity is Severity.MEDIUM


def test_a_column_without_rows_has_no_share_of_nulls() -> None:
    report = compare(table(texts("a", ["x"] * 1000)), table(texts("a", [])))
    assert [finding.metric for finding in report.findings] == ["row_count"]
    assert ("a", "null_ratio") not in _distances(report)


def test_a_few_nulls_more_are_recorded_and_not_told() -> None:
    report = compare(table(texts("a", ["x"] * 1000)), table(texts("a", ["x"] * 970, nulls=30)))
    assert not report.detected
    assert _distances(report)["a", "null_ratio"] == 0.03


def test_nulls_in_a_handful_of_rows_are_chance() -> None:
    report = compare(table(texts("a", ["x"] * 10)), table(texts("a", ["x"] * 8, nulls=2)))
    assert not report.detected


# Distributions


def test_a_shift_of_half_a_standard_deviation_is_found() -> None:
    finding = _only(compare(table(numbers("a", _NORMAL)), table(numbers("a", _OTHER + 0.5))))
    assert (finding.metric, finding.column) == ("psi", "a")
    assert finding.distance is not None
    assert 0.15 < finding.distance < 0.35
    assert finding.baseline_value == pytest.approx(0.1, abs=0.01)
    assert finding.current_value == pytest.approx(0.215, abs=0.02)
    assert finding.sentence.startswith("a is distributed differently (PSI 0.2")
    assert finding.sentence.endswith("of its values lie between the earlier percentiles 90 and 100, after 10%.")


def test_a_large_shift_is_severe() -> None:
    finding = _only(compare(table(numbers("a", _NORMAL)), table(numbers("a", _OTHER + 3))))
    assert finding.severity is Severity.HIGH


def test_the_same_distribution_is_recorded_and_not_told() -> None:
    report = compare(table(numbers("a", _NORMAL)), table(numbers("a", _OTHER)))
    assert not report.detected
    assert 0 < _distances(report)["a", "psi"] < 0.05
    assert 0 < _distances(report)["a", "ks"] < 0.05


def test_a_constant_that_became_a_larger_one_is_found() -> None:
    finding = _only(compare(table(numbers("a", [1.0] * 600)), table(numbers("a", [2.0] * 600))))
    assert (finding.metric, finding.baseline_value, finding.current_value) == ("psi", 0.0, 1.0)
    assert finding.sentence.endswith("100% of its values lie above all earlier ones, after 0%.")


def test_a_constant_that_became_a_smaller_one_is_found_by_ks() -> None:
    finding = _only(compare(table(numbers("a", [2.0] * 600)), table(numbers("a", [1.0] * 600))))
    assert (finding.metric, finding.severity, finding.distance) == ("ks", Severity.HIGH, 1.0)
    assert "100% of its values lie at or below the point where both differ most, after 0%" in finding.sentence


def test_too_few_values_are_recorded_and_not_judged() -> None:
    before, after = table(numbers("a", _NORMAL[:499])), table(numbers("a", _OTHER[:600] + 9))
    report = compare(before, after)
    assert not report.detected
    assert _distances(report)["a", "psi"] > 1
    assert compare(before, after, Thresholds(minimum_rows=499)).detected


def test_nan_and_infinity_are_no_values_of_the_distribution() -> None:
    column = numbers("a", _NORMAL[:600])
    assert column.numbers is not None
    odd = replace(column, row_count=700, numbers=replace(column.numbers, nan_count=60, infinite_count=40))
    few = replace(odd, row_count=599, numbers=replace(column.numbers, nan_count=100))
    shifted = numbers("a", _OTHER + 9)
    assert "psi" in {finding.metric for finding in compare(table(odd), table(shifted, rows=700)).findings}
    assert {finding.metric for finding in compare(table(few), table(shifted, rows=599)).findings} == {"nan_ratio"}


def test_a_bound_that_could_feign_the_distance_silences_it() -> None:
    after = numbers("a", _OTHER + 0.5)
    assert after.distribution is not None
    vague = replace(after, distribution=replace(after.distribution, rank_error_ratio=0.2))
    assert not compare(table(numbers("a", _NORMAL)), table(vague)).detected


@pytest.mark.parametrize("kind", [Kind.DATE, Kind.DATETIME])
def test_dates_go_on_with_the_calendar(kind: Kind) -> None:
    report = compare(table(numbers("a", _NORMAL, kind=kind)), table(numbers("a", _OTHER + 9, kind=kind)))
    assert not report.detected
    assert _distances(report)["a", "ks"] == 1.0


def test_a_key_goes_on_with_the_rows() -> None:
    before = table(numbers("a", _NORMAL), primary_key=("a",))
    after = table(numbers("a", _OTHER + 9), primary_key=("a",))
    assert not compare(before, after).detected


def test_a_counter_goes_on_with_the_rows_even_if_it_is_no_declared_key() -> None:
    before, after = numbers("a", range(1000), kind=Kind.INTEGER), numbers("a", range(1000, 2000), kind=Kind.INTEGER)
    assert not compare(table(before), table(after)).detected


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
@pytest.mark.parametrize("kind", [Kind.INTEGER, Kind.FLOAT, Kind.DECIMAL])
def test_a_number_that_counts_the_time_since_1970_goes_on_with_the_calendar(kind: Kind, unit: int) -> None:
    yesterday, today = (
        numbers("a", (1_767_000_000 + 60 * np.arange(n, n + 1440)) * unit, kind=kind) for n in (0, 1440)
    )
    report = compare(table(yesterday), table(today))
    assert not report.detected
    assert _distances(report)["a", "ks"] == 1.0


def test_a_clock_that_falls_back_to_1970_is_found() -> None:
    moments = 1_767_000_000 + 60 * np.arange(1440)
    broken = numbers("a", np.where(moments % 180, moments, 0), kind=Kind.INTEGER)
    assert compare(table(numbers("a", moments, kind=Kind.INTEGER)), table(broken)).detected


@pytest.mark.parametrize(
    "column",
    [
        numbers("a", np.arange(1000.0) * 50, kind=Kind.INTEGER),
        numbers("a", np.arange(1000) // 2, kind=Kind.INTEGER),
        numbers("a", np.arange(1000), kind=Kind.INTEGER, distinct=None),
        numbers("a", np.arange(1000), kind=Kind.INTEGER, minimum=None),
        numbers("a", np.arange(1000.0)),
    ],
    ids=["sparse", "repeated", "uncounted", "without bounds", "no whole numbers"],
)
def test_what_is_no_counter_is_judged(column: ColumnProfile) -> None:
    moved = numbers("a", np.arange(1000) + 10**6, kind=column.schema.kind)
    findings = compare(table(column), table(moved)).findings
    assert [finding.metric for finding in findings if finding.metric != "unique_ratio"] == ["psi"]


def test_a_counter_of_which_the_distinct_count_is_an_estimate_is_a_counter() -> None:
    column = numbers("a", np.arange(1000), kind=Kind.INTEGER, distinct=Distinct(970, 0.05))
    moved = numbers("a", np.arange(1000) + 1000, kind=Kind.INTEGER)
    assert not compare(table(column), table(moved)).detected


@pytest.mark.parametrize(
    "column",
    [
        numbers("a", [], nulls=4000),
        numbers("a", _NORMAL, distribution=None),
        numbers("a", _NORMAL, distribution=Distribution((), ())),
    ],
)
def test_a_column_without_a_distribution_has_no_distance(column: ColumnProfile) -> None:
    report = compare(table(numbers("a", _NORMAL)), table(column))
    assert ("a", "psi") not in _distances(report)


# Columns


def test_a_renamed_column_is_compared_with_its_old_self() -> None:
    before = table(numbers("dep_delay", _NORMAL), texts("carrier", ["UA"] * 4000))
    after = table(numbers("departure_delay", _OTHER[:3500] + 0.5, nulls=500), texts("carrier", ["UA"] * 4000))
    report = compare(before, after)
    assert [change.kind for change in report.schema_changes] == [ChangeKind.RENAMED]
    assert {(finding.metric, finding.column) for finding in report.findings} == {
        ("null_ratio", "departure_delay"),
        ("psi", "departure_delay"),
    }


def test_a_key_that_was_renamed_is_still_a_key() -> None:
    before = table(numbers("dep_delay", _NORMAL), primary_key=("dep_delay",))
    after = table(numbers("departure_delay", _OTHER + 0.5), primary_key=("departure_delay",))
    assert compare(before, after).findings == ()


def test_a_column_that_could_not_be_profiled_is_not_compared() -> None:
    broken = numbers("a", [], nulls=4000, error="unreadable")
    report = compare(table(numbers("a", _NORMAL)), table(broken))
    assert not report.detected
    assert [distance.metric for distance in report.distances] == ["row_count"]


def test_a_type_change_is_found_beside_the_rest() -> None:
    report = compare(table(numbers("a", _NORMAL)), table(retyped(texts("a", ["x"] * 4000), "text", kind=Kind.TEXT)))
    assert [change.kind for change in report.schema_changes] == [ChangeKind.TYPE]


# The report


def test_the_worst_comes_first_and_the_summary_is_short() -> None:
    before = table(*(texts(name, ["x"] * 1000) for name in "abcd"), rows=1000)
    after = table(
        texts("a", ["x"] * 900, nulls=100),
        texts("b", ["x"] * 400, nulls=600),
        texts("c", ["x"] * 800, nulls=200),
        texts("new", ["something else entirely"] * 1000),
        rows=1000,
    )
    report = compare(before, after)
    assert report.severity is Severity.HIGH
    assert [finding.column for finding in report.findings] == ["b", "c", "a"]
    assert report.summary == (
        "Column d (text) is gone. b is null in 60.0% of the rows after 0.0% (+60.0 percentage points). "
        "c is null in 20.0% of the rows after 0.0% (+20.0 percentage points). And 2 more."
    )


def test_a_report_is_plain_json() -> None:
    report = compare(table(numbers("a", _NORMAL)), table(numbers("a", _OTHER + 0.4)))
    told = report.as_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert (told["detected"], told["severity"]) == (True, "medium")
    assert set(told["findings"][0]) == {
        "metric",
        "column",
        "baseline_value",
        "current_value",
        "distance",
        "threshold",
        "severity",
        "sentence",
        "baseline_run_ids",
        "repeated",
        "flapping",
    }
    assert told["distances"][0]["metric"] == "row_count"
    assert compare(table(), table(_column())).as_dict()["schema_changes"][0]["kind"] == "added"


def test_a_report_never_holds_a_value_of_a_row() -> None:
    values = [_SECRET] * 1000
    before = table(numbers("a", values), texts("b", ["top secret"] * 1000))
    after = table(numbers("a", [_SECRET + 1] * 900, nulls=100), texts("b", ["top secret"] * 500, nulls=500), rows=500)
    told = json.dumps(compare(before, after).as_dict())
    assert json.loads(told)["findings"]
    assert "98765" not in told.replace(",", "")
    assert "top secret" not in told


def test_severities_compare_by_weight() -> None:
    assert worst([Severity.LOW, Severity.HIGH, Severity.MEDIUM]) is Severity.HIGH
    assert worst([]) is None
    assert Severity.HIGH.at_least(Severity.MEDIUM)
    assert Severity.MEDIUM.at_least(Severity.MEDIUM)
    assert not Severity.LOW.at_least(Severity.HIGH)


def _column() -> ColumnProfile:
    return renamed(numbers("a", [1.0]), "b")
