"""Arms: who runs when, what a failing one costs the others, and what a process reports."""

from __future__ import annotations

import pytest

from tests.benchmarks.arms import Arm, ArmFailed, Measure, interleaved, measure, prepared
from tests.benchmarks.figures import Cost
from tests.benchmarks.measured import Steps

HERE = "test_arms:"
ONE = Cost(1.0, 1.0, 0.0, 1.0)


def two_steps(megabytes: int) -> Steps:
    """Allocate memory in the first step, and print as libraries do."""
    kept = []

    def allocate() -> None:
        kept.append(b"\1" * (megabytes << 20))

    return {"allocate": allocate, "talk": lambda: print("a library's banner")}


def breaks() -> Steps:
    """Fail in the step."""
    return {"": lambda: 1 // 0}


def noted(notes: list[str], name: str, *, fails: bool = False) -> Measure:
    def measured() -> dict[str, Cost]:
        notes.append(name)
        if fails:
            message = "out of memory"
            raise ArmFailed(message)
        return {"": ONE}

    return measured


def test_arms_run_in_turn() -> None:
    notes: list[str] = []
    interleaved({name: noted(notes, name) for name in "ab"}, runs=3)
    assert notes == ["a", "b", "a", "b", "a", "b"]


def test_an_arm_that_takes_long_runs_once() -> None:
    notes: list[str] = []
    costs = interleaved({name: noted(notes, name) for name in "ab"}, runs=3, once={"b"})
    assert notes == ["a", "b", "a", "a"]
    assert {name: len(runs) for name, runs in costs.items()} == {"a": 3, "b": 1}


def test_a_peer_that_fails_is_told_and_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    notes: list[str] = []
    arms = {"peer": noted(notes, "peer", fails=True), "ours": noted(notes, "ours")}
    assert list(interleaved(arms, runs=2, optional={"peer"})) == ["ours"]
    assert notes == ["peer", "ours", "ours"]
    assert capsys.readouterr().err == "peer is left out. out of memory\n"


def test_what_is_ours_must_not_fail() -> None:
    with pytest.raises(ArmFailed):
        interleaved({"ours": noted([], "ours", fails=True)}, runs=1)


def test_a_step_is_named_after_its_arm() -> None:
    assert list(interleaved({"many": lambda: {"plan": ONE, "read": ONE}}, runs=1)) == ["many, plan", "many, read"]


def test_a_process_reports_each_step_and_the_memory_that_it_took() -> None:
    costs = measure(Arm(HERE + "two_steps", {"megabytes": 300}), None)
    assert list(costs) == ["allocate", "talk"]
    assert costs["allocate"].peak_mb >= 300
    assert costs["talk"].peak_mb >= costs["allocate"].peak_mb
    assert costs["allocate"].server == 0.0


def test_a_process_that_breaks_says_why() -> None:
    with pytest.raises(ArmFailed, match=r"(?s)test_arms:breaks ended with 1:.*ZeroDivisionError"):
        measure(Arm(HERE + "breaks"), None)


def test_a_process_waits_for_its_step_and_does_not_outlive_its_arm() -> None:
    with prepared(Arm(HERE + "two_steps", {"megabytes": 1})) as process:
        assert process.steps == ["allocate", "talk"]
        process.go()
        assert process.cost().wall > 0
    assert process.exit_code is not None
