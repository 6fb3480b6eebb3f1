"""Paths as people write them about the mock: below a base or whole, with `*` for anything.

The three bases stand here alone, so that what looks at paths (the journal, faults) need not know the routes.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

CLOUD_BASE = "/v1"
PUBLIC_BASES = ("/api/public/v1", CLOUD_BASE)
CONFIG_BASE = "/api/v1"


def below_base(path: str) -> str:
    """Return `/jobs/1` for `/api/public/v1/jobs/1/`; a path below no base comes back without its last slash."""
    tidy = "/" + path.strip("/")
    for base in (*PUBLIC_BASES, CONFIG_BASE):
        if tidy == base or tidy.startswith(base + "/"):
            return tidy.removeprefix(base) or "/"
    return tidy


def is_called(pattern: str, path: str) -> bool:
    """Return whether the pattern names the path, written whole (`/v1/jobs`) or below its base (`/jobs/*`)."""
    return fnmatchcase(below_base(path), pattern) or fnmatchcase("/" + path.strip("/"), pattern)
