"""Syncs and their jobs: status, sync, jobs, logs, cancel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from mock_airbyte.commands.result import FAILED, FINE, CommandFailed, Result, facts, table

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.remote import Json, Remote

_TERMINAL = ("succeeded", "failed", "cancelled")
_CONFLICT = 409  # Airbyte says of a job that there is not that it does not run
_KINDS = ("workspaces", "sources", "destinations", "connections", "jobs")


def status(remote: Remote, _: argparse.Namespace) -> Result:
    """Say that the mock is there and what it holds."""
    found = {kind: remote.all(f"/{kind}") for kind in _KINDS}
    running = sum(job["status"] not in _TERMINAL for job in found["jobs"])
    data = {"url": remote.root, **{kind: len(items) for kind, items in found.items()}, "running": running}
    return Result(data, facts(data))


def sync(remote: Remote, options: argparse.Namespace) -> Result:
    """Start a sync; with `--wait`, wait until it is over and fail if it did not succeed."""
    connection = remote.named("connection", options.name)
    body = {"connectionId": connection["connectionId"], "jobType": "reset" if options.reset else "sync"}
    job = remote.call("POST", "/jobs", json=body)
    if options.wait:
        job = _over(remote, job["jobId"], options)
    return Result(job, _sentence(job), FAILED if options.wait and job["status"] != "succeeded" else FINE)


def _over(remote: Remote, job_id: int, options: argparse.Namespace) -> Json:
    deadline = None if options.timeout is None else time.monotonic() + options.timeout
    while (job := _job(remote, job_id))["status"] not in _TERMINAL:
        if deadline is not None and time.monotonic() >= deadline:
            message = f"Job {job_id} is not over after {options.timeout:g} s (status={job['status']}); it goes on."
            raise CommandFailed(message)
        time.sleep(options.poll)
    return job


def list_jobs(remote: Remote, options: argparse.Namespace) -> Result:
    """List jobs, newest first."""
    query = {"orderBy": "createdAt|DESC", "limit": str(options.limit)}
    if options.connection is not None:
        query["connectionId"] = remote.named("connection", options.connection)["connectionId"]
    if options.status is not None:
        query["status"] = options.status
    found = remote.call("GET", "/jobs", params=query)["data"]
    names = {one["connectionId"]: one["name"] for one in remote.all("/connections", includeDeleted="true")}
    titles = ("job", "type", "status", "started", "rows", "connection")
    rows = [
        (
            str(job["jobId"]),
            job["jobType"],
            job["status"],
            job["startTime"],
            _counted(job),
            names.get(job["connectionId"]),
        )
        for job in found
    ]
    return Result(found, table(titles, rows))


def logs(remote: Remote, options: argparse.Namespace) -> Result:
    """Show a job's attempts: why they failed, and what they logged."""
    _job(remote, options.job)
    info = remote.config("/jobs/get", {"id": options.job})
    lines = [f"job {options.job}: {info['job']['status']}"]
    for one in info["attempts"]:
        attempt = one["attempt"]
        lines.append(f"attempt {attempt['id'] + 1}: {attempt['status']}, {attempt['recordsSynced']:,} rows read")
        lines += [f"  {_told(failure)}" for failure in attempt.get("failureSummary", {}).get("failures", ())]
        lines += [f"  {line}" for line in one.get("logs", {}).get("logLines", ())]
    return Result(info, "\n".join(lines))


def _told(failure: Json) -> str:
    return f"{failure['failureOrigin']} {failure['failureType']}: {failure['externalMessage']}"


def cancel(remote: Remote, options: argparse.Namespace) -> Result:
    """Cancel a job that is not over: of one that is, Airbyte would cancel what its connection runs now."""
    job = _job(remote, options.job)
    if job["status"] in _TERMINAL:
        message = f"Job {options.job} is over already (status={job['status']})."
        raise CommandFailed(message)
    job = remote.call("DELETE", f"/jobs/{options.job}")
    return Result(job, _sentence(job))


def _job(remote: Remote, job_id: int) -> Json:
    try:
        job: Json = remote.call("GET", f"/jobs/{job_id}")
    except CommandFailed as failed:
        if failed.status != _CONFLICT:
            raise
        message = f"There is no such job (id={job_id}). 'mock-airbyte jobs' lists those that there are."
        raise CommandFailed(message) from failed
    return job


def _sentence(job: Json) -> str:
    counted = _counted(job)
    told = f"job {job['jobId']} {job['status']}" + ("" if counted == "-" else f", {counted} rows")
    return told + (f"; 'mock-airbyte logs {job['jobId']}' tells why" if job["status"] == "failed" else "")


def _counted(job: Json) -> str:
    return f"{job['rowsSynced']:,}" if "rowsSynced" in job else "-"
