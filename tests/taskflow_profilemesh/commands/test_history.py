"""`profilemesh history` and `show`: what a store remembers of a table."""

from __future__ import annotations

import re

import pytest

from taskflow_profilemesh.cli import main
from tests.taskflow_profilemesh.commands.printed import printed

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("home")


def test_history_lists_the_last_runs_newest_first(store: str, capsys: Capture) -> None:
    assert main(["history", "public.flights", "--store", store, "--limit", "2"]) == 0
    heads, *lines = capsys.readouterr().out.splitlines()
    assert heads.split() == ["profiled", "at", "(UTC)", "rows", "columns", "drift", "findings", "passed", "profile"]
    assert [line.split() for line in lines] == [
        ["2026-01-01", "15:00:00", "1,000", "2", "-", "0", "yes", "profile-3"],
        ["2026-01-01", "14:00:00", "1,000", "2", "-", "0", "yes", "profile-2"],
    ]
    found = printed(capsys, "history", "public.flights", "--store", store)
    assert (found[0]["profile_id"], found[0]["profiled_at"]) == ("profile-3", "2026-01-01T15:00:00+00:00")


def test_history_tells_a_metric_of_a_column_over_the_runs(store: str, capsys: Capture) -> None:
    arguments = ["history", "public.flights", "--store", store, "--column", "price", "--metric", "mean"]
    assert main(arguments) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert [line.split()[2] for line in lines] == ["999.5", "499.5", "499.5"]
    assert [point["numeric_value"] for point in printed(capsys, *arguments)] == [999.5, 499.5, 499.5]
    rows = printed(capsys, "history", "public.flights", "--store", store, "--metric", "row_count", "--limit", "1")
    assert [(point["column"], point["numeric_value"]) for point in rows] == [(None, 1000.0)]


def test_show_prints_the_last_profile_or_any(store: str, capsys: Capture) -> None:
    assert main(["show", "public.flights", "--store", store]) == 0
    out = capsys.readouterr().out
    assert "public.flights of warehouse: 1,000 rows × 2 columns, 2026-01-01 15:00:00 UTC" in out
    assert re.search(r"^  price .* 999\.5 ", out, re.MULTILINE)
    document = printed(capsys, "show", "public.flights", "--store", store, "--profile", "profile-1")
    assert (document["run"]["profile_id"], document["profile"]["profile"]["row_count"]) == ("profile-1", 1000)
    assert document["drift"] == {}


def test_show_tells_every_number_of_a_column(store: str, capsys: Capture) -> None:
    assert main(["show", "public.flights", "--store", store, "--column", "price"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["mean", "999.5", "exact"] in lines
    assert ["null_count", "0", "exact"] in lines
