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


def masked(configuration: Any) -> Any:
    """Return a copy in which every secret text is `**********`."""
    if isinstance(configuration, Mapping):
        return {key: MASK if _is_secret(key, value) else masked(value) for key, value in configuration.items()}
    if isinstance(configuration, list | tuple):
        return [masked(value) for value in configuration]
    return configuration


def unmasked(new: Any, old: Any) -> Any:
    """Return `new` with each mask in it replaced by what `old` has there."""
    if new == MASK and isinstance(old, str):
        return old
    if isinstance(new, Mapping):
        known = old if isinstance(old, Mapping) else {}
        return {key: unmasked(value, known.get(key)) for key, value in new.items()}
    return new


def _is_secret(key: str, value: Any) -> bool:
    return isinstance(value, str) and bool(_SECRET.search(key)) and not _NOT_SECRET.search(key)
