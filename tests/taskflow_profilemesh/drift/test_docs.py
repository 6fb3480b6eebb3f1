"""The numbers that docs/drift.md works out are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from taskflow_profilemesh.comparison import drift_settings
from taskflow_profilemesh.config import read_config
from taskflow_profilemesh.drift import compare
from taskflow_profilemesh.drift.distances import Bin, Steps, psi, widest_gap
from taskflow_profilemesh.drift.floors import ks_floor, psi_floor, sampling
from taskflow_profilemesh.drift.frequencies import Category
from taskflow_profilemesh.drift.jensen_shannon import jensen_shannon
from taskflow_profilemesh.drift.rules import FIELD_OF, Check, Override, Rules
from taskflow_profilemesh.drift.wasserstein import in_deviations, wasserstein
from taskflow_profilemesh.profiling.profile import TableProfile
from taskflow_profilemesh.profiling.schema import Kind
from tests.taskflow_profilemesh.profiles import distribution, numbers, table, texts

_PAGE = (Path(__file__).parents[3] / "docs" / "drift.md").read_text()


def _told(metric: str) -> float:
    """The number at the end of a metric's line in the table."""
    (line,) = [line for line in _PAGE.splitlines() if line.startswith(f"| `{metric}`")]
    (number,) = re.findall(r"`(-?\d\.\d{4})`", line)
    return float(number)


def test_each_worked_number_is_the_codes() -> None:
    before, after = distribution([1, 2, 3, 4]), distribution([2, 3, 4, 5])
    bins = Bin(0.0, 0.5, 0.2), Bin(0.5, 0.5, 0.8)
    assert psi(bins, baseline_count=100, current_count=100) == pytest.approx(_told("psi"), abs=5e-5)
    assert widest_gap(Steps.of(before, after)).ks == _told("ks")
    moved = in_deviations(wasserstein(Steps.of(before, after)), 1.2909944)
    assert moved == pytest.approx(_told("wasserstein"), abs=5e-5)
    mix = jensen_shannon([Category(0.5, 0.8), Category(0.5, 0.2)])
    assert mix == pytest.approx(_told("js"), abs=5e-5)


def test_each_worked_share_is_the_codes() -> None:
    old, new = texts("a", ["x"] * 600), texts("a", ["x"] * 480 + ["y"] * 120)
    nulls = texts("a", ["x"] * 540, nulls=60)
    for current, metric in ((new, "unseen_ratio"), (nulls, "null_ratio")):
        found = {distance.metric: distance.value for distance in compare(table(old), table(current)).distances}
        assert found[metric] == pytest.approx(_told(metric))
    (rows,) = compare(table(rows=1000), table(rows=250)).distances
    assert rows.value == _told("row_count")


def _days(counts: dict[int, int]) -> TableProfile:
    values = [float(day) for day, count in counts.items() for _ in range(count)]
    return table(numbers("a", values, kind=Kind.DATE))


def _distance(metric: str, old: TableProfile, new: TableProfile, rules: Rules | None = None) -> float:
    found = {distance.metric: distance.value for distance in compare(old, new, rules or Rules()).distances}
    return found[metric]


def test_the_numbers_of_dates_are_the_codes() -> None:
    whole, past, moved = (float(told) for told in re.findall(r"`(0\.\d{4})`", _PAGE.partition("## Dates")[2])[:3])
    old = _days(dict.fromkeys(range(30), 100))
    grown = dict.fromkeys(range(45), 100)
    always = Rules(columns={"a": Override(check=Check.ALWAYS)})
    assert _distance("ks", old, _days(grown), always) == pytest.approx(whole, abs=5e-5)
    assert _distance("ks", old, _days(grown)) == pytest.approx(past, abs=5e-5)
    broken = {day: 80 if day < 30 else 100 for day in grown}
    assert _distance("ks", old, _days(broken | {3: 80 + 30 * 20})) == pytest.approx(moved, abs=5e-5)
    assert _distance("earlier_ratio", _days({9: 600}), _days({9: 480, 0: 120})) == _told("earlier_ratio")


def test_the_psi_of_codes_is_the_codes() -> None:
    (told,) = re.findall(r"PSI `(0\.\d{4})`", _PAGE.partition("## Codes")[2])
    before, after = (
        table(numbers("a", [float(code) for code, count in counts.items() for _ in range(count)], kind=Kind.INTEGER))
        for counts in ({10: 200, 20: 200, 30: 200}, {10: 160, 15: 120, 20: 160, 30: 160})
    )
    assert _distance("psi", before, after) == pytest.approx(float(told), abs=5e-5)


def test_the_floors_of_500_values_are_the_codes() -> None:
    variation = sampling(500, 500)
    by_ks, by_psi = (float(found) for found in re.findall(r"`(0\.1\d{3})`", _PAGE.partition("The floor of KS")[2])[:2])
    assert ks_floor(variation=variation, bound=0.0, alpha=1e-4) == pytest.approx(by_ks, abs=5e-5)
    assert psi_floor([0.1] * 10, variation=variation, bound=0.0, alpha=1e-4) == pytest.approx(by_psi, abs=5e-5)


def test_each_metric_has_a_line() -> None:
    assert [metric for metric in FIELD_OF if f"`{metric}`" not in _PAGE] == []


def test_the_config_is_read(tmp_path: Path) -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", _PAGE, flags=re.DOTALL)
    (tmp_path / "profilemesh.yml").write_text(text)
    said = read_config("profilemesh.yml", environ={}, folder=tmp_path)
    settings = drift_settings(said.get("drift") or {})
    assert settings.tables["shop.orders"].columns["price"].thresholds == {"psi_warn": 0.05}
