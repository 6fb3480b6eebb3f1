"""A real connector is ended with what it was asked for, whoever ends, and leaves no process behind."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mock_airbyte.connectors import OpenContext
from mock_airbyte.failures import SyncCancelled
from mock_airbyte.sources.protocol import Wanted
from tests.conformance.environments import ROOT
from tests.mock_airbyte.programs.conftest import COMMAND, PHRASE, Lab, are_gone, people, until
from tests.processes import Command, started

_SOON = 2.0  # seconds in which whatever was ended is gone


def test_a_cancel_ends_a_connector_that_does_not_listen(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(patience_seconds=0)
    connection = lab.connect(people(), misbehaves="hangs at read")
    job = lab.mock.sync(connection)
    pids = lab.pids()
    lab.mock.cancel(job)
    assert until(lambda: are_gone(pids)) < _SOON
    until(lambda: lab.mock.job(job).is_terminal)
    assert lab.mock.job(job).status == "cancelled"
    assert lab.rows("select name from sqlite_master where name = 'people'") == []


def test_a_stop_of_the_mock_ends_it_too(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(patience_seconds=0)
    lab.mock.sync(lab.connect(people(), misbehaves="hangs at read"))
    pids = lab.pids()
    begun = time.monotonic()
    lab.mock.stop()
    assert time.monotonic() - begun < _SOON
    assert are_gone(pids)


@pytest.mark.parametrize("verb", ["check", "discover"])
def test_a_connector_that_hangs_has_a_time_limit(make_lab: Callable[..., Lab], verb: str) -> None:
    lab = make_lab(limit_seconds=3)
    source = lab.source(misbehaves=f"hangs at {verb}")
    path = {"check": "/sources/check_connection", "discover": "/sources/discover_schema"}[verb]
    answer = lab.config_api.post(path, {"sourceId": source})
    message = answer["message"] if verb == "check" else answer["jobInfo"]["failureReason"]["externalMessage"]
    assert f"did not answer to {verb} within 3 seconds" in message
    assert "limit_seconds" in message
    assert are_gone(lab.pids())


def test_a_silent_reading_is_a_missed_heartbeat(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(silence_seconds=2)
    state = lab.sync(lab.connect(people(), misbehaves="hangs at people"))
    assert state.failure is not None
    assert (state.failure.kind, state.failure.origin) == ("heartbeat_timeout", "source")
    assert are_gone(lab.pids())


def test_what_it_leaves_running_is_ended_with_it(lab: Lab, tmp_path: Path) -> None:
    script = tmp_path / "leaves.py"
    script.write_text(
        "import pathlib, runpy, subprocess, sys\n"
        "if sys.argv[1] == 'read':\n"
        "    sleep = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "    child = subprocess.Popen(sleep, stdout=subprocess.DEVNULL)\n"
        f"    pathlib.Path({str(tmp_path / 'pids')!r}).write_text(str(child.pid))\n"
        f"runpy.run_path({COMMAND[1]!r}, run_name='__main__')\n"
    )
    connection = lab.connect(people())
    lab.mock.world.programs["source-test"].program = lab.mock.world.programs["source-test"].program.__class__(
        "source-test", (sys.executable, str(script))
    )
    assert lab.sync(connection).status == "succeeded"
    assert are_gone(lab.pids())


def test_nothing_is_left_when_the_mock_is_killed(tmp_path: Path) -> None:
    seed = {
        "connectors": {"source-test": {"command": COMMAND}},
        "sources": [
            {
                "name": "Test",
                "type": "source-test",
                "configuration": {"rows": 1, "witness": str(tmp_path), "misbehaves": "hangs at discover"},
            }
        ],
        "destinations": [
            {"name": "W", "type": "sqlite", "configuration": {"destination_path": str(tmp_path / "w.db")}}
        ],
        "connections": [{"name": "C", "source": "Test", "destination": "W"}],
    }
    config = tmp_path / "seed.json"
    config.write_text(json.dumps(seed))
    arguments = [sys.executable, "-m", "mock_airbyte", "serve", "--port", "0", "--config", str(config)]
    lab = Lab(None, tmp_path)  # type: ignore[arg-type]  # its mock is another process
    with started(Command("mock", arguments, {"PYTHONPATH": str(ROOT)}, tmp_path), tmp_path / "log") as process:
        pids = lab.pids()
        supervisor = psutil.Process(pids[0]).parent()
        assert supervisor is not None
        folder = Path(psutil.Process(pids[0]).cmdline()[-1]).parent
        assert (folder / "config.json").exists()
        mock = supervisor.parent()
        assert mock is not None
        mock.kill()
        assert process.exit_code(within_seconds=10) == -signal.SIGKILL
        assert until(lambda: are_gone([*pids, supervisor.pid])) < _SOON
    assert not folder.exists()


def test_a_connector_is_ended_while_nobody_reads_it(lab: Lab) -> None:
    stop = threading.Event()
    installed = lab.mock.world.programs["source-test"]
    configuration = {"rows": 1, "witness": str(lab.folder), "misbehaves": "hangs at people"}
    source = installed.open(configuration, OpenContext(0, lab.mock.world.clock.now(), stopping=stop.is_set))
    stream = next(one for one in source.streams() if one.name == "people")
    with source.reading([Wanted(stream)], None) as read:
        pids = lab.pids()
        stop.set()
        assert until(lambda: are_gone(pids)) < _SOON
        with pytest.raises(SyncCancelled):
            list(read.batches(stream))


def test_a_killed_supervisor_takes_the_connector_with_it(make_lab: Callable[..., Lab]) -> None:
    lab = make_lab(patience_seconds=0)
    job = lab.mock.sync(lab.connect(people(), misbehaves="hangs at people"))
    leader = lab.pids()[0]
    supervisor = psutil.Process(leader).parent()
    assert supervisor is not None
    os.kill(supervisor.pid, signal.SIGKILL)
    assert until(lambda: are_gone([leader])) < _SOON
    lab.mock.cancel(job)
    until(lambda: lab.mock.job(job).is_terminal)
    assert PHRASE not in str(lab.mock.job(job).failure)
