"""Connections that stay open between two calls, and what must not be done with them."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from taskflow_profilemesh.storage import open_store
from tests.taskflow_profilemesh.profiles import FLIGHTS
from tests.taskflow_profilemesh.storage.runs import run

_ROOT = Path(__file__).parents[3]
_FORKS = """
import os, sys
from taskflow_profilemesh.storage import open_store
from tests.taskflow_profilemesh.storage.runs import run

store = open_store(sys.argv[1])
store.save(run(1))
child = os.fork()
if not child:
    kept = store._engine.pool.checkedin()
    store.save(run(2))
    os._exit(kept)
store.save(run(3))
_, status = os.waitpid(child, 0)
store.save(run(4))
store.close()
print(os.waitstatus_to_exitcode(status))
"""


def test_what_is_asked_of_a_file_shares_one_connection(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path}/mesh.db")) as store:
        opened: list[object] = []
        event.listen(store._engine, "connect", lambda connection, _: opened.append(connection))
        store.save(run(1))
        store.save(run(2))
        assert len(store.history("warehouse", FLIGHTS)) == 2
    assert len(opened) <= 1


def test_a_child_of_a_fork_begins_without_a_connection_and_nobody_loses_a_run(store_url: str) -> None:
    command = [sys.executable, "-c", _FORKS, store_url]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.stdout, ended.stderr) == ("0\n", "")
    with closing(open_store(store_url)) as store:
        kept = {line.profile_id for line in store.history("warehouse", FLIGHTS)}
    assert kept == {run(number).profile_id for number in (1, 2, 3, 4)}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows replaces no file that is open")
def test_a_file_that_was_replaced_is_opened_again(tmp_path: Path) -> None:
    for name, number in (("mesh", 1), ("other", 2)):
        with closing(open_store(f"sqlite:///{tmp_path}/{name}.db")) as store:
            store.save(run(number))
    with closing(open_store(f"sqlite:///{tmp_path}/mesh.db")) as store:
        assert [line.profile_id for line in store.history("warehouse", FLIGHTS)] == [run(1).profile_id]
        (tmp_path / "other.db").replace(tmp_path / "mesh.db")
        assert [line.profile_id for line in store.history("warehouse", FLIGHTS)] == [run(2).profile_id]
