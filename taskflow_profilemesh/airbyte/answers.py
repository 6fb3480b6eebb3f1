"""Reading the fields of one JSON answer: typed, or an error that says which field is not what Airbyte sends.

`models.py` is made of these; they know JSON and nothing about Airbyte's resources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

Answer: TypeAlias = Mapping[str, Any]
"""A JSON object as it came."""

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


class AnswerError(ValueError):
    """An answer lacks a field or has it in another form; the message names the field, never its value."""

    def __init__(self, field: str, problem: str) -> None:
        """Say what is wrong with the field."""
        super().__init__(f"{field} {problem}")


def an_object(value: object, where: str) -> Answer:
    """Return the value as a JSON object."""
    if not isinstance(value, Mapping):
        raise AnswerError(where, "is not an object")
    return value


def objects(answer: Answer, name: str) -> tuple[Answer, ...]:
    """Return the objects of the list `name`; none where it is absent."""
    value = answer.get(name)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise AnswerError(name, "is not a list")
    return tuple(an_object(item, name) for item in value)


def part(answer: Answer, name: str) -> Answer:
    """Return the object `name`; an empty one where it is absent."""
    value = answer.get(name)
    return {} if value is None else an_object(value, name)


def text(answer: Answer, name: str) -> str:
    """Return the text `name`, which must be there."""
    value = answer.get(name)
    if not isinstance(value, str):
        raise AnswerError(name, "is missing or not a text")
    return value


def text_or_none(answer: Answer, name: str) -> str | None:
    """Return the text `name`, or None where it is absent or empty."""
    value = answer.get(name)
    if value is not None and not isinstance(value, str):
        raise AnswerError(name, "is not a text")
    return value or None


def whole(answer: Answer, name: str) -> int:
    """Return the whole number `name`, which must be there; numbers written as text are read."""
    value = whole_or_none(answer, name)
    if value is None:
        raise AnswerError(name, "is missing")
    return value


def whole_or_none(answer: Answer, name: str) -> int | None:
    """Return the whole number `name`, or None where it is absent."""
    value = answer.get(name)
    if value is None:
        return None
    try:
        return int(str(value))
    except ValueError as error:
        raise AnswerError(name, "is not a whole number") from error


def moment_or_none(answer: Answer, name: str) -> datetime | None:
    """Return the time `name` in UTC: ISO 8601 (with or without seconds), or seconds since 1970 as a number."""
    value = answer.get(name)
    if value is None:
        return None
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC)
        read = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError) as error:
        raise AnswerError(name, "is not a time") from error
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def seconds_or_none(answer: Answer, name: str) -> float | None:
    """Return the ISO 8601 duration `name` in seconds, or None where it is absent or not one."""
    found = _DURATION.fullmatch(str(answer.get(name, "")))
    if not found or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (float(group or 0) for group in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
