from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskflow_profilemesh.drift import compare
from taskflow_profilemesh.events import TableFailure, TableOutcome, profile_result
from tests.taskflow_profilemesh.profiles import table, texts

_LARGEST = 32 * 1024


def _drift(findings: int = 1, changes: int = 0, severity: str = "high", text: str = "It moved.") -> dict[str, Any]:
    return {
        "detected": True,
        "severity": severity,
        "summary": text,
        "findings": [{"metric": "psi", "column": f"c{number}", "sentence": text} for number in range(findings)],
        "schema_changes": [{"kind": "added", "column": f"n{number}", "sentence": text} for number in range(changes)],
        "distances": [],
    }


def _outcome(number: int = 0, drift: dict[str, Any] | None = None, **changes: Any) -> TableOutcome:  # noqa: ANN401 -- any field
    fields: dict[str, Any] = {
        "table": f"public.t{number}",
        "row_count": 10,
        "column_count": 3,
        "profile_id": f"profile-{number}",
        "duration_seconds": 0.5,
        "exact": True,
        "drift": drift or {},
    }
    return TableOutcome(**(fields | changes))


def test_a_result_has_the_form_that_is_promised() -> None:
    result = profile_result(
        run_id="run-1",
        tables=[_outcome(0, _drift(1, 1)), _outcome(1)],
        failed=[TableFailure(table="public.x", error="The table does not exist.")],
    )
    assert result == {
        "schema_version": 1,
        "run_id": "run-1",
        "tables": [
            {
                "table": "public.t0",
                "row_count": 10,
                "column_count": 3,
                "profile_id": "profile-0",
                "duration_seconds": 0.5,
                "exact": True,
                "drift": {
                    "detected": True,
                    "severity": "high",
                    "findings": [{"metric": "psi", "column": "c0", "sentence": "It moved."}],
                },
                "schema_changes": [{"kind": "added", "column": "n0", "sentence": "It moved."}],
            },
            {
                "table": "public.t1",
                "row_count": 10,
                "column_count": 3,
                "profile_id": "profile-1",
                "duration_seconds": 0.5,
                "exact": True,
                "drift": {"detected": False, "severity": None, "findings": []},
                "schema_changes": [],
            },
        ],
        "failed": [{"table": "public.x", "error": "The table does not exist."}],
        "drift": {
            "detected": True,
            "severity": "high",
            "summary": "1 of 2 tables drifted, the worst severity is high. public.t0: It moved.",
        },
        "left_out": {"findings": 0, "schema_changes": 0, "tables": 0, "failed": 0},
    }


def test_a_real_report_goes_in_as_it_is() -> None:
    report = compare(table(texts("a", ["x"] * 900)), table(texts("a", ["x"] * 450, nulls=450)))
    result = profile_result(run_id="r", tables=[_outcome(0, report.as_dict())])
    assert result["tables"][0]["drift"]["findings"] == [finding.as_dict() for finding in report.findings]
    assert report.summary in result["drift"]["summary"]


def test_a_run_without_drift_says_so() -> None:
    assert profile_result(run_id="r", tables=[_outcome()])["drift"] == {
        "detected": False,
        "severity": None,
        "summary": "No drift.",
    }
    assert profile_result(run_id="r", tables=[])["drift"]["detected"] is False


def test_the_worst_table_is_told_first_and_decides_the_severity() -> None:
    tables = [_outcome(0, _drift(severity="low")), _outcome(1, _drift(severity="medium"))]
    drift = profile_result(run_id="r", tables=tables)["drift"]
    assert drift["severity"] == "medium"
    assert drift["summary"].index("public.t1") < drift["summary"].index("public.t0")


def test_five_findings_of_a_table_are_told_and_the_rest_is_counted() -> None:
    result = profile_result(run_id="r", tables=[_outcome(0, _drift(9))])
    assert [finding["column"] for finding in result["tables"][0]["drift"]["findings"]] == ["c0", "c1", "c2", "c3", "c4"]
    assert result["left_out"] == {"findings": 4, "schema_changes": 0, "tables": 0, "failed": 0}


def test_numbers_that_are_not_finite_and_odd_texts_do_no_harm() -> None:
    result = profile_result(
        run_id="a\x00b",
        tables=[_outcome(0, duration_seconds=float("nan"), table="t\x00" + "x" * 300)],
        failed=[TableFailure(table="t", error="e" * 1000)],
    )
    assert result["run_id"] == "a\\u0000b"
    assert result["tables"][0]["duration_seconds"] is None
    assert len(result["tables"][0]["table"]) == 256
    assert len(result["failed"][0]["error"]) == 256


def test_findings_are_left_out_before_schema_changes_and_tables() -> None:
    result = profile_result(run_id="r", tables=[_outcome(number, _drift(5, 1, text="x" * 90)) for number in range(60)])
    _fits(result)
    assert 0 < result["left_out"]["findings"] < 300
    assert result["left_out"]["schema_changes"] == 0
    assert len(result["tables"]) == 60


def test_schema_changes_are_left_out_before_tables() -> None:
    result = profile_result(run_id="r", tables=[_outcome(number, _drift(5, 9, text="x" * 90)) for number in range(80)])
    _fits(result)
    assert result["left_out"]["findings"] == 400
    assert result["left_out"]["schema_changes"] > 0
    assert len(result["tables"]) == 80


def test_of_too_many_tables_those_that_drifted_are_told() -> None:
    tables = [_outcome(number, _drift() if number % 100 == 99 else None) for number in range(1000)]
    failed = [TableFailure(table=f"public.f{number}", error="x" * 300) for number in range(200)]
    result = profile_result(run_id="r", tables=tables, failed=failed)
    _fits(result)
    kept = [entry["table"] for entry in result["tables"]]
    assert {f"public.t{number}" for number in range(99, 1000, 100)} <= set(kept)
    assert kept == sorted(kept, key=lambda name: int(name.removeprefix("public.t")))
    assert result["left_out"]["tables"] == 1000 - len(kept)
    assert result["left_out"]["failed"] == 200 - len(result["failed"])
    assert result["failed"]
    assert result["drift"]["detected"]


def test_the_failures_of_a_large_run_stay_when_there_is_room() -> None:
    failed = [TableFailure(table="public.x", error="The table does not exist.")]
    result = profile_result(run_id="r", tables=[_outcome(number) for number in range(1000)], failed=failed)
    _fits(result)
    assert len(result["failed"]) == 1
    assert result["left_out"]["tables"] > 0


@pytest.mark.parametrize("count", [0, 1, 7])
def test_few_tables_are_told_in_full(count: int) -> None:
    result = profile_result(run_id="r", tables=[_outcome(number, _drift(5, 3)) for number in range(count)])
    assert set(result["left_out"].values()) == {0}
    assert len(result["tables"]) == count


@given(
    st.lists(
        st.builds(
            _outcome,
            number=st.integers(0, 99),
            drift=st.builds(
                _drift,
                findings=st.integers(0, 30),
                changes=st.integers(0, 60),
                severity=st.sampled_from(["low", "medium", "high"]),
                text=st.text(max_size=300),
            ),
        ),
        max_size=40,
    ),
    st.lists(st.builds(TableFailure, table=st.text(max_size=300), error=st.text(max_size=300)), max_size=40),
)
def test_a_result_always_fits_and_accounts_for_everything(
    tables: list[TableOutcome], failed: list[TableFailure]
) -> None:
    result = profile_result(run_id="r", tables=tables, failed=failed)
    _fits(result)
    left_out = result["left_out"]
    told = sum(len(entry["drift"]["findings"]) for entry in result["tables"])
    assert told + left_out["findings"] == sum(len(outcome.drift["findings"]) for outcome in tables)
    assert len(result["tables"]) + left_out["tables"] == len(tables)
    assert len(result["failed"]) + left_out["failed"] == len(failed)


def _fits(result: dict[str, Any]) -> None:
    assert len(json.dumps(result, allow_nan=False)) <= _LARGEST
