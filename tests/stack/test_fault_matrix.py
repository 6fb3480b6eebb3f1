"""Some cells of the fault matrix, in every way of waiting; `python -m tests.fault_matrix` runs them all."""

from __future__ import annotations

import pytest

from tests.fault_matrix.cells import cells
from tests.fault_matrix.processes import run_on
from tests.fault_matrix.verdict import wrongs
from tests.stack.stack import Stack

_WRONG = {"already-running", "the start's answer is lost", "a look is answered with a page"}


@pytest.mark.timeout(500)
def test_nothing_goes_wrong_where_a_task_or_its_triggerer_is_killed(stack: Stack) -> None:
    stack.airflow.wait_for_files({"fault_matrix.py"})
    chosen = [cell for cell in cells() if cell.wrong in _WRONG and cell.needs_processes]
    assert len(chosen) == len(_WRONG) * 4
    found = {cell: seen for batch in run_on(stack, chosen) for cell, seen in batch.items()}
    assert set(found) == set(chosen)
    assert {cell: bad for cell, seen in found.items() if (bad := wrongs(seen, ends_well=cell.ends_well))} == {}
