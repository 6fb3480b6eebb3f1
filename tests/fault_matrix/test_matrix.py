"""No cell that needs no other process starts a job twice, leaves one alone, claims a success or hangs."""

from __future__ import annotations

import pytest

from tests.fault_matrix.alone import run_all
from tests.fault_matrix.cells import Cell, cells
from tests.fault_matrix.verdict import Wrong, wrongs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(400),
    pytest.mark.xdist_group("matrix"),
]  # one run, not one a process


@pytest.fixture(scope="module")
def found() -> dict[Cell, list[Wrong]]:
    runs = run_all([cell for cell in cells() if not cell.needs_processes])
    return {cell: bad for cell, seen in runs.items() if (bad := wrongs(seen, ends_well=cell.ends_well))}


def test_nothing_goes_wrong_in_any_cell(found: dict[Cell, list[Wrong]]) -> None:
    assert found == {}
