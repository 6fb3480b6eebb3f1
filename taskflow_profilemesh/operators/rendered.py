"""Options before and after templates are rendered: a list leaves them as a text, `['users']` or its like in JSON."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Mapping
from typing import Any

_OPEN = {"[": "]", "{": "}", "(": ")"}


def is_settled(value: object) -> bool:
    """Say whether a value is already what it will be when the task runs: no template, and no other task's result."""
    from airflow.providers.common.compat.sdk import XComArg

    match value:
        case None | bool() | int() | float():
            return True
        case str():
            return "{{" not in value and "{%" not in value
        case XComArg():
            return False
        case Mapping():
            return all(is_settled(part) for part in value.values())
        case list() | tuple():
            return all(is_settled(part) for part in value)
    return hasattr(type(value), "__dataclass_fields__")  # TableRef and TableRequest; not Airflow's sentinels


def as_rendered(value: object) -> object:
    """Return the list or mapping that a text spells out, in JSON or as Python prints it; any other value as it is.

    No table is called `[…]`, so a text in brackets that spells out nothing is left for others to refuse.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not text or text[-1] != _OPEN.get(text[0]):
        return value
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):  # what `literal_eval` says it raises
            continue
    return value


def kept_config(config: str | os.PathLike[str] | Mapping[str, Any] | None) -> str | Mapping[str, Any] | None:
    """Return a config as a task keeps it until it runs: a text can be a template.

    In a mapping, `{{ conn.id }}` names a connection. As a template it would become that connection, secrets and all.
    """
    if isinstance(config, Mapping) and not is_settled(config):
        from taskflow_profilemesh.config.section import without_references

        return without_references(config)
    return os.fspath(config) if isinstance(config, os.PathLike) else config
