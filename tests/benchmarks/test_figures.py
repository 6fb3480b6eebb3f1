"""The pure pieces of the benchmarks: medians, tables, verdicts, and the machine's facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.figures import Cost, at_most, cost_table, middle, middles, per_table, ratio
from tests.benchmarks.machine import cpu_model, installed, listed, memory_gib
from tests.benchmarks.peers import peers_python, python_for

FAST = Cost(wall=1.0, client=0.5, server=0.25, peak_mb=100.0)
SLOW = Cost(wall=4.0, client=2.0, server=1.0, peak_mb=300.0)


def test_each_figure_has_a_median_of_its_own() -> None:
    runs = [Cost(1.0, 9.0, 5.0, 10.0), Cost(2.0, 8.0, 4.0, 30.0), Cost(9.0, 7.0, 6.0, 20.0)]
    assert middle(runs) == Cost(2.0, 8.0, 5.0, 20.0)


def test_an_even_number_of_runs_has_its_median_between_two() -> None:
    assert middle([FAST, SLOW]) == Cost(2.5, 1.25, 0.625, 200.0)


def test_what_never_ran_has_no_median() -> None:
    assert middles({"ran": [FAST], "failed": []}) == {"ran": FAST}


def test_all_cpu_is_that_of_client_and_server() -> None:
    assert SLOW.cpu == 3.0


def test_costs_are_printed_as_a_markdown_table() -> None:
    assert list(cost_table({"read": FAST, "profile": SLOW})) == [
        "|  | wall s | client CPU s | server CPU s | CPU s | peak MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| read | 1.00 | 0.50 | 0.25 | 0.75 | 100 |",
        "| profile | 4.00 | 2.00 | 1.00 | 3.00 | 300 |",
    ]


def test_the_costs_of_many_tables_are_printed_for_each_in_milliseconds() -> None:
    *_, row = per_table({"read": FAST}, 100)
    assert row == "| read | 10.0 | 5.0 | 2.5 | 7.5 |"


@pytest.mark.parametrize(("figure", "verdict"), [(1.25, "kept"), (1.2501, "missed")])
def test_a_bar_is_kept_up_to_and_with_itself(figure: float, verdict: str) -> None:
    assert at_most("profile / read", figure, 1.25) == f"- profile / read: **1.25** (at most 1.25: {verdict})"


def test_a_bar_has_the_unit_of_its_figure() -> None:
    assert at_most("peak", 301.4, 400, unit=" MB", digits=0) == "- peak: **301 MB** (at most 400 MB: kept)"


def test_a_ratio_needs_both_of_its_sides() -> None:
    costs = {"profile": SLOW, "read": FAST}
    assert list(ratio(costs, "profile", "read", 1.25, of=lambda cost: cost.wall, what="wall")) == [
        "- profile / read, wall: **4.00** (at most 1.25: missed)"
    ]
    assert list(ratio(costs, "profile", "not installed", 1.25, of=lambda cost: cost.wall, what="wall")) == []


def test_the_processor_is_named_once_however_many_cores_it_has() -> None:
    cpuinfo = "processor\t: 0\nmodel name\t: A Chip @ 2 GHz\n\nprocessor\t: 1\nmodel name\t: A Chip @ 2 GHz\n"
    assert cpu_model(cpuinfo) == "A Chip @ 2 GHz"


def test_a_processor_without_a_name_is_unknown() -> None:
    assert cpu_model("processor\t: 0\nBogoMIPS\t: 50.00\n") == "unknown processor"


def test_memory_is_told_in_gib() -> None:
    assert memory_gib("MemFree:  1024 kB\nMemTotal:       16777216 kB\n") == 16.0


def test_packages_that_are_not_installed_have_no_version() -> None:
    versions = installed(["polars", "no-such-package-at-all"])
    assert list(versions) == ["polars"]
    assert listed({"polars": "2.1.0", "numpy": "2.4.6"}) == "polars 2.1.0, numpy 2.4.6"


def test_peers_of_their_own_environment_are_there_once_it_is_made_to_its_end(tmp_path: Path) -> None:
    assert peers_python(tmp_path) is None
    assert python_for("whylogs", environment=tmp_path) is None
    (tmp_path / ".made").touch()
    assert python_for("whylogs", environment=tmp_path) == str(tmp_path / "bin" / "python")
