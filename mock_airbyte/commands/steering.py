"""Steering a running mock: scenarios, its clock, its figures, and beginning again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_airbyte.commands.result import CommandFailed, Result, WrongUsage, facts, table

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.remote import Remote

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_SAMPLE = re.compile(r"(?P<name>\w+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def list_scenarios(remote: Remote, _: argparse.Namespace) -> Result:
    """List the scenarios that there are; an asterisk stands before the one that plays."""
    found = remote.desk("GET", "/scenarios")
    rows = [("*" if one["name"] == found["playing"] else "", one["name"], one["says"]) for one in found["scenarios"]]
    return Result(found, table(("", "name", "what happens"), rows))


def play(remote: Remote, options: argparse.Namespace) -> Result:
    """Let a scenario be what happens from now on, to all connections or to one."""
    body = {"name": options.name}
    if options.connection is not None:
        body["connectionId"] = _connection_id(remote, options.connection)
    remote.desk("POST", "/scenarios", body)
    return Result(body, f"Playing {options.name}.")


def _connection_id(remote: Remote, name: str) -> str:
    there = remote.desk("GET", "/state")["connections"]
    found = [one["connectionId"] for one in there if name in (one["connectionId"], one["name"])]
    if len(found) == 1:
        return str(found[0])
    if found:
        message = f"Several connections have this name (name={name!r}). Give an id: {', '.join(found)}."
    else:
        known = ", ".join(repr(one["name"]) for one in there) or "none"
        message = f"There is no such connection (name={name!r}). There are: {known}."
    raise CommandFailed(message)


def stop(remote: Remote, _: argparse.Namespace) -> Result:
    """Let new jobs and requests be as they were before any scenario."""
    before = remote.desk("GET", "/scenarios")["playing"]
    remote.desk("DELETE", "/scenarios")
    return Result({"stopped": before}, f"Stopped {before}." if before else "No scenario was playing.")


def show_clock(remote: Remote, _: argparse.Namespace) -> Result:
    """Show the mock's time, and whether it can be moved."""
    clock = remote.desk("GET", "/clock")
    return Result(clock, facts({"now": clock["now"], "can be moved": clock["canBeMoved"]}))


def advance_clock(remote: Remote, options: argparse.Namespace) -> Result:
    """Move a hand-moved clock on."""
    match = _DURATION.fullmatch(options.duration)
    if match is None:
        message = f"A duration is a number of seconds, or one with s, m, h or d behind it (got={options.duration!r})."
        raise WrongUsage(message)
    if not remote.desk("GET", "/clock")["canBeMoved"]:
        message = "This mock's clock is the machine's own. Serve it with --clock hand to move its time."
        raise CommandFailed(message)
    clock = remote.desk("POST", "/clock", {"advanceSeconds": float(match[1]) * _SECONDS[match[2]]})
    return Result(clock, str(clock["now"]))


def reset(remote: Remote, _: argparse.Namespace) -> Result:
    """Begin again, with what the mock was served with."""
    remote.desk("POST", "/reset")
    state = remote.desk("GET", "/state")
    return Result(state, f"Begun again, with {len(state['connections'])} connections.")


def metrics(remote: Remote, options: argparse.Namespace) -> Result:
    """Show the mock's figures."""
    text = remote.metrics()
    samples = [match for line in text.splitlines() if (match := _SAMPLE.fullmatch(line))]
    data = [
        {"name": one["name"], "labels": dict(_LABEL.findall(one["labels"] or "")), "value": float(one["value"])}
        for one in samples
    ]
    if options.prometheus:
        return Result(data, text.rstrip("\n"))
    rows = [(one["name"], one["labels"] or None, one["value"]) for one in samples]
    return Result(data, table(("figure", "labels", "value"), rows))
