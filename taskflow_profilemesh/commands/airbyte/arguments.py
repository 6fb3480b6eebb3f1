"""What `profilemesh airbyte` takes on the command line."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

ON_CONFLICT: Final = ("attach", "wait", "skip", "fail")  # as in `airbyte.spec.OnConflict`
STATUSES: Final = ("pending", "queued", "running", "incomplete", "succeeded", "failed", "cancelled")
POLL_SECONDS: Final = 10.0
_LAST_JOBS: Final = 20


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands."""
    commands = parser.add_subparsers(required=True, metavar="what", dest="airbyte_command")
    for name, told, example, add in _COMMANDS:
        command = commands.add_parser(name, help=told, epilog=f"example: profilemesh airbyte {example}")
        add(command)
        _server(command)


def _server(parser: argparse.ArgumentParser) -> None:
    server = parser.add_argument_group(
        "which server, and as whom",
        "Without --url and --conn-id: AIRBYTE_API_URL with AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, else the"
        " Airflow connection in AIRFLOW_CONN_AIRBYTE_DEFAULT.",
    )
    server.add_argument("--conn-id", help="an Airflow connection, from its variable AIRFLOW_CONN_…")
    server.add_argument("--url", help="the server's address in any form; not with --conn-id")
    server.add_argument("--client-id", metavar="ID", help="instead of AIRBYTE_CLIENT_ID")
    server.add_argument("--client-secret-file", metavar="FILE", help="the secret's file; - reads standard input")
    server.add_argument("--client-secret", metavar="SECRET", help="others on this machine can see it: better a file")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _status(parser: argparse.ArgumentParser) -> None:
    _workspace(parser)


def _connections(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pattern", nargs="?", help="only names like this, such as 'Shop*' (default: all)")
    parser.add_argument(
        "--last-job", action="store_true", help="with the newest job of each: one request more for each"
    )
    _workspace(parser)


def _jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("connection", nargs="?", help="a connection's name or id (default: all connections)")
    parser.add_argument("--status", choices=STATUSES, help="only these")
    _last(parser)
    _workspace(parser)


def _performance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("connection", nargs="*", help="names or ids (default: all active connections)")
    _last(parser)
    _workspace(parser)


def _sync(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("connection", help="a connection's name or id")
    parser.add_argument("--wait", action="store_true", help="until the sync has ended, and fail if it does")
    parser.add_argument("--min-rows", type=_rows, metavar="ROWS", help="with --wait: fewer are a failure")
    _workspace(parser)
    _waiting(parser)


def _batch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="YAML or JSON: connections, each with depends_on where it needs others")
    parser.add_argument("--parallel", type=_count, metavar="N", help="so many at a time (default: as the file says)")
    parser.add_argument("--dry-run", action="store_true", help="only print the order; nothing is asked of Airbyte")
    _workspace(parser)
    _waiting(parser)


def _waiting(parser: argparse.ArgumentParser) -> None:
    waiting = parser.add_argument_group("waiting")
    waiting.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="a sync must have ended by then (3600)")
    waiting.add_argument("--poll-interval", type=_seconds, metavar="SECONDS", help=f"({POLL_SECONDS:g})")
    waiting.add_argument("--on-conflict", choices=ON_CONFLICT, help="where a sync runs already (default: attach to it)")
    waiting.add_argument(
        "--no-cancel", action="store_true", help="leave syncs running when this is interrupted, or their time is up"
    )


def _workspace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", metavar="NAME", help="only this workspace, by its name or id")


def _last(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--last", type=_count, default=_LAST_JOBS, metavar="N", help=f"the last so many jobs ({_LAST_JOBS})"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = "a whole number, 1 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _rows(text: str) -> int:
    if not text.isdecimal():
        message = "a whole number of rows, 0 or more"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < math.inf:
        message = "a number of seconds greater than 0"
        raise argparse.ArgumentTypeError(message)
    return seconds


_Declared = tuple[str, str, str, "Callable[[argparse.ArgumentParser], None]"]
_COMMANDS: Final[tuple[_Declared, ...]] = (
    ("status", "does the server answer, may we in, and what runs", "status --conn-id airbyte_default", _status),
    ("connections", "what can be synced", "connections 'Shop*' --last-job", _connections),
    ("sync", "start one sync, and wait for it", "sync 'Shop → Warehouse' --wait --min-rows 1", _sync),
    ("batch", "sync many, in an order and so many at a time", "batch nightly.yml --parallel 3", _batch),
    ("jobs", "what ran, the newest first", "jobs 'Shop → Warehouse' --last 5", _jobs),
    ("performance", "how fast syncs are, and the trend", "performance --last 50", _performance),
)
