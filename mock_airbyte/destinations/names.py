"""The names that tables and columns get in a destination: Airbyte's Direct Load rules, pure.

Accents are dropped; anything but a letter, digit or underscore becomes `_`; a leading digit gets `_` before it; a name
over 63 characters keeps its first 54, then `_` and the last 8 digits of the hash that Java gives the text. Case is
kept, for names are always quoted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import reduce
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST, _KEPT, _DIGITS = 63, 54, 8


class _Namespaced(Protocol):
    @property
    def namespace_definition(self) -> str: ...
    @property
    def namespace_format(self) -> str | None: ...


def identifier(name: str) -> str:
    """Return the name as a destination writes it."""
    letters = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M"))
    safe = re.sub(r"\W", "_", re.sub(r"\s+", "_", bare), flags=re.ASCII)
    if not safe or safe[0].isdigit():  # nothing is left of a name of accents alone
        safe = f"_{safe}"
    if len(safe) <= _LONGEST:
        return safe
    return f"{safe[:_KEPT]}_{str(_java_hash(safe))[-_DIGITS:]}"


def _java_hash(text: str) -> int:
    """Return `String.hashCode` of a text of ASCII letters: h = 31 h + letter, in 32 bits with a sign."""
    unsigned = reduce(lambda total, letter: (31 * total + ord(letter)) % (1 << 32), text, 0)
    return unsigned - (1 << 32) if unsigned >> 31 else unsigned


def column_names(names: Iterable[str]) -> dict[str, str]:
    """Return each column's name in the destination; a name that is taken gets `_1`, `_2` and so on."""
    taken: dict[str, str] = {}
    for name in names:
        wanted = identifier(name)
        candidate, number = wanted, 0
        while candidate.lower() in {used.lower() for used in taken.values()}:
            number += 1
            candidate = identifier(f"{wanted}_{number}")
        taken[name] = candidate
    return taken


def namespace(connection: _Namespaced, stream_namespace: str | None, *, default: str) -> str:
    """Return the namespace (in Postgres: the schema) that a stream lands in."""
    match connection.namespace_definition:
        case "source":
            return identifier(stream_namespace or default)
        case "custom_format":
            template = connection.namespace_format or ""
            return identifier(template.replace("${SOURCE_NAMESPACE}", stream_namespace or "") or default)
        case _:
            return default
