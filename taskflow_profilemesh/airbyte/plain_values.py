"""Whether a plain JSON value that has travelled through a database is what was sent. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from taskflow_profilemesh.errors import InvalidOption

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def is_text(value: object) -> bool:
    """Return whether it is a text with something in it."""
    return isinstance(value, str) and bool(value)


def is_whole(value: object) -> bool:
    """Return whether it is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_moment(value: object) -> bool:
    """Return whether it is a finite number, as seconds since 1970 are."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_flag(value: object) -> bool:
    """Return whether it is True or False."""
    return isinstance(value, bool)


def check_parts(what: str, parts: Mapping[str, Any], checks: Mapping[str, Callable[[Any], bool]]) -> None:
    """Refuse a mapping in which a part is missing or wrong; raises `InvalidOption` that names `what.part`."""
    for name, is_right in checks.items():
        if name not in parts or not is_right(parts[name]):
            raise InvalidOption(option=f"{what}.{name}", got="something else", expected="what this package has sent")
