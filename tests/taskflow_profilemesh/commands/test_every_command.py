"""What holds for every command: help, examples, JSON, what it imports, how it refuses."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taskflow_profilemesh.cli import _COMMANDS, _parser, main
from tests.taskflow_profilemesh.reading.servers import in_sqlite

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("command", _COMMANDS, ids=lambda command: command.name)
def test_each_commands_help_has_an_example_that_can_be_run(command: Any, capsys: Capture) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command.name, "--help"])
    text = " ".join(capsys.readouterr().out.split())
    example = text.partition("example: profilemesh ")[2]
    assert example.startswith(command.name)
    parsed = _parser().parse_args(shlex.split(example))
    assert parsed.command == command._run


@pytest.mark.parametrize("command", _COMMANDS, ids=lambda command: command.name)
def test_each_command_but_the_demo_and_the_export_which_has_formats_prints_json(command: Any) -> None:
    parsed = vars(_parser().parse_args(shlex.split(command.example)))
    assert ("json" in parsed) is (command.name not in {"demo", "export"})


def test_the_examples_of_a_store_run(tmp_path: Path, capsys: Capture) -> None:
    in_sqlite(
        tmp_path / "shop.db",
        "create table orders (id integer primary key, price real)",
        "insert into orders values (?, ?)",
        rows=[(1, 2.5), (2, 3.5)],
    )
    examples = {command.name: shlex.split(command.example) for command in _COMMANDS}
    order = ["init", "validate", "plan", "profile", "status", "history", "show", "drift", "baseline", "prune"]
    assert {*order, "demo"} <= set(examples)
    for name in order:
        assert main(examples[name]) == 0, name
        assert capsys.readouterr().out


def test_no_command_that_looks_into_a_store_imports_airflow_or_what_reads_tables(store: str) -> None:
    program = (
        "import sys; from taskflow_profilemesh.cli import main\n"
        f"main(['history', 'public.flights', '--store', {store!r}]); main(['status', '--store', {store!r}])\n"
        "print(sorted({'airflow', 'polars', 'connectorx', 'pyarrow', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from taskflow_profilemesh.cli import _parser; _parser()\n"
        "print(sorted({'airflow', 'polars', 'sqlalchemy', 'pydantic', 'rich'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == "[]"


def test_a_terminal_gets_a_drawn_table_and_a_pipe_plain_lines(store: str) -> None:
    command = [sys.executable, "-m", "taskflow_profilemesh.cli", "history", "public.flights", "--store", store]
    piped = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, env=os.environ | {"COLUMNS": "120", "TERM": "xterm"}) as process:
        os.close(theirs)
        drawn = ""
        while data := _read(ours):
            drawn += data
        assert process.wait() == 0
    os.close(ours)
    assert "─" in drawn
    assert "─" not in piped
    assert "\x1b" not in piped
    assert "profile-3" in drawn


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 1 << 16).decode()
    except OSError:  # the other side is closed
        return ""


def test_a_misspelt_option_is_answered_with_the_nearest_and_the_usage_of_its_command(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["status", "--stroe", "postgresql://me:hidden@host/profiles"])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "Did you mean --store?" in told
    assert "usage: profilemesh status" in told
    assert "hidden" not in told
