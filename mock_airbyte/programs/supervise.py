"""Starts a connector and sees that nothing of it outlives the mock, however the mock ends: a program of its own.

    python -I -S supervise.py FOLDER GRACE_SECONDS COMMAND…

Standard input is the mock's hold on it: when that closes, the connector's process group is asked to end, and killed
after the grace. FOLDER, where its configuration lies, is removed in any case. The exit code is the connector's
(128 + the signal that ended it; 127: it could not be started). It imports the standard library alone, as it must start
quickly, and nobody may import it into the mock: it puts signal handlers in place.
"""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_HOLD = 0  # standard input
_NOT_STARTED = 127
_SET_PARENT_DEATH_SIGNAL = 1  # Linux's PR_SET_PDEATHSIG


def main(folder: str, grace_seconds: str, *command: str) -> int:
    """Run the connector to its end, or to that of the mock."""
    woken = _wakes()
    try:
        try:
            connector = subprocess.Popen(  # noqa: S603 -- the mock's owner declared it
                command,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_dies_with_parent(),  # noqa: PLW1509 -- there are no threads here
            )
        except OSError as error:
            print(f"{command[0]} cannot be started: {error.strerror}", file=sys.stderr)  # noqa: T201 -- to the mock
            return _NOT_STARTED
        _let_go_of_output()
        _wait(connector.pid, woken, float(grace_seconds))
        _signal(connector.pid, signal.SIGKILL)  # whatever it left behind in its group
        code = connector.wait()
        return code if code >= 0 else 128 - code
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dies_with_parent() -> Callable[[], object] | None:
    """Return what a child does first so that it ends with this process, even where that is killed (Linux alone)."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _wakes() -> int:
    """Return what can be read from when a child has ended, or when this process itself is asked to end."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: None)
    return woken


def _let_go_of_output() -> None:
    """Leave the output to the connector, so that its end is the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)


def _wait(pid: int, woken: int, grace_seconds: float) -> None:
    """Wait for the connector's end; once the mock lets go, for `grace_seconds` at most."""
    until: float | None = None
    while not _is_over(pid):
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            return
        ready, _, _ = select.select([woken] if until is not None else [woken, _HOLD], [], [], left)
        is_asked = woken in ready and signal.SIGTERM in os.read(woken, 64)
        if until is None and (is_asked or (_HOLD in ready and not os.read(_HOLD, 1))):
            _signal(pid, signal.SIGTERM)
            until = time.monotonic() + grace_seconds


def _is_over(pid: int) -> bool:
    """Look without asking how it ended: until somebody asks, its group's number is nobody else's."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass
    except PermissionError:  # some systems say so where only ended processes are left
        pass


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
