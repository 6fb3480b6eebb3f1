"""Faults of a running mock: add one from its parts, list them, take them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_airbyte.commands.result import Result, WrongUsage, table
from mock_airbyte.faults import (
    Change,
    Delay,
    Drop,
    ExpireTokens,
    Remove,
    Reset,
    Respond,
    Trickle,
    Truncate,
    as_json,
    fault,
    html,
)

if TYPE_CHECKING:
    import argparse

    from mock_airbyte.commands.remote import Json, Remote
    from mock_airbyte.faults import Effect


def add(remote: Remote, options: argparse.Namespace) -> Result:
    """Let requests meet a fault from now on."""
    effects = [*_answers(options), *_delays(options), *_ways(options), *_changes(options)]
    if not effects:
        message = "A fault needs an effect: --status, --html, --delay-before, --drop, … See --help."
        raise WrongUsage(message)
    calls = _numbers(options.calls) if options.calls else None
    if not 0 < options.probability <= 1:
        message = f"A probability is above 0 and at most 1 (got={options.probability})."
        raise WrongUsage(message)
    method = options.method.upper() if options.method else None
    made = as_json(fault(*effects, method=method, path=options.path, calls=calls, probability=options.probability))
    there = remote.desk("POST", "/faults", made)["faults"]
    return Result(made, f"Fault {len(there)} is set: {_told(made)}.")


def list_faults(remote: Remote, _: argparse.Namespace) -> Result:
    """List the faults that are set."""
    found = remote.desk("GET", "/faults")["faults"]
    titles = ("fault", "method", "path", "calls", "probability", "what happens")
    rows = [
        (
            number,
            one["method"] or "any",
            one["path"],
            ", ".join(map(str, one["calls"])) if one["calls"] else "each",
            f"{one['probability']:g}",
            _told(one),
        )
        for number, one in enumerate(found, start=1)
    ]
    return Result(found, table(titles, rows))


def clear(remote: Remote, _: argparse.Namespace) -> Result:
    """Take all faults back."""
    count = len(remote.desk("GET", "/faults")["faults"])
    remote.desk("DELETE", "/faults")
    return Result({"cleared": count}, f"Cleared {count}.")


def _answers(options: argparse.Namespace) -> list[Effect]:
    after = options.answer_after
    if options.status is None:
        if options.body is not None or options.retry_after is not None or options.header or after:
            message = "--body, --retry-after, --header and --answer-after need a --status."
            raise WrongUsage(message)
        return [html(options.html)] if options.html else []
    headers = dict(_pair(header, ":") for header in options.header)
    if options.retry_after is not None:
        headers["Retry-After"] = options.retry_after
    return [Respond(options.status, None if options.body is None else _json(options.body), headers, after=after)]


def _delays(options: argparse.Namespace) -> list[Effect]:
    given = ((options.delay_before, False), (options.delay_after, True))
    return [Delay(seconds, after=after) for seconds, after in given if seconds is not None]


def _ways(options: argparse.Namespace) -> list[Effect]:
    effects: list[Effect] = []
    if options.expire_tokens:
        effects.append(ExpireTokens())
    if options.drop is not None:
        effects.append(Drop(after=options.drop == "after"))
    if options.reset is not None:
        effects.append(Reset(after=options.reset == "after"))
    if options.truncate is not None:
        effects.append(Truncate(options.truncate, breaks=options.breaks))
    if options.trickle is not None:
        effects.append(Trickle(options.chunk_bytes, options.trickle))
    return effects


def _changes(options: argparse.Namespace) -> list[Effect]:
    fields = {name: _json(value) for name, value in (_pair(one, "=") for one in options.change)}
    return [*([Change(fields)] if fields else []), *([Remove(tuple(options.remove))] if options.remove else [])]


def _pair(text: str, separator: str) -> tuple[str, str]:
    name, found, value = text.partition(separator)
    if not found or not name.strip():
        message = f"It must have a {separator!r} in it, like NAME{separator}VALUE (got={text!r})."
        raise WrongUsage(message)
    return name.strip(), value.strip()


def _numbers(text: str) -> tuple[int, ...]:
    """Read `1,3-5`."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()) or int(first) < 1:
            message = f"Calls are numbers from 1 on, like 1 or 1,3-5 (got={text!r})."
            raise WrongUsage(message)
        found += range(int(first), int(last or first) + 1)
    return tuple(found)


def _json(text: str) -> Any:  # noqa: ANN401 -- JSON
    """Return a JSON value, or the text where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _told(one: Json) -> str:
    return " + ".join(_effect(effect) for effect in one["effects"])


def _effect(effect: Json) -> str:
    options = {name: value for name, value in effect.items() if name != "kind" and value not in (None, False, {}, [])}
    inside = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in options.items())
    return f"{effect['kind']}({inside})" if inside else str(effect["kind"])
