"""The processes of tests end as a whole, and a fault says what was logged."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from tests.processes import Command, ProcessFault, free_ports, started

_STUBBORN_CHILD = """
import os, signal, time
os.setpgid(0, 0)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
_PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {_STUBBORN_CHILD!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


def _python(code: str, folder: Path) -> Command:
    return Command("a script", [sys.executable, "-c", code], {}, folder)


def test_a_deaf_child_in_a_group_of_its_own_is_gone_with_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.processes._GRACE_SECONDS", 0.5)
    log = tmp_path / "log"
    with started(_python(_PARENT, tmp_path), log) as process:
        process.wait_until(lambda: log.read_text().strip().isdigit(), within_seconds=20)
        child = psutil.Process(int(log.read_text()))
        assert child.is_running()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_waiting_for_a_process_that_ended_fails_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with (
        started(_python("print('no such port'); raise SystemExit(3)", tmp_path), log) as process,
        pytest.raises(ProcessFault, match=r"(?s)a script exited with 3 .*no such port"),
    ):
        process.wait_until(lambda: False, within_seconds=20)


def test_waiting_is_given_up_after_the_time(tmp_path: Path) -> None:
    with (
        started(_python("import time; time.sleep(600)", tmp_path), tmp_path / "log") as process,
        pytest.raises(ProcessFault, match="not ready within 1 s"),
    ):
        process.wait_until(lambda: False, within_seconds=1)


def test_a_command_fails_on_its_exit_code_and_on_its_time(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert _python("", tmp_path).succeeds(log, within_seconds=20)
    with pytest.raises(ProcessFault, match="a script exited with 5"):
        _python("raise SystemExit(5)", tmp_path).run(log, within_seconds=20)
    with pytest.raises(ProcessFault, match="took longer than 1 s"):
        _python("import time; time.sleep(600)", tmp_path).run(log, within_seconds=1)


def test_a_process_sees_only_the_environment_that_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROFILEMESH_OUTSIDE", "1")
    log = tmp_path / "log"
    _python("import os; print('PROFILEMESH_OUTSIDE' in os.environ)", tmp_path).run(log, within_seconds=20)
    assert log.read_text() == "False\n"


def test_free_ports_differ() -> None:
    assert len(set(free_ports(20))) == 20
