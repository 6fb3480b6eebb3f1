"""The command line, `profilemesh`. It runs without importing Airflow; `demo` starts Airflow as a process.

Exit codes: 0 fine, 1 an error that is explained on standard error, 2 wrong usage, 3 drift at or above `--fail-on`, or
an expectation that is not met, 130 interrupted, 141 nobody reads the output any more. No URL is repeated anywhere: it
may hold a password.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from taskflow_profilemesh.commands import store_arguments
from taskflow_profilemesh.commands.airbyte.arguments import declare as declare_airbyte
from taskflow_profilemesh.commands.arguments import Parser, declare_plan, declare_profile
from taskflow_profilemesh.commands.export import declare as declare_export
from taskflow_profilemesh.errors import ProfileMeshError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_INTERRUPTED = 130
_UNREAD = 141  # as a shell calls the end by SIGPIPE
_DEMO = "demo --postgres --results /tmp/flights"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    _tell_warnings_of_selections()
    try:
        code = int(options.command(options))
        sys.stdout.flush()  # here, so that a pipe without a reader is noticed here
    except ProfileMeshError as error:
        print(f"profilemesh: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still writes at its end
        return _UNREAD
    except KeyboardInterrupt:
        print("profilemesh: interrupted", file=sys.stderr)
        return _INTERRUPTED
    return code


def _tell_warnings_of_selections() -> None:
    """Show what the choice of tables warns of, and nothing else that is logged: the commands tell failures."""
    logging.getLogger("taskflow_profilemesh").addHandler(logging.NullHandler())
    logger = logging.getLogger("taskflow_profilemesh.table_selection")
    if not any(isinstance(handler, _Told) for handler in logger.handlers):
        logger.addHandler(_Told())


class _Told(logging.Handler):
    """Prints a message as the commands print theirs."""

    def emit(self, record: logging.LogRecord) -> None:
        print(f"profilemesh: {record.getMessage()}", file=sys.stderr)


def _declare_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--postgres", action="store_true", help="into PostgreSQL instead of a SQLite file")
    parser.add_argument(
        "--results", type=Path, default=Path("demo-results"), help="where results are left (default: demo-results)"
    )


@dataclass(frozen=True, slots=True)
class _Command:
    """A command: `run(options)` of the room `commands` that has its name, which is imported when it is called."""

    name: str
    help: str
    example: str
    declare: Callable[[Parser], None]

    def add_to(self, commands: argparse._SubParsersAction[Parser]) -> None:
        parser = commands.add_parser(self.name, help=self.help, epilog=f"example: profilemesh {self.example}")
        self.declare(parser)
        parser.set_defaults(command=self._run)

    def _run(self, options: argparse.Namespace) -> int:
        if self.name == "demo":
            return _demo(options)
        return int(import_module(f"taskflow_profilemesh.commands.{self.name}").run(options))


_STORE = "--store sqlite:///profiles.db"
_COMMANDS = (
    _Command("demo", "sync and profile real data twice, and see what drifted", _DEMO, _declare_demo),
    _Command("init", "write a config file to begin with", "init --template postgres", store_arguments.declare_init),
    _Command(
        "validate",
        "is a config file right, a store whole?",
        "validate profilemesh.yml",
        store_arguments.declare_validate,
    ),
    _Command("plan", "how tables would be read, and why", "plan sqlite:///shop.db 'order*'", declare_plan),
    _Command(
        "profile", "profile tables, and say what changed", f"profile sqlite:///shop.db orders {_STORE}", declare_profile
    ),
    _Command("status", "where history lives, and what is in it", f"status {_STORE}", store_arguments.declare_status),
    _Command(
        "history",
        "a table's runs, or a metric over them",
        f"history orders {_STORE} --column price --metric mean",
        store_arguments.declare_history,
    ),
    _Command("show", "one stored profile", f"show orders {_STORE} --column price", store_arguments.declare_show),
    _Command(
        "drift", "compare two stored profiles", f"drift orders {_STORE} --fail-on high", store_arguments.declare_drift
    ),
    _Command(
        "baseline",
        "accept or pin a run to compare with, or mute findings",
        f"baseline accept orders {_STORE} --note 'new prices'",
        store_arguments.declare_baseline,
    ),
    _Command(
        "export",
        "write a stored profile as another tool reads it",
        f"export orders {_STORE} --format dbt -o models/schema.yml",
        declare_export,
    ),
    _Command(
        "report",
        "write stored profiles as one HTML file",
        f"report {_STORE} --table 'shop.*' -o shop.html",
        store_arguments.declare_report,
    ),
    _Command(
        "expectations",
        "what a table has always been, and whether it still is",
        f"expectations orders {_STORE} -o expectations.yml",
        store_arguments.declare_expectations,
    ),
    _Command("airbyte", "look at an Airbyte server, sync its connections", "airbyte status", declare_airbyte),
    _Command("prune", "forget old runs", f"prune {_STORE} --keep-runs 1000 --dry-run", store_arguments.declare_prune),
)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="profilemesh", description="Data that is checked the moment it lands.")
    parser.add_argument("--version", action="version", version=version("taskflow-profilemesh"))
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in _COMMANDS:
        command.add_to(commands)
    return parser


def _demo(options: argparse.Namespace) -> int:
    try:
        from taskflow_profilemesh.demo.story import tell
    except ModuleNotFoundError as error:
        print(f"profilemesh: {error}. Install it: pip install 'taskflow-profilemesh[demo]'", file=sys.stderr)
        return 1
    tell(options.results.resolve(), postgres=options.postgres)
    return 0


if __name__ == "__main__":
    sys.exit(main())
