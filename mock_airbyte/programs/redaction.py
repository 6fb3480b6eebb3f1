"""What a connector says, without the secrets that it was told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from mock_airbyte.masking import MASK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def redaction(secrets: Iterable[str]) -> Callable[[str], str]:
    """Return what puts a mask in the place of every secret in a text: as it is, in JSON, in a URL, line by line."""
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    longest_first = sorted(filter(None, spellings), key=len, reverse=True)

    def redact(text: str) -> str:
        for spelling in longest_first:
            text = text.replace(spelling, MASK)
        return text

    return redact


def _spellings(secret: str) -> Iterable[str]:
    yield from (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    yield from (quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1])
    if "\n" in secret:  # a key, say: logs are told line by line
        yield from (line.strip() for line in secret.splitlines() if len(line.strip()) > _SHORT_LINE)


_SHORT_LINE = 7  # "{" is no secret
