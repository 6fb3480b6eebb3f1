"""What a terminal shows while a run goes on, and what a pipe gets."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest

from taskflow_profilemesh.cli import main

Capture = pytest.CaptureFixture[str]


def _on_a_terminal(code: str) -> tuple[str, str]:
    """Run code with standard error on a terminal, and return what it printed and what the terminal showed."""
    screen, terminal = pty.openpty()
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": "120"}
    with subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=terminal, text=True
    ) as running:
        os.close(terminal)
        assert running.stdout is not None
        shown = b""
        with suppress(OSError):  # which is how the end of a terminal is told
            while piece := os.read(screen, 1 << 14):
                shown += piece
        os.close(screen)
        printed = running.stdout.read()
    assert running.returncode == 0, shown.decode()
    return printed, shown.decode()


def test_a_terminal_shows_how_far_a_run_is_and_what_is_printed_stays_whole(shop: str) -> None:
    code = f"from taskflow_profilemesh.cli import main; raise SystemExit(main(['profile', {shop!r}, '*', '--json']))"
    printed, shown = _on_a_terminal(code)
    assert "3 of 3 tables" in shown
    assert len(json.loads(printed)["profiles"]) == 3


def test_without_rich_a_terminal_shows_nothing(shop: str) -> None:
    code = (
        "import sys; sys.modules['rich'] = None\n"
        f"from taskflow_profilemesh.cli import main; raise SystemExit(main(['profile', {shop!r}, 'orders']))"
    )
    printed, shown = _on_a_terminal(code)
    assert "1,000 rows" in printed
    assert shown == ""


def test_a_pipe_gets_no_bar(shop: str, capsys: Capture) -> None:
    assert main(["profile", shop, "orders"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("command", ["plan", "profile"])
def test_a_reader_that_has_seen_enough_is_no_error(shop: str, command: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)  # nobody will read
    code = f"from taskflow_profilemesh.cli import main; raise SystemExit(main([{command!r}, {shop!r}, 'orders']))"
    done = subprocess.run([sys.executable, "-c", code], stdout=theirs, stderr=subprocess.PIPE, text=True, check=False)
    os.close(theirs)
    assert (done.returncode, done.stderr) == (141, "")
