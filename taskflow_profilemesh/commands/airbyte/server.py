"""`profilemesh airbyte status`, `connections` and `jobs`: what an Airbyte server has, and what runs there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.airbyte.calls import JobsWanted
from taskflow_profilemesh.commands.airbyte.login import client_of, settings_of
from taskflow_profilemesh.commands.airbyte.words import duration, printable
from taskflow_profilemesh.commands.showing import moment, print_json, print_table
from taskflow_profilemesh.commands.words import number, size
from taskflow_profilemesh.errors import AirbyteError, InvalidOption

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from taskflow_profilemesh.airbyte.client import AirbyteClient
    from taskflow_profilemesh.airbyte.models import Connection, Job
    from taskflow_profilemesh.airbyte.settings import AirbyteSettings

_RUNNING = ("running", "pending", "queued", "incomplete")
_MOST_RUNNING = 100


def status(options: argparse.Namespace) -> int:
    """Print whether the server answers, lets us in, and what runs; return 1 where one of the first two fails."""
    settings = settings_of(options)
    with client_of(settings) as client:
        found = _status(client, settings, options.workspace)
    if options.json:
        print_json(found)
    else:
        _print_status(found)
    if found["error"]:
        print(f"profilemesh: {found['error']}", file=sys.stderr)
    return 0 if found["healthy"] and found["error"] is None else 1


def connections(options: argparse.Namespace) -> int:
    """Print the connections and return 0. Raises `AirbyteError`."""
    with client_of(settings_of(options)) as client:
        found = sorted(
            client.connections(options.pattern, workspace=options.workspace), key=lambda one: one.name.casefold()
        )
        names = {one.workspace_id: one.name for one in client.workspaces()}
        last = {one.connection_id: client.get_sync_status(one.connection_id) for one in found if options.last_job}
    if options.json:
        print_json({"connections": [_connection(one, names, last) for one in found]})
        return 0
    heads = ("connection", "id", "workspace", "status", "streams", *(("last job", "ended as") if last else ()))
    print_table(heads, [printable(_connection_row(one, names, last)) for one in found])
    return 0


def jobs(options: argparse.Namespace) -> int:
    """Print the jobs, the newest first, and return 0. Raises `AirbyteError`."""
    if options.connection is None and options.workspace is not None:
        raise InvalidOption(option="workspace", got="one without a connection", expected="the connection in it")
    with client_of(settings_of(options)) as client:
        found, names = _jobs(client, options)
    if options.json:
        print_json({"jobs": [job_document(job, names.get(job.connection_id)) for job in found]})
    else:
        print_jobs(found, names)
    return 0


def print_jobs(found: Sequence[Job], names: Mapping[str, str]) -> None:
    """Print jobs as a table."""
    heads = ("job", "connection", "type", "status", "started (UTC)", "took", "rows", "size")
    rows = [
        (
            str(job.job_id),
            names.get(job.connection_id, job.connection_id),
            job.job_type,
            job.status,
            moment(job.started_at),
            duration(job.duration_seconds),
            number(job.rows_synced),
            size(job.bytes_synced),
        )
        for job in found
    ]
    print_table(heads, [printable(row) for row in rows])


def job_document(job: Job, connection: str | None) -> dict[str, Any]:
    """Return a job as plain JSON."""
    return {
        "job_id": job.job_id,
        "connection_id": job.connection_id,
        "connection_name": connection,
        "job_type": job.job_type,
        "status": job.status,
        "started_at": job.started_at and job.started_at.isoformat(),
        "updated_at": job.updated_at and job.updated_at.isoformat(),
        "duration_seconds": job.duration_seconds,
        "rows_synced": job.rows_synced,
        "bytes_synced": job.bytes_synced,
    }


def _jobs(client: AirbyteClient, options: argparse.Namespace) -> tuple[tuple[Job, ...], dict[str, str]]:
    if options.connection is None:
        names = {one.connection_id: one.name for one in client.connections()}
        return client.jobs(JobsWanted(status=options.status), most=options.last), names
    one = client.connection(options.connection, workspace=options.workspace)
    wanted = JobsWanted(connection_id=one.connection_id, status=options.status)
    return client.jobs(wanted, most=options.last), {one.connection_id: one.name}


def _status(client: AirbyteClient, settings: AirbyteSettings, workspace: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "url": settings.address.public_base,
        "login": str(settings.auth.kind),
        "healthy": False,
        "logged_in": False,
        "workspaces": [],
        "connections": {},
        "running": [],
        "error": None,
    }
    try:
        found["healthy"] = client.health()
        spaces = client.workspaces()
        found["logged_in"] = True
        there = client.connections(workspace=workspace)
        running = [job for word in _RUNNING for job in client.jobs(JobsWanted(status=word), most=_MOST_RUNNING)]
    except AirbyteError as error:
        return found | {"error": str(error)}
    names = {one.connection_id: one.name for one in there}
    states = [one.status for one in there]
    found["workspaces"] = [{"workspace_id": one.workspace_id, "name": one.name} for one in spaces]
    found["connections"] = {state: states.count(state) for state in sorted(set(states))}
    found["running"] = [job_document(job, names[job.connection_id]) for job in running if job.connection_id in names]
    return found


def _print_status(found: Mapping[str, Any]) -> None:
    counts = ", ".join(f"{count} {state}" for state, count in found["connections"].items()) or "none"
    running = ", ".join(f"{job['connection_name']} (job {job['job_id']}, {job['status']})" for job in found["running"])
    rows = [
        ("server", found["url"]),
        ("health", "well" if found["healthy"] else "not well"),
        ("login", f"{found['login']}: {'accepted' if found['logged_in'] else 'not accepted'}"),
    ]
    if found["logged_in"]:
        rows += [
            ("workspaces", ", ".join(one["name"] for one in found["workspaces"]) or "none that we may see"),
            ("connections", counts),
            ("running", running or "nothing"),
        ]
    print_table(("what", "how"), [printable(row) for row in rows])


def _connection(one: Connection, names: Mapping[str, str], last: Mapping[str, Job | None]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "connection_id": one.connection_id,
        "name": one.name,
        "workspace_id": one.workspace_id,
        "workspace": names.get(one.workspace_id),
        "status": one.status,
        "streams": [{"name": stream.name, "sync_mode": stream.sync_mode} for stream in one.streams],
    }
    if one.connection_id in last:
        job = last[one.connection_id]
        document["last_job"] = job_document(job, one.name) if job else None
    return document


def _connection_row(one: Connection, names: Mapping[str, str], last: Mapping[str, Job | None]) -> tuple[str, ...]:
    cells = (one.name, one.connection_id, names.get(one.workspace_id, one.workspace_id), one.status)
    row = (*cells, str(len(one.streams)))
    if one.connection_id not in last:
        return row
    job = last[one.connection_id]
    return (*row, moment(job.started_at), job.status) if job else (*row, "never", "")
