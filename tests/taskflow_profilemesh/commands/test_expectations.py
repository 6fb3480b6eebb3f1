from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands import store_arguments
from taskflow_profilemesh.drift.expectations import LEAST_PROFILES
from taskflow_profilemesh.expectations_file import read_expectations
from taskflow_profilemesh.storage import StoredProfile, open_store
from tests.taskflow_profilemesh.drift.engine import profiled

Capture = pytest.CaptureFixture[str]
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def run_of(number: int, *, state: str | None = None, passed: bool = True, source: str = "shop") -> StoredProfile:
    """A run of a table of 200 orders, all of this state where it is given."""
    random = np.random.default_rng(number)
    states = [state] * 200 if state else [str(one) for one in random.choice(["new", "sent"], 200)]
    profile = profiled(pl.DataFrame({"id": range(200), "state": states}))
    return StoredProfile(
        profile_id=f"{source}-{number}",
        run_id=f"run-{number}",
        source=source,
        table=profile.schema.table,
        profiled_at=FIRST + timedelta(days=number),
        profile=profile,
        passed=passed,
    )


def saved(folder: Path, *runs: StoredProfile) -> str:
    url = f"sqlite:///{folder / 'profiles.db'}"
    store = open_store(url)
    for run in runs:
        store.save(run)
    store.close()
    return url


@pytest.fixture
def store(tmp_path: Path) -> str:
    return saved(tmp_path, *map(run_of, range(6)))


def test_what_always_held_is_printed_with_its_evidence(store: str, capsys: Capture) -> None:
    assert main(["expectations", "t", "--store", store]) == 0
    out = capsys.readouterr().out
    lines = [line.split() for line in out.splitlines()]
    assert ["id", "unique", "It", "held"] in [line[:4] for line in lines]
    assert "new, sent" in out
    assert "It held in 6 profiles of 1,200 rows together." in out


def test_too_few_profiles_are_told_with_how_many_are_needed(tmp_path: Path, capsys: Capture) -> None:
    store = saved(tmp_path, *map(run_of, range(3)))
    assert main(["expectations", "t", "--store", store]) == 0
    assert "3 profiles to learn from; 5 are needed" in capsys.readouterr().out
    assert main(["expectations", "t", "--store", store, "--least", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["expectations"]


def test_runs_that_failed_their_gate_teach_nothing(tmp_path: Path, capsys: Capture) -> None:
    store = saved(tmp_path, *map(run_of, range(5)), run_of(9, state="lost", passed=False))
    assert main(["expectations", "t", "--store", store, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["profiles"] == 5
    assert [one["values"] for one in found["expectations"] if one["expect"] == "allowed_values"] == [["new", "sent"]]


def test_a_file_that_was_written_is_met_by_what_it_was_written_from(
    store: str, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "expectations.yml"
    assert main(["expectations", "t", "--store", store, "-o", str(file)]) == 0
    capsys.readouterr()
    assert main(["expectations", "t", "--store", store, "--check", str(file), "--json"]) == 0
    outcomes = json.loads(capsys.readouterr().out)["outcomes"]
    assert len(outcomes) == len(read_expectations(file)["t"]) > 3
    assert {one["met"] for one in outcomes} == {True}


def test_a_profile_that_is_otherwise_ends_with_3_and_tells_no_value(
    store: str, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "expectations.yml"
    assert main(["expectations", "t", "--store", store, "-o", str(file)]) == 0
    saved(tmp_path, run_of(9, state="canary", passed=False))  # the last one is checked, whatever its gate said
    capsys.readouterr()
    assert main(["expectations", "t", "--store", store, "--check", str(file)]) == 3
    out, err = capsys.readouterr()
    assert "not met" in out
    assert err == "profilemesh: t: 1 expectation not met\n"
    assert "canary" not in out + err


def test_other_tables_of_a_file_stay(store: str, tmp_path: Path) -> None:
    file = tmp_path / "expectations.yml"
    file.write_text("version: 1\ntables:\n  other:\n  - {expect: not_null, column: a}\n")
    assert main(["expectations", "t", "--store", store, "-o", str(file)]) == 0
    assert set(read_expectations(file)) == {"other", "t"}
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{expect: notnull, column: a}", "tables.t[0].expect"),
        ("{expect: not_null}", "tables.t[0].column"),
        ("{expect: row_count, column: a, low: 1, high: 2}", "tables.t[0].column"),
        ("{expect: range, column: a}", "tables.t[0].low"),
        ("{expect: range, column: a, low: 1, high: much}", "tables.t[0].high"),
        ("{expect: unique, column: a, low: 1}", "tables.t[0].low"),
        ("{expect: allowed_values, column: a}", "tables.t[0].values"),
        ("{expect: allowed_values, column: a, values: [1]}", "tables.t[0].values"),
        ("{expect: not_null, column: a, sevrity: high}", "tables.t[0].sevrity"),
        ("5", "tables.t[0].expect"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_its_key(
    store: str, tmp_path: Path, capsys: Capture, entry: str, told: str
) -> None:
    file = tmp_path / "expectations.yml"
    file.write_text(f"version: 1\ntables:\n  t:\n  - {entry}\n")
    assert main(["expectations", "t", "--store", store, "--check", str(file)]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("text", ["[]", "version: 2", "version: 1", "{version: 1, tables: {t: 5}}"])
def test_a_file_of_another_shape_is_refused(store: str, tmp_path: Path, capsys: Capture, text: str) -> None:
    file = tmp_path / "expectations.yml"
    file.write_text(text)
    assert main(["expectations", "t", "--store", store, "--check", str(file)]) == 1
    assert "The config is not valid" in capsys.readouterr().err


def test_what_the_store_or_the_file_does_not_know_is_an_error(store: str, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "expectations.yml"
    file.write_text("version: 1\ntables: {other: []}")
    assert main(["expectations", "t", "--store", store, "--check", str(file)]) == 1
    assert "expectations of t" in capsys.readouterr().err
    assert main(["expectations", "tt", "--store", store]) == 1
    assert "Did you mean 't'?" in capsys.readouterr().err
    assert main(["expectations", "t", "--store", store, "--check", str(file), "-o", str(file)]) == 1
    assert main(["expectations", "t", "--store", store, "-o", str(tmp_path / "none" / "file.yml")]) == 1
    saved(tmp_path, run_of(1, source="copy"))
    assert main(["expectations", "t", "--store", store]) == 1
    assert "one of copy, shop" in capsys.readouterr().err
    assert main(["expectations", "t", "--store", store, "--source", "shop"]) == 0


def test_how_many_profiles_are_needed_is_said_once() -> None:
    assert store_arguments.LEAST_PROFILES == LEAST_PROFILES
