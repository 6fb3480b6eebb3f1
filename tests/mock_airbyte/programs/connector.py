"""A connector of the tests: plain Python that speaks Airbyte's protocol, and misbehaves as its configuration says.

    python connector.py spec | check --config F | discover --config F | read --config F --catalog F [--state F]

`misbehaves` names one of the functions below that are called `at_…`; `witness` is a folder where it writes what it was
given and its process ids.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SPEC = {
    "documentationUrl": "https://example.com/source-test",
    "connectionSpecification": {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "required": ["rows"],
        "properties": {
            "rows": {"type": "integer", "minimum": 0},
            "misbehaves": {"type": "string"},
            "witness": {"type": "string"},
            "states": {"enum": ["stream", "global", "legacy"]},
            "phrase": {"type": "string", "airbyte_secret": True},
            "login": {
                "oneOf": [
                    {"properties": {"kind": {"const": "open"}}, "required": ["kind"]},
                    {
                        "properties": {"kind": {"const": "word"}, "word": {"type": "string", "airbyte_secret": True}},
                        "required": ["kind", "word"],
                    },
                ]
            },
        },
    },
}
MOMENT = {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"}
PEOPLE = {
    "name": "people",
    "json_schema": {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": ["null", "string"]},
            "at": MOMENT,
            "local": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_without_timezone"},
            "born": {"type": "string", "format": "date"},
            "home": {"type": "object", "properties": {"city": {"type": "string"}}},
            "tags": {"type": ["null", "array"], "items": {"type": "string"}},
            "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
        },
    },
    "supported_sync_modes": ["full_refresh", "incremental"],
    "source_defined_cursor": True,
    "default_cursor_field": ["at"],
    "source_defined_primary_key": [["id"]],
}
NOTES = {
    "name": "notes",
    "namespace": "office",
    "json_schema": {"type": "object", "properties": {"text": {"type": "string"}}},
    "supported_sync_modes": ["full_refresh"],
}
EVENTS = {
    "name": "events",
    "json_schema": {"type": "object", "properties": {"n": {"type": "integer"}, "when": {"type": "object"}}},
    "supported_sync_modes": ["full_refresh", "incremental"],
    "default_cursor_field": ["when", "second"],
}


def say(kind: str, **content: object) -> None:
    print(json.dumps({"type": kind, **content}), flush=True)


def log(message: str, level: str = "INFO") -> None:
    say("LOG", log={"level": level, "message": message})


def trace_error(message: str, stream: str | None = None, **error: str) -> None:
    about = {"stream_descriptor": {"name": stream}} if stream else {}
    say("TRACE", trace={"type": "ERROR", "emitted_at": 1.0, "error": {"message": message, **error, **about}})


def status(stream: str, how: str, namespace: str | None = None) -> None:
    about = {"stream_descriptor": {"name": stream, "namespace": namespace}, "status": how}
    say("TRACE", trace={"type": "STREAM_STATUS", "emitted_at": 1.0, "stream_status": about})


def record(stream: str, data: dict[str, object], namespace: str | None = None) -> None:
    say("RECORD", record={"stream": stream, "namespace": namespace, "data": data, "emitted_at": 1})


def stream_state(stream: str, state: dict[str, object]) -> None:
    say("STATE", state={"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": state}})


def person(number: int) -> dict[str, object]:
    return {
        "id": number,
        "name": f"person {number}",
        "at": "2026-01-01T00:00:00Z",
        "local": "2026-01-01T10:00:00",
        "born": "1990-02-03",
        "home": {"city": "Oslo"},
        "tags": ["a"],
        "either": number,
    }


def hang(config: dict[str, object]) -> None:
    """Wait for ever, with a child that waits too; neither listens to who asks it to end."""
    child = subprocess.Popen(
        [sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"]
    )
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pids = Path(str(config["witness"])) / "pids"
    pids.with_suffix(".new").write_text(f"{os.getpid()} {child.pid}")
    pids.with_suffix(".new").rename(pids)
    while True:
        time.sleep(600)


def misbehave(config: dict[str, object], where: str) -> None:
    how = config.get("misbehaves")
    if how == f"hangs at {where}":
        hang(config)
    if how == f"dies at {where}":
        print(f"oh no, {config.get('phrase')}\nout of memory", file=sys.stderr)
        sys.exit(3)
    if how == f"fails at {where}":
        log(f"trying with {config.get('phrase')}", "ERROR")
        words = f"bad phrase {config.get('phrase')}"
        about = {"internal_message": f"E1 {words}", "stack_trace": f"Traceback\n  {words}"}
        trace_error(words, failure_type="config_error", **about)
        sys.exit(1)


def check(config: dict[str, object]) -> None:
    misbehave(config, "check")
    if config.get("misbehaves") == "refuses":
        say("CONNECTION_STATUS", connectionStatus={"status": "FAILED", "message": "The door is shut."})
    else:
        say("CONNECTION_STATUS", connectionStatus={"status": "SUCCEEDED"})


def discover(config: dict[str, object]) -> None:
    misbehave(config, "discover")
    if config.get("misbehaves") != "says nothing":
        say("CATALOG", catalog={"streams": [PEOPLE, NOTES, EVENTS]})


def witness(config: dict[str, object], options: argparse.Namespace) -> None:
    folder = Path(str(config.get("witness", os.devnull)))
    if not folder.is_dir():
        return
    files = {name: getattr(options, name) for name in ("config", "catalog", "state") if getattr(options, name)}
    seen = {name: json.loads(Path(path).read_text()) for name, path in files.items()}
    modes = {name: oct(stat.S_IMODE(Path(path).stat().st_mode)) for name, path in files.items()}
    where = Path(options.config).parent
    modes["folder"] = oct(stat.S_IMODE(where.stat().st_mode))
    told = {"seen": seen, "modes": modes, "folder": str(where), "environment": sorted(os.environ)}
    (folder / "told.json").write_text(json.dumps(told))


def begin(state: object, stream: str) -> int:
    """Where a stream goes on, whatever kind of state it is."""
    if isinstance(state, dict):
        return int(state.get(stream, 0))
    for one in state if isinstance(state, list) else []:
        found = one["global"]["stream_states"] if one["type"] == "GLOBAL" else [one["stream"]]
        for entry in found:
            if entry["stream_descriptor"]["name"] == stream:
                return int(entry["stream_state"]["read"])
    return 0


def read(config: dict[str, object], catalog: Any, state: object) -> None:
    names = [one["stream"]["name"] for one in catalog["streams"]]
    misbehave(config, "read")
    log("reading\nin two lines")
    if config.get("misbehaves") == "makes noise":
        print("/lib/x.py:1: DeprecationWarning: old", flush=True)
        print('{"type": "RECORD", "record": {"stream": "people", "data": {"name": "Ada Secret"', flush=True)
        say("RECORD")
        say("SOMETHING")
        record("strangers", {"id": 1})
    if config.get("misbehaves") == "renews its phrase":
        say("CONTROL", control={"type": "CONNECTOR_CONFIG", "connectorConfig": {"config": {**config, "phrase": "new"}}})
    READS.get(str(config.get("misbehaves")), in_order)(config, names, state)
    misbehave(config, "the end")


def in_order(config: dict[str, object], names: list[str], state: object) -> None:
    rows, shared = int(str(config["rows"])), {}
    for name in names:
        status(name, "STARTED", "office" if name == "notes" else None)
        first = begin(state, name)
        for number in range(first, first + rows):
            one(name, number)
        shared[name] = first + rows
        if config.get("states", "stream") == "stream":
            stream_state(name, {"read": first + rows})
        misbehave(config, name)
        status(name, "COMPLETE", "office" if name == "notes" else None)
    if config.get("states") == "global":
        states = [{"stream_descriptor": {"name": name}, "stream_state": {"read": n}} for name, n in shared.items()]
        say("STATE", state={"type": "GLOBAL", "global": {"shared_state": {"lsn": 7}, "stream_states": states}})
    if config.get("states") == "legacy":
        say("STATE", state={"data": shared})


def one(name: str, number: int) -> None:
    match name:
        case "people":
            record(name, person(number))
        case "notes":
            record(name, {"text": f"note {number}"}, "office")
        case _:
            record(name, {"n": number, "when": {"second": number}})


def mixed(config: dict[str, object], names: list[str], _: object) -> None:
    """All streams at once, the last one first, and nothing said of their ends."""
    for number in range(int(str(config["rows"]))):
        for name in reversed(names):
            one(name, number)


def misfits(_: dict[str, object], __: list[str], ___: object) -> None:
    record("people", person(1) | {"at": "yesterday", "unknown": 1})
    record("people", person(2) | {"born": 17, "id": "x", "name": None})


def partly(_: dict[str, object], names: list[str], __: object) -> None:
    """The first stream well, the second one not."""
    one(names[0], 1)
    status(names[0], "COMPLETE")
    one(names[1], 1)
    status(names[1], "INCOMPLETE", "office")
    trace_error("The notes are locked.", names[1], failure_type="transient_error")
    sys.exit(1)


def too_many(_: dict[str, object], names: list[str], __: object) -> None:
    """More rows of a stream that was complete."""
    one(names[0], 1)
    status(names[0], "COMPLETE")
    one(names[0], 2)


def without_reason(_: dict[str, object], names: list[str], __: object) -> None:
    """A stream that is given up, with an exit code of 0."""
    one(names[0], 1)
    status(names[0], "INCOMPLETE")


READS = {
    "mixes": mixed,
    "sends misfits": misfits,
    "reads partly": partly,
    "sends too many": too_many,
    "gives up": without_reason,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("verb")
    for name in ("config", "catalog", "state"):
        parser.add_argument(f"--{name}")
    options = parser.parse_args()
    if options.verb == "spec":
        print("a warning before anything else", flush=True)
        say("SPEC", spec=SPEC)
        return
    config = json.loads(Path(options.config).read_text())
    if options.verb in ("check", "discover"):
        (check if options.verb == "check" else discover)(config)
        return
    witness(config, options)
    state = json.loads(Path(options.state).read_text()) if options.state else None
    read(config, json.loads(Path(options.catalog).read_text()), state)


if __name__ == "__main__":
    main()
