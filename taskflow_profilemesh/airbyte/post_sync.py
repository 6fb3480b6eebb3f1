"""From the streams of a connection to the tables that their rows land in.

The rules are those of Airbyte's Direct Load destinations: the connection's namespace definition chooses the schema,
its prefix stands before the stream's name, and names are made safe as destination-postgres does it (2026-08): accents
are dropped, what is neither letter, digit nor underscore becomes `_`, a leading digit gets `_` before it, and a name
over 63 characters keeps 54 of them, then `_` and the last 8 digits of its Java `hashCode`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from taskflow_profilemesh.tables import TableRef

if TYPE_CHECKING:
    from taskflow_profilemesh.airbyte.models import Connection, Destination, Stream

_LONGEST, _KEPT, _HASH_DIGITS = 63, 54, 8
_WITHOUT_SCHEMAS = ("sqlite", "local-sqlite")
_DEFAULT_SCHEMAS = {"postgres": "public", "redshift": "public"}


def table_of(stream: Stream, connection: Connection, destination: Destination | None) -> TableRef:
    """Return the table of a stream; its schema is None where the destination has none or nobody tells it."""
    name = identifier(connection.prefix + stream.name)
    if destination is not None and destination.kind in _WITHOUT_SCHEMAS:
        return TableRef(name)
    schema = namespace_of(stream, connection) or _default_namespace(destination)
    return TableRef(name, identifier(schema) if schema else None)


def namespace_of(stream: Stream, connection: Connection) -> str | None:
    """Return the namespace that the connection gives the stream; None: the destination's default."""
    match connection.namespace_definition:
        case "source":
            return stream.namespace
        case "custom_format" | "customformat":
            template = connection.namespace_format or ""
            return template.replace("${SOURCE_NAMESPACE}", stream.namespace or "").strip() or None
    return None


def identifier(name: str) -> str:
    """Return the name as the destination writes it."""
    decomposed = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in decomposed if not unicodedata.category(letter).startswith("M"))
    safe = re.sub(r"[^A-Za-z0-9_]", "_", re.sub(r"\s+", "_", plain, flags=re.ASCII))
    if safe[:1].isdigit():
        safe = f"_{safe}"
    if len(safe) <= _LONGEST:
        return safe
    return f"{safe[:_KEPT]}_{str(java_hash(safe))[-_HASH_DIGITS:]}"


def java_hash(text: str) -> int:
    """Return Java's `String.hashCode`: Σ unit · 31^(n-1-i) over UTF-16 units, as a signed 32-bit number."""
    value = 0
    units = text.encode("utf-16-be")
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (31 * value + (high << 8 | low)) & 0xFFFFFFFF
    return value - (1 << 32) if value >= 1 << 31 else value


def _default_namespace(destination: Destination | None) -> str | None:
    if destination is None:
        return None
    return destination.default_namespace or _DEFAULT_SCHEMAS.get(destination.kind)
