"""`profilemesh drift`, and the exit code of drift."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taskflow_profilemesh.cli import main
from taskflow_profilemesh.commands.fail_on import SEVERITIES
from taskflow_profilemesh.drift import Severity
from tests.taskflow_profilemesh.commands.printed import printed
from tests.taskflow_profilemesh.reading.servers import in_sqlite

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("home")


def test_drift_compares_the_last_profile_with_its_baseline(store: str, capsys: Capture) -> None:
    assert main(["drift", "public.flights", "--store", store]) == 0
    out = capsys.readouterr().out
    assert "compared with run-2 (last_run)" in out
    assert re.search(r"^\w+ +high +price ", out, re.MULTILINE)


def test_drift_of_an_earlier_profile_knows_nothing_of_what_came_later(store: str, capsys: Capture) -> None:
    assert main(["drift", "public.flights", "--store", store, "--profile", "profile-2", "--fail-on", "low"]) == 0
    assert "compared with run-1 (last_run)\nNo drift." in capsys.readouterr().out
    assert main(["drift", "public.flights", "--store", store, "--profile", "profile-1", "--fail-on", "low"]) == 0
    assert "There is no profile to compare it with." in capsys.readouterr().out


@pytest.mark.parametrize(("fail_on", "code"), [("high", 3), ("medium", 3), ("low", 3), (None, 0)])
def test_drift_ends_with_3_from_fail_on_on(store: str, fail_on: str | None, code: int) -> None:
    asked = ["drift", "public.flights", "--store", store, "--profile", "profile-3", "--against", "profile-1"]
    assert main([*asked, *(["--fail-on", fail_on] if fail_on else [])]) == code


def test_drift_heeds_the_thresholds_of_a_config(store: str, home: Path, capsys: Capture) -> None:
    names = ("psi_warn", "psi_fail", "ks_warn", "ks_fail", "wasserstein_warn", "wasserstein_fail")
    limits = ", ".join(f"{name}: 99" for name in names)
    (home / "mesh.yml").write_text(f"drift_detection: {{thresholds: {{{limits}}}}}\n")
    found = printed(capsys, "drift", "public.flights", "--store", store, "--config", "mesh.yml")
    assert {one["metric"] for one in found["drift"]["findings"]}.isdisjoint({"psi", "ks", "wasserstein"})


def test_profile_ends_with_3_where_drift_reaches_fail_on(tmp_path: Path) -> None:
    source = in_sqlite(tmp_path / "shop.db", "create table orders (id integer primary key, price real)")
    kept = f"sqlite:///{tmp_path}/mesh.db"
    in_sqlite(tmp_path / "shop.db", "insert into orders values (?, ?)", rows=[(n, n / 2) for n in range(1000)])
    assert main(["profile", source, "orders", "--store", kept, "--fail-on", "low"]) == 0
    in_sqlite(tmp_path / "shop.db", "alter table orders add column note text")
    assert main(["profile", source, "orders", "--store", kept]) == 0
    in_sqlite(tmp_path / "shop.db", "alter table orders drop column note")
    assert main(["profile", source, "orders", "--store", kept, "--fail-on", "low"]) == 3
    assert tuple(severity.value for severity in Severity) == SEVERITIES
