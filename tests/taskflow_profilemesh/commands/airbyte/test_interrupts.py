"""`profilemesh airbyte` as a process of its own, to which signals are sent, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mock_airbyte.faults import Drop, Respond, fault
from mock_airbyte.lifecycle import MANUAL
from mock_airbyte.mock import MockAirbyte
from taskflow_profilemesh.airbyte.ordering import in_order
from taskflow_profilemesh.airbyte.settings import AirbyteSettings
from taskflow_profilemesh.commands.airbyte import following
from taskflow_profilemesh.commands.airbyte.followed import StoppableClock
from taskflow_profilemesh.commands.airbyte.following import Follower
from tests.taskflow_profilemesh.commands.airbyte.server import connect, variables


@pytest.fixture
def lasting(tmp_path: Path) -> Iterator[MockAirbyte]:
    """A mock whose jobs last until they are moved by hand."""
    with MockAirbyte(timeline=MANUAL) as mock:
        connect(mock, tmp_path, "a", "b", "c")
        yield mock


def started(mock: MockAirbyte, *arguments: str) -> subprocess.Popen[str]:
    """Start the command and return it when its first line says that something runs, and Airbyte has the job."""
    process = subprocess.Popen(
        [sys.executable, "-m", "taskflow_profilemesh.cli", "airbyte", *arguments, "--poll-interval", "0.05"],
        env=os.environ | variables(mock),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 -- a runner may ignore it
    )
    assert process.stderr is not None
    assert "running" in process.stderr.readline()
    while not mock.jobs():
        assert process.poll() is None
    return process


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_sync_cancels_its_job_and_says_so(lasting: MockAirbyte, sent: signal.Signals) -> None:
    process = started(lasting, "sync", "a", "--wait")
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    (job,) = lasting.jobs()
    assert job.status == "cancelled"
    assert f"Job {job.job.job_id} was cancelled." in err


def test_an_interrupted_sync_leaves_its_job_running_where_it_should(lasting: MockAirbyte) -> None:
    process = started(lasting, "sync", "a", "--wait", "--no-cancel")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    (job,) = lasting.jobs()
    assert job.status == "pending"
    assert f"Job {job.job.job_id} goes on." in err


def test_an_interrupted_batch_cancels_what_runs_and_begins_nothing_else(lasting: MockAirbyte, tmp_path: Path) -> None:
    file = tmp_path / "batch.yml"
    file.write_text("[a, {connection: b, depends_on: a}]")
    process = started(lasting, "batch", str(file), "--json")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert {one["connection"]: one["state"] for one in json.loads(out)["syncs"]} == {
        "a": "interrupted",
        "b": "interrupted",
    }
    assert [job.status for job in lasting.jobs()] == ["cancelled"]


def test_a_job_of_somebody_elses_is_not_cancelled(lasting: MockAirbyte) -> None:
    connection = lasting.world.connections()[0].connection_id
    lasting.sync(connection)
    process = started(lasting, "sync", connection, "--wait")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert [job.status for job in lasting.jobs()] == ["pending"]
    assert "somebody else started it" in err


class _Interrupting(StoppableClock):
    """Interrupts in the first pause, as a person may at any time."""

    def sleep(self, seconds: float) -> None:
        self._stop.set()
        super().sleep(seconds)


def test_an_interrupt_while_a_lost_answer_is_looked_for_cancels_the_job_that_was_made(
    lasting: MockAirbyte, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = lasting.world.connections()[0].connection_id
    lasting.fail(
        fault(Drop(after=True), method="POST", path="/jobs"),
        fault(Respond(503), method="GET", path="/jobs", calls=2),  # the first is the look before the start
    )
    monkeypatch.setattr(following, "StoppableClock", _Interrupting)
    settings = AirbyteSettings.of(host=lasting.root_url, login=lasting.client_id, password=lasting.client_secret)
    follower = Follower(settings, in_order([connection]))
    assert follower.run()
    (job,) = lasting.jobs()
    assert job.status == "cancelled"
    assert follower.syncs[connection].told == f"Job {job.job.job_id} was cancelled."


def test_on_a_terminal_tables_are_drawn(server: MockAirbyte, tmp_path: Path) -> None:
    connect(server, tmp_path, "Shop")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "taskflow_profilemesh.cli", "airbyte", "sync", "Shop", "--wait"]
    environment = os.environ | {"COLUMNS": "100", "TERM": "xterm"}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        with suppress(OSError):  # Linux says so when the other end is closed
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    assert process.returncode == 0
    text = shown.decode()
    assert "\x1b[" in text  # the live table goes away with it
    assert "people" in text
    assert "─" in text
