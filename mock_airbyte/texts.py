"""Texts of requests that stand for something else: ids and whole numbers. What they cannot stand for is a 400."""

from __future__ import annotations

from uuid import UUID

from mock_airbyte.problems import bad_request

_MOST_DIGITS = 18  # of an id that fits Airbyte's 64 bits; Python refuses to read thousands of them


def as_id(text: str) -> str:
    """Return a UUID in its usual spelling; raises a 400 for anything else."""
    try:
        return str(UUID(text))
    except ValueError as error:
        message = f"Invalid UUID string: {text}"
        raise bad_request(message) from error


def as_number(text: str) -> int | None:
    """Return a number from zero on, or None where the text is none that Airbyte could hold."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None
