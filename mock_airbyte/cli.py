"""`mock-airbyte`: serve a pretend Airbyte from the command line, or talk to one that runs (`commands`)."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, get_args

from mock_airbyte.auth import Auth, AuthMode
from mock_airbyte.clock import HandClock
from mock_airbyte.commands.parser import Parser
from mock_airbyte.commands.tree import add_commands
from mock_airbyte.import_command import add_import
from mock_airbyte.lifecycle import IMMEDIATE, by_clock
from mock_airbyte.retries import AIRBYTE_BACKOFF, NO_BACKOFF

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from mock_airbyte.lifecycle import Timeline
    from mock_airbyte.mock import MockAirbyte

_DEFAULTS = Auth()
_STOP_SECONDS = 1.0  # for a sync to end at its next batch; one that hangs ends with the process


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code: 0 fine, 1 an error or a failed sync, 2 wrong options or files."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    return run(options)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="mock-airbyte", description="A pretend Airbyte that really moves rows.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('taskflow-profilemesh')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve until SIGTERM or Ctrl-C")
    add_import(commands.add_parser("import", help="print a running Airbyte as a --config file, without secrets"))
    serve.add_argument("--host", default="127.0.0.1", help="address to bind (%(default)s)")
    serve.add_argument("--port", type=int, default=8000, help="port to bind, 0 takes a free one (%(default)s)")
    serve.add_argument(
        "--config", type=Path, metavar="FILE", help="workspaces, sources, … to begin with (YAML or JSON)"
    )
    serve.add_argument(
        "--connector",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="a real connector to run: its name and its virtual environment or program (may be repeated)",
    )
    serve.add_argument("--seed", type=int, default=0, help="decides ids and generated rows (%(default)s)")
    serve.add_argument("--clock", choices=("system", "hand"), default="system", help="hand: moved at /_mock/clock")
    serve.add_argument("--public-url", default="", metavar="URL", help="what links in lists begin with")
    serve.add_argument("--state", type=Path, metavar="FILE", help="remember everything here, encrypted")
    serve.add_argument("--state-key", type=Path, metavar="FILE", help="its key, made if missing (FILE.key)")
    _auth_options(serve.add_argument_group("who may call (secrets also from the environment)"))
    _time_options(serve.add_argument_group("how long jobs take"))
    serve.set_defaults(run=_serve)
    add_commands(commands)
    return parser


def _auth_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--auth", choices=get_args(AuthMode), default=_DEFAULTS.mode, help="(%(default)s)")
    group.add_argument("--client-id", default=_from_environment("CLIENT_ID", _DEFAULTS.client_id))
    group.add_argument("--client-secret", default=_from_environment("CLIENT_SECRET", _DEFAULTS.client_secret))
    group.add_argument("--token-seconds", type=int, default=_DEFAULTS.token_seconds, help="(%(default)s)")
    group.add_argument("--username", default=_from_environment("USERNAME", _DEFAULTS.username))
    group.add_argument("--password", default=_from_environment("PASSWORD", _DEFAULTS.password))
    group.add_argument("--token", default=_from_environment("TOKEN", _DEFAULTS.token))
    group.add_argument(
        "--control-token",
        default=_from_environment("CONTROL_TOKEN", ""),
        help="lets who has it call /_mock from anywhere; without one only this machine may",
    )


def _time_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--pending-seconds", type=float, default=0, help="a job's wait before it runs; beside its rows (%(default)s)"
    )
    group.add_argument("--running-seconds", type=float, default=0, help="its run before its rows move (%(default)s)")
    group.add_argument(
        "--backoff",
        choices=("none", "airbyte"),
        default="none",
        help="its wait between attempts that fail; Airbyte's is 10, 30, 90 and 270 seconds (%(default)s)",
    )
    group.add_argument(
        "--checkpoint-rows",
        type=int,
        help="rows after which an incremental read of a database is committed (100,000)",
    )


def _from_environment(name: str, default: str) -> str:
    return os.environ.get(f"MOCK_AIRBYTE_{name}", default)


def _serve(options: argparse.Namespace) -> int:
    from mock_airbyte.programs.declared import BadConnector
    from mock_airbyte.seed_entries import BadSeed
    from mock_airbyte.state.errors import BadState
    from mock_airbyte.substitutes import BadSubstitute

    try:
        mock = _mock(options)
        ended = _end_of_the_process()  # not before Polars is there, which takes SIGINT for itself when it is imported
        mock.start(host=options.host, port=options.port)
    except (BadSeed, BadState, BadConnector, BadSubstitute, OSError) as error:
        print(f"mock-airbyte: {error}", file=sys.stderr)
        return 2
    _introduce(mock)
    ended.get()
    mock.stop(seconds=_STOP_SECONDS)
    return 0


def _mock(options: argparse.Namespace) -> MockAirbyte:
    from mock_airbyte.mock import MockAirbyte
    from mock_airbyte.sync.errand import CHECKPOINT_ROWS

    seed = _seed(options)
    declared = seed.pop("connectors", None) or {}
    mock = MockAirbyte(
        seed=options.seed,
        auth=_auth(options),
        timeline=_timeline(options),
        backoff=AIRBYTE_BACKOFF if options.backoff == "airbyte" else NO_BACKOFF,
        checkpoint_rows=max(1, options.checkpoint_rows or CHECKPOINT_ROWS),
        patience_seconds=0,
        public_url=options.public_url,
        workspace=None,
        control_token=options.control_token or None,
        clock=HandClock() if options.clock == "hand" else None,
        connectors={**declared, **dict(_named_program(given) for given in options.connector)},
    )
    if options.state is None or not _restored(mock, options):
        mock.control.plant(seed)
    else:
        mock.control.plant_after_reset(seed)
    return mock


def _auth(options: argparse.Namespace) -> Auth:
    return Auth(
        mode=options.auth,
        client_id=options.client_id,
        client_secret=options.client_secret,
        token_seconds=options.token_seconds,
        username=options.username,
        password=options.password,
        token=options.token,
    )


def _named_program(given: str) -> tuple[str, str]:
    from mock_airbyte.programs.declared import BadConnector

    name, equals, place = given.partition("=")
    if not equals or not place:
        message = f"A connector is given as NAME=PATH, --connector source-x=/opt/source-x/.venv (got={given!r})."
        raise BadConnector(message)
    return name, place


def _seed(options: argparse.Namespace) -> dict[str, Any]:
    from mock_airbyte.seeding import read_seed

    return read_seed(options.config, os.environ) if options.config else {}


def _restored(mock: MockAirbyte, options: argparse.Namespace) -> bool:
    """Bring back what the state file holds, and keep what changes from now on; return whether it held anything."""
    from mock_airbyte.state.file import StateFile
    from mock_airbyte.state.keeper import Keeper
    from mock_airbyte.state.keys import state_key

    key = state_key(options.state_key or options.state.with_name(f"{options.state.name}.key"), os.environ)
    keeper = Keeper(StateFile(options.state, key), mock.app)
    found = keeper.restore()
    keeper.watch()
    return found


def _timeline(options: argparse.Namespace) -> Timeline:
    if not options.pending_seconds and not options.running_seconds:
        return IMMEDIATE
    return by_clock(pending_seconds=options.pending_seconds, running_seconds=options.running_seconds)


def _introduce(mock: MockAirbyte) -> None:
    auth = mock.gate.auth
    print(f"mock Airbyte: {mock.url}", flush=True)
    print(f"  Config API: {mock.config_url}")
    print(f"  authentication: {auth.mode}" + (f", client id {auth.client_id}" if "client" in auth.mode else ""))
    for connection in mock.world.connections():
        print(f"  connection {connection.connection_id}  {connection.name}")
    print("Stop it with Ctrl-C.", flush=True)


def _end_of_the_process() -> SimpleQueue[None]:
    """Return what gets an item when the process is told to end, from now on."""
    ended: SimpleQueue[None] = SimpleQueue()  # an event's lock may be held by what the signal interrupts
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.put(None))
    return ended
