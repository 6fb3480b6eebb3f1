"""Secrets in configurations: hidden in every answer, and kept when a client sends the mask back.

Airbyte masks what a connector's specification marks as secret. The mock knows the specifications of real connectors
(`programs`) and of few others, so it goes by the names of keys as well.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MASK = "**********"
_SECRET = re.compile(
    r"password|passphrase|secret|token|api_?key|access_?key|private_?key|client_key|shared_key|credentials_json"
    r"|service_account|connection_string|(^|_)key$",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(
    r"primary_?key|partition_?key|sort_?key|token_?(url|uri|refresh_endpoint)|_key_id$", re.IGNORECASE
)
Paths = Collection[tuple[str, ...]]  # where else secrets are: keys from the top, "*" for every item of a list


def masked(configuration: Mapping[str, Any], secrets: Paths = ()) -> dict[str, Any]:
    """Return a copy in which every secret is `**********`."""
    return {
        key: MASK if _is_secret(key, value) or (key,) in secrets else _masked(value, _below(secrets, key))
        for key, value in configuration.items()
    }


def _masked(value: object, secrets: Paths) -> object:
    if isinstance(value, Mapping):
        return masked(value, secrets)
    if isinstance(value, list | tuple):
        return [MASK if ("*",) in secrets else _masked(part, _below(secrets, "*")) for part in value]
    return value


def _below(secrets: Paths, key: str) -> Paths:
    return [path[1:] for path in secrets if len(path) > 1 and path[0] == key]


def secret_values(configuration: Mapping[str, Any], secrets: Paths = ()) -> frozenset[str]:
    """Return the secrets themselves, as texts."""
    return frozenset(text for text in _hidden(configuration, masked(configuration, secrets)) if text)


def _hidden(value: object, shown: object) -> Iterator[str]:
    if shown == MASK:
        yield from _texts(value)
    elif isinstance(value, Mapping) and isinstance(shown, Mapping):
        for key, part in value.items():
            yield from _hidden(part, shown[key])
    elif isinstance(value, list | tuple) and isinstance(shown, list):
        for part, other in zip(value, shown, strict=True):
            yield from _hidden(part, other)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
    elif value is not None and value != MASK and not isinstance(value, bool):
        yield str(value)


def unmasked(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return `new` with each mask in it replaced by what `old` has there."""
    return {key: _unmasked(value, old.get(key)) for key, value in new.items()}


def _unmasked(new: object, old: object) -> object:
    if new == MASK and old is not None:
        return old
    if isinstance(new, Mapping):
        return unmasked(new, old if isinstance(old, Mapping) else {})
    if isinstance(new, list) and isinstance(old, list | tuple):
        return [_unmasked(part, old[place] if place < len(old) else None) for place, part in enumerate(new)]
    return new


def _is_secret(key: str, value: object) -> bool:
    return isinstance(value, str) and bool(_SECRET.search(key)) and not _NOT_SECRET.search(key)
