"""The commands as they are typed, each with an example in its help; those that steer the mock are in `control_tree`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mock_airbyte.commands import jobs, resources, schedules, seeds
from mock_airbyte.commands.control_tree import add_control_commands
from mock_airbyte.commands.declaring import add as _add
from mock_airbyte.commands.declaring import group as _group

if TYPE_CHECKING:
    from mock_airbyte.commands.declaring import Subparsers

_SOURCE = "sources: [{name: Shop, type: source-faker, configuration: {count: 10}}]"
_DESTINATION = "destinations: [{name: W, type: destination-sqlite, configuration: {destination_path: w.db}}]"
_CONNECTION = "connections: [{name: Shop to W, source: Shop, destination: W}]"


def add_commands(subparsers: Subparsers) -> None:
    """Declare every command that talks to a running mock."""
    _add(subparsers, "status", jobs.status, "say whether it runs and what it holds", "mock-airbyte status")
    _add_workspaces(subparsers)
    for kind, file in (("source", _SOURCE), ("destination", _DESTINATION), ("connection", _CONNECTION)):
        _add_resource(subparsers, kind, file)
    _add_sync(subparsers)
    _add_jobs(subparsers)
    schedules.declare(_add, _group(subparsers, "schedule", "set and list what starts syncs by itself"))
    add_control_commands(subparsers)


def _add_workspaces(subparsers: Subparsers) -> None:
    group = _group(subparsers, "workspaces", "list, create, export and import workspaces")
    _add(group, "list", resources.list_workspaces, "list workspaces", "mock-airbyte workspaces list --json")
    example = 'mock-airbyte workspaces create "Analytics"'
    create = _add(group, "create", resources.create_workspace, "create a workspace and print its id", example)
    create.add_argument("name", metavar="NAME")
    text = "print what is there as a seed file, with variables in the place of secrets"
    example = 'mock-airbyte workspaces export "Analytics" > seed.yml'
    exporting = _add(group, "export", seeds.export_workspaces, text, example)
    exporting.add_argument("name", metavar="NAME", nargs="?", help="only this workspace (name or id)")
    text = "create what a seed file lists, and change what is there already"
    importing = _add(group, "import", seeds.import_seed, text, "mock-airbyte workspaces import seed.yml", at_desk=True)
    importing.add_argument("file", metavar="FILE", type=Path, help="YAML or JSON, as for serve --config")


def _add_resource(subparsers: Subparsers, kind: str, file: str) -> None:
    group = _group(subparsers, f"{kind}s", f"list, get, add and remove {kind}s")
    program = f"mock-airbyte {kind}s"
    listing = resources.list_connections if kind == "connection" else resources.list_actors(kind)
    _add(group, "list", listing, f"list {kind}s", f"{program} list")
    getting = _add(group, "get", resources.get(kind), f"show one {kind}", f'{program} get "Shop" --json')
    getting.add_argument("name", metavar="NAME", help="its name or id")
    example = f"{program} add --config file.yml\n\nfile.yml:\n  {file}"
    adding = _add(group, "add", resources.add(kind), f"create {kind}s and print their ids", example)
    adding.add_argument("--config", type=Path, metavar="FILE", required=True, help="YAML or JSON, see below")
    removing = _add(group, "remove", resources.remove(kind), f"remove a {kind}", f'{program} remove "Shop"')
    removing.add_argument("name", metavar="NAME", help="its name or id")


def _add_sync(subparsers: Subparsers) -> None:
    example = 'mock-airbyte sync "Shop to W" --wait --timeout 60'
    sync = _add(subparsers, "sync", jobs.sync, "start a sync", example)
    sync.add_argument("name", metavar="NAME", help="the connection's name or id")
    sync.add_argument("--wait", action="store_true", help="until it is over; exit with 1 unless it succeeded")
    sync.add_argument("--timeout", type=float, metavar="SECONDS", help="wait no longer, and exit with 1")
    sync.add_argument("--poll", type=float, default=0.5, metavar="SECONDS", help="between two looks (%(default)s)")
    sync.add_argument("--reset", action="store_true", help="empty its tables and forget its state instead")


def _add_jobs(subparsers: Subparsers) -> None:
    example = 'mock-airbyte jobs --connection "Shop to W" --status failed'
    listing = _add(subparsers, "jobs", jobs.list_jobs, "list jobs, newest first", example)
    listing.add_argument("--connection", metavar="NAME", help="only those of this connection (name or id)")
    listing.add_argument("--status", help="only those with this status")
    listing.add_argument("--limit", type=int, default=20, help="how many at most, up to 100 (%(default)s)")
    text = "show a job's attempts, failures and log"
    logs = _add(subparsers, "logs", jobs.logs, text, "mock-airbyte logs 3")
    cancel = _add(subparsers, "cancel", jobs.cancel, "cancel a job that is not over", "mock-airbyte cancel 3")
    for parser in (logs, cancel):
        parser.add_argument("job", metavar="JOB", type=int, help="its id")
