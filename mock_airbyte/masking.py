"""Secrets in configurations: hidden in every answer, and kept when a client sends the mask back.

Airbyte masks what a connector's specification marks as secret. The mock knows the specifications of few connectors,
so it goes by the names of keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "**********"
_SECRET = re.compile(
    r"password|passphrase|secret|token|api_?key|access_?key|private_?key|client_key|shared_key|credentials_json"
    r"|service_account|connection_string|(^|_)key$",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(
    r"primary_?key|partition_?key|sort_?key|token_?(url|uri|refresh_endpoint)|_key_id$", re.IGNORECASE
)


def masked(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy in which every secret text is `**********`."""
    return {key: MASK if _is_secret(key, value) else _masked(value) for key, value in configuration.items()}


def _masked(value: object) -> object:
    if isinstance(value, Mapping):
        return masked(value)
    return [_masked(part) for part in value] if isinstance(value, list | tuple) else value


def unmasked(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return `new` with each mask in it replaced by what `old` has there."""
    return {key: _unmasked(value, old.get(key)) for key, value in new.items()}


def _unmasked(new: object, old: object) -> object:
    if new == MASK and isinstance(old, str):
        return old
    if isinstance(new, Mapping):
        return unmasked(new, old if isinstance(old, Mapping) else {})
    return new


def _is_secret(key: str, value: object) -> bool:
    return isinstance(value, str) and bool(_SECRET.search(key)) and not _NOT_SECRET.search(key)
