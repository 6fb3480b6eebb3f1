"""Makes any data safe to travel as JSON through databases that refuse parts of it.

NaN and infinities are no JSON; PostgreSQL's JSON takes neither NUL characters nor lone surrogates. Texts are capped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

LONGEST_TEXT: Final = 256


def safe_json(value: object) -> Any:  # noqa: ANN401 -- JSON is of any type
    """Return the value as plain JSON: numbers that are not finite as None, texts by `safe_text`, all else as text.

    Of bytes only their number is told.
    """
    match value:
        case str():
            return safe_text(value)
        case None | bool() | int():
            return value
        case float():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            return {safe_text(str(key)): safe_json(item) for key, item in value.items()}
        case Sequence() | AbstractSet() if not isinstance(value, bytes | bytearray):
            return [safe_json(item) for item in value]
    return f"{len(value)} bytes" if isinstance(value, bytes | bytearray) else safe_text(str(value))


def safe_text(text: str) -> str:
    r"""Return at most 256 characters of the text, with NUL as `\u0000` and lone surrogates as `\ud800` written out."""
    escaped = text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode("utf-8")
    return escaped if len(escaped) <= LONGEST_TEXT else escaped[: LONGEST_TEXT - 1] + "…"


def size_in_bytes(value: object) -> int:
    """Return how many bytes the value takes as JSON, printed as widely as Python prints it."""
    return len(json.dumps(value))
