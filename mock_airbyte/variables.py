"""Variables in files: `${NAME}` is the environment variable of that name, `${NAME:-default}` has a default."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


class UnsetVariable(ValueError):
    """The file asks for a variable that is not set and has no default."""


def filled(value: object, environment: Mapping[str, str]) -> object:
    """Return the value with the variables in all of its texts filled in; raises `UnsetVariable`."""
    if isinstance(value, Mapping):
        return {key: filled(part, environment) for key, part in value.items()}
    if isinstance(value, list):
        return [filled(part, environment) for part in value]
    return _VARIABLE.sub(lambda match: _variable(match, environment), value) if isinstance(value, str) else value


def _variable(match: re.Match[str], environment: Mapping[str, str]) -> str:
    name, default = match[1], match[2]
    if name not in environment and default is None:
        message = f"It asks for an environment variable that is not set (name={name!r})."
        raise UnsetVariable(message)
    return environment.get(name, default or "")
