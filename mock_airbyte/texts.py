"""Texts of requests that stand for something else: ids and whole numbers. What they cannot stand for is a 400."""

from __future__ import annotations

from uuid import UUID

from mock_airbyte.problems import unreadable

_MOST_DIGITS = 18  # of an id that fits Airbyte's 64 bits; Python refuses to read thousands of them


def as_id(text: str, name: str = "id") -> str:
    """Return a UUID in its usual spelling; raises a 400 that names the argument for anything else."""
    try:
        return str(UUID(text))
    except ValueError as error:
        reason = f"Invalid UUID string: {text}"
        raise unreadable(name, text, reason) from error


def is_id(text: str) -> bool:
    """Return whether the text is a UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def as_number(text: str) -> int | None:
    """Return a number from zero on, or None where the text is none that Airbyte could hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
