"""Variables in files: `${NAME}` is the environment variable of that name, `${NAME:-default}` has a default.

`$${` is a `${` that stays, and `${SOURCE_NAMESPACE}` stays too: it is Airbyte's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE = re.compile(r"\$(?P<escape>\$(?=\{))|\$\{(?P<name>\w+)(?::-(?P<default>[^}]*))?\}")
_AIRBYTES_OWN = "SOURCE_NAMESPACE"


class UnsetVariable(ValueError):
    """The file asks for variables that are not set and have no default."""


def filled(value: Any, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 -- JSON
    """Return the value with the variables in all of its texts filled in; raises `UnsetVariable`, naming all."""
    unset = [name for name in dict.fromkeys(_needed(value)) if name not in environment]
    if len(unset) == 1:
        message = f"It asks for an environment variable that is not set (name={unset[0]!r})."
        raise UnsetVariable(message)
    if unset:
        message = f"It asks for environment variables that are not set (names={', '.join(unset)})."
        raise UnsetVariable(message)
    return _filled(value, environment)


def escaped(text: str) -> str:
    """Return a text that `filled` gives back as it is."""
    return _VARIABLE.sub(lambda match: match[0] if match["name"] == _AIRBYTES_OWN else f"${match[0]}", text)


def _needed(value: object) -> Iterator[str]:
    if isinstance(value, str):
        for match in _VARIABLE.finditer(value):
            if match["name"] and match["name"] != _AIRBYTES_OWN and match["default"] is None:
                yield match["name"]
    elif isinstance(value, Mapping | list):
        for part in value.values() if isinstance(value, Mapping) else value:
            yield from _needed(part)


def _filled(value: object, environment: Mapping[str, str]) -> object:
    if isinstance(value, Mapping):
        return {key: _filled(part, environment) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, environment) for part in value]
    return _VARIABLE.sub(lambda match: _put(match, environment), value) if isinstance(value, str) else value


def _put(match: re.Match[str], environment: Mapping[str, str]) -> str:
    if match["escape"] or match["name"] == _AIRBYTES_OWN:
        return "$" if match["escape"] else match[0]
    return environment.get(match["name"], match["default"] or "")
