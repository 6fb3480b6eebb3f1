"""What is wrong in a cell is told from its jobs and its task, each wrong on its own."""

from __future__ import annotations

import pytest

from mock_airbyte.faults import Change, Delay, Drop, ExpireTokens, Remove, Reset, Respond, Trickle, Truncate
from mock_airbyte.scenarios import SCENARIOS
from tests.fault_matrix.cells import FAULTS, Cell, cells
from tests.fault_matrix.page import page
from tests.fault_matrix.verdict import JobSeen, Seen, Wrong, wrongs

WELL = JobSeen(1, "succeeded", 0.0, 10.0)
FAILED = JobSeen(1, "failed", 0.0, 10.0)


@pytest.mark.parametrize(
    ("seen", "ends_well", "expected"),
    [
        (Seen("success", 1, [WELL]), True, []),
        (Seen("success", 1, [], [WELL]), True, []),
        (Seen("failed", None, [FAILED]), False, []),
        (Seen("success", 2, [FAILED, JobSeen(2, "succeeded", 11.0, 20.0)]), True, []),
        (Seen("success", 2, [WELL, JobSeen(2, "succeeded", 11.0, 20.0)]), True, ["duplicate job"]),
        (Seen("success", 2, [FAILED, JobSeen(2, "succeeded", 9.0, 20.0)]), True, ["duplicate job"]),
        (Seen("failed", None, [JobSeen(1, "running", 0.0, None)]), False, ["orphan job"]),
        (Seen("success", None, []), True, ["false success"]),
        (Seen("success", 1, [FAILED]), True, ["false success"]),
        (Seen("success", 1, [WELL]), False, ["false success"]),
        (Seen("failed", None, [WELL]), True, ["false failure"]),
        (Seen("deferred", None, [WELL]), True, ["hang"]),
    ],
)
def test_a_wrong_is_told_by_its_name(seen: Seen, *, ends_well: bool, expected: list[Wrong]) -> None:
    assert wrongs(seen, ends_well=ends_well) == expected


def test_every_scenario_and_every_kind_of_fault_has_its_cells() -> None:
    made = cells()
    assert len(made) == len(set(made)) == (len(SCENARIOS) + len(FAULTS)) * 3 * 2
    kinds = {type(effect) for one in FAULTS.values() for effect in one.effects}
    assert kinds == {Respond, Delay, Drop, Reset, Truncate, Trickle, Change, Remove, ExpireTokens}


def test_only_first_tries_without_a_restart_need_no_processes() -> None:
    alone = {(cell.waiting, cell.trial) for cell in cells() if not cell.needs_processes}
    assert alone == {("blocking", "first try"), ("deferrable", "first try")}


def test_the_page_tells_each_cell_and_what_was_not_run() -> None:
    runs = {
        Cell("happy", "blocking", "first try"): Seen("success", 1, [WELL]),
        Cell("stuck", "deferrable", "first try"): Seen("success", 1, [WELL]),
    }
    text = page(runs)
    assert "2 cells were run, 1 of them went wrong." in text
    assert "| happy | success: job 1 succeeded | – | – | – | – | – |" in text
    assert "| stuck | – | – | success: job 1 succeeded **false success** | – | – | – |" in text
