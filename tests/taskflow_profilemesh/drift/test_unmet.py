"""Expectations that are not met, as findings of a report: with their numbers, without a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from taskflow_profilemesh.comparison import TableSettings, compared
from taskflow_profilemesh.drift import DriftReport, Finding
from taskflow_profilemesh.drift.expectations import Expectation, ExpectationKind
from taskflow_profilemesh.drift.unmet import unmet, with_unmet
from taskflow_profilemesh.outcome import Run
from taskflow_profilemesh.profiling import TableProfile
from taskflow_profilemesh.storage import Decision, DecisionKind, MemoryStore, StoredProfile
from tests.taskflow_profilemesh.drift.engine import profiled

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _expected(
    kind: str, column: str | None = None, *values: str, low: float | None = None, high: float | None = None
) -> Expectation:
    return Expectation(kind=ExpectationKind(kind), column=column, values=values, low=low, high=high, profiles=0, rows=0)


def _orders(**columns: list[object]) -> TableProfile:
    usual: dict[str, list[object]] = {"id": [1, 2, 3, 4], "price": [1.0, 2.0, 3.0, 4.0], "state": ["new"] * 4}
    return profiled(pl.DataFrame(usual | columns))


ALL = (
    _expected("not_null", "price"),
    _expected("unique", "id"),
    _expected("range", "price", low=0.0, high=10.0),
    _expected("allowed_values", "state", "new", "sent"),
    _expected("row_count", low=3, high=5),
)


ODD = _orders(price=[1.0, 2.0, 3.0, None])


def test_what_is_met_is_no_finding() -> None:
    assert unmet(ALL, _orders()) == ()


@pytest.mark.parametrize(
    ("profile", "metric", "column", "numbers", "words"),
    [
        (
            _orders(price=[1.0, 2.0, 3.0, None]),
            "expectation_not_null",
            "price",
            (0.0, 0.25),
            "25.00% of the rows; no null",
        ),
        (
            _orders(id=[1, 2, 3, 3]),
            "expectation_unique",
            "id",
            (1.0, 0.75),
            "its own in 75.00% of the rows; it is expec",
        ),
        (_orders(price=[1.0, 2.0, 3.0, 987.0]), "expectation_range", "price", (0.0, None), "leaves the expected range"),
        (_orders(state=["new", "new", "new", "canary"]), "expectation_allowed_values", "state", (0.0, 0.25), "25.00%"),
        (
            profiled(pl.DataFrame({"id": [1, 2], "price": [1.0, 2.0], "state": ["new"] * 2})),
            "expectation_row_count",
            None,
            (3.0, 2),
            "The table has 2 rows; 3 to 5 are usual.",
        ),
    ],
)
def test_what_is_not_met_is_a_high_finding_with_its_numbers_and_no_value(
    profile: TableProfile, metric: str, column: str | None, numbers: tuple[float, float | None], words: str
) -> None:
    (finding,) = unmet(ALL, profile)
    assert (finding.metric, finding.column, finding.severity.value) == (metric, column, "high")
    assert (finding.baseline_value, finding.current_value) == numbers
    assert words in finding.sentence
    assert "987" not in str(finding.as_dict())
    assert "canary" not in str(finding.as_dict())


def test_what_the_profile_cannot_judge_is_no_finding() -> None:
    assert unmet([_expected("not_null", "gone"), _expected("range", "state", low=0, high=1)], _orders()) == ()


def test_they_stand_before_what_drifted_and_alone_where_there_is_no_baseline() -> None:
    (missed,) = unmet(ALL, ODD)
    drifted = DriftReport(findings=(_finding("psi"),))
    both = with_unmet(drifted, [missed])
    assert both is not None
    assert [one.metric for one in both.findings] == ["expectation_not_null", "psi"]
    alone = with_unmet(None, [missed])
    assert alone is not None
    assert (alone.has_baseline, alone.findings) == (False, (missed,))
    assert with_unmet(None, []) is None
    assert with_unmet(drifted, []) is drifted


def _finding(metric: str) -> Finding:
    return replace(unmet(ALL, ODD)[0], metric=metric)


def _reported(store: MemoryStore, profile: TableProfile) -> DriftReport | None:
    settings = TableSettings(expectations=ALL)
    return compared(profile, store, settings, source="shop", now=NOW, run=Run(run_id="now"))


def test_a_first_profile_is_held_to_them_and_one_that_meets_them_has_nothing_to_tell() -> None:
    assert _reported(MemoryStore(), _orders()) is None
    report = _reported(MemoryStore(), ODD)
    assert report is not None
    assert [one.metric for one in report.findings] == ["expectation_not_null"]
    assert report.severity == "high"


def test_one_that_was_told_before_is_repeated_and_one_that_is_muted_counts_no_more() -> None:
    store = MemoryStore()
    first = _reported(store, ODD)
    assert first is not None
    table = ODD.schema.table
    store.save(
        StoredProfile(
            profile_id="p1",
            run_id="r1",
            source="shop",
            table=table,
            profiled_at=NOW,
            profile=ODD,
            drift=first.as_dict(),
            passed=False,
        )
    )
    again = _reported(store, ODD)
    assert again is not None
    assert [(one.metric, one.repeated) for one in again.findings] == [("expectation_not_null", True)]
    store.decide(
        Decision(
            kind=DecisionKind.MUTE, source="shop", table=table, at=NOW, column="price", metric="expectation_not_null"
        )
    )
    muted = _reported(store, ODD)
    assert muted is not None
    assert (muted.severity, [one.metric for one in muted.muted]) == (None, ["expectation_not_null"])
