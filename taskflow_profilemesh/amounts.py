"""How many of something, in words for people: `1 row`, `2,000 rows`."""

from __future__ import annotations


def amount(count: int, noun: str) -> str:
    """Return the count with the noun, which is given for one and takes an `s` for any other number."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
