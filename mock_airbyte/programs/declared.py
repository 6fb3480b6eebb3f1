"""Which real connectors there are: programs that the seed file, Python or the command line declares.

    {"source-faker": "/opt/source-faker/.venv"}
    {"source-x": ["/usr/bin/python3", "source_x.py"]}
    {"source-x": {"command": [...], "environment": {"X": "1"}, "limit_seconds": 60, "silence_seconds": 600}}

A text is a virtual environment that holds a program of the connector's name, or a program. The API cannot declare
any: who may call it must not be able to run programs.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import PositiveFloat, TypeAdapter, ValidationError

_KEYS = ("command", "environment", "definition_id", "limit_seconds", "silence_seconds")


class BadConnector(ValueError):
    """A connector is declared that cannot be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Program:
    """A connector's program."""

    name: str  # "source-faker"
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # beside the mock's own
    definition_id: str | None = None
    limit_seconds: PositiveFloat = 120.0  # for its specification, a check or a discovery
    silence_seconds: PositiveFloat = 5400.0  # how long it may say nothing while it reads, as in Airbyte


def read_programs(declared: Mapping[str, Any]) -> dict[str, Program]:
    """Read the mapping above, by full names; raises `BadConnector`."""
    return {name: _program(name, entry) for name, entry in declared.items()}


def _program(name: str, entry: object) -> Program:
    if not name.startswith("source-"):
        message = f"Only sources can be run, and their names begin with source- (got={name!r})."
        raise BadConnector(message)
    options = dict(entry) if isinstance(entry, Mapping) else {"command": entry}
    if not set(options) <= set(_KEYS):
        message = f"The connector {name} is declared with {', '.join(_KEYS)} and nothing else (got={sorted(options)})."
        raise BadConnector(message)
    command = _command(name, options.pop("command", None))
    try:
        return _CHECKED.validate_python({"name": name, "command": command, **options})
    except ValidationError as error:
        wrong = ", ".join(f"{one['loc'][0]}: {one['msg']}" for one in error.errors(include_input=False))
        message = f"The connector {name} is not declared as it must be ({wrong})."
        raise BadConnector(message) from error


_CHECKED = TypeAdapter(Program)


def _command(name: str, declared: object) -> tuple[str, ...]:
    parts = [declared] if isinstance(declared, str | Path) else declared
    if not isinstance(parts, list | tuple) or not parts or not all(isinstance(one, str | Path) for one in parts):
        message = f"The connector {name} needs a command: a list of texts, a virtual environment or a program."
        raise BadConnector(message)
    first, *rest = (str(one) for one in parts)
    place = Path(first).expanduser()
    program = shutil.which(str(place / "bin" / name if place.is_dir() else place))
    if program is None:
        message = (
            f"The connector {name} cannot be run: there is no such program (command={first!r})."
            f" Name an executable file, or a virtual environment that holds bin/{name}."
        )
        raise BadConnector(message)
    return (str(Path(program).absolute()), *rest)
