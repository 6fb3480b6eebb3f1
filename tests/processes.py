"""Real processes in tests: each in a session of its own, watched until it is ready, ended as a whole.

Airflow's commands start children, and its tasks even make process groups of their own: ending the parent, or its group,
leaves those running. What all of them share is the session. Waiting for another process is what may sleep here.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_POLL_SECONDS = 0.25
_GRACE_SECONDS = 10.0
_LOG_LINES = 60


class ProcessFault(AssertionError):
    """A process ended, failed or was not ready in time; the message ends with what it logged last."""

    def __init__(self, name: str, what: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        super().__init__("\n".join([f"{name} {what}; last lines of {log.name}:", *lines[-_LOG_LINES:]]))


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, in exactly which environment: nothing is inherited."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path

    def succeeds(self, log: Path, *, within_seconds: float) -> bool:
        """Run to the end and say whether the exit code was 0; False too when it takes too long."""
        try:
            self.run(log, within_seconds=within_seconds)
        except ProcessFault:
            return False
        return True

    def run(self, log: Path, *, within_seconds: float) -> None:
        """Run to the end; raises `ProcessFault` on another exit code than 0, or when it takes too long."""
        with started(self, log) as process:
            code = process.exit_code(within_seconds=within_seconds)
        if code != 0:
            what = f"took longer than {within_seconds:.0f} s" if code is None else f"exited with {code}"
            raise ProcessFault(self.name, what, log)


@dataclass(frozen=True, slots=True)
class Process:
    """A process that runs until its `started` block ends."""

    name: str
    log: Path
    _popen: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        """The process's id, which is its session's as well."""
        return self._popen.pid

    def exit_code(self, *, within_seconds: float) -> int | None:
        """Wait for the end and return the exit code, or None if it still runs after the time."""
        try:
            return self._popen.wait(within_seconds)
        except subprocess.TimeoutExpired:
            return None

    def started(self, pid: int) -> bool:
        """Say whether a process with this id runs in this one's session, and so was started by it, however deep."""
        return any(process.pid == pid for process in _running(self.pid))

    def kill(self) -> None:
        """Kill the whole session at once, with no chance to say goodbye; returns when nothing of it runs."""
        _kill(self.pid)

    def wait_until(self, ready: Callable[[], bool], *, within_seconds: float) -> None:
        """Ask `ready` until it says yes; raises `ProcessFault` when the process ends before that, or time runs out."""
        deadline = time.monotonic() + within_seconds
        while not ready():
            if (code := self._popen.poll()) is not None:
                what = f"exited with {code} before it was ready"
                raise ProcessFault(self.name, what, self.log)
            if time.monotonic() > deadline:
                what = f"was not ready within {within_seconds:.0f} s"
                raise ProcessFault(self.name, what, self.log)
            time.sleep(_POLL_SECONDS)


@contextmanager
def started(command: Command, log: Path) -> Iterator[Process]:
    """Start the command with its output in `log`, and end it with all its children when the block ends."""
    with log.open("ab") as output:
        popen = subprocess.Popen(
            command.arguments,
            env=dict(command.environment),
            cwd=command.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Process(command.name, log, popen)
    finally:
        _end_session(popen)


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nobody listens on; all different."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


def _end_session(leader: subprocess.Popen[bytes]) -> None:
    """Ask the leader's group to end, kill what is left of its session, and return when nothing of it runs."""
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGTERM)
    _wait_for_silence(leader.pid)
    _kill(leader.pid)
    leader.wait()


def _kill(session: int) -> None:
    for process in _running(session):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _wait_for_silence(session)


def _wait_for_silence(session: int) -> None:
    deadline = time.monotonic() + _GRACE_SECONDS
    while _running(session) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def _running(session: int) -> list[psutil.Process]:
    """Return what runs in the session; a zombie does not, it only waits for its parent to ask how it ended."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
