"""Several writers at once, and writers that die."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from taskflow_profilemesh.errors import StoreUnreachable
from taskflow_profilemesh.storage import open_store
from taskflow_profilemesh.storage.engine import address_of, engine_of
from taskflow_profilemesh.storage.failures import store_errors
from taskflow_profilemesh.storage.locks import exclusive
from taskflow_profilemesh.storage.schema import DEFAULT
from tests.taskflow_profilemesh.profiles import FLIGHTS
from tests.taskflow_profilemesh.storage.runs import run

_ROOT = Path(__file__).parents[3]
_WRITERS = 4
_KILLS = 4
_SERVERS = [pytest.param("postgres", marks=pytest.mark.postgres), pytest.param("mysql", marks=pytest.mark.mysql)]


@pytest.fixture
def server_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@contextmanager
def _writer(url: str, prefix: str, *, count: int = 0, origin: str = "") -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.taskflow_profilemesh.storage.writer", url, prefix, str(count), origin]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_processes_that_come_first_together_make_one_store_and_lose_nothing(store_url: str) -> None:
    def write(number: int) -> tuple[int, list[str], str]:
        with _writer(store_url, f"w{number}", count=5) as process:
            out, err = process.communicate(timeout=100)
        return process.returncode, out.split(), err

    with ThreadPoolExecutor(_WRITERS) as pool:
        ended = list(pool.map(write, range(_WRITERS)))
    assert [(code, err) for code, _, err in ended] == [(0, "")] * _WRITERS
    committed = {profile_id for _, ids, _ in ended for profile_id in ids}
    assert len(committed) == 5 * _WRITERS
    assert _whole_runs(store_url) == committed


def test_threads_that_save_the_same_task_instance_at_once_leave_one_run(store_url: str) -> None:
    def save(number: int) -> None:
        with closing(open_store(store_url)) as store:
            for turn in range(3):
                store.save(run(1, profile_id=f"t{number}-{turn}", origin="one"))

    with ThreadPoolExecutor(_WRITERS) as pool:
        list(pool.map(save, range(_WRITERS)))
    assert len(_whole_runs(store_url)) == 1


def test_threads_may_share_one_store(store_url: str) -> None:
    with closing(open_store(store_url)) as store:
        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(lambda number: store.save(run(number)), range(20)))
        assert len(store.history("warehouse", FLIGHTS)) == 20


@pytest.mark.parametrize("server_url", _SERVERS, indirect=True)
def test_a_writer_waits_for_another_and_gives_up_in_the_end(server_url: str) -> None:
    first, second = (engine_of(address_of(server_url)) for _ in range(2))
    with exclusive(first, "x"), exclusive(second, "y"):
        pass
    with (
        store_errors("s", password=None),
        exclusive(first, "x"),
        pytest.raises((StoreUnreachable, OperationalError), match=r"lock"),
        exclusive(second, "x", wait_seconds=0.05),
    ):
        pytest.fail("two writers at once")
    with exclusive(second, "x", wait_seconds=0.05):
        pass
    first.dispose()
    second.dispose()


@pytest.mark.parametrize("origin", ["", "one"])
def test_a_writer_that_is_killed_leaves_whole_runs_only(store_url: str, origin: str) -> None:
    committed: set[str] = set()
    for kill in range(_KILLS):
        with _writer(store_url, f"k{kill}", origin=origin) as process:
            assert process.stdout is not None
            seen = [process.stdout.readline().strip() for _ in range(2 + kill)]
            process.kill()  # in the midst of the save after the last that was seen
            seen += process.stdout.read().split()
        assert process.wait() == -9
        assert all(seen)
        committed |= set(seen)
    kept = _whole_runs(store_url)
    if origin:
        assert len(kept) == 1
    else:
        assert committed <= kept
        assert len(kept) <= len(committed) + _KILLS  # committed, and killed before saying so
    with closing(open_store(store_url)) as store:
        store.save(run(99))


def _whole_runs(url: str) -> set[str]:
    """The runs of the store, each with a document that can be read and all its results; fails on a half one."""
    engine = engine_of(address_of(url))
    with engine.connect() as connection:
        runs = set(connection.execute(select(DEFAULT.runs.c.profile_id)).scalars())
        profiles = set(connection.execute(select(DEFAULT.profiles.c.profile_id)).scalars())
        counted = select(DEFAULT.results.c.profile_id, func.count()).group_by(DEFAULT.results.c.profile_id)
        results = {row[0]: row[1] for row in connection.execute(counted)}
    engine.dispose()
    assert runs == profiles == set(results)
    assert len(set(results.values())) <= 1
    with closing(open_store(url)) as store:
        assert all(store.load(profile_id) for profile_id in runs)
    return runs
