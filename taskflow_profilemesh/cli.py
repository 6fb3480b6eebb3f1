"""The command line, `profilemesh`. It runs without importing Airflow; `demo` starts Airflow as a process.

Exit codes: 0 fine, 1 an error that is explained on standard error, 2 wrong usage, 130 interrupted, 141 nobody reads
the output any more. No URL is repeated anywhere: it may hold a password.
"""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from taskflow_profilemesh.commands.arguments import Parser, declare
from taskflow_profilemesh.errors import ProfileMeshError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_INTERRUPTED = 130
_UNREAD = 141  # as a shell calls the end by SIGPIPE
_DEMO_EXAMPLE = "example: profilemesh demo --postgres --results /tmp/flights"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    logging.getLogger("taskflow_profilemesh").addHandler(logging.NullHandler())  # the commands themselves tell failures
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


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="profilemesh", description="Data that is checked the moment it lands.")
    parser.add_argument("--version", action="version", version=version("taskflow-profilemesh"))
    commands = parser.add_subparsers(required=True, metavar="command")
    demo = commands.add_parser(
        "demo", help="sync and profile real data twice, and see what drifted", epilog=_DEMO_EXAMPLE
    )
    demo.add_argument("--postgres", action="store_true", help="into PostgreSQL instead of a SQLite file")
    demo.add_argument(
        "--results", type=Path, default=Path("demo-results"), help="where results are left (default: demo-results)"
    )
    demo.set_defaults(command=_demo)
    plan = commands.add_parser(
        "plan", help="how tables would be read, and why", epilog="example: profilemesh plan sqlite:///shop.db 'order*'"
    )
    profile = commands.add_parser(
        "profile",
        help="profile tables, and say what changed",
        epilog="example: profilemesh profile sqlite:///shop.db orders --store sqlite:///profiles.db",
    )
    plan.add_argument(
        "--store", metavar="URL", help="where profiles are kept: with --incremental, what is known by now"
    )
    profile.add_argument("--store", metavar="URL", help="where profiles are kept and compared with (default: nowhere)")
    for command, run in ((plan, _plan), (profile, _profile)):
        declare(command)
        command.set_defaults(command=run)
    return parser


def _plan(options: argparse.Namespace) -> int:
    from taskflow_profilemesh.commands import plan

    return plan.run(options)


def _profile(options: argparse.Namespace) -> int:
    from taskflow_profilemesh.commands import profile

    return profile.run(options)


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
